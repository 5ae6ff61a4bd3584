"""`bot host`, `bot volunteer`, `bot operator`: who may do more than ask."""

from functools import partial
from typing import Annotated

import typer

from bot import rights
from bot.author import Author
from bot.clock import now
from bot.code import fresh_code, shown
from bot.commands.begin import begin, content_of, fail, group, say, written
from bot.operator import ticket
from flows.content import Content, Ward
from flows.snapshots import RoleKind
from flows.ward_name import named

WardName = Annotated[
    str, typer.Option("--ward", metavar="WARD", help="Its code or its name; old names count.")
]
Name = Annotated[
    str, typer.Option("--name", metavar="NAME", help="As people are told it: «Chị Lan».")
]
Id = Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")]


def ward_rights(kind: RoleKind, help_: str) -> typer.Typer:
    """The commands for a right that holds in one ward."""
    app = group(help_)

    @app.command()
    def add(ward: WardName, name: Name) -> None:
        """Print a code that gives the right to the one person who sends it to the bot."""
        settings, author = begin()
        chosen = _ward(author, ward, content_of(settings, author))
        code = fresh_code()
        grant = partial(rights.grant, ward=chosen.code, name=name, code=code, now=now())
        one = written(settings, author, lambda connection: grant(connection, kind))
        where = f"{chosen.kind} {chosen.name}"
        say(author, f"rights.added_{kind}", name=name, ward=where, code=shown(kind, code))
        say(author, "rights.then", code=shown(kind, code), at=_moment(one))

    _common(app, kind)
    return app


def operator_rights() -> typer.Typer:
    """The commands for the chat that is told of faults."""
    app = group("Whose chat is told of faults.")

    @app.command()
    def add(name: Name = "") -> None:
        """Print a code; the chat that sends it to the bot is told of faults from then on."""
        settings, author = begin()
        code = fresh_code()
        called = name or author.tell("rights.operator")
        grant = partial(rights.grant, ward="", name=called, code=code, now=now())
        one = written(settings, author, lambda connection: grant(connection, "operator"))
        say(author, "rights.added_operator", code=shown("operator", code))
        say(author, "rights.then", code=shown("operator", code), at=_moment(one))

    _common(app, "operator")
    return app


def _common(app: typer.Typer, kind: RoleKind) -> None:
    @app.command("list")
    def list_() -> None:
        """Show who has the right, who was given a code, and whose right has ended."""
        settings, author = begin()
        found = written(settings, author, partial(rights.granted, kind=kind, now=now()))
        if not found:
            say(author, "rights.none", kind=kind)
        wards = {w.code: w.name for w in content_of(settings, author).wards}
        for one in found:
            typer.echo(_line(author, one, wards.get(one.ward, one.ward)))

    @app.command()
    def revoke(id_: Id) -> None:
        """Take the right back; it ends with the next message."""
        settings, author = begin()
        if kind == "volunteer":
            content = content_of(settings, author)
            revoke = partial(ticket.revoke, role_id=id_, content=content, now=now())
        else:
            revoke = partial(rights.revoke, kind=kind, role_id=id_, now=now())
        if not written(settings, author, revoke):
            fail(author.tell("rights.unknown", id=id_, kind=kind))
        say(author, "rights.revoked", id=id_)


def _line(author: Author, one: rights.Granted, ward: str) -> str:
    standing = author.tell(f"rights.is_{one.state}", at=_moment(one))
    duty = author.tell("rights.on_duty") if one.on_duty else ""
    return "  ".join(part for part in (one.id, ward, one.name, standing, duty) if part)


def _moment(one: rights.Granted) -> str:
    return f"{one.at:%H:%M %d/%m/%Y}"


def _ward(author: Author, typed: str, content: Content) -> Ward:
    """The one ward that is meant; anything else fails and says what to write instead."""
    of_code = content.ward(typed.strip())
    if of_code is not None:
        return of_code
    found = named(typed, content.wards)
    if not found:
        fail(author.tell("rights.no_ward", ward=typed))
    chosen, *others = found
    if others:
        names = ", ".join(f"{one.ward.code} {one.ward.name}" for one in found)
        fail(author.tell("rights.which_ward", ward=typed, names=names))
    if chosen.former is not None:
        say(author, "rights.former", old=typed, new=chosen.ward.name)
    return chosen.ward

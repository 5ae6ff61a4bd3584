"""`bot ticket`: help requests, for the operator. Volunteers answer in their own chats."""

from functools import partial
from typing import Annotated

import typer

from bot.clock import now
from bot.commands.begin import begin, content_of, fail, group, say, written
from bot.operator import ticket

app = group("Help requests that are open.")

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="As `bot ticket list` shows it.")]


@app.command("list")
def list_() -> None:
    """Show what is open, without what was asked."""
    settings, author = begin()
    found = written(settings, author, ticket.every)
    if not found:
        say(author, "request.none")
    wards = {ward.code: ward.name for ward in content_of(settings, author).wards}
    for one in found:
        at = f"{one.at:%H:%M %d/%m}"
        state = author.tell(f"request.is_{one.state}", helper=one.helper)
        ward = wards.get(one.ward, one.ward)
        typer.echo("  ".join((f"{one.number}", at, ward, one.topic or "—", state)))


@app.command()
def show(number: Number) -> None:
    """Show what one person asked, masked. Read it only where there is need."""
    settings, author = begin()
    one = written(settings, author, partial(ticket.numbered, number=number))
    if one is None:
        fail(author.tell("request.unknown", number=number))
    state = author.tell(f"request.is_{one.state}", helper=one.helper)
    at = f"{one.at:%H:%M %d/%m/%Y}"
    place = one.address.channel if one.address else "—"
    say(author, "request.head", number=number, at=at, channel=place, state=state)
    say(author, "request.stands", topic=one.topic or "—", step=one.step or "—")
    say(author, "request.asked", question=one.question or "—")


@app.command()
def close(number: Number) -> None:
    """End a help request; the person who asked is told."""
    settings, author = begin()
    content = content_of(settings, author)
    work = partial(ticket.close, number=number, content=content, now=now())
    if not written(settings, author, work):
        fail(author.tell("request.unknown", number=number))
    say(author, "request.closed", number=number)

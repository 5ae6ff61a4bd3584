"""`bot`: parse, call, print. What the commands do stands in the modules they call."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import (
    content_check,
    docs,
    listing,
    log,
    new_topic,
    service,
    terminal,
    transcript,
)
from bot.author import Author
from bot.clock import now
from bot.commands import backup, doctor, nlu, sending, ticket, webhook
from bot.commands.begin import begin, content_of, database_told, fail, group
from bot.commands.rights import operator_rights, ward_rights
from bot.content import load, read
from bot.fault import ContentFaults
from bot.preview import preview as previewed
from bot.script import Player
from bot.steering import ScriptError

PLAIN = {"help_option_names": ["--help"]}

app = typer.Typer(
    help="The chatbot of Bình dân học vụ số.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=PLAIN,
)
content_app = group("Check, write and withdraw what is taught.")
for _name, _group in {
    "content": content_app,
    "nlu": nlu.app,
    "host": ward_rights("host", "Who sends tips to the groups of a ward."),
    "volunteer": ward_rights("volunteer", "Who answers help requests of a ward."),
    "operator": operator_rights(),
    "ticket": ticket.app,
    "webhook": webhook.app,
    "pause": sending.pause,
    "resume": sending.resume,
}.items():
    app.add_typer(_group, name=_name)
for _command in (doctor.doctor, backup.backup, backup.restore, backup.forget, backup.deletions):
    app.command()(_command)

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="A topic, such as phone/scan_qr.")]


@app.command()
def serve() -> None:
    """Serve the web chat and its pages, and send what falls due."""
    settings, author = begin()

    def tell(key: str, /, **places: object) -> None:
        typer.echo(author.tell(key, **{"url": service.address(settings), **places}))

    if settings.trial:
        tell("serve.trial")
    try:
        with database_told(author):
            asyncio.run(service.serve(settings, tell))
    except ContentFaults as error:
        fail(author.faults(error.faults))
    except KeyboardInterrupt:
        return


@app.command()
def chat(
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what was understood, decided and done.")
    ] = False,
    script: Annotated[
        Path | None,
        typer.Option("--script", metavar="FILE", help="Play a conversation from a file."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --script: print one JSON object a reply.")
    ] = False,
) -> None:
    """Talk with the bot in this terminal; nothing of it is kept."""
    settings, author = begin()
    log.configure("ERROR")
    if script is not None and not script.is_file():
        fail(author.tell("chat.no_script", file=script))
    content = content_of(settings, author)
    engine = service.understanding(settings)
    try:
        if script is None:
            talk = terminal.chat(settings, content, engine, author, write=_write, explain=explain)
            asyncio.run(talk)
            return
        play = Player().play(script.read_text("utf-8"), settings, content, engine)
        asyncio.run(_print(play, author, settings.base_url, explain=explain, as_json=as_json))
    except ScriptError as error:
        fail(f"{script}:{error.line}  {author.tell(error.key, **error.places)}")
    except KeyboardInterrupt:
        typer.echo()


@content_app.command()
def check() -> None:
    """Check everything in data/ and name each fault with file, line and what to write instead."""
    settings, author = begin()
    if faults := content_check.check(settings.data_dir):
        fail(author.faults(faults))
    content = load(settings.data_dir)
    counts = {name: len(getattr(content, name)) for name in ("topics", "howtos", "items", "tips")}
    typer.echo(author.tell("check.fine", **counts))


@content_app.command()
def new(slug: Slug) -> None:
    """Write commented files for a new topic: how-to, quiz and tip."""
    settings, author = begin()
    topics = read(settings.data_dir).topics
    title = topics[slug].title if slug in topics else slug
    try:
        files = new_topic.write(settings.data_dir, slug, title=title, today=now().date())
    except new_topic.TopicExistsError as error:
        fail(author.tell("new.exists", file=error.file))
    except ValueError:
        fail(author.tell("new.slug", slug=slug))
    for file in files:
        typer.echo(author.tell("new.written", file=file))
    if slug not in topics:
        typer.echo(author.tell("new.topic", slug=slug))
    typer.echo(author.tell("new.then"))


@content_app.command()
def preview(slug: Slug) -> None:
    """Show a topic as on a phone: every step with its helps, every question, the tip."""
    settings, author = begin()
    reading = read(settings.data_dir)
    own = {settings.data_dir / folder / f"{slug}.yaml" for folder in new_topic.FOLDERS}
    if faults := [fault for fault in reading.faults if fault.file in own]:
        fail(author.faults(faults))
    if slug not in reading.howtos:
        fail(author.tell("preview.no_howto", slug=slug))
    for screen in previewed(reading.content(), slug, author):
        typer.echo(screen)


@content_app.command()
def sources(slug: Slug) -> None:
    """Show where each step of a topic was read, and how sure it is."""
    settings, author = begin()
    content = content_of(settings, author)
    if slug not in content.howtos:
        fail(author.tell("preview.no_howto", slug=slug))
    for line in listing.sources(content, slug, author):
        typer.echo(line)


@content_app.command()
def stale() -> None:
    """List what waits to be checked again, with the sources to reopen."""
    settings, author = begin()
    content = content_of(settings, author)
    for line in listing.stale(content, now().date(), author):
        typer.echo(line)


@content_app.command()
def withdraw(
    slug: Slug,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, for the record.")],
) -> None:
    """Take a wrong topic out of use at once, in every process."""
    settings, author = begin()
    # Also while other files have faults: a wrong instruction does not wait for them.
    if slug not in read(settings.data_dir).topics:
        fail(author.tell("withdrawn.unknown", slug=slug))
    with database_told(author):
        asyncio.run(service.withdraw(settings, slug, why))
    typer.echo(author.tell("withdrawn.done", slug=slug))


@content_app.command()
def restore(slug: Slug) -> None:
    """Use a withdrawn topic again."""
    settings, author = begin()
    with database_told(author):
        restored = asyncio.run(service.restore(settings, slug))
    if not restored:
        fail(author.tell("withdrawn.was_not", slug=slug))
    typer.echo(author.tell("withdrawn.restored", slug=slug))


@app.command("docs")
def write_docs(
    only_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when a page is stale.")
    ] = False,
) -> None:
    """Write the generated pages: docs/cli.md, docs/settings.md, docs/content.md."""
    settings, author = begin()
    stale = docs.stale(app, content_of(settings, author))
    if only_check and stale:
        fail("\n".join(f"{file}: stale, run `bot docs`" for file in stale))
    for file, text in stale.items():
        file.write_text(text, "utf-8")
        typer.echo(str(file))


async def _print(
    play: transcript.Played, author: Author, base_url: str, *, explain: bool, as_json: bool
) -> None:
    async for entry in play:
        if as_json:
            lines = transcript.as_json(entry, author, base_url=base_url)
        else:
            lines = transcript.as_text(entry, author, base_url=base_url, explain=explain)
        for line in lines:
            typer.echo(line)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()

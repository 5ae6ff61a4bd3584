"""`bot`: parse, call, print. What the commands do stands in the modules they call."""

import asyncio
import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy.exc import OperationalError

from bot import (
    content_check,
    docs,
    evaluation,
    figures,
    log,
    new_topic,
    service,
    terminal,
    transcript,
)
from bot.author import Author
from bot.clock import now
from bot.config import Settings
from bot.content import load, read
from bot.fault import ContentFaults
from bot.preview import preview as previewed
from bot.script import Player, ScriptError
from flows.content import Content

PLAIN = {"help_option_names": ["--help"]}

app = typer.Typer(
    help="The chatbot of Bình dân học vụ số.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=PLAIN,
)
content_app = typer.Typer(
    help="Check, write and withdraw what is taught.", no_args_is_help=True, rich_markup_mode=None
)
nlu_app = typer.Typer(
    help="Measure how well messages are understood.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(content_app, name="content")
app.add_typer(nlu_app, name="nlu")

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="A topic, such as phone/scan_qr.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def serve() -> None:
    """Serve the web chat and its pages, and send what falls due."""
    settings, author = _settings()

    def tell(key: str) -> None:
        typer.echo(author.tell(key, url=service.address(settings)))

    if settings.trial:
        tell("serve.trial")
    try:
        with _database(author):
            asyncio.run(service.serve(settings, tell))
    except ContentFaults as error:
        _fail(author.faults(error.faults))
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
    settings, author = _settings()
    log.configure("ERROR")
    if script is not None and not script.is_file():
        _fail(author.tell("chat.no_script", file=script))
    content = _content(settings, author)
    engine = service.understanding(settings)
    try:
        if script is None:
            talk = terminal.chat(settings, content, engine, author, write=_write, explain=explain)
            asyncio.run(talk)
            return
        play = Player().play(script.read_text("utf-8"), settings, content, engine)
        asyncio.run(_print(play, author, settings.base_url, explain=explain, as_json=as_json))
    except ScriptError as error:
        _fail(f"{script}:{error.line}  {author.tell(error.key, **error.places)}")
    except KeyboardInterrupt:
        typer.echo()


@content_app.command()
def check() -> None:
    """Check everything in data/ and name each fault with file, line and what to write instead."""
    settings, author = _settings()
    if faults := content_check.check(settings.data_dir):
        _fail(author.faults(faults))
    content = load(settings.data_dir)
    counts = {name: len(getattr(content, name)) for name in ("topics", "howtos", "items", "tips")}
    typer.echo(author.tell("check.fine", **counts))


@content_app.command()
def new(slug: Slug) -> None:
    """Write commented files for a new topic: how-to, quiz and tip."""
    settings, author = _settings()
    topics = read(settings.data_dir).topics
    title = topics[slug].title if slug in topics else slug
    try:
        files = new_topic.write(settings.data_dir, slug, title=title, today=now().date())
    except new_topic.TopicExistsError as error:
        _fail(author.tell("new.exists", file=error.file))
    except ValueError:
        _fail(author.tell("new.slug", slug=slug))
    for file in files:
        typer.echo(author.tell("new.written", file=file))
    if slug not in topics:
        typer.echo(author.tell("new.topic", slug=slug))
    typer.echo(author.tell("new.then"))


@content_app.command()
def preview(slug: Slug) -> None:
    """Show a topic as on a phone: every step with its helps, every question, the tip."""
    settings, author = _settings()
    reading = read(settings.data_dir)
    own = {settings.data_dir / folder / f"{slug}.yaml" for folder in new_topic.FOLDERS}
    if faults := [fault for fault in reading.faults if fault.file in own]:
        _fail(author.faults(faults))
    if slug not in reading.howtos:
        _fail(author.tell("preview.no_howto", slug=slug))
    for screen in previewed(reading.content(), slug, author):
        typer.echo(screen)


@content_app.command()
def withdraw(
    slug: Slug,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, for the record.")],
) -> None:
    """Take a wrong topic out of use at once, in every process."""
    settings, author = _settings()
    # Also while other files have faults: a wrong instruction does not wait for them.
    if slug not in read(settings.data_dir).topics:
        _fail(author.tell("withdrawn.unknown", slug=slug))
    with _database(author):
        asyncio.run(service.withdraw(settings, slug, why))
    typer.echo(author.tell("withdrawn.done", slug=slug))


@content_app.command()
def restore(slug: Slug) -> None:
    """Use a withdrawn topic again."""
    settings, author = _settings()
    with _database(author):
        restored = asyncio.run(service.restore(settings, slug))
    if not restored:
        _fail(author.tell("withdrawn.was_not", slug=slug))
    typer.echo(author.tell("withdrawn.restored", slug=slug))


@nlu_app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines, one utterance a line.")],
    as_json: AsJson = False,
) -> None:
    """Decide every line as the running bot would, and print how many were right."""
    settings, author = _settings()
    try:
        lines = evaluation.read(file)
    except (OSError, evaluation.EvaluationFileError) as error:
        _fail(str(error))
    content = _content(settings, author)
    found = figures.evaluate(lines, service.understanding(settings), content)
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else figures.printed(found))


@app.command("docs")
def write_docs(
    only_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when a page is stale.")
    ] = False,
) -> None:
    """Write the pages that are generated from the code: docs/cli.md, docs/settings.md."""
    stale = docs.stale(app)
    if only_check and stale:
        _fail("\n".join(f"{file}: stale, run `bot docs`" for file in stale))
    for file, text in stale.items():
        file.write_text(text, "utf-8")
        typer.echo(str(file))


def _settings() -> tuple[Settings, Author]:
    try:
        settings = Settings.model_validate({})
    except ValueError as error:
        _fail(str(error))
    return settings, Author.load(settings.data_dir)


def _content(settings: Settings, author: Author) -> Content:
    try:
        return load(settings.data_dir)
    except ContentFaults as error:
        _fail(author.faults(error.faults))


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


@contextmanager
def _database(author: Author) -> Generator[None]:
    """Says in words that the database can't be reached."""
    try:
        yield
    except OperationalError:
        _fail(author.tell("serve.no_database"))


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)

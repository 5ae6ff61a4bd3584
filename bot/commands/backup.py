"""`bot backup`, `bot restore`, `bot forget`, `bot deletions`."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.author import Author
from bot.clock import now
from bot.commands.begin import begin, database_told, fail, say, written
from bot.config import Settings
from bot.operator import backup as backing
from bot.operator import local, oblivion
from bot.operator.archive import ArchiveFaultError, Manifest
from bot.storage.database import Database

File = Annotated[Path, typer.Argument(metavar="FILE", help="A path, such as /backup/bot.zip.")]


def backup(
    file: File,
    force: Annotated[bool, typer.Option("--force", help="Write over a file of this name.")] = False,
) -> None:
    """Write the whole database into one file, also while the bot runs."""
    settings, author = begin()
    if file.exists() and not force:
        fail(author.tell("backup.exists", file=file))
    if not file.parent.is_dir():
        fail(author.tell("backup.no_folder", folder=file.parent))
    try:
        with database_told(author):
            manifest = asyncio.run(_back_up(settings, file))
    except ArchiveFaultError as error:
        fail(author.tell(str(error), file=file))
    say(author, "backup.done", file=file, rows=sum(manifest.rows.values()))
    say(author, "backup.words")


def restore(
    file: File,
    deletions: Annotated[
        Path | None,
        typer.Option(
            "--deletions", metavar="LIST", help="What `bot deletions` printed since the backup."
        ),
    ] = None,
) -> None:
    """Put a backup in the place of everything in the database; the bot must not run."""
    settings, author = begin()
    for needed in (file, deletions):
        if needed is not None and not needed.is_file():
            fail(author.tell("restore.no_file", file=needed))
    if local.listens(settings):
        fail(author.tell("restore.running", port=settings.port))
    gone = deletions.read_text("utf-8").split() if deletions is not None else []
    try:
        with database_told(author):
            manifest, again = asyncio.run(_restore(settings, file, gone))
    except ArchiveFaultError as error:
        fail(author.tell(str(error), file=file))
    _tell_restored(author, manifest, again)


def forget(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="Of a record, or the number of a help request.")
    ],
) -> None:
    """Delete all that is known of the person whose record or help request this is."""
    settings, author = begin()
    work = partial(oblivion.forget_by, given=code, now=now())
    if not written(settings, author, work, scrub=True):
        fail(author.tell("forget.unknown", code=code))
    say(author, "forget.done")


def deletions() -> None:
    """Print a line for each person who was forgotten; it names nobody. Keep it beside backups."""
    settings, author = begin()
    for line in written(settings, author, oblivion.deletions):
        typer.echo(line)


async def _back_up(settings: Settings, file: Path) -> Manifest:
    database = Database(settings.database)
    try:
        return await backing.back_up(database, file, now=now())
    finally:
        await database.close()


async def _restore(settings: Settings, file: Path, gone: list[str]) -> tuple[Manifest, int]:
    database = Database(settings.database)
    try:
        return await backing.restore(database, file, gone=gone, now=now())
    finally:
        await database.close()


def _tell_restored(author: Author, manifest: Manifest, again: int) -> None:
    at = f"{manifest.made_at.astimezone(now().tzinfo):%H:%M %d/%m/%Y}"
    say(author, "restore.done", at=at, rows=sum(manifest.rows.values()))
    say(author, "restore.forgotten", count=again)

"""How every command begins, works on the database, and fails: in words, with exit code 1."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

import typer
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot.author import Author
from bot.config import Settings
from bot.content import load
from bot.fault import ContentFaults
from bot.storage.database import Database
from flows.content import Content

T = TypeVar("T")


def begin() -> tuple[Settings, Author]:
    """The settings, and the words for whoever runs the bot."""
    try:
        settings = Settings.model_validate({})
    except ValueError as error:
        fail(str(error))
    return settings, Author.load(settings.data_dir)


def content_of(settings: Settings, author: Author) -> Content:
    """The content; its faults are printed."""
    try:
        return load(settings.data_dir)
    except ContentFaults as error:
        fail(author.faults(error.faults))


def written(
    settings: Settings, author: Author, work: Callable[[Connection], T], *, scrub: bool = False
) -> T:
    """Run this in one transaction on the migrated database; `scrub` where it deleted a person."""

    async def run() -> T:
        database = Database(settings.database)
        try:
            await database.migrate()
            result = await database.write(work)
            if scrub:
                await database.scrub()
            return result
        finally:
            await database.close()

    with database_told(author):
        return asyncio.run(run())


@contextmanager
def database_told(author: Author) -> Generator[None]:
    """Says in words that the database can't be reached."""
    try:
        yield
    except OperationalError:
        fail(author.tell("serve.no_database"))


def group(help_: str) -> typer.Typer:
    """A group of commands: `bot host …`."""
    return typer.Typer(help=help_, no_args_is_help=True, rich_markup_mode=None)


def say(author: Author, key: str, /, **values: Any) -> None:
    """Print the sentence under this key."""
    typer.echo(author.tell(key, **values))


def fail(message: str) -> NoReturn:
    """Print this on the other stream and end with code 1."""
    typer.echo(message, err=True)
    raise typer.Exit(1)

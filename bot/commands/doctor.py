"""`bot doctor`: how everything stands, in words, with the next command."""

import asyncio
import json
from typing import Annotated

import typer

from bot.author import Author
from bot.clock import now
from bot.commands.begin import begin
from bot.operator.doctor import examine
from bot.operator.finding import Finding


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at everything the bot needs; what is bad comes with the next command. Sends nothing."""
    settings, author = begin()
    found = asyncio.run(examine(settings, now))
    wrong = [finding for finding in found if finding.state == "bad"]
    if as_json:
        typer.echo(json.dumps([_as_json(author, one) for one in found], ensure_ascii=False))
    else:
        for finding in found:
            typer.echo(_line(author, finding))
        key = "doctor.unwell" if wrong else "doctor.well"
        typer.echo(author.tell(key, count=len(wrong)))
    if wrong:
        raise typer.Exit(1)


def _line(author: Author, finding: Finding) -> str:
    mark = author.tell(f"doctor.{finding.state}")
    line = f"{mark:<6}  {author.tell(f'doctor.{finding.key}', **finding.values)}"
    then = _then(author, finding)
    return f"{line}\n{'':6}  → {then}" if then else line


def _then(author: Author, finding: Finding) -> str:
    key = f"then.{finding.key}"
    has_next = finding.state == "bad" and key in author.sentences
    return author.tell(key, **finding.values) if has_next else ""


def _as_json(author: Author, finding: Finding) -> dict[str, str]:
    return {
        "about": finding.about,
        "state": finding.state,
        "text": author.tell(f"doctor.{finding.key}", **finding.values),
        "then": _then(author, finding),
    }

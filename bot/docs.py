"""Pages that are written from the code, so that they cannot say anything else than the code does.

docs/cli.md from the real `--help` of every command, docs/settings.md from the fields of Settings,
docs/content.md from the content itself.
"""

from collections.abc import Iterator
from pathlib import Path

import typer
from typer.testing import CliRunner

from bot import coverage
from bot.author import ROOT
from bot.config import Settings
from flows.content import Content

WIDTH = 90
"""Columns of a help text on the page, whatever terminal it is made in."""


def stale(app: typer.Typer, content: Content) -> dict[Path, str]:
    """The pages that are not as they should be, each with what it should say."""
    pages = {
        ROOT / "docs" / "cli.md": commands(app),
        ROOT / "docs" / "settings.md": settings(),
        ROOT / "docs" / "content.md": coverage.report(content),
    }
    return {
        file: text
        for file, text in pages.items()
        if not file.exists() or file.read_text("utf-8") != text
    }


def commands(app: typer.Typer) -> str:
    """Every command with its help."""
    parts = ["# Commands\n\nWritten by `bot docs` from the commands' own `--help`.\n"]
    for path in _paths(app, ()):
        shown = CliRunner().invoke(
            app, [*path, "--help"], prog_name="bot", terminal_width=WIDTH, color=False
        )
        parts.append(f"## `{' '.join(('bot', *path))}`\n\n```\n{shown.stdout.strip()}\n```\n")
    return "\n".join(parts)


def settings() -> str:
    """Every setting with its default, its name in the environment and its sentence."""
    lines = [
        "# Settings",
        "",
        "Written by `bot docs` from `bot/config.py`. A setting stands in `config.yaml` by its",
        "name; the environment and `.env` go before the file.",
        "",
        "| setting | environment | default | what for |",
        "|---|---|---|---|",
    ]
    for name, field in Settings.described().items():
        default = f"`{field.default}`" if str(field.default) else "empty"
        what = (field.description or "").replace("|", "\\|")
        lines.append(f"| `{name}` | `BOT_{name.upper()}` | {default} | {what} |")
    return "\n".join([*lines, ""])


def _paths(app: typer.Typer, before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words that lead to every command, groups first."""
    yield before
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        yield (*before, name)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            yield from _paths(group.typer_instance, (*before, group.name or ""))

"""Writes the three files of a new topic from `data/template/`, a sentence beside each field."""

import re
from datetime import date
from pathlib import Path
from string import Template

from bot.author import ROOT

FOLDERS = ("howto", "quiz", "tips")
SLUG = re.compile(r"[a-z0-9_]+/[a-z0-9_]+")


class TopicExistsError(FileExistsError):
    """A file of this topic is there already; nothing was written."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} exists")
        self.file = file


def write(data: Path, slug: str, *, title: str, today: date) -> list[Path]:
    """Write the files and give their paths; none of them when one is there already.

    Raises TopicExistsError, and ValueError for what is no slug.
    """
    if not SLUG.fullmatch(slug):
        raise ValueError(slug)
    files = [data / folder / f"{slug}.yaml" for folder in FOLDERS]
    for file in files:
        if file.exists():
            raise TopicExistsError(file)
    templates = data / "template"
    if not templates.exists():
        templates = ROOT / "data" / "template"
    for folder, file in zip(FOLDERS, files, strict=True):
        template = Template((templates / f"{folder}.yaml").read_text("utf-8"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(template.substitute(title=title, today=today.isoformat()), "utf-8")
    return files

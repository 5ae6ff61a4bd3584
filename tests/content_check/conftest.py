"""A small course without a fault, copied for each test, which breaks one thing in it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.content_check import check
from bot.fault import Fault

COURSE = Path(__file__).parent / "course"


@dataclass
class Course:
    """A copy that may be broken."""

    data: Path

    def write(self, file: str, text: str) -> None:
        path = self.data / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace the first of these words; they must be there."""
        text = (self.data / file).read_text("utf-8")
        assert old in text
        self.write(file, text.replace(old, new, 1))

    def line(self, file: str, words: str) -> int:
        """The line, from 1, on which these words stand first."""
        lines = (self.data / file).read_text("utf-8").splitlines()
        return next(n for n, line in enumerate(lines, start=1) if words in line)

    def faults(self) -> list[Fault]:
        return check(self.data)

    def found(self) -> list[tuple[str, int, str, str]]:
        """Every fault as (file, line, field, kind)."""
        return [
            (fault.file.relative_to(self.data).as_posix(), fault.line, fault.field, fault.kind)
            for fault in self.faults()
        ]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    translations = shutil.ignore_patterns("en.yaml", "fr.yaml")
    return Course(Path(shutil.copytree(COURSE, tmp_path / "data", ignore=translations)))

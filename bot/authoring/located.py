"""Training phrases and where each stands, so that an author finds the line to mend."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlu.phrases import Label, Phrase, files, read

_PHRASE = "- "
_ENTRY = "- intent:"


@dataclass(frozen=True, slots=True)
class Located:
    """A training phrase with its place."""

    phrase: Phrase
    file: Path
    line: int

    @property
    def where(self) -> str:
        """`data/nlu/howto/phone.yml:17`, as editors and terminals follow it."""
        return f"{self.file}:{self.line}"


def located(data: Path) -> list[Located]:
    """All training phrases of a data folder; raises as `nlu.phrases.read` does."""
    return [
        Located(phrase, path, line)
        for path in files(data)
        for phrase, line in zip(read(path), _lines(path), strict=True)
    ]


def named(label: Label) -> str:
    """As people say it: the topic of a how-to, else the intent."""
    return label.topic or label.intent


def entry(label: Label) -> str:
    """The name of its entry in the training files: `ask_howto/phone.scan_qr`, `greet`."""
    if label.topic is None:
        return label.intent
    return f"ask_howto/{label.topic.replace('/', '.', 1)}"


def _lines(path: Path) -> Iterator[int]:
    """Where the phrases of a file stand, in the order in which they are read."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        written = line.strip()
        if written.startswith(_PHRASE) and not written.startswith(_ENTRY):
            yield number

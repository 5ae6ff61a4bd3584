"""One line of `bot doctor`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

State = Literal["good", "bad", "note"]
"""bad: somebody must act. note: worth knowing, and no fault."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and how it stands."""

    about: str
    """configuration, content, database, token …: the same for the same look at things."""
    state: State
    key: str
    """A sentence of `author.yaml` under `doctor`; where it is bad, `then` has the next command."""
    values: Mapping[str, object] = field(default_factory=dict[str, object])


def good(about: str, key: str, /, **values: object) -> Finding:
    """All is well here."""
    return Finding(about, "good", key, values)


def bad(about: str, key: str, /, **values: object) -> Finding:
    """Somebody must act."""
    return Finding(about, "bad", key, values)


def note(about: str, key: str, /, **values: object) -> Finding:
    """Worth knowing."""
    return Finding(about, "note", key, values)

"""What each platform allows: `data/channels.yaml`, read once and typed.

The numbers with their sources stand there; what follows from them is decided in `bot/delivery/`
(how fast, how many) and in each channel's `render` (how long, which buttons).
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import Field, TypeAdapter
from ruamel.yaml import YAML

from flows.part import Part

Positive = Annotated[int, Field(gt=0)]


class Rates(Part):
    """Messages at most; absent: no limit is known."""

    chat_per_s: Positive | None = None
    chat_burst: Positive | None = None
    """So many at once, but then no more in as many seconds as they take at `chat_per_s`; absent:
    as many as in a second."""
    group_per_min: Positive | None = None
    """In any sixty seconds, not in a calendar minute."""
    account_per_s: Positive | None = None
    account_per_min: Positive | None = None


class Quota(Part):
    """What a plan includes; absent: as many as wanted."""

    users: Positive | None = None
    messages_a_month: Positive | None = None
    messages_in_window: Positive | None = None


class Window(Part):
    """How long after a person's last word she may be written to, in hours."""

    free_h: Positive
    closed_h: Positive


class Cited(Part):
    """Where the numbers were read."""

    title: str
    url: str
    read_on: date


class Capability(Part):
    """One platform."""

    text: Positive
    """Length of a message, in `unit`."""
    unit: Literal["utf16", "codepoints_and_utf16"]
    buttons: Annotated[int, Field(ge=0)]
    button_payload: Positive | None = None
    together: bool
    """All replies of a turn go in one message where they fit."""
    can_take_back: bool
    rates: Rates
    quota: Quota
    window: Window | None
    sources: list[Cited]


_TABLE = TypeAdapter(dict[str, Capability])


def load(data: Path) -> Mapping[str, Capability]:
    """By channel. Raises pydantic's ValidationError for a file that is not in this form."""
    text = (data / "channels.yaml").read_text("utf-8")
    read = cast("object", YAML(typ="safe").load(text))  # pyright: ignore[reportUnknownMemberType]
    return _TABLE.validate_python(read)

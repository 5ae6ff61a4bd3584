"""The ground that every piece of content stands on: a Part, its Source, its named kinds of text."""

import hashlib
import json
import re
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Slug = Annotated[str, Field(pattern=r"^[a-z0-9_]+/[a-z0-9_]+$")]
Key = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Confidence = Literal["high", "medium"]
"""How sure a fact is. A low one is never an instruction, so the format has no word for it."""
Device = Literal["android", "iphone"]
Text = Annotated[str, Field(min_length=2)]


def _days(value: object) -> object:
    """Read `120d`, the way authors write a length of time."""
    if isinstance(value, str) and re.fullmatch(r"\d{1,4}d", value):
        return timedelta(days=int(value[:-1]))
    return value


Days = Annotated[timedelta, BeforeValidator(_days)]


class Part(BaseModel):
    """A piece of content: unknown fields are faults, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @cached_property
    def fingerprint(self) -> str:
        """Short hash of the whole piece; changes when any word of it changes."""
        plain = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()[:12]


class Source(Part):
    """Where a fact was read."""

    title: Text
    publisher: Text
    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    read_on: date

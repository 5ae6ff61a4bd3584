"""What authors write down beside the lessons: names that are over, and who tried the questions."""

import re
from datetime import date
from functools import cached_property
from typing import Annotated

from pydantic import Field

from flows.part import Part, Source, Text


class Outdated(Part):
    """A name that is no longer used (`data/outdated.yaml`)."""

    name: Text
    pattern: Text
    """A regular expression over the text, without regard to capitals."""
    now: Text
    """What to say instead."""
    source: Source | None = None

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)

    def matches(self, text: str) -> bool:
        """Whether the text uses the name."""
        return self._compiled.search(text) is not None


class Trial(Part):
    """People of the target group tried questions (`data/trials.yaml`), noted by who watched."""

    on: date
    by: Text
    """Who watched: not the writer of the questions."""
    people: Annotated[int, Field(ge=1)]
    items: list[str]
    """Ids, `<domain>/<topic>:<name>`."""

"""A script card for a host: what to do and to say, on one screen (`data/host/<name>.yaml`)."""

from typing import Annotated, Literal

from pydantic import Field

from flows.part import Key, Part, Slug, Source, Text

LONGEST_CARD = 900
"""Characters: what a phone shows without scrolling far."""


class Card(Part):
    """What a volunteer without training does in one situation."""

    name: Key
    """From the file's name, not written in the file."""
    order: int
    """Where it stands in the list."""
    title: Text
    when: Text
    """When to open it, in one line."""
    lines: Annotated[list[Text], Field(min_length=3, max_length=9)]
    """In order: each one thing to do, or a sentence to say in “ ”."""
    never: Text
    """The one thing never to do."""
    topics: Annotated[list[Slug], Field(max_length=3)]
    """What to open next."""
    sources: list[Source]
    basis: Literal["practice", "sourced"]
    """Whether it rests on what volunteers learned, or on a source."""

    @property
    def text(self) -> str:
        """The card as it is sent."""
        lines = [f"{number}. {line}" for number, line in enumerate(self.lines, start=1)]
        return "\n".join([self.title, self.when, "", *lines, "", self.never])

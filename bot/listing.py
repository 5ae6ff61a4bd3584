"""Lists for authors on the command line: where a lesson was read, and what waits to be checked."""

from collections.abc import Iterator
from datetime import date

from bot import stale as ageing
from bot.author import Author
from bot.sourced import cited
from flows.content import Content
from flows.part import Source
from flows.value import Value


def sources(content: Content, slug: str, author: Author) -> Iterator[str]:
    """Every part of the how-to with what it rests on. Raises KeyError for a topic without."""
    howto = content.howtos[slug]
    yield author.tell(
        "sources.head", title=howto.title, checked=_day(howto.checked), owner=howto.owner
    )
    for number, one in enumerate(cited(howto, content.values), start=1):
        sure = author.tell(f"sources.{one.confidence}")
        yield ""
        yield author.tell(f"sources.{one.part}", n=number, step=one.step, text=one.text, sure=sure)
        yield from (_source(source, author) for source in one.sources)
        yield from (_value(value, author) for value in one.values)


def stale(content: Content, day: date, author: Author) -> Iterator[str]:
    """What is due, the longest waiting first; when nothing is, the day on which it will be."""
    found = ageing.due(content, day)
    if not found:
        yield author.tell("to_check.none", day=_day(ageing.next_due(content)))
        return
    for one in found:
        yield author.tell(
            f"to_check.{one.state}",
            name=one.name,
            since=_day(one.since),
            until=_day(one.withdrawn_on) if one.withdrawn_on else "",
            owner=one.owner,
            topics=", ".join(one.used_in),
        )
        yield from (_source(source, author) for source in one.sources)
    yield author.tell("to_check.then", count=len(found))


def _source(source: Source, author: Author) -> str:
    return author.tell(
        "sources.source",
        title=source.title,
        publisher=source.publisher,
        url=source.url,
        read_on=_day(source.read_on),
    )


def _value(value: Value, author: Author) -> str:
    return author.tell(
        "sources.value",
        key=value.key,
        spoken=value.spoken,
        check_by=_day(value.check_by),
        url=value.source.url,
    )


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"

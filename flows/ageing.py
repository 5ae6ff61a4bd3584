"""Content as it may be said on a day: values filled in, what is due marked, what is old withheld.

fresh       until `checked` + `check_every`
due         then for GRACE: said with a remark, without fees, limits and deadlines
withdrawn   after that: only its title, its official place and a person, until it is checked
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar, cast

from flows.content import Content
from flows.lesson import Howto, Item, topic_of
from flows.part import Part
from flows.translation import Words
from flows.value import Value, filled, named_by
from nlu.understanding import Language

GRACE = timedelta(days=45)
"""How long what is due is still said. Ours: a quarter's check (90 days) may slip by half of it."""

P = TypeVar("P", bound=Part)


def due_on(howto: Howto) -> date:
    """The first day on which it waits to be checked."""
    return howto.checked + howto.check_every + timedelta(days=1)


def withdrawn_on(howto: Howto) -> date:
    """The first day on which it is not said any more."""
    return due_on(howto) + GRACE


def as_of(content: Content, day: date) -> Content:
    """All content as it may be said on this day of the city, in Asia/Ho_Chi_Minh."""
    due = {slug for slug, howto in content.howtos.items() if due_on(howto) <= day}
    old = {slug for slug, howto in content.howtos.items() if withdrawn_on(howto) <= day}

    def said(slug: str, piece: P, language: Language = "vi") -> P:
        return _filled(piece, content.values, day, due=slug in due, language=language)

    return replace(
        content,
        topics={slug: said(slug, topic) for slug, topic in content.topics.items()},
        howtos={slug: said(slug, howto) for slug, howto in content.howtos.items()},
        items={
            key: said(item.topic, item)
            for key, item in content.items.items()
            if _may_be_asked(item, content.values, day, due=item.topic in due)
        },
        tips={key: said(topic_of(key), tip) for key, tip in content.tips.items()},
        cards={name: _filled(card, content.values, day) for name, card in content.cards.items()},
        words={
            language: Words(
                {slug: said(slug, howto, language) for slug, howto in words.howtos.items()},
                {key: said(topic_of(key), item, language) for key, item in words.items.items()},
                {key: said(topic_of(key), tip, language) for key, tip in words.tips.items()},
            )
            for language, words in content.words.items()
        },
        withdrawn=content.withdrawn | old,
    )


def _may_be_asked(item: Item, values: Mapping[str, Value], day: date, *, due: bool) -> bool:
    """Whether all that the question names is sure: a question cannot say «ask there»."""
    return not any(values[key].is_old(day, due=due) for key in named_by(item))


def _filled(
    piece: P,
    values: Mapping[str, Value],
    day: date,
    *,
    due: bool = False,
    language: Language = "vi",
) -> P:
    if not named_by(piece):
        return piece

    def fill(part: object) -> object:
        if isinstance(part, str):
            return filled(part, values, day, due=due, language=language)
        if isinstance(part, dict):
            return {k: fill(v) for k, v in cast("dict[str, object]", part).items()}
        if isinstance(part, list):
            return [fill(v) for v in cast("list[object]", part)]
        return part

    return type(piece).model_validate(fill(piece.model_dump(by_alias=True)))

"""What the three commands print for authors, and the same as JSON.

pairs, why, gaps                  lines to be read, in the words of `data/locales/author.yaml`
pairs_json, why_json, gaps_json   one object each, in the names of the code
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.author import Author
from bot.authoring.confusions import Misread, Pair
from bot.authoring.gaps import Gaps, Group
from bot.authoring.located import entry, named
from bot.authoring.unanswered import DAYS, Found
from bot.authoring.why import Why
from nlu.understanding import Candidate


def pairs(found: Sequence[Pair], author: Author) -> Iterator[str]:
    """Each pair, then its phrases with their places and what they were taken for."""
    for pair in found:
        names = {"one": named(pair.one), "other": named(pair.other)}
        yield ""
        yield author.tell("confusions.pair", **names, count=len(pair.misread))
        for one in pair.misread:
            text, read_as = one.located.phrase.text, named(one.read_as)
            yield f"  {one.located.where}"
            yield f"    {author.tell('confusions.misread', text=text, read_as=read_as)}"
            lure = {"text": one.lure.phrase.text, "where": one.lure.where}
            yield f"    {author.tell('confusions.lure', **lure)}"


def pairs_json(found: Sequence[Pair], *, misread: int, phrases: int) -> dict[str, Any]:
    """`pairs`: each with both names, how many phrases, and the phrases."""
    return {
        "phrases": phrases,
        "misread": misread,
        "pairs": [
            {
                "one": named(pair.one),
                "other": named(pair.other),
                "count": len(pair.misread),
                "misread": [_misread(one) for one in pair.misread],
            }
            for pair in found
        ],
    }


def why(found: Why, author: Author) -> Iterator[str]:
    """The stages in their order, the reason last."""
    read = found.understanding
    nothing = author.tell("why.nothing")
    yield author.tell("why.masked", text=read.text or nothing)
    yield author.tell("why.folded", text=read.folded or nothing)
    yield author.tell("why.language", language=author.tell(f"why.language_{read.language}"))
    yield author.tell("why.secrets", kinds=", ".join(sorted(read.secrets)) or nothing)
    yield author.tell("why.screens", none="" if found.fired else nothing).rstrip()
    for one in found.fired:
        key = "why.withdrawn" if one.kind == "unless" else "why.fired"
        places = {"screen": one.screen, "kind": one.kind, "words": one.words}
        yield f"  {author.tell(key, **places)}"
        yield f"    {one.pattern}"
    yield author.tell("why.apps", names=", ".join(found.apps) or nothing)
    yield author.tell("why.bare") if read.bare else author.tell("why.not_bare")
    yield author.tell("why.candidates", none="" if read.candidates else nothing).rstrip()
    yield from _readings(read.candidates)
    if found.waits:
        yield author.tell("why.waits")
    yield author.tell("why.decided", decided=found.decided, p=f"{found.p:.3f}")
    if found.offered:
        yield from _readings(found.offered)
    yield author.tell("why.because", reason=_because(found, author))


def why_json(found: Why, author: Author) -> dict[str, Any]:
    """The same stages, in the names of the code."""
    read = found.understanding
    return {
        "text": read.text,
        "folded": read.folded,
        "language": read.language,
        "secrets": sorted(read.secrets),
        "screens": [
            {"screen": f.screen, "kind": f.kind, "pattern": f.pattern, "words": f.words}
            for f in found.fired
        ],
        "scam": read.scam,
        "danger": read.danger,
        "misuse": read.misuse,
        "apps": list(found.apps),
        "bare": read.bare,
        "candidates": [_candidate(one) for one in read.candidates],
        "waits": found.waits,
        "decided": found.decided,
        "p": round(found.p, 4),
        "offered": [_candidate(one) for one in found.offered],
        "reason": {
            "key": found.reason.key,
            **found.reason.values,
            "text": _because(found, author),
        },
    }


def gaps(found: Gaps, seen: Found, author: Author) -> Iterator[str]:
    """Each group as an entry that can be pasted under its topic, or under another one."""
    counts = {"agreed": seen.agreed, "texts": len(seen.texts), "days": DAYS}
    yield author.tell("gaps.seen", **counts)
    hidden = {"answered": found.answered_now, "smaller": found.smaller}
    yield author.tell("gaps.left_out", **hidden)
    for one in found.groups:
        yield ""
        yield f"# {author.tell('gaps.group', people=one.people, messages=one.messages)}"
        yield f"# {author.tell('gaps.nearest', names=_nearest(one))}"
        yield f"- intent: {entry(one.nearest[0].label) if one.nearest else '?'}"
        yield "  examples: |"
        yield from (f"    - {phrase}" for phrase in one.phrases)
    if found.groups:
        yield ""
        yield author.tell("gaps.then")


def gaps_json(found: Gaps, seen: Found) -> dict[str, Any]:
    """The same groups, in the names of the code."""
    return {
        "agreed": seen.agreed,
        "messages": len(seen.texts),
        "answered_now": found.answered_now,
        "smaller_groups": found.smaller,
        "groups": [
            {
                "people": one.people,
                "messages": one.messages,
                "nearest": [
                    {"name": named(near.label), "p": round(near.p, 4)} for near in one.nearest
                ],
                "phrases": list(one.phrases),
            }
            for one in found.groups
        ],
    }


def _misread(one: Misread) -> dict[str, Any]:
    return {
        "where": one.located.where,
        "text": one.located.phrase.text,
        "label": named(one.located.phrase.label),
        "read_as": named(one.read_as),
        "like": {"where": one.lure.where, "text": one.lure.phrase.text},
    }


def _readings(candidates: Sequence[Candidate]) -> Iterator[str]:
    for place, one in enumerate(candidates, start=1):
        yield f"  {place:>2}. {one.p:6.1%}  {one.topic or one.intent}"


def _candidate(one: Candidate) -> dict[str, Any]:
    return {"intent": one.intent, "topic": one.topic, "p": round(one.p, 4)}


def _because(found: Why, author: Author) -> str:
    """The reason in words, its numbers as they are compared."""
    values = {
        name: f"{value:.3f}" if isinstance(value, float) else value
        for name, value in found.reason.values.items()
    }
    return author.tell(f"why.{found.reason.key}", **values)


def _nearest(one: Group) -> str:
    return ", ".join(f"{named(near.label)} {near.p:.0%}" for near in one.nearest)

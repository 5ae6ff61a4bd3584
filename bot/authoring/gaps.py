"""What is missing in the training phrases: unanswered texts, put together by what they are about.

A group is shown only when at least three different people wrote it, so that nobody's own story
stands alone; smaller ones are counted. What the bot of today answers is left out: somebody has
taught it meanwhile.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.authoring.similar import grouped
from bot.authoring.unanswered import Text
from bot.evaluation import Evaluator
from flows.dialog import Dialog
from nlu.engine import Engine
from nlu.phrases import Label
from nlu.spelling import expand

PEOPLE = 3
"""Different people who must have written a group before anybody sees it."""
MOST = 4_000
"""Different texts that are put together; of more, the newest."""
_NEAREST = 3
_NOT_ANSWERED = ("unknown", "which", "other")


@dataclass(frozen=True, slots=True)
class Near:
    """A label that the texts of a group may belong to."""

    label: Label
    p: float
    """On average over the texts."""


@dataclass(frozen=True, slots=True)
class Group:
    """Texts about the same thing."""

    phrases: tuple[str, ...]
    """Each wording once, as the first person wrote it."""
    people: int
    messages: int
    nearest: tuple[Near, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """All that may be shown."""

    groups: tuple[Group, ...]
    """Those of most people first."""
    smaller: int
    """Groups of fewer than PEOPLE, which are not shown."""
    answered_now: int
    """Messages that the bot of today answers."""


def gaps(texts: Sequence[Text], evaluator: Evaluator) -> Gaps:
    """Put together what is not answered to this day."""
    open_ = [one for one in texts if _is_open(one.text, evaluator)]
    wordings: defaultdict[str, list[Text]] = defaultdict(list)
    for one in open_:
        wordings[expand(one.text)].append(one)
    wordings.pop("", None)
    folded = list(wordings)[-MOST:]
    groups: list[Group] = []
    smaller = 0
    for positions in grouped(folded):
        said = [wordings[folded[at]] for at in positions]
        people = {one.person for each in said for one in each}
        if len(people) < PEOPLE:
            smaller += 1
            continue
        phrases = tuple(each[0].text for each in said)
        near = _nearest(phrases, evaluator.engine)
        groups.append(Group(phrases, len(people), sum(map(len, said)), near))
    groups.sort(key=lambda group: (-group.people, -group.messages, group.phrases))
    return Gaps(tuple(groups), smaller, len(texts) - len(open_))


def _is_open(text: str, evaluator: Evaluator) -> bool:
    """Whether the bot of today still does not know, or still has to ask."""
    _, meant = evaluator.decide(text, Dialog())
    return meant.act.name in _NOT_ANSWERED


def _nearest(phrases: Sequence[str], engine: Engine) -> tuple[Near, ...]:
    """The labels that the texts are nearest to together."""
    sums: defaultdict[Label, float] = defaultdict(float)
    for phrase in phrases:
        for one in engine.parse(phrase).candidates:
            sums[Label(one.intent, one.topic)] += one.p / len(phrases)
    best = sorted(sums.items(), key=lambda entry: (-entry[1], entry[0].topic or entry[0].intent))
    return tuple(Near(label, p) for label, p in best[:_NEAREST])

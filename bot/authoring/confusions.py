"""Which topics mix, judged from the training phrases alone, and which phrases are to blame.

    misread(phrases, …)   each phrase read by a model that has not learned it; the wrong ones
    pairs(found)          two labels each, those that mix most first

Every phrase is left out once. Learning fits two models, one without a fold that it then judges and
one with it; the second has not seen the fold that was never handed over. So two rounds judge all
four folds, and the model that judges knows half or three quarters of the phrases: it mixes more
than the running one does. What lies outside all topics is one label among others here. A cry for
help that the screens hear is not misread; named apps and the open dialog play no part.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.authoring.located import Located
from bot.authoring.similar import Likeness
from nlu.classifier import Reading, learn, reading
from nlu.engine import Engine
from nlu.lexical import by_name
from nlu.phrases import Label, Phrase

FOLDS = 4
ROUNDS = FOLDS // 2
_FEWEST = 3
"""Phrases of a label, so that one is left when two folds are gone; fewer are never left out."""
_KEPT = -1

Heard = Callable[[Phrase], bool]
"""Whether the screens catch this cry for help, whatever the model reads."""
Tell = Callable[[int, int, int], None]
"""Told of each round: its number, how many phrases are learned, how many judged."""


@dataclass(frozen=True, slots=True)
class Misread:
    """A phrase that was read as something else."""

    located: Located
    read_as: Label
    lure: Located
    """The phrase of the other label that it is most like."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two labels that mix, in either direction."""

    one: Label
    other: Label
    misread: tuple[Misread, ...]


def misread(phrases: Sequence[Located], heard: Heard, tell: Tell) -> list[Misread]:
    """The phrases that are read wrongly while they are not learned, in the order of the files."""
    texts = [reading(one.phrase.text) for one in phrases]
    labels = sorted({one.phrase.label for one in phrases}, key=by_name)
    number = {label: at for at, label in enumerate(labels)}
    classes = [number[one.phrase.label] for one in phrases]
    read = _read_unseen(texts, classes, tell)
    wrong = [
        at
        for at, name in enumerate(read)
        if name not in (None, classes[at]) and not heard(phrases[at].phrase)
    ]
    if not wrong:
        return []
    likeness = Likeness.of([text.expanded for text in texts])
    members: defaultdict[int, list[int]] = defaultdict(list)
    for at, name in enumerate(classes):
        members[name].append(at)
    found: list[Misread] = []
    for at in wrong:
        name = read[at]
        assert name is not None  # noqa: S101 - chosen so above
        lure = likeness.nearest(texts[at].expanded, members[name])
        found.append(Misread(phrases[at], labels[name], phrases[lure]))
    return found


def pairs(found: Sequence[Misread]) -> list[Pair]:
    """The labels that mix, two by two; those with most phrases first."""
    mixed: defaultdict[tuple[Label, Label], list[Misread]] = defaultdict(list)
    for one in found:
        first, second = sorted((one.located.phrase.label, one.read_as), key=by_name)
        mixed[first, second].append(one)
    return sorted(
        (Pair(first, second, tuple(each)) for (first, second), each in mixed.items()),
        key=lambda pair: (-len(pair.misread), by_name(pair.one), by_name(pair.other)),
    )


def _read_unseen(texts: Sequence[Reading], classes: Sequence[int], tell: Tell) -> list[int | None]:
    """As what each text is read by a model that never saw it; None where it was always kept."""
    folds = _folds(classes)
    read: list[int | None] = [None] * len(texts)
    for round_ in range(ROUNDS):
        away = [at for at, fold in enumerate(folds) if fold == 2 * round_]
        rest = [at for at, fold in enumerate(folds) if fold != 2 * round_]
        judged = [at for at in rest if folds[at] == 2 * round_ + 1]
        if not away or not judged:
            continue
        tell(round_ + 1, len(rest) - len(judged), len(away) + len(judged))
        places = {at: place for place, at in enumerate(rest)}
        classifier, scores = learn(
            [texts[at] for at in rest],
            [classes[at] for at in rest],
            unseen=[places[at] for at in judged],
        )
        best = [*scores.argmax(axis=1), *classifier.scores([texts[at] for at in away]).argmax(1)]
        for at, column in zip([*judged, *away], best, strict=True):
            read[at] = classifier.classes[int(column)]
    return read


def heard_by(engine: Engine) -> Heard:
    """The screens of the running bot."""

    def heard(phrase: Phrase) -> bool:
        if not phrase.label.intent.startswith("emergency."):
            return False
        understood = engine.parse(phrase.text)
        return understood.danger is not None or understood.scam is not None

    return heard


def _folds(classes: Sequence[int]) -> list[int]:
    """Deal the phrases of each class to the folds in turn."""
    sizes, dealt = Counter(classes), Counter[int]()
    folds: list[int] = []
    for name in classes:
        folds.append(dealt[name] % FOLDS if sizes[name] >= _FEWEST else _KEPT)
        dealt[name] += 1
    return folds

"""The learned screens: do these words cry for help, and what for?

    Alarm.load   from the cache where the fingerprint still fits, else trained (in some seconds)
    heard        what has happened in a scam, and what danger someone is in, or None

One classifier tells scams and dangers from calm talk: it has learned the phrases of
`data/nlu/emergency` beside all how-to's and intents. A second tells which kind it is. The main
model is asked for its opinion, since it knows better what the calm topics sound like. In a long
story the cry stands in one sentence, so that it is read in windows as well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import log
from pathlib import Path
from typing import cast, get_args

from nlu import cache as cached
from nlu.classifier import Classifier, Reading, learn, reading
from nlu.lexical import fingerprint
from nlu.phrases import Phrase, read, read_all
from nlu.understanding import Candidate, DangerKind, ScamKind

FOLDER = "emergency"
SCAM, DANGER = "emergency.scam", "emergency.danger"

_FIRED = -0.1
"""Score from which somebody is in need: where a miss costs 100, a card in vain 20, and one message
in fifty is a cry, this is cheapest on the development sets; four calm messages in a thousand are
then answered with a card."""
_CLEARLY = 0.1
"""Score below which the main model may still know better."""
_KNOWN_CALM = 0.93
_KNOWN_LOSS = 0.8
"""How sure it must be: of any topic; of what to do after a loss, which answers a scam as well."""
_WINDOW_FIRED = 0.4
"""And of one window of a story, which says less of what it is about."""
_OPINION = 0.03
"""Weight of the main model's opinion, in logits."""
_LEAST = 1e-4
"""An opinion is no surer than this."""
_UNHEARD = 0.29
"""Probability that the main model's reading keeps where no alarm fired: too little for a card, but
enough to ask whether that is meant."""
_LONG = 30
"""Words; a longer message is read in windows as well."""
_WINDOW = 18
_STRIDE = 9
_MOST_WINDOWS = 40

_CALM_OR = ("calm", SCAM, DANGER)
_KINDS: tuple[str, ...] = (*get_args(ScamKind), *get_args(DangerKind))
_AMBIGUOUS = "safety/already_scammed"
"""Its phrases ask what to do after a loss: neither calm nor an alarm, so they teach neither."""
_UNJUDGED = 50
"""One phrase in so many is kept from the judged half of the training, whose result goes unused."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody needs help with; usually nothing."""

    scam: ScamKind | None = None
    danger: DangerKind | None = None


CALM = Heard()


@dataclass(frozen=True, slots=True)
class Alarm:
    """A trained alarm; safe to read from several threads."""

    _need: Classifier
    _kind: Classifier

    @staticmethod
    def load(data: Path, cache: Path) -> "Alarm | None":
        """Take the cached alarm of exactly these phrases and this code, or train and cache it.

        None where a data folder has no phrases of emergencies.
        """
        if not own_files(data):
            return None
        own = cached.fingerprint([*own_files(data), Path(__file__)], version=fingerprint(data))
        stored = cached.place(cache, "alarm", own)
        return cached.kept(stored, Alarm, lambda: _taught(data))

    def heard(self, text: str, whole: Reading, candidates: Sequence[Candidate] = ()) -> Heard:
        """Tell the kind of scam or danger of a text, given as it was typed and as it is read."""
        if not whole.expanded:
            return CALM
        opinions = [_opinion(candidates, intent) for intent in (SCAM, DANGER)]
        best = self._need.scores([whole])[0, 1:] + opinions
        fired = best.max() >= (_CLEARLY if _known(candidates) else _FIRED)
        needed = whole if fired else None
        if needed is None:
            for window in _windows(text.split()):
                best = self._need.scores([window])[0, 1:]
                if best.max() >= _WINDOW_FIRED:
                    needed = window
                    break
        if needed is None:
            return CALM
        if best[0] >= best[1]:
            return Heard(scam=cast("ScamKind", self._likeliest(needed, get_args(ScamKind))))
        return Heard(danger=cast("DangerKind", self._likeliest(needed, get_args(DangerKind))))

    def _likeliest(self, said: Reading, kinds: Sequence[str]) -> str:
        """The likeliest of these kinds; the phrases need not hold every one of them."""
        learned = [_KINDS[at] for at in self._kind.classes]
        scores = zip(self._kind.scores([said])[0], learned, strict=True)
        return max((score, kind) for score, kind in scores if kind in kinds)[1]


def _known(candidates: Sequence[Candidate]) -> bool:
    """Whether the main model is sure of a topic in spite of words that frighten."""
    return any(
        one.p >= (_KNOWN_LOSS if one.topic == _AMBIGUOUS else _KNOWN_CALM)
        for one in candidates
        if one.topic is not None
    )


def unheard(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The readings of a text in which no alarm was heard: an emergency may be asked about only."""
    capped = [
        replace(one, p=min(one.p, _UNHEARD)) if one.intent in (SCAM, DANGER) else one
        for one in candidates
    ]
    return tuple(sorted(capped, key=lambda one: -one.p))


def _opinion(candidates: Sequence[Candidate], intent: str) -> float:
    p = sum(one.p for one in candidates if one.intent == intent)
    p = min(max(p, _LEAST), 1 - _LEAST)
    return _OPINION * log(p / (1 - p))


def _windows(words: list[str]) -> Iterator[Reading]:
    """Stretches of a long text that overlap."""
    if len(words) > _LONG:
        last = min(len(words) - _WINDOW + _STRIDE, _MOST_WINDOWS * _STRIDE)
        for start in range(0, last, _STRIDE):
            yield reading(" ".join(words[start : start + _WINDOW]))


def own_files(data: Path) -> list[Path]:
    """The phrases of emergencies, and of calm talk that sounds like one."""
    return sorted((data / "nlu" / FOLDER).glob("*.yml"))


def _taught(data: Path) -> Alarm:
    return _trained(
        calm=read_all(data),
        own=[phrase for path in own_files(data) for phrase in read(path)],
    )


def _trained(calm: Sequence[Phrase], own: Sequence[Phrase]) -> Alarm:
    """Learn both classifiers; the main intents of emergencies are the same phrases, unsorted."""
    elsewhere = [
        phrase
        for phrase in calm
        if phrase.label.intent not in (SCAM, DANGER) and phrase.label.topic != _AMBIGUOUS
    ]
    cries = [phrase for phrase in own if "/" in phrase.label.intent]
    quiet = [*elsewhere, *(phrase for phrase in own if "/" not in phrase.label.intent)]
    heard = [reading(phrase.text) for phrase in cries]
    sides = [phrase.label.intent.partition("/") for phrase in cries]
    need = _learned(
        [*heard, *(reading(phrase.text) for phrase in quiet)],
        [*(_CALM_OR.index(side) for side, _, _ in sides), *(0 for _ in quiet)],
    )
    return Alarm(need, _learned(heard, [_KINDS.index(kind) for _, _, kind in sides]))


def _learned(texts: Sequence[Reading], classes: Sequence[int]) -> Classifier:
    classifier, _ = learn(texts, classes, unseen=range(0, len(texts), _UNJUDGED))
    return classifier

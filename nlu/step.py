"""The small model of what is said while a step of a how-to is shown: done, again, or stuck.

    Steps.load   from the cache where the fingerprint still fits, else trained (in some seconds)
    ranked       step.next, step.back and step.stuck with their probabilities, best first

"Tắt máy bảy phút rồi, có sóng lại" means nothing by itself; at a step that asked for it, it is
"done". So such words stand apart in `data/nlu/step`, and this model tells them from all that opens
something else: what the three leave of 1 is the probability that anything else was meant.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from nlu import cache as cached
from nlu.classifier import Classifier, Reading, Scores, curve, held_out, learn, reading
from nlu.lexical import fingerprint
from nlu.phrases import Phrase, read, read_all

_ELSE = "else"
_SHARES = {"step.next": 0.35, "step.back": 0.05, "step.stuck": 0.3, _ELSE: 0.3}
"""How often each is said while a step is shown: what the calibration assumes, since the phrases
hold far more of what is said elsewhere."""
_NAMES = tuple(_SHARES)
_OFTEN = (
    "complaint_bot",
    "emergency.danger",
    "emergency.scam",
    "greet",
    "human.help",
    "menu",
    "quiz.start",
    "quiz.stop",
    "report_wrong",
    "stop",
    "thanks",
)
"""Other things that are often said at a step, or must not be taken for its words."""
_MOST_OFTEN = 1_200
"""Phrases of each of them that are learned from: all, but for the emergencies."""
_MOST_ELSE = 10_000
"""Phrases of other things that are learned from; more cost time and teach little."""
_FEWEST = 4
"""Phrases of a name, so that one can be kept for the calibration."""


@dataclass(frozen=True, slots=True)
class _Learned:
    classifier: Classifier
    curves: tuple[tuple[float, float], ...]
    """Slope and offset by which a name's lead tells its probability, in the order of _NAMES."""


@dataclass(frozen=True, slots=True)
class Steps:
    """A trained model; safe to read from several threads."""

    _learned: _Learned | None = None
    """None where the phrases lack one of the names: then nothing is ever read."""

    @staticmethod
    def load(data: Path, cache: Path) -> "Steps":
        """Take the cached model of exactly these phrases and this code, or train and cache it."""
        stored = _stored_at(data, cache)
        return cached.kept(stored, Steps, lambda: Steps(trained(examples(data))))

    def ranked(self, said: Reading) -> list[tuple[str, float]]:
        """Give the three names for a text, best first; none for one without words."""
        if self._learned is None or not said.expanded:
            return []
        [each] = probabilities(self._learned, self._learned.classifier.scores([said]))
        known = [(name, p) for name, p in zip(_NAMES, each.tolist(), strict=True) if name != _ELSE]
        return sorted(known, key=lambda one: -one[1])


def examples(data: Path) -> list[tuple[Reading, str]]:
    """Give every phrase that is learned from, with its name."""
    own = [phrase for path in _own_files(data) for phrase in read(path)]
    every = read_all(data)
    own += [phrase for phrase in every if phrase.label.intent in _NAMES]
    named = [(reading(phrase.text), phrase.label.intent) for phrase in own]
    # "Ok rồi" is thanks where nothing is open, and "done" at a step.
    said = {text.expanded for text, _ in named}
    others = [reading(text) for text in _elsewhere(every)]
    return named + [(text, _ELSE) for text in others if text.expanded not in said]


def trained(phrases: Sequence[tuple[Reading, str]]) -> _Learned | None:
    """Learn from phrases and their names, or give nothing where a name has too few."""
    classes = [_NAMES.index(name) for _, name in phrases]
    often = Counter(classes)
    if any(often[at] < _FEWEST for at in range(len(_NAMES))):
        return None
    unseen = held_out(classes)
    classifier, judged = learn([text for text, _ in phrases], classes, unseen=unseen)
    right = np.array([classes[at] for at in unseen], dtype=np.int64)
    leads = _leads(judged)
    curves = [
        curve(leads[:, at], right == at, share=share) for at, share in enumerate(_SHARES.values())
    ]
    return _Learned(classifier, tuple(curves))


def probabilities(learned: _Learned, scores: Scores) -> NDArray[np.float64]:
    """Give one row a text, in the order of the names; each row adds up to one."""
    slopes, offsets = np.array(learned.curves).T
    each = expit(_leads(scores) * slopes + offsets)
    return each / each.sum(axis=1, keepdims=True)


def _leads(scores: Scores) -> NDArray[np.float64]:
    """By how much each name is ahead of the best other."""
    ordered = np.sort(scores, axis=1)
    best, second = ordered[:, -1:], ordered[:, -2:-1]
    return (scores - np.where(scores == best, second, best)).astype(np.float64)


def _elsewhere(every: Sequence[Phrase]) -> list[str]:
    """What is said of other things: more of what is often said at a step, all of it evenly."""
    often: dict[str, list[str]] = {intent: [] for intent in _OFTEN}
    rest: list[str] = []
    for phrase in every:
        if phrase.label.intent not in _NAMES:
            often.get(phrase.label.intent, rest).append(phrase.text)
    near = [text for texts in often.values() for text in _evenly(texts, _MOST_OFTEN)]
    return near + _evenly(rest, _MOST_ELSE - len(near))


def _evenly(texts: list[str], most: int) -> list[str]:
    if len(texts) <= most:
        return texts
    return [texts[at * len(texts) // most] for at in range(most)]


def _own_files(data: Path) -> list[Path]:
    return sorted((data / "nlu" / "step").glob("*.yml"))


def _stored_at(data: Path, cache: Path) -> Path:
    """Where the model of exactly these phrases and this code is cached."""
    own = cached.fingerprint([*_own_files(data), Path(__file__)], version=fingerprint(data))
    return cached.place(cache, "step", own)

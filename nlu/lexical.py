"""The default model: which intent and topic do these words mean, with calibrated probabilities.

    Lexical.load   from the cache where the fingerprint still fits, else trained (under a minute)
    ranked         every label with its probability, best first

Two questions are asked of the classifier's scores. Is it anything we know? That is told by how far
the best known label is ahead of `out_of_scope`, through a logistic curve. Which is it then? That is
told by the known labels among themselves, sharpened by one temperature. Both are found on a quarter
of the phrases before they were learned.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sklearn
from numpy.typing import NDArray
from scipy.special import expit

from nlu import cache as cached
from nlu.classifier import Classifier, Reading, Scores, curve, held_out, learn, reading
from nlu.phrases import Label, Phrase, files, read_all
from nlu.understanding import OUTSIDE
from nlu.words import WORDS

_TEMPERATURES = np.geomspace(0.05, 3.0, 60)
_OUTSIDE_SHARE = 0.3
"""How much of what people write we know nothing of: what the calibration assumes, since the
phrases hold fewer of these (a fifth). The development set has as many."""
_MOST = 500
"""Phrases of a label that are learned, evenly taken; of `out_of_scope` all. Emergencies have five
times as many for an alarm of their own, and would draw ordinary troubles to them here."""
_NEVER = np.float32(-1e9)
_SHAPING = (
    "classifier.py",
    "keyboard.py",
    "lexical.py",
    "normalise.py",
    "phrases.py",
    "spacing.py",
    "spelling.py",
    "words.py",
)
"""The code that a trained model depends on; of the word tables it is the spelling alone."""

Probabilities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Calibration:
    """How scores become probabilities."""

    slope: float
    offset: float
    temperature: float

    def probabilities(self, scores: Scores, outside: int | None) -> Probabilities:
        """One row a text; `outside` is the column of what we know nothing of."""
        known = _known(scores, outside)
        among = _softmax(known, self.temperature)
        if outside is None:
            return among
        inside = expit(self.slope * _lead(scores, outside) + self.offset)
        each = among * inside[:, np.newaxis]
        each[:, outside] = 1 - inside
        return each


@dataclass(frozen=True, slots=True)
class Lexical:
    """A trained model; safe to read from several threads."""

    labels: tuple[Label, ...]
    _classifier: Classifier
    _calibration: _Calibration

    @staticmethod
    def load(data: Path, cache: Path) -> "Lexical":
        """Take the cached model of exactly these phrases and this code, or train and cache it."""
        stored = stored_at(data, cache)
        return cached.kept(stored, Lexical, lambda: _trained(read_all(data)))

    def ranked(self, said: Reading) -> list[tuple[Label, float]]:
        """Give all labels for a text, best first; none for one without words."""
        if not said.expanded:
            return []
        scores = self._classifier.scores([said])
        [each] = self._calibration.probabilities(scores, _outside(self.labels))
        order = np.argsort(-each, kind="stable")
        return [(self.labels[at], float(each[at])) for at in order]


def stored_at(data: Path, cache: Path) -> Path:
    """Where the model of exactly these phrases and this code is cached."""
    return cached.place(cache, "lexical", fingerprint(data))


def fingerprint(data: Path) -> str:
    """Name a model: phrases, spelling, the code that shapes it and scikit-learn's version."""
    code = [Path(__file__).parent / name for name in _SHAPING]
    made_from = [*files(data), WORDS / "spelling.yaml", *code]
    return cached.fingerprint(made_from, version=sklearn.__version__)


def from_cache(stored: Path) -> Lexical | None:
    """Read a model; what is missing or damaged is no fault, it is trained anew."""
    return cached.load(stored, Lexical)


def _trained(every: Sequence[Phrase]) -> Lexical:
    phrases = _balanced(every)
    labels = tuple(sorted({phrase.label for phrase in phrases}, key=by_name))
    number = {label: at for at, label in enumerate(labels)}
    texts = [reading(phrase.text) for phrase in phrases]
    classes = [number[phrase.label] for phrase in phrases]
    unseen = held_out(classes)
    classifier, judged = learn(texts, classes, unseen=unseen)
    right = np.array([classes[at] for at in unseen], dtype=np.int64)
    return Lexical(labels, classifier, _calibrated(judged, right, _outside(labels)))


def _balanced(phrases: Sequence[Phrase]) -> list[Phrase]:
    """The phrases without what a label has too many of."""
    counts = Counter(phrase.label for phrase in phrases)
    steps = {
        label: 1 if label.intent == OUTSIDE else -(-count // _MOST)
        for label, count in counts.items()
    }
    met: Counter[Label] = Counter()
    kept: list[Phrase] = []
    for phrase in phrases:
        if met[phrase.label] % steps[phrase.label] == 0:
            kept.append(phrase)
        met[phrase.label] += 1
    return kept


def _outside(labels: Sequence[Label]) -> int | None:
    """The place of what we know nothing of among the labels."""
    return next((at for at, label in enumerate(labels) if label.intent == OUTSIDE), None)


def by_name(label: Label) -> tuple[str, str]:
    """The order in which labels stand."""
    return label.intent, label.topic or ""


def _calibrated(judged: Scores, right: NDArray[np.int64], outside: int | None) -> _Calibration:
    """Find the calibration under which unseen phrases are least surprising."""
    if not len(right):
        return _Calibration(1.0, 0.0, 1.0)
    inside = np.ones(len(right), dtype=np.bool_) if outside is None else right != outside
    temperature = _temperature(_known(judged, outside)[inside], right[inside])
    if outside is None or inside.all() or not inside.any():
        return _Calibration(1.0, 0.0, temperature)
    slope, offset = curve(_lead(judged, outside), inside, share=1 - _OUTSIDE_SHARE)
    return _Calibration(slope, offset, temperature)


def _known(scores: Scores, outside: int | None) -> Scores:
    """The scores with nothing left to what we know nothing of."""
    if outside is None:
        return scores
    known = scores.copy()
    known[:, outside] = _NEVER
    return known


def _lead(scores: Scores, outside: int) -> Probabilities:
    """By how much the best known label is ahead of what we know nothing of."""
    return (_known(scores, outside).max(axis=1) - scores[:, outside]).astype(np.float64)


def _temperature(judged: Scores, right: NDArray[np.int64]) -> float:
    rows = np.arange(len(right))
    surprise = [
        -np.log(_softmax(judged, temperature)[rows, right] + 1e-9).mean()
        for temperature in _TEMPERATURES
    ]
    return float(_TEMPERATURES[int(np.argmin(surprise))])


def _softmax(scores: NDArray[np.float32], temperature: float) -> Probabilities:
    sharpened = scores.astype(np.float64) / temperature
    sharpened -= sharpened.max(axis=1, keepdims=True)
    odds = np.exp(sharpened)
    return odds / odds.sum(axis=1, keepdims=True)

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""A linear text classifier: the one typed door to scikit-learn, which has no types.

Three views of a text are weighted by TF-IDF: its expanded words, alone and in pairs that stand up
to eight words apart; the characters of these words, two to six in a row; and the words with their
tones, for who types them. Then one linear support vector machine a class. Deterministic.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from nlu.normalise import toned
from nlu.spelling import expand

Scores = NDArray[np.float32]

_F32 = cast("Any", np.float32)
_PENALTY = 1.0
_APART = 8
"""Words: how far the two of a pair may stand apart."""
_ORDERED = 2
"""Words: so near to each other their order counts."""
_HELD_OUT = 4
"""One text of so many is kept from the model that the calibration is found on."""
_LONGEST = 60
"""Words of a text that are paired; what follows is read alone, so that a story costs no more."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The forms of one text that the classifier looks at."""

    expanded: str
    toned: str


def reading(text: str) -> Reading:
    """Prepare a text as it was typed."""
    return Reading(expand(text), toned(text))


@dataclass(frozen=True, slots=True)
class _Block:
    """One vectoriser, read from without scikit-learn's checks: they cost more than the work."""

    analyze: Callable[[str], Iterable[str]]
    vocabulary: dict[str, int]
    rarity: Scores

    def row(self, text: str) -> tuple[NDArray[np.int64], Scores]:
        """Positions and TF-IDF weights of what is known of a text; of length one, or empty."""
        counts = Counter(self.analyze(text))
        known = [
            (self.vocabulary[gram], n) for gram, n in counts.items() if gram in self.vocabulary
        ]
        places = np.array([place for place, _ in known], dtype=np.int64)
        often = np.array([n for _, n in known], dtype=np.float32)
        weights = (1 + np.log(often)) * self.rarity[places]
        length = np.float32(np.sqrt((weights * weights).sum()))
        return places, (weights / length if len(known) else weights)


@dataclass(frozen=True, slots=True)
class Classifier:
    """What was learned: the vectorisers, each with a row of weights for every gram."""

    classes: tuple[int, ...]
    _blocks: tuple[_Block, ...]
    _weights: tuple[Scores, ...]
    _offsets: Scores

    def scores(self, texts: Sequence[Reading]) -> Scores:
        """Give one row a text and one column a class: distances, not yet calibrated."""
        return np.stack([self._row(text) for text in texts]) + self._offsets

    def _row(self, text: Reading) -> Scores:
        distances = np.zeros(len(self.classes), dtype=np.float32)
        for block, weights, view in zip(self._blocks, self._weights, _views(text), strict=True):
            places, known = block.row(view)
            distances += known @ weights[places]
        return distances


def learn(
    texts: Sequence[Reading], classes: Sequence[int], *, unseen: Sequence[int]
) -> tuple[Classifier, Scores]:
    """Learn to tell the classes, and give the scores of texts before they were learned.

    `unseen` are positions left out at first, for judging how sure the classifier may be; every
    class must also occur outside them, and there must be at least three.
    """
    vectorizers = _vectorizers()
    columns = [list(view) for view in zip(*map(_views, texts), strict=True)]
    parts = [one.fit_transform(view) for one, view in zip(vectorizers, columns, strict=True)]
    features = csr_matrix(hstack(parts, format="csr"), dtype=np.float32)
    names = np.asarray(classes)
    seen = np.setdiff1d(np.arange(len(texts)), unseen)
    with ThreadPoolExecutor() as threads:
        judging = threads.submit(_fitted, features[seen], names[seen])
        whole = _fitted(features, names)
    judged = judging.result().decision_function(features[list(unseen)])
    return _classifier(whole, vectorizers), np.asarray(judged, dtype=np.float32)


def held_out(classes: Sequence[int]) -> list[int]:
    """Every fourth text of each class, so that none is left out wholly: what `unseen` may be."""
    met: Counter[int] = Counter()
    unseen: list[int] = []
    for at, name in enumerate(classes):
        met[name] += 1
        if met[name] % _HELD_OUT == 0:
            unseen.append(at)
    return unseen


def curve(
    lead: NDArray[np.float64], inside: NDArray[np.bool_], *, share: float
) -> tuple[float, float]:
    """Fit slope and offset of the logistic curve by which a lead tells that something is inside.

    `share` is how often that is so where the curve will be used, whatever it is among these.
    """
    among = inside.mean()
    weights = np.where(inside, share / among, (1 - share) / (1 - among))
    fitted = LogisticRegression(C=1e6).fit(lead[:, np.newaxis], inside, sample_weight=weights)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _views(text: Reading) -> tuple[str, str, str]:
    """The text of each vectoriser, in their order."""
    return text.expanded, text.expanded, text.toned


def _vectorizers() -> list[TfidfVectorizer]:
    unused = cast("Any", None)
    return [
        TfidfVectorizer(analyzer=cast("Any", _pairs), min_df=2, sublinear_tf=True, dtype=_F32),
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 6), min_df=3, sublinear_tf=True, dtype=_F32
        ),
        TfidfVectorizer(
            ngram_range=(1, 2),
            sublinear_tf=True,
            tokenizer=str.split,
            token_pattern=unused,
            dtype=_F32,
        ),
    ]


def _pairs(text: str) -> list[str]:
    """The words, and pairs of them: near ones as they stand, distant ones in alphabetical order."""
    words = text.split()
    grams = list(words)
    for at, first in enumerate(words[:_LONGEST]):
        for apart, second in enumerate(words[at + 1 : at + 1 + _APART], start=1):
            near = apart <= _ORDERED or first <= second
            grams.append(
                f"{first}{'_' if apart <= _ORDERED else '~'}{second}"
                if near
                else f"{second}~{first}"
            )
    return grams


def _fitted(features: Any, names: Any) -> LinearSVC:
    return LinearSVC(C=_PENALTY, random_state=0).fit(features, names)


def _classifier(model: LinearSVC, vectorizers: Sequence[TfidfVectorizer]) -> Classifier:
    weights = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
    ends = np.cumsum([len(one.vocabulary_) for one in vectorizers])
    return Classifier(
        tuple(int(name) for name in model.classes_),
        tuple(map(_block, vectorizers)),
        tuple(np.split(weights, ends[:-1])),
        np.asarray(model.intercept_, dtype=np.float32),
    )


def _block(vectorizer: TfidfVectorizer) -> _Block:
    vocabulary = {str(gram): int(place) for gram, place in vectorizer.vocabulary_.items()}
    # Of a copy that has learned nothing: an analyser holds its vectoriser, and would keep the
    # vocabulary in memory and on disk a second time.
    analyze = cast("TfidfVectorizer", clone(vectorizer)).build_analyzer()
    return _Block(analyze, vocabulary, np.asarray(vectorizer.idf_, dtype=np.float32))

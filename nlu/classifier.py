# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""A linear text classifier: the one typed door to scikit-learn, which has no types.

Words (one and two in a row) and characters (two to five within a word) weighted by TF-IDF, then
one linear support vector machine a class. On the development set it was as often right as
multinomial logistic regression, surer where it was right, and learned in a sixth of the time
(`docs/decisions.md`). Deterministic.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

Scores = NDArray[np.float32]

_F32 = cast("Any", np.float32)
_PENALTY = 1.0


@dataclass(frozen=True, slots=True)
class _Block:
    """One vectoriser, read from without scikit-learn's checks: they cost more than the work."""

    analyze: Callable[[str], list[str]]
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
    """What was learned: the vectorisers and a column of weights for each class."""

    classes: tuple[int, ...]
    _words: _Block
    _letters: _Block
    _weights: Scores
    _offsets: Scores

    def scores(self, texts: Sequence[str]) -> Scores:
        """Give one row a text and one column a class: distances, not yet calibrated."""
        return np.stack([self._row(text) for text in texts]) + self._offsets

    def _row(self, text: str) -> Scores:
        words, weighted_words = self._words.row(text)
        letters, weighted_letters = self._letters.row(text)
        beyond = letters + len(self._words.vocabulary)
        distances = weighted_words @ self._weights[words] + weighted_letters @ self._weights[beyond]
        return distances.astype(np.float32)


def learn(
    texts: Sequence[str], classes: Sequence[int], *, unseen: Sequence[int]
) -> tuple[Classifier, Scores]:
    """Learn to tell the classes, and give the scores of texts before they were learned.

    `unseen` are positions left out at first, for judging how sure the classifier may be; every
    class must also occur outside them, and there must be at least three.
    """
    words = TfidfVectorizer(
        ngram_range=(1, 2),
        sublinear_tf=True,
        tokenizer=str.split,
        token_pattern=cast("Any", None),
        dtype=_F32,
    )
    letters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, dtype=_F32
    )
    features = _features(words.fit_transform(texts), letters.fit_transform(texts))
    names = np.asarray(classes)
    seen = np.setdiff1d(np.arange(len(texts)), unseen)
    judge = _fitted(features[seen], names[seen])
    judged = _classifier(judge, words, letters).scores([texts[at] for at in unseen])
    return _classifier(_fitted(features, names), words, letters), judged


def _fitted(features: Any, names: Any) -> LinearSVC:
    return LinearSVC(C=_PENALTY, random_state=0).fit(features, names)


def _classifier(model: LinearSVC, words: TfidfVectorizer, letters: TfidfVectorizer) -> Classifier:
    return Classifier(
        tuple(int(name) for name in model.classes_),
        _block(words),
        _block(letters),
        np.ascontiguousarray(model.coef_.T, dtype=np.float32),
        np.asarray(model.intercept_, dtype=np.float32),
    )


def _block(vectorizer: TfidfVectorizer) -> _Block:
    vocabulary = {str(gram): int(place) for gram, place in vectorizer.vocabulary_.items()}
    return _Block(
        vectorizer.build_analyzer(), vocabulary, np.asarray(vectorizer.idf_, dtype=np.float32)
    )


def _features(words: Any, letters: Any) -> Any:
    return csr_matrix(hstack([words, letters], format="csr"), dtype=np.float32)

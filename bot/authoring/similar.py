# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""How alike texts are: the typed door to what else is needed of scikit-learn, which has no types.

    Likeness     cosine of letter groups, the rare ones counting more: the same need reworded
    grouped      texts that are alike, put together
    overlapping  pairs that share nearly all their letter groups: the same text twice

All take expanded texts (`nlu.spelling.expand`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

ALIKE = 0.55
"""Cosine distance, on average, up to which texts are one group. Of 1,400 how-to lines of the
development sets, about ten a topic, 0.5 puts 395 into groups of three or more that are to 88 % of
one topic, 0.55 631 (82 %), 0.6 869 (74 %), 0.7 1,234 (55 %)."""
_ROWS = 256
"""Compared at a time, so that the table of all pairs never stands in memory."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Texts that others are compared with."""

    _vectorizer: TfidfVectorizer
    _rows: Any

    @staticmethod
    def of(texts: Sequence[str]) -> "Likeness":
        """Read these texts; at least one must have a letter."""
        vectorizer = _vectorizer()
        return Likeness(vectorizer, vectorizer.fit_transform(texts))

    def nearest(self, text: str, among: Sequence[int]) -> int:
        """The one of these positions whose text is most like this; the first of equals."""
        row = cast("Any", self._vectorizer.transform([text]))
        likeness = (self._rows[list(among)] @ row.T).toarray().ravel()
        return among[int(np.argmax(likeness))]


def grouped(texts: Sequence[str], *, apart: float = ALIKE) -> list[list[int]]:
    """Positions of texts that are alike, the largest group first; none is in two."""
    if not texts:
        return []
    names = [0] if len(texts) == 1 else _clusters(texts, apart)
    groups: dict[int, list[int]] = {}
    for at, name in enumerate(names):
        groups.setdefault(int(name), []).append(at)
    return sorted(groups.values(), key=lambda group: (-len(group), group))


def overlapping(
    ones: Sequence[str], others: Sequence[str], *, least: float
) -> list[tuple[int, int]]:
    """Positions of pairs, one of each, whose sets of four letters have this share in common."""
    counting = CountVectorizer(
        analyzer="char", ngram_range=(4, 4), binary=True, dtype=cast("Any", np.int32)
    )
    counting.fit([*ones, *others])
    right = cast("Any", counting.transform(others))
    sizes = np.asarray(right.sum(axis=1)).ravel()
    found: list[tuple[int, int]] = []
    for start in range(0, len(ones), _ROWS):
        left = cast("Any", counting.transform(ones[start : start + _ROWS]))
        common = (left @ right.T).tocoo()
        mine = np.asarray(left.sum(axis=1)).ravel()[common.row]
        share = common.data / (mine + sizes[common.col] - common.data)
        alike = share >= least
        found += [
            (start + int(row), int(column))
            for row, column in zip(common.row[alike], common.col[alike], strict=True)
        ]
    return sorted(found)


def _vectorizer() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)


def _clusters(texts: Sequence[str], apart: float) -> list[int]:
    rows = cast("Any", _vectorizer().fit_transform(texts))
    distances = 1 - (rows @ rows.T).toarray()
    clustering = AgglomerativeClustering(
        n_clusters=cast("Any", None),
        distance_threshold=apart,
        metric="precomputed",
        linkage="average",
    )
    return clustering.fit_predict(distances).tolist()

"""The classifier alone: what it was taught, and texts it knows nothing of."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.classifier import learn, reading

TEXTS = [
    "quet ma qr tra tien",
    "quen mat khau vneid",
    "goi video cho con",
    "quet ma o cho",
    "mat khau quen roi",
    "goi cho chau thay mat",
    "quet ma qr sao",
    "quen mat khau",
    "goi video",
]
CLASSES = [0, 1, 2] * 3
CLASSIFIER, _ = learn([reading(text) for text in TEXTS], CLASSES, unseen=[6, 7, 8])


@settings(deadline=None)
@given(st.lists(st.sampled_from(" ".join(TEXTS).split()), max_size=12))
def test_a_text_alone_scores_as_it_does_among_others(words: list[str]) -> None:
    text = " ".join(words)

    alone = CLASSIFIER.scores([reading(text)])
    among = CLASSIFIER.scores([reading(one) for one in [*TEXTS, text]])

    assert np.allclose(alone[0], among[-1])


def test_what_was_learned_is_told_apart() -> None:
    told = CLASSIFIER.scores([reading(text) for text in TEXTS]).argmax(axis=1)

    assert [CLASSIFIER.classes[at] for at in told] == CLASSES


def test_a_text_of_unknown_words_scores_by_the_offsets_alone() -> None:
    [nothing, empty] = CLASSIFIER.scores([reading("12345 67890"), reading("")])

    assert np.allclose(nothing, empty)

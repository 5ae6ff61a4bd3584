"""What is said while a step of a how-to is shown: done, again, stuck; or something new.

Two models are heard. One knows what people say at a step, and nothing of topics; the other knows
all topics and intents, and nothing of the open step. What the first gives to a step counts by how
little the second is sure of something new, and the other way round. What sounds like the topic
that is open already is nothing new: it takes nothing from a step ("không thấy chỗ kích hoạt" in
«Kích hoạt» is a step that fails), and where no step is meant either, the topic is asked for again.
"""

from collections.abc import Sequence
from dataclasses import replace

from flows.dialog import HowtoOpen
from nlu.understanding import OUTSIDE, Candidate

_DOUBT = 0.1
"""What is left to a step even where the second model is sure of something new: to stay at a step
does less harm than to leave it for steps of something else. On the development lines at a step, 0.1
loses one new question and saves three steps against 0.03."""


def heard(
    candidates: Sequence[Candidate], step: Sequence[Candidate], opened: HowtoOpen
) -> list[Candidate]:
    """All readings, best first, with probabilities that sum to one; `step` is not empty."""
    new = [one for one in candidates if not one.intent.startswith("step.")]
    known = sum(one.p for one in new if one.topic != opened.topic and one.intent != OUTSIDE)
    left = max(_DOUBT, 1 - known)
    elsewhere = max(0.0, 1 - sum(one.p for one in step))
    weighed = [replace(one, p=one.p * elsewhere) for one in new]
    weighed += [replace(one, p=one.p * left) for one in step]
    total = sum(one.p for one in weighed)
    scaled = [replace(one, p=one.p / total) for one in weighed] if total > 0 else []
    return sorted(scaled, key=lambda one: -one.p)

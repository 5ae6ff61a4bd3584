"""The one door of `nlu/`: `Engine.parse(text) -> Understanding`.

    cut, mask, fold and expand, screens (scam, danger, misuse), language, candidates

Nothing is decided here. Parsing opens no file, keeps nothing, and may run in several threads; what
stands beyond the first 6,000 characters of a message is gone.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from nlu import language, screen
from nlu.alarm import Alarm, Heard, unheard
from nlu.classifier import Reading, reading
from nlu.lexical import Lexical
from nlu.mask import mask, without_masks
from nlu.naming import bare, weighed
from nlu.normalise import compose
from nlu.phrases import Label
from nlu.rasa import Client, Rasa
from nlu.step import Steps
from nlu.understanding import Candidate, Understanding
from nlu.words import WORDS, table

_MOST = 10
"""Candidates given."""
LONGEST = 6_000
"""Characters read of one message, and so kept of it."""


class Model(Protocol):
    """What the engine asks; several threads may do so at once."""

    def ranked(self, said: Reading) -> list[tuple[Label, float]]:
        """Give labels with their probabilities, best first; none for a text without words."""
        ...


@dataclass(frozen=True, slots=True)
class Engine:
    """Parses messages with one trained model, and hears with a small one what is said at a step."""

    _model: Model
    _steps: Steps = field(default_factory=Steps)
    _alarm: Alarm | None = None

    @staticmethod
    def load(data: Path, cache: Path, *, rasa_url: str = "") -> "Engine":
        """Load the models of `data/nlu` from `cache`, or train (under a minute) and cache them.

        With an address the Rasa server there is asked first, and our model where it is away.
        """
        for words in WORDS.glob("*.yaml"):
            table(words.stem)  # now, so that no message ever waits for a file
        own = Lexical.load(data, cache)
        steps, alarm = Steps.load(data, cache), Alarm.load(data, cache)
        engine = Engine(Rasa(Client(rasa_url), own) if rasa_url else own, steps, alarm)
        engine.parse("")  # compiles the patterns
        return engine

    def parse(self, text: str) -> Understanding:
        """Give all readings of a message; raises for no text whatever."""
        masked = mask(_cut(text))
        read = without_masks(masked.text)
        said = reading(read)
        folded = said.expanded
        heard, candidates = self._heard(read, said, self._candidates(said))
        return Understanding(
            text=masked.text,
            folded=folded,
            candidates=candidates,
            step=self._step(said),
            secrets=masked.secrets,
            scam=heard.scam,
            danger=heard.danger,
            misuse=screen.misuse(folded),
            bare=bare(folded),
            language=language.guess(read),
        )

    def _heard(
        self, read: str, said: Reading, candidates: tuple[Candidate, ...]
    ) -> tuple[Heard, tuple[Candidate, ...]]:
        """What an alarm heard, or failing that a pattern; else emergencies are only asked about."""
        heard = Heard() if self._alarm is None else self._alarm.heard(read, said, candidates)
        if heard == Heard():
            heard = Heard(screen.scam(said.expanded), screen.danger(said.expanded))
        if self._alarm is not None and heard == Heard():
            candidates = unheard(candidates)
        return heard, candidates

    def _candidates(self, said: Reading) -> tuple[Candidate, ...]:
        ranked = [
            Candidate(intent=label.intent, topic=label.topic, p=p)
            for label, p in self._model.ranked(said)[:_MOST]
        ]
        return tuple(weighed(ranked, said.expanded))

    def _step(self, said: Reading) -> tuple[Candidate, ...]:
        ranked = self._steps.ranked(said)
        return tuple(Candidate(intent=intent, topic=None, p=p) for intent, p in ranked)


def _cut(text: str) -> str:
    """At most LONGEST characters, whole words, and no half of a number at the end."""
    if len(text) <= LONGEST:
        return text
    shown = compose(text)
    if len(shown) <= LONGEST:
        return shown
    return shown[:LONGEST].rsplit(maxsplit=1)[0].rstrip("0123456789 .-")

"""The one door of `nlu/`: `Engine.parse(text) -> Understanding`.

    cut, mask, fold and expand, screens (scam, danger, misuse), language, candidates

Nothing is decided here. Parsing opens no file, keeps nothing, and may run in several threads; what
stands beyond the first 6,000 characters of a message is gone.
"""

from dataclasses import dataclass
from pathlib import Path

from nlu import language, screen
from nlu.lexical import Lexical
from nlu.mask import mask, without_masks
from nlu.naming import bare, named, weighed
from nlu.normalise import compose, expand
from nlu.understanding import Candidate, Understanding
from nlu.words import WORDS, table

_MOST = 10
"""Candidates given."""
LONGEST = 6_000
"""Characters read of one message, and so kept of it."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Parses messages with one trained model."""

    _lexical: Lexical

    @staticmethod
    def load(data: Path, cache: Path) -> "Engine":
        """Load the model of `data/nlu` from `cache`, or train it (in some seconds) and cache it."""
        for words in WORDS.glob("*.yaml"):
            table(words.stem)  # now, so that no message ever waits for a file
        engine = Engine(Lexical.load(data, cache))
        engine.parse("")  # compiles the patterns
        return engine

    def parse(self, text: str) -> Understanding:
        """Give all readings of a message; raises for no text whatever."""
        masked = mask(_cut(text))
        read = without_masks(masked.text)
        folded = expand(read)
        return Understanding(
            text=masked.text,
            folded=folded,
            candidates=self._candidates(folded),
            secrets=masked.secrets,
            scam=screen.scam(folded),
            danger=screen.danger(folded),
            misuse=screen.misuse(folded),
            bare=bare(folded),
            language=language.guess(read),
        )

    def _candidates(self, folded: str) -> tuple[Candidate, ...]:
        ranked = [
            Candidate(intent=label.intent, topic=label.topic, p=p)
            for label, p in self._lexical.ranked(folded)[:_MOST]
        ]
        return tuple(weighed(ranked, named(folded)))


def _cut(text: str) -> str:
    """At most LONGEST characters, whole words, and no half of a number at the end."""
    if len(text) <= LONGEST:
        return text
    shown = compose(text)
    if len(shown) <= LONGEST:
        return shown
    return shown[:LONGEST].rsplit(maxsplit=1)[0].rstrip("0123456789 .-")

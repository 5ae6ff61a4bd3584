"""Finding what could be a secret or point to a person: numbers, spoken digits, passwords.

`candidates` reads a text in NFC and gives what stands where. What its own form decides is decided
by the finders (a date, a hotline, a phone); all the rest is left to its company, which
`nlu/secret/judge.py` weighs. Every pattern is bounded or free of nested repetition, so a long text
costs its length.
"""

from collections.abc import Iterator

from nlu.secret import numbers, passwords, spoken
from nlu.secret.candidate import Candidate, Views
from nlu.words import mapping


def candidates(shown: str) -> list[Candidate]:
    """Give all candidates, in their order; none overlaps another."""
    views = Views.of(shown)
    taken: list[Candidate] = []
    for finder in (
        _masks, numbers.dossiers, passwords.spelled, numbers.health_cards, numbers.sent_by_google,
        numbers.plates, passwords.tokens, numbers.innocents, numbers.numbers, spoken.spoken,
        passwords.told_words,
    ):  # fmt: skip
        new = _apart(finder(views), views)
        views = views.without(new)
        taken += new
    return sorted(taken, key=lambda found: found.start)


def _apart(found: Iterator[Candidate], views: Views) -> list[Candidate]:
    """Those that overlap nothing that was taken before."""
    kept: list[Candidate] = []
    for candidate in sorted(found, key=lambda found: (found.start, -found.end)):
        if views.is_free(candidate) and (not kept or candidate.start >= kept[-1].end):
            kept.append(candidate)
    return kept


def _masks(views: Views) -> Iterator[Candidate]:
    """What is masked already stands where it stood, so that masking again changes nothing."""
    for mask in mapping("secrets", "masked").values():
        at = views.shown.find(mask)
        while at >= 0:
            yield Candidate(at, at + len(mask), "words", "", "none")
            at = views.shown.find(mask, at + len(mask))

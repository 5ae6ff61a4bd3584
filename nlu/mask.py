"""Masking: no number that points to a person, and no secret, goes past this door.

    mask              before storage, logs and models see the text
    expecting_secret  once more, harder, while a step is open in which people receive a code

Masked are phones, accounts, ID and insurance numbers, cards, codes, PINs, CVVs and passwords; a
`SecretKind` is raised only for what opens an account or steals an identity. Left alone: amounts,
dates, years, hotlines, parcel codes ("VN482913") and this bot's certificate codes, which mix
letters and digits. `nlu/secret` finds what could be one and judges it by the words around it.
Shortcomings: a password that is one common word ("mật khẩu là hoa"), an ID with letters in
between, and what an address of mail or of a page holds besides phones and IDs, are not seen.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, cast, get_args

from nlu.normalise import compose, plain
from nlu.secret.candidate import Candidate, Kind
from nlu.secret.context import Item, features, items, owners
from nlu.secret.found import candidates
from nlu.secret.judge import judge
from nlu.secret.numbers import is_card, is_id, people_in
from nlu.spelling import expand
from nlu.understanding import SecretKind, Understanding
from nlu.words import mapping, strings

_ROUNDS = 4
"""How often a text is looked at again after something was masked; once nearly always suffices."""
_DOUBT = 0.5
"""Innocent is only what is so with at least this probability."""
_DOUBT_YEAR = 0.3
"""The same for what reads as a year."""
_DOUBT_OWNED = 0.9
"""The same where the word right before is one that owns secrets."""
_DOUBT_NEAR = 0.75
"""The same where other words stand between."""
_DOUBT_MOVED = 0.2
"""The same for four digits that somebody got, gives or types, where nothing names a code."""
_DOUBT_THING = 0.1
"""The same right behind the name of a thing that has numbers, where nothing speaks of secrets."""
_DOUBT_WORDS = 0.4
"""The same for a password of several words, for most of them only speak of passwords."""
_DOUBT_EXPECTED = 0.9
"""The same for words with digits while a secret is expected."""
_SECRET_OWNERS = frozenset({"code", "pin", "pin_alone", "cvv", "password"})
_SPEAKS_OF_SECRETS = _SECRET_OWNERS | {"code_alone", "security"}
_MOVES_NUMBERS = frozenset({"receive", "give", "enter"})
_THINGS = frozenset({"parcel", "other_code"})
"""Lists of things that have long numbers of their own."""
_INNOCENT_OWNERS = frozenset({"parcel", "other_code", "innocent", "money", "call"})
_LONG = 9
"""Digits; so many point to a person whatever stands around, but where a thing is named."""
_SECRETS: tuple[SecretKind, ...] = get_args(SecretKind)


_PARCEL = re.compile(r"[A-Z]{2,5}\d{5,}[A-Z]{0,3}")
"""The number of a parcel or an order: "VN482913"."""
_TELL_PASSWORDS = frozenset({"password", "security", "id"})
"""Beside these words even that is told as something secret."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that may be stored, and what was taken out of it."""

    text: str
    """In NFC, single blanks, secrets and personal numbers replaced."""
    secrets: frozenset[SecretKind]
    """Kinds that deserve a warning."""


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    kind: SecretKind | None
    shown_as: Literal["number", "password"] = "number"


def mask(text: str) -> Masked:
    """Replace what points to a person; twice is the same as once."""
    judge()  # at the first call, so that no message ever waits for what is learned
    shown = compose(text)
    kinds: set[SecretKind] = set()
    for _ in range(_ROUNDS):
        spans = list(_spans(shown))
        if not spans:
            break
        kinds.update(span.kind for span in spans if span.kind is not None)
        shown = _replaced(shown, spans)
    return Masked(shown, frozenset(kinds))


def _spans(shown: str) -> Iterator[_Span]:
    found = candidates(shown)
    if all(candidate.fixed == "none" for candidate in found):
        return
    row, places = items(shown, found)
    for candidate, place in zip(found, places, strict=True):
        kind = candidate.fixed
        if kind is None:
            named = features(shown, candidate, row, place, mine=places)
            kind = _decided(candidate, judge().odds(named), row, place)
        if kind != "none":
            yield _span(candidate, kind)


def _span(candidate: Candidate, kind: Kind) -> _Span:
    secret: SecretKind | None = None if kind in {"none", "personal"} else cast("SecretKind", kind)
    as_word = candidate.sort in {"token", "words"} and kind == "password"
    return _Span(candidate.start, candidate.end, secret, "password" if as_word else "number")


def _decided(
    candidate: Candidate, odds: dict[Kind, float], row: Sequence[Item], place: int
) -> Kind:
    """What a candidate is: the likeliest kind, innocent only where there is little doubt."""
    company = {item.sort for item in row}
    innocent = odds.pop("none", 0.0)
    likeliest = max(odds, key=lambda kind: odds[kind])
    match candidate.sort:
        case "words":
            return "none" if innocent > _doubt(candidate, row, place) else "password"
        case "token" if _PARCEL.fullmatch(candidate.value) and not company & _TELL_PASSWORDS:
            return "none"
        case "token":
            likeliest = _word_kind(candidate, odds)
            told = company & {"password", "security", "pin"} or likeliest != "password"
            if told and innocent <= _doubt(candidate, row, place):
                return likeliest
            named = owners(row, place)[0] in _THINGS
            return "personal" if people_in(candidate.value) and not named else "none"
        case _ if len(candidate.value) >= _LONG:
            return _long(candidate, innocent, likeliest, owners(row, place), company)
        case _ if not _may_be_secret(candidate.value, innocent, owners(row, place), company):
            return "none"
        case _ if candidate.is_amount and not _is_named_code(owners(row, place)):
            return "none" if innocent > _DOUBT_YEAR else likeliest
        case _ if _is_told_number(candidate.value, owners(row, place)):
            return "personal"
        case _ if innocent > _doubt(candidate, row, place):
            return "none"
        case _ if owners(row, place)[0] in _SECRET_OWNERS:
            return max(_SECRETS, key=lambda kind: odds.get(kind, 0.0))
        case _ if likeliest == "personal" and 1 - innocent > 2 * odds["personal"]:
            return max(_SECRETS, key=lambda kind: odds.get(kind, 0.0))
        case _:
            return likeliest


def _long(
    candidate: Candidate,
    innocent: float,
    likeliest: Kind,
    owner: tuple[str, str, str],
    company: set[str],
) -> Kind:
    """What nine digits and more are: most point to a person, and few to a thing."""
    before, _, behind = owner
    digits = candidate.value
    if before == "account":
        return "personal"
    if is_id(digits):
        return "id_number"
    carded = bool(company & {"card", "plastic"})
    if is_card(digits) and (digits.startswith("9704") or carded or innocent < _DOUBT):
        return "card"
    if candidate.groups == (4, 4, 4, 4) and digits[0] in "34569":
        return "card"
    if (before == "card" or carded) and 13 <= len(digits) <= 19 and before not in _THINGS:
        return "card"
    if before == "id":
        return "id_number" if len(digits) in {9, 12} else "personal"
    thing = before in _THINGS or behind in _THINGS
    if candidate.is_amount or (innocent > _DOUBT and thing):
        return "none"
    if likeliest == "password" and before == "password":
        return "password" if not digits.startswith("0") else "personal"
    return "id_number" if likeliest == "id_number" and len(digits) == _LONG else "personal"


def _is_told_number(digits: str, owner: tuple[str, str, str]) -> bool:
    """Whether it is told to be a short account or the number of a fixed phone."""
    before, gap, behind = owner
    if behind in _SECRET_OWNERS or gap == "2":
        return False
    return (before == "account" and len(digits) >= 5) or (
        before in {"member", "phone", "insurance", "tax"} and len(digits) in {7, 8}
    )


def _is_named_code(owner: tuple[str, str, str]) -> bool:
    return owner[0] in _SECRET_OWNERS or owner[:2] == ("code_alone", "0")


def _may_be_secret(
    digits: str, innocent: float, owner: tuple[str, str, str], company: set[str]
) -> bool:
    """Whether so short a number can be a secret in this company at all."""
    before, _, behind = owner
    if len(digits) == 3:
        told = company & {"cvv", "security"}
        return bool(told) or (bool(company & {"card", "plastic"}) and innocent < _DOUBT_THING)
    if len(digits) == 4 and digits[:2] in {"19", "20"}:
        return before in _SECRET_OWNERS or behind in _SECRET_OWNERS or before == "code_alone"
    if len(digits) > 5 or company & _SPEAKS_OF_SECRETS:
        return True
    return bool(company & _MOVES_NUMBERS) and innocent < _DOUBT_MOVED


def _word_kind(candidate: Candidate, odds: dict[Kind, float]) -> Kind:
    """What a word with letters can be: no code, unless it begins with one ("482913otp")."""
    glued = candidate.value[:4].isdigit() and candidate.value[4:].lower().endswith("otp")
    kinds: tuple[Kind, ...] = ("otp",) if glued else ("password", "personal", "id_number")
    return max(kinds, key=lambda kind: odds.get(kind, 0.0))


def _doubt(candidate: Candidate, row: Sequence[Item], place: int) -> float:
    """The probability of being innocent up to which a candidate is masked nevertheless."""
    owner, gap, behind = owners(row, place)
    digits = candidate.value
    match candidate.sort:
        case "words":
            return _DOUBT_WORDS
        case "token" if "password" in {owner, behind} and not digits.isalpha():
            return _DOUBT_OWNED
        case "token":
            return _DOUBT
        case _ if len(digits) == 3 and owner not in {"cvv", "security"}:
            return _DOUBT_YEAR
        case _ if owner in _SECRET_OWNERS - {"pin_alone"} and gap == "0" and len(digits) >= 4:
            return _DOUBT_OWNED if behind in {"no", "end", *_SECRET_OWNERS} else _DOUBT
        case _ if len(digits) == 4 and digits[:2] in {"19", "20"}:
            return _DOUBT_YEAR
        case _ if owner in {"code", "pin", "password"} and behind in {"no", "end"}:
            return _DOUBT_NEAR
        case _ if owner == "code_alone" and len(digits) > 5 and not _speaks_of_things(row):
            return _DOUBT_NEAR
        case _ if owner in _INNOCENT_OWNERS and gap == "0" and behind not in _SECRET_OWNERS:
            told = {item.sort for item in row} & _SECRET_OWNERS
            return _DOUBT_YEAR if told else _DOUBT_THING
        case _:
            return _DOUBT


def _speaks_of_things(row: Sequence[Item]) -> bool:
    return any(item.sort in _THINGS for item in row)


def expecting_secret(understanding: Understanding) -> Understanding:
    """Mask any bare group of 4 to 8 digits too, for the open step makes people receive a code."""
    found = candidates(understanding.text)
    row, places = items(understanding.text, found)
    spans: list[_Span] = []
    for candidate, place in zip(found, places, strict=True):
        if candidate.fixed is not None:
            continue
        if candidate.sort in {"digits", "spoken"} and 4 <= len(candidate.value) <= 8:
            spans.append(_span(candidate, "otp"))
        elif candidate.sort == "token":
            named = features(understanding.text, candidate, row, place, mine=places)
            if judge().odds(named).get("none", 0.0) < _DOUBT_EXPECTED:
                spans.append(_span(candidate, "password"))
    if not spans:
        return understanding
    text = _replaced(understanding.text, spans)
    kinds = {span.kind for span in spans if span.kind is not None}
    return replace(
        understanding,
        text=text,
        folded=expand(without_masks(text)),
        secrets=understanding.secrets | kinds,
    )


def without_masks(text: str) -> str:
    """Take the replacements out, for they are no words of the person.

    What announces one goes with it ("mã OTP là …"): it tells a secret and asks nothing, and the
    rest is what the person wants.
    """
    for token in mapping("secrets", "masked").values():
        while token in text:
            before, _, after = text.partition(token)
            text = f"{_without_announcement(before)} {after}"
    return text


def _without_announcement(before: str) -> str:
    """The text before a replacement, without the words that only announce it."""
    words = before.split()
    kept = len(words)
    announcing, copulas = _announcing()
    while kept and plain(words[kept - 1]).strip(":,=-") in announcing:
        kept -= 1
    announced = [plain(word).strip(":,=-") for word in words[kept:]]
    told = kept == 0 or any(word in copulas for word in announced) or before.rstrip().endswith(":")
    return " ".join(words[:kept]) if told else before


@cache
def _announcing() -> tuple[frozenset[str], frozenset[str]]:
    words, copulas = strings("secrets", "announcing"), strings("secrets", "copulas")
    return (
        frozenset(plain(word) for word in (*words, *copulas)),
        frozenset(plain(word) for word in copulas),
    )


def _replaced(text: str, spans: list[_Span]) -> str:
    """Replace the spans; of overlapping ones the first and longest."""
    pieces: list[str] = []
    at = 0
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.end <= at:
            continue
        pieces += [text[at : max(at, span.start)], mapping("secrets", "masked")[span.shown_as]]
        at = span.end
    return "".join([*pieces, text[at:]])

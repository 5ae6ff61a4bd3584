"""Masking: no number that points to a person, and no secret, goes past this door.

    mask              before storage, logs and models see the text
    expecting_secret  once more, harder, while a step is open in which people receive a code

Masked are phones, accounts, ID and insurance numbers, cards, codes, PINs, CVVs and passwords; a
`SecretKind` is raised only for what opens an account or steals an identity. Left alone: amounts,
dates, years, hotlines, parcel codes ("VN482913") and this bot's certificate codes, which mix
letters and digits. Shortcomings: a password of ordinary words ("mật khẩu là hoa hồng") and an ID
with letters in between are not seen. The words stand in `data/nlu/words/secrets.yaml`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from nlu.normalise import compose, fold, plain
from nlu.spelling import expand, unkeyed
from nlu.understanding import SecretKind, Understanding
from nlu.words import mapping, strings

_RUN = re.compile(r"\+?\d(?:[ .\-]{0,2}\d)*")
"""Digits with what people put between them."""
_BEFORE = 60
"""Characters before a number in which the word it belongs to is looked for."""
_LONGEST_CODE, _COMMON_CODE = 8, 6
_NEAR = 40
"""Characters around a number that can say what it is."""
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+|[1-9]\d{0,2}(?: \d{3})* 000")
_DATE = re.compile(r"\d{1,2}([.\-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([.\-])\d{1,2}\2\d{1,2}")
_TOLL_FREE = re.compile(r"1[89]00\d{4,6}")
_HEALTH_CARD = re.compile(r"\b[a-z]{2}[ \-]?\d(?:[ ]?\d{2}){1,2}(?:[ ]?\d{3,10}){1,3}\b")
_SENTENCE_END = re.compile(r"[!?;\n]|\.(?=\s)")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that may be stored, and what was taken out of it."""

    text: str
    """In NFC, single blanks, secrets and personal numbers replaced."""
    secrets: frozenset[SecretKind]
    """Kinds that deserve a warning."""


_Found = SecretKind | Literal["personal"]


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    kind: SecretKind | None
    shown_as: Literal["number", "password"] = "number"


def mask(text: str) -> Masked:
    """Replace what points to a person; twice is the same as once."""
    shown = compose(text)
    flat = unkeyed(plain(shown))
    spans = [*_passwords(flat), *_health_cards(flat), *_spoken(flat), *_numbers(flat)]
    kinds: set[SecretKind] = {span.kind for span in spans if span.kind is not None}
    return Masked(_replaced(shown, spans), frozenset(kinds))


def expecting_secret(understanding: Understanding) -> Understanding:
    """Mask any bare group of 4 to 8 digits too, for the open step makes people receive a code."""
    flat = plain(understanding.text)
    spans = [
        _Span(run.start(), run.end(), "otp")
        for run in _RUN.finditer(flat)
        if 4 <= _length(run[0]) <= 8
        and not _is_hotline("".join(char for char in run[0] if char.isdigit()))
        and not _beside_letter(flat, run.start(), run.end())
    ]
    if not spans:
        return understanding
    text = _replaced(understanding.text, spans)
    return replace(
        understanding,
        text=text,
        folded=expand(without_masks(text)),
        secrets=understanding.secrets | {"otp"},
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


def _numbers(flat: str) -> Iterator[_Span]:
    for run in _RUN.finditer(flat):
        start, end = run.start(), run.end()
        kind = _kind(flat, start, end)
        if kind is not None:
            yield _Span(start, end, None if kind == "personal" else kind)


def _kind(flat: str, start: int, end: int) -> _Found | None:
    """What a run of digits is: a secret, `personal`, or None for an innocent number."""
    run = flat[start:end]
    digits = re.sub(r"\D", "", run)
    if _is_code_with_letters(flat, start, end) or _DATE.fullmatch(run) or _is_hotline(digits):
        return None
    belongs, gap = _context(flat, start, len(digits))
    if 13 <= len(digits) <= 19 and (digits.startswith("9704") or _luhn(digits)):
        return "card"  # 9704 begins every card of NAPAS, also those without a check digit
    if belongs in {"card", "id"} and len(digits) >= 9:
        return "card" if belongs == "card" else _id_or_personal(digits)
    after = flat[end : end + _NEAR]
    if _has_unit(run, after) or (_is_round(run) and not (belongs and gap == "")):
        return None
    secret = _secret(digits, belongs=belongs, gap=gap, after=after)
    if secret is not None:
        return secret
    if len(digits) == 12 and digits.startswith("0"):
        return "id_number"
    if len(digits) >= 9 or (belongs in {"account", "phone"} and len(digits) >= 7):
        return "personal"
    alone = not flat[:start].strip() and not flat[end:].strip()
    return "otp" if alone and len(digits) == 6 else None


def _secret(digits: str, *, belongs: str | None, gap: str, after: str) -> SecretKind | None:
    """The secret that a number of this length is in this company, or None."""
    length = len(digits)
    year = length == 4 and digits[:2] in {"19", "20"} and gap != ""
    if belongs == "cvv" and 3 <= length <= 4:
        return "cvv"
    if year:
        return None
    if belongs == "pin" and 4 <= length <= 8:
        return "pin"
    if belongs == "code" and 4 <= length <= 8:
        return "otp"
    if belongs == "password" and length >= 4 and _is_close(gap):
        return None if length >= 9 and digits.startswith("0") and gap else "password"
    if 4 <= length <= 8 and _code_follows().match(after):
        return "otp"
    return None


def _id_or_personal(digits: str) -> _Found:
    return "id_number" if len(digits) in {9, 12} else "personal"


def _context(flat: str, start: int, length: int) -> tuple[str | None, str]:
    """The kind of word a number belongs to, and what stands between but fillers.

    That is the nearest before it; a short number is no card or account, so "mã PIN thẻ của tôi
    2709" belongs to the word before that.
    """
    window = flat[max(0, start - _BEFORE) : start]
    ends = [match.end() for match in _SENTENCE_END.finditer(window)]
    window = window[ends[-1] :] if ends else window
    owner: tuple[str, str] | None = None
    for word in reversed(list(_company().finditer(window))):
        kind = word.lastgroup or ""
        gap = _without_fillers(window[word.end() :])
        if kind in {"card", "account"} and length <= _LONGEST_CODE:
            owner = owner or (kind, gap)
            continue
        if owner is not None and kind not in {"code", "pin", "password", "cvv"}:
            break
        if kind == "they_sent":
            return ("code", "") if gap == "" and length == _COMMON_CODE else (None, "")
        if kind.endswith("_alone"):
            return (kind.removesuffix("_alone"), gap) if gap == "" else (None, "")
        return kind, gap
    return owner or (None, "")


def _without_fillers(between: str) -> str:
    fillers = _folded("fillers")
    return " ".join(word for word in fold(between).split() if word not in fillers)


def _is_close(gap: str) -> bool:
    belongs = _folded("belongs")
    return all(word in belongs for word in gap.split())


def _is_code_with_letters(flat: str, start: int, end: int) -> bool:
    """Whether letters stand right before the digits and are no word such as "otp482913"."""
    letters = re.search(r"[a-z]+$", flat[max(0, start - _NEAR) : start])
    if letters is not None:
        return _company().fullmatch(letters[0]) is None
    behind = re.match(r"[a-z]+", flat[end : end + _NEAR])
    return behind is not None and behind[0] not in _folded("units") and end - start < 9


def _beside_letter(flat: str, start: int, end: int) -> bool:
    return flat[max(0, start - 1) : start].isalpha() or flat[end : end + 1].isalpha()


def _is_hotline(digits: str) -> bool:
    return digits in strings("secrets", "hotlines") or _TOLL_FREE.fullmatch(digits) is not None


def _has_unit(run: str, after: str) -> bool:
    """Whether it is money or a measure; a lone letter after a blank ("482913 k") is none."""
    unit = re.match(r" ?([a-z][a-z0-9]*(?: tu| so)?)", after)
    if unit is None or _length(run) > 12 or run.startswith(("0", "+")):
        return False
    return unit[1] in _folded("units") and (len(unit[1]) > 1 or not after.startswith(" "))


def _is_round(run: str) -> bool:
    """Whether it looks like money: grouped in thousands, or ending in them."""
    return bool(_THOUSANDS.fullmatch(run) or re.fullmatch(r"[1-9]\d{0,8}000", run))


def _length(run: str) -> int:
    return sum(char.isdigit() for char in run)


def _luhn(digits: str) -> bool:
    """The check digit of bank cards (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and digits[0] in "2345689" and len(set(digits)) > 1


def _health_cards(flat: str) -> Iterator[_Span]:
    for card in _HEALTH_CARD.finditer(flat):
        if _length(card[0]) == 13:
            yield _Span(card.start(), card.end(), None)


def _spoken(flat: str) -> Iterator[_Span]:
    """Digits told as words, as phones write down what is said: six in a row, four after "otp"."""
    for row in _digit_words().finditer(flat):
        count = len(row[0].split())
        belongs, gap = _context(flat, row.start(), count)
        if belongs == "code" and count >= 4 and gap == "":
            yield _Span(row.start(), row.end(), "otp")
        elif count >= 6:
            yield _Span(row.start(), row.end(), None)


def _passwords(flat: str) -> Iterator[_Span]:
    for told in _password_told().finditer(flat):
        value = told["value"].rstrip(".,;!?)\"'")
        if value and _is_password(value, said=bool(told["means"])):
            yield _Span(
                told.start("value"), told.start("value") + len(value), "password", "password"
            )


def _is_password(value: str, *, said: bool) -> bool:
    """Whether the word after "mật khẩu" is one itself; `said`: after "là" or a colon."""
    if value in _folded("no_password") or value.startswith(("http", "www.", "[")):
        return False
    digit, letter = re.search(r"\d", value), re.search(r"[a-z]", value)
    special = re.search(r"[@#$%^&*_!+=]", value)
    if said:
        long_word = len(value) >= 8 and value.isalpha()
        return len(value) >= 4 and bool((digit and (letter or special)) or special or long_word)
    return len(value) >= 6 and bool(letter) and bool(digit) and not value[:-1].isalpha()


@cache
def _folded(key: str) -> frozenset[str]:
    return frozenset(word for phrase in strings("secrets", key) for word in fold(phrase).split())


def _any_of(*keys: str) -> str:
    phrases = {fold(phrase) for key in keys for phrase in strings("secrets", key)}
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(phrase.replace(" ", r"\s+") for phrase in longest_first)


@cache
def _company() -> re.Pattern[str]:
    """The words a number can belong to, the longest first, one group a kind."""
    kinds = ["other", "cvv", "pin", "code", "id", "card", "account", "password", "phone"]
    kinds += ["code_alone", "pin_alone", "they_sent"]
    groups = "|".join(f"(?P<{kind}>{_any_of(kind)})" for kind in kinds)
    return re.compile(rf"(?<![a-z])(?:{groups})(?![a-z])")


@cache
def _code_follows() -> re.Pattern[str]:
    return re.compile(
        rf"[\s,\"')]*(?:(?:{_any_of('fillers')})[\s,]+){{0,3}}(?:cai\s+)?"
        rf"(?:{_any_of('code')}|ma)\b"
        rf"(?!\s+(?:ho so|van don|don|buu|so thue))"
    )


@cache
def _digit_words() -> re.Pattern[str]:
    word = _any_of("digits")
    return re.compile(rf"(?<![a-z])(?:{word})(?:[\s,.\-]+(?:{word}))+(?![a-z])")


@cache
def _password_told() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![a-z])(?:{_any_of('password')})"
        rf"(?:(?:\s+[a-z]+){{0,6}}?(?P<means>\s*[:=]+\s*|\s+(?:{_any_of('means')})(?:\s*[:=]\s*|\s+)|\s*->\s*)"
        rf"|(?:\s+(?:{_any_of('belongs')}))*\s+)(?P<value>[^\s:=]\S*)"
    )

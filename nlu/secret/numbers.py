"""Numbers: where they stand, and what their form alone says of them.

A date, an amount with its unit, a hotline, a number plate is innocent; a phone points to a person.
All the rest is left to its company.
"""

import re
from collections.abc import Iterator
from functools import cache

from nlu.normalise import fold
from nlu.secret.candidate import Candidate, Kind, Views, digits_of
from nlu.secret.lists import password_word
from nlu.words import strings

_DATE = (
    r"(?:0?[1-9]|[12]\d|3[01]) ?([./\-]) ?(?:0?[1-9]|1[0-2]) ?\1 ?(?:19|20)\d\d"
    r"|(?:19|20)\d\d([./\-])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/\d\d"
    r"|(?:0?[1-9]|1[0-2])[/.\-](?:19|20)\d\d"
)
_TIME = r"(?:[01]?\d|2[0-3])(?::[0-5]\d(?::[0-5]\d)?|[hg](?:[0-5]\d)?)(?![a-z])"
_SLASHED = r"\d{1,7}(?:/\d{1,5}[a-z]?)+(?:/[a-z][a-z0-9\-]*)?|\d{1,7}/[a-z][a-z0-9\-]*"
_DOSSIER = (
    r"(?:\d{3}\.)*(?:\d{2}\.)?[a-z]\d{2}(?:\.\d{1,3})*-\d{6}-\d{3,6}"
    r"|2\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])-\d{3,5}"
)
"""Numbers of applications and appointments, which hold their date: "H29.15-251016-0213"."""
_COORDINATES = r"\d{1,3}\.\d{4,8}(?:, ?\d{1,3}\.\d{4,8})?(?=[^0-9]|$)"
_PLATE = r"\d{2} ?-? ?[a-z]{1,2}\d? ?[\-. ]? ?\d{3}\.?\d{2}|\d{2} ?- ?[a-z]\d ?[\-. ] ?\d{4}"
_RANGE = r"(?:19|20)\d\d ?- ?(?:19|20)\d\d"
_INNOCENT = re.compile(
    rf"(?<![0-9a-z])(?<![0-9]\.)(?:{_DATE}|{_TIME}|{_RANGE}|{_SLASHED}|{_COORDINATES})(?![0-9])"
)
"""Numbers whose form says that they are no secret."""
_DOSSIERS = re.compile(rf"(?<![0-9a-z])(?:{_DOSSIER})(?![0-9a-z])")
_PLATED = re.compile(rf"(?<![0-9a-z])(?:{_PLATE})(?![0-9a-z])")
_DATED = re.compile(r"\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}")
_SINGLE = re.compile(r"(?<![0-9.,])\d(?: ?[.,;_/|*\-] ?\d){3,}(?![0-9])")
"""Single digits set apart: "5.8.1.0.3.7"."""
_RUN = re.compile(r"(?<![a-z0-9])\+?\d(?:[ .\-_]{0,2}\d|,(?=\d{3}(?!\d))\d)*")
"""Digits with what people put between them."""
_GROUP = re.compile(r"[0-9]+")
_LONG_RUN = re.compile(r"[0-9]{9,}")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+|[1-9]\d{0,2}(?: \d{3})* 000")
_ISSUED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7]|35|6\d|9\d|50|5[6-8])\d{14}|3[47]\d{13}|3[068]\d{12}|6[2-8]\d{15,17}"
)
"""Lengths and first digits of cards that are issued."""
_VERSION = re.compile(
    r"\d{1,2}\.\d{1,2}|\d{1,2}\.\d\.\d{1,2}|(?:[1-9]\d?|1\d\d|2[0-5]\d)(?:\.(?:\d|[1-9]\d|1\d\d|2[0-5]\d)){3}"
)
_LONGEST_ROW = 80
"""Characters; a longer row of numbers is no few numbers side by side."""
_CARD_GROUPS = ([4, 4, 4, 4], [4, 4, 4, 4, 3], [4, 6, 5], [6, 4, 4, 5])
_TOLL_FREE = re.compile(r"1[89]00\d{4,6}")
_HEALTH_CARD = re.compile(r"\b[a-z]{2}[ \-]?[1-5](?: ?\d{2}){1,2}(?: ?\d{3,10}){1,3}\b")
"""Letters for whom, a digit for the level of benefit, then the place (Decision 1351/QĐ-BHXH)."""
_SENT_BY_GOOGLE = re.compile(r"(?<![a-z])(?:g|fb) ?- ?(\d{5,8})(?!\d)")


def health_cards(views: Views) -> Iterator[Candidate]:
    """Find health insurance cards: "GD 4 79 7912345678"."""
    for card in _HEALTH_CARD.finditer(views.flat):
        if len(digits_of(card[0])) == 13 and card[0][:2] in _health_letters():
            yield Candidate(card.start(), card.end(), "digits", digits_of(card[0]), "personal")


@cache
def _health_letters() -> frozenset[str]:
    return frozenset(word.lower() for word in strings("secrets", "health_cards"))


def sent_by_google(views: Views) -> Iterator[Candidate]:
    """Find codes as Google and Facebook send them: "G-482913"."""
    for code in _SENT_BY_GOOGLE.finditer(views.flat):
        yield Candidate(code.start(1), code.end(1), "digits", code[1], "otp")


def dossiers(views: Views) -> Iterator[Candidate]:
    """Find numbers of applications, before anybody takes them for a word with digits."""
    for dossier in _DOSSIERS.finditer(views.flat):
        yield Candidate(*dossier.span(), "digits", digits_of(dossier[0]), "none")


def plates(views: Views) -> Iterator[Candidate]:
    """Find number plates: "59-X2 123.45"."""
    for plate in _PLATED.finditer(views.flat):
        yield Candidate(*plate.span(), "digits", digits_of(plate[0]), "none")


def innocents(views: Views) -> Iterator[Candidate]:
    """Find dates, times and other numbers whose form is harmless; a date may be a password."""
    for number in _INNOCENT.finditer(views.flat):
        if re.fullmatch(r"\d(?:/\d){3,}", number[0]) is None:
            told = _DATED.fullmatch(number[0]) and password_word().search(
                views.flat[max(0, number.start() - 30) : number.start()]
            )
            yield Candidate(
                *number.span(), "digits", digits_of(number[0]), None if told else "none"
            )


def numbers(views: Views) -> Iterator[Candidate]:
    """Find all other numbers of three digits and more."""
    for row in _SINGLE.finditer(views.flat):
        if not re.fullmatch(r"\d(?:\.\d){3}", row[0]):
            yield Candidate(*row.span(), "digits", digits_of(row[0]))
    for run in _RUN.finditer(views.flat):
        if "," in run[0] and not re.fullmatch(r"\d{1,3}(?:,\d{3})+", run[0]):
            parts = [part.span() for part in re.finditer(r"[^,]+", run[0])]
        else:
            parts = [(0, len(run[0]))]
        for start, end in parts:
            at = run.start() + start
            for begin, stop in _split(run[0][start:end], owned=_announced(views.flat, at)):
                short = len(digits_of(run[0][start:end][begin:stop])) < 3
                if not short and not _in_word(views.shown, views.flat, at + begin, at + stop):
                    yield number(views.shown, views.flat, at + begin, at + stop)


def _announced(flat: str, start: int) -> bool:
    """Whether a word stands shortly before that makes even two pairs of digits a code."""
    return (
        re.search(
            r"\b(?:otp|ma|pin|code|passcode|mk|mat khau|pass|cvv|cvc|sau|the)\b",
            flat[max(0, start - 20) : start],
        )
        is not None
    )


def _split(run: str, *, owned: bool = False) -> list[tuple[int, int]]:
    """Tell numbers apart that only blanks join: "0912345678 482913", "2024 2025"."""
    whole = [(0, len(run))]
    digits = digits_of(run)
    pieces = [piece.span() for piece in re.finditer(r"[^ ]+", run)]
    lengths = [len(digits_of(run[start:end])) for start, end in pieces]
    if len(pieces) < 2 or len(run) > _LONGEST_ROW or lengths in _CARD_GROUPS:
        return whole
    if is_card(digits) or is_phone(digits):
        return whole
    if _are_years(run, pieces, lengths) or (sum(lengths) < 6 and not owned):
        return pieces
    if len(pieces) == 2 and max(lengths) >= 9 and min(lengths) >= 3:
        return pieces
    cut = _beside_known(run, pieces)
    if cut is not None:
        behind = pieces[cut][0]
        rest = [(start + behind, end + behind) for start, end in _split(run[behind:])]
        return [(0, pieces[cut - 1][1]), *rest]
    if len(pieces) == 2 and lengths[0] >= 5 and lengths[1] >= 4 and sum(lengths) not in {9, 10, 12}:
        return pieces
    if len(pieces) >= 3 and digits[:1] != "0" and sum(lengths) > 19:
        return pieces
    return whole


def _are_years(run: str, pieces: list[tuple[int, int]], lengths: list[int]) -> bool:
    return all(
        length == 4 and run[start : start + 2] in {"19", "20"}
        for length, (start, _) in zip(lengths, pieces, strict=True)
    )


def _beside_known(run: str, pieces: list[tuple[int, int]]) -> int | None:
    """The piece before which, or from which, all is one card, phone or ID; None without one."""
    for cut in range(1, len(pieces)):
        before, after = digits_of(run[: pieces[cut - 1][1]]), digits_of(run[pieces[cut][0] :])
        for known, other in ((before, after), (after, before)):
            if (is_card(known) or is_phone(known) or is_id(known)) and len(other) >= 3:
                return cut
    return None


def number(shown: str, flat: str, start: int, end: int) -> Candidate:
    """Give the number that stands there, with what its form says of it."""
    run, digits = flat[start:end], digits_of(flat[start:end])
    groups = tuple(len(group) for group in _GROUP.findall(run))
    form = _form(shown, flat, digits, start, end)
    return Candidate(start, end, "digits", digits, form, groups, is_thousands(run))


def _form(shown: str, flat: str, digits: str, start: int, end: int) -> Kind | None:
    """What its form alone says of a number."""
    length = len(digits)
    if is_hotline(digits) or _VERSION.fullmatch(flat[start:end]):
        return "none"
    before = flat[max(0, start - 1) : start]
    if length > 19:
        return "personal"
    if is_phone(digits):
        return "personal"
    if has_unit(shown, start, end):
        return "none"
    if before in {"#", "*"} and not re.search(
        r"\b(?:otp|pin|code) ?.$", flat[max(0, start - 8) : start]
    ):
        return "none"
    return None


def _in_word(shown: str, flat: str, start: int, end: int) -> bool:
    """Whether letters stand right before or behind, and it is part of a code or a unit."""
    if flat[max(0, start - 1) : start].isalpha():
        return True
    behind = flat[end : end + 1].isalpha()
    return behind and end - start < 9 and not _glued(flat, end) and not has_unit(shown, start, end)


def _glued(flat: str, end: int) -> bool:
    """Whether a word and no unit stands right behind: "482913la ma gi"."""
    word = re.match(r"[a-z]{2,12}", flat[end : end + 12])
    return word is not None and word[0] in _glue()


@cache
def _glue() -> frozenset[str]:
    return frozenset({"la", "ma", "nhap", "dung", "otp", "roi", "ne", "ai"})


def is_hotline(digits: str) -> bool:
    """Whether this number is called by everybody."""
    return digits in _hotlines() or _TOLL_FREE.fullmatch(digits) is not None


@cache
def _hotlines() -> frozenset[str]:
    return frozenset(strings("secrets", "hotlines"))


def is_phone(digits: str) -> bool:
    """Whether these are all digits of a Vietnamese phone (mobile, fixed, with or without 84)."""
    return re.fullmatch(r"(?:0|84|0084)(?:[35789]\d{8}|2\d{9})", digits) is not None


def is_id(digits: str) -> bool:
    """Whether it has the form of a personal identification number (Decree 137/2015, article 13)."""
    return len(digits) == 12 and digits[0] == "0" and "001" <= digits[:3] <= "096"


def people_in(word: str) -> list[re.Match[str]]:
    """Give the phones and IDs that stand in a word, whatever is written around them."""
    return [run for run in _LONG_RUN.finditer(word) if is_phone(run[0]) or is_id(run[0])]


def is_card(digits: str) -> bool:
    """Whether it has the form of a bank card; those of NAPAS (9704) need no check digit."""
    napas = digits.startswith("9704") and len(digits) in {16, 19}
    return napas or (_ISSUED.fullmatch(digits) is not None and _luhn(digits))


def _luhn(digits: str) -> bool:
    """The check digit of bank cards (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1


def is_thousands(run: str) -> bool:
    """Whether it looks like money: grouped in thousands, or ending in them."""
    return bool(_THOUSANDS.fullmatch(run) or re.fullmatch(r"[1-9]\d{0,8}000", run))


def has_unit(shown: str, start: int, end: int) -> bool:
    """Whether money or a measure follows; a lone letter after a blank ("482913 k") is none."""
    run, after = shown[start:end], shown[end : end + 12]
    length = len(digits_of(run))
    if length > 12 or run.startswith("+"):
        return False
    if re.match(r" ?%", after):
        return True
    unit = re.match(r"([ .]?)([^\W\d_]+\d?)(?!\w)", after)
    if unit is None or not is_unit(unit[2].lower()):
        return False
    if unit[2].lower() in {"mb", "gb", "kb", "tb"} and length > 5:
        return False
    return len(unit[2]) > 1 or not unit[1]


def is_unit(word: str) -> bool:
    """Whether it is a unit, with its accents ("đồng", not "đóng") or with none."""
    return word in units() if word.isascii() else word in _accented_units()


@cache
def units() -> frozenset[str]:
    """Give the units of amounts and measures, without accents."""
    return frozenset(fold(word) for word in _accented_units()) - {"do"}


@cache
def _accented_units() -> frozenset[str]:
    return frozenset(word for phrase in strings("secrets", "units") for word in phrase.split())

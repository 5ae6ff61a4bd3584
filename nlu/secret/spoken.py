"""Digits told as words, as phones write down what is said: "bốn tám hai chín một ba"."""

import re
from collections.abc import Iterator
from functools import cache

from nlu.normalise import fold
from nlu.secret.candidate import Candidate, Kind, Views
from nlu.secret.lists import stands_in
from nlu.secret.numbers import is_hotline, is_id, is_phone, is_unit
from nlu.words import mapping, strings


def spoken(views: Views) -> Iterator[Candidate]:
    """Find rows of three told digits and more."""
    for begin, stop in _rows(views):
        start, end = _trimmed(views.keyed, begin, stop)
        digits = _told_digits(views.keyed[start:end])
        words = re.findall(r"[a-z]+", views.keyed[start:end])
        if len(digits) >= 3 and sum(word in digit_values() for word in words) >= 2:
            yield Candidate(start, end, "spoken", digits, _spoken_form(views.shown, end, digits))


def _rows(views: Views) -> Iterator[tuple[int, int]]:
    """Rows of digit words, broken where accents show another word ("từ" is not "tư")."""
    for row in _digit_words().finditer(views.keyed):
        begin = stop = -1
        for word in re.finditer(r"[a-z0-9]+", row[0]):
            at, end = row.start() + word.start(), row.start() + word.end()
            if _is_digit_word(views.shown[at:end].lower()):
                begin, stop = (at if begin < 0 else begin), end
            elif begin >= 0:
                yield begin, stop
                begin = -1
        if begin >= 0:
            yield begin, stop


def _is_digit_word(typed: str) -> bool:
    return typed.isascii() or typed in _accented() or not re.fullmatch(r"\w+", typed)


@cache
def _accented() -> frozenset[str]:
    return frozenset(mapping("secrets", "digit_values")) | set(strings("secrets", "tens"))


def _trimmed(keyed: str, start: int, end: int) -> tuple[int, int]:
    """A row without the "không" that asks behind it, and without the "năm" that means year."""
    row = keyed[start:end]
    asks = re.search(r"[ ,]+(?:khong|hong)$", row)
    further = re.match(
        r"[ ,]*(?:duoc|dung|phai|vo|vao|qua|ra|thay|biet|nhan|chiu|co|em|con|$|[?.!])",
        keyed[end : end + 12],
    )
    if asks is not None and further is not None and len(_told_digits(row)) in {5, 7, 9, 11, 13}:
        end = start + asks.start()
    since = re.match(r"tu (?=nam (?:mot chin|hai khong) )", row)
    start += since.end() if since is not None else 0
    year = re.match(r"nam (?=(?:mot chin|hai khong) )", keyed[start:end])
    if year is not None and len(_told_digits(keyed[start:end])) == 5:
        start += year.end()
    return start, end


def _spoken_form(shown: str, end: int, digits: str) -> Kind | None:
    behind = re.match(r"[ ,]*([^\W\d_]+)", shown[end : end + 24].lower())
    if is_hotline(digits) or (behind is not None and _is_counted(behind[1])):
        return "none"
    if is_phone(digits):
        return "personal"
    return "id_number" if is_id(digits) else None


def _told_digits(row: str) -> str:
    """The digits that a row of words and figures tells: "bốn mươi tám hai chín" is 48 2 9."""
    digits = ""
    tens = False
    for word in re.findall(r"[a-z]+|[0-9]+", row):
        if word in {"muoi", "chuc"}:
            tens = True
            continue
        value = "1" if word == "muoif" else digit_values().get(word, word if word.isdigit() else "")
        digits += value
        tens = False
    return digits + ("0" if tens else "")


@cache
def digit_values() -> dict[str, str]:
    """Give the digit that each word tells."""
    return {fold(word): str(value) for word, value in mapping("secrets", "digit_values").items()}


def _is_counted(word: str) -> bool:
    """Whether digits before this word are a count and no row: "hai ba ngày"."""
    return is_unit(word) or stands_in(word, "spoken_units")


@cache
def _digit_words() -> re.Pattern[str]:
    word = "|".join(sorted(digit_values(), key=lambda word: (-len(word), word)))
    item = rf"(?:{word}|muoi|\d{{1,2}}(?!\d))"
    return re.compile(
        rf"(?<![a-z0-9])(?:{word}|\d{{1,2}}(?=\s))(?:[\s,.\-]{{1,3}}{item}(?![a-z0-9])){{2,}}"
    )

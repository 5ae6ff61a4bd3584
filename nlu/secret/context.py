"""What stands around a candidate, as the features that the judge weighs.

The text becomes a row of items: words, the lists of `company` they belong to, sentence ends, and an
`=` for each number that its form shows to be harmless, and a `#` for every other candidate, masked
or not: so a text that is masked already reads as it did before. A feature names an item and how far
away it stands, or the form of the candidate itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from nlu.normalise import fold, plain, toned
from nlu.secret.candidate import Candidate, read_keys
from nlu.secret.numbers import is_card, is_id, is_phone, is_thousands
from nlu.words import mapping, strings, table

_WORD = re.compile(r"[a-z0-9]+|[.!?;\n](?=\s|$)|[!?;]")
_SMALL = re.compile(r"[a-zà-ỹ]+")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_OWNERS = (
    "code", "code_alone", "pin", "pin_alone", "cvv", "security", "password", "id", "card",
    "account", "member", "insurance", "tax", "phone", "call", "parcel", "other_code", "innocent",
    "money",
)  # fmt: skip
_TOLERANT = frozenset({"code", "pin", "cvv", "password", "id", "card"})
_SOFT = frozenset({"self", "filler", "copula", "app", "plastic"})
_LEFT, _RIGHT = 12, 10
_DISTANCE = (0, 1, 2, 3, 4, 4, 4, 5, 5, 5, 5, 5, 5)
"""How far an item stands, in steps that grow."""


@dataclass(frozen=True, slots=True)
class Item:
    """One word, phrase or mark of the text."""

    word: str
    sort: str
    """The list of company it stands in; `#` a candidate, `.` a sentence end; else empty."""


def items(shown: str, found: Sequence[Candidate]) -> tuple[list[Item], list[int]]:
    """Give the row of items, and where in it each candidate stands."""
    flat = read_keys(plain(shown))
    row: list[Item] = []
    places: list[int] = []
    at = 0
    for candidate in found:
        row += _read(shown[at : candidate.start], flat[at : candidate.start])
        places.append(len(row))
        harmless = candidate.fixed == "none" and candidate.sort != "words"
        row.append(Item("=", "=") if harmless else Item("#", "#"))
        at = candidate.end
    return row + _read(shown[at:], flat[at:]), places


def _read(shown: str, flat: str) -> list[Item]:
    typed, words = _words(shown, flat)
    exact, folded, longest = _phrases()
    row: list[Item] = []
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            key, own = tuple(words[at : at + length]), tuple(typed[at : at + length])
            sort = exact.get(own) or _agreeing(own, folded.get(key, {}))
            if sort:
                row.append(Item("_".join(key), sort))
                at += length
                break
        else:
            word = words[at]
            row.append(Item(word, "." if word in ".!?;" else ("n" if word.isdigit() else "")))
            at += 1
    return row


def _agreeing(own: tuple[str, ...], known: dict[tuple[str, ...], str]) -> str | None:
    """The first list whose entry has the typed accents, where any were typed.

    Where the words are of secrets any accents will do, for they are often typed wrong.
    """
    for accented, sort in known.items():
        tolerant = sort in _TOLERANT and len(own) > 1
        if tolerant or all(
            _is_bare(word) or word == known_word or (len(own) > 1 and _is_bare(known_word))
            for word, known_word in zip(own, accented, strict=False)
        ):
            return sort
    return None


def _is_bare(word: str) -> bool:
    """Whether a word was typed without accents; a tone stands as a digit at the end."""
    return word.isascii() and not word[-1:].isdigit()


def _untoned(word: str) -> str:
    """A toned word without the digit of its tone."""
    return word.rstrip("0123456789") or word


def _words(shown: str, flat: str) -> tuple[list[str], list[str]]:
    """Each word as it was typed, in lower case, and as it is read: without accents, spelled out."""
    typed: list[str] = []
    words: list[str] = []
    for word in _WORD.finditer(flat):
        own = shown[word.start() : word.end()].lower()
        once = _DRAWN_OUT.sub(r"\1", word[0])
        if not own.isascii() and plain(own) == word[0]:
            typed.append(toned(own))
            words.append(once)
            continue
        for piece in _spelling().get(once, (once,)):
            typed.append(piece)
            words.append(piece)
    return typed, words


@cache
def _spelling() -> dict[str, tuple[str, ...]]:
    """Abbreviations of one word, and what they mean; "mk" means two things and stays."""
    short = {
        fold(said): tuple(fold(meant).split())
        for said, meant in mapping("spelling", "short").items()
        if " " not in said
    }
    own = {
        fold(said): tuple(fold(meant).split())
        for said, meant in mapping("secrets", "read_as").items()
    }
    kept = strings("secrets", "read_as_typed")
    return {said: meant for said, meant in short.items() if said not in kept} | own


@cache
def _phrases() -> tuple[
    dict[tuple[str, ...], str], dict[tuple[str, ...], dict[tuple[str, ...], str]], int
]:
    """The lists by words with accents; those by words without, with their accents; the longest."""
    exact: dict[tuple[str, ...], str] = {}
    folded: dict[tuple[str, ...], dict[tuple[str, ...], str]] = {}
    plainly = {fold(word): sort for word, sort in mapping("secrets", "without_accents").items()}
    for word, sort in plainly.items():
        folded[(word,)] = {(word,): sort}
    lists: dict[str, list[str]] = table("secrets")["company"]
    for sort, phrases in lists.items():
        for phrase in map(str, phrases):
            accented = tuple(toned(phrase).split())
            bare = tuple(fold(phrase).split())
            if bare not in {(word,) for word in plainly}:
                exact.setdefault(accented, sort)
                folded.setdefault(bare, {}).setdefault(accented, sort)
            elif not all(map(_is_bare, accented)):
                exact.setdefault(accented, sort)
            pieces = [
                _spelling().get(word, (own,)) for word, own in zip(bare, accented, strict=True)
            ]
            spelled = tuple(piece for words in pieces for piece in words)
            folded.setdefault(
                tuple(fold(piece) for piece in map(_untoned, spelled)), {}
            ).setdefault(spelled, sort)
    return exact, folded, max(map(len, folded))


def owners(row: Sequence[Item], place: int) -> tuple[str, str, str]:
    """The nearest list before that owns numbers, how many words stand between, and that behind."""
    owner, gap = _owner(row[max(0, place - _LEFT) : place][::-1])
    behind, reach = _owner([item for item in row[place + 1 : place + 5] if item.sort != "set"])
    return owner, gap, behind if reach == "0" else "no"


def features(
    shown: str, candidate: Candidate, row: Sequence[Item], place: int, *, mine: Sequence[int]
) -> list[str]:
    """Give the features of one candidate, which stands at `place`; `mine` are all the places."""
    size = _size(candidate)
    left = row[max(0, place - _LEFT) : place][::-1]
    right = row[place + 1 : place + 1 + _RIGHT]
    sorts = sorted({item.sort for item in row})  # in one order, for floats are summed by it
    at = _standing(left, right)
    return [
        *_form(shown, candidate),
        f"size={size}",
        *_owned(left, right, size),
        *_around("l", left, size),
        *_around("r", right, size),
        *(f"has={sort}" for sort in sorts if sort),
        *(f"has={sort},{size}" for sort in sorts if sort in _OWNERS),
        f"at={at}",
        f"at={at},{size}",
        f"many={min(3, len(mine))}",
        f"words={min(20, len(row)) // 4}",
    ]


def _owned(left: Sequence[Item], right: Sequence[Item], size: str) -> list[str]:
    """Which lists that own numbers are nearest, on either side."""
    owner, gap = _owner(left)
    behind, reach = _owner(right)
    second = _second(left, owner)
    return [
        f"own={owner}", f"own={owner},{gap}", f"own={owner},{size}", f"own={owner},{gap},{size}",
        f"behind={behind}", f"behind={behind},{reach}", f"behind={behind},{reach},{size}",
        f"both={owner},{behind},{size}",
        f"second={owner},{second}", f"second={owner},{second},{size}",
    ]  # fmt: skip


def _standing(left: Sequence[Item], right: Sequence[Item]) -> str:
    if left and right:
        return "within"
    return "last" if left else "first" if right else "alone"


def _around(side: str, around: Sequence[Item], size: str) -> list[str]:
    named: list[str] = []
    past = ""
    for distance, item in enumerate(around):
        if item.sort == ".":
            past = "x"
            named.append(f"{side}end{min(distance, 3)}")
            continue
        step = _DISTANCE[distance]
        name = item.sort or item.word
        named.append(f"{side}{past}{step}:{name}")
        if item.sort and item.sort != "#" and distance < 6:
            named.append(f"{side}{past}{'n' if distance < 2 else 'f'}:{item.word}")
        if distance < 2:
            named.append(f"{side}{past}{step}:{name},{size}")
        if not past and distance < 8:
            named.append(f"{side}*:{name}")
    first = [item.sort or item.word for item in around[:3]]
    if len(first) >= 2:
        named.append(f"{side}2:{first[0]},{first[1]}")
    if len(first) == 3:
        named.append(f"{side}3:{first[0]},{first[1]},{first[2]}")
    hard = [item for item in around[:8] if item.sort not in _SOFT]
    if hard:
        named.append(f"{side}hard:{hard[0].sort or hard[0].word}")
        named.append(f"{side}hard:{hard[0].sort or hard[0].word},{size}")
    return named


def _owner(around: Sequence[Item]) -> tuple[str, str]:
    """The nearest item that owns numbers, and what stands between."""
    hard = 0
    for item in around:
        if item.sort == ".":
            return "end", str(min(hard, 2))
        if item.sort in _OWNERS:
            return item.sort, str(min(hard, 2))
        hard += item.sort not in _SOFT
    return "no", "0"


def _second(around: Sequence[Item], owner: str) -> str:
    for item in around:
        if item.sort == ".":
            return "end"
        if item.sort in _OWNERS and item.sort != owner:
            return item.sort
    return "no"


def _size(candidate: Candidate) -> str:
    match candidate.sort:
        case "digits" | "spoken":
            return _digits_size(len(candidate.value))
        case "token" if candidate.value.isalpha():
            return "letters"
        case "token":
            return "strong" if re.search(r"[@#$^*!_+%&]", candidate.value) else "mixed"
        case "words":
            return "words"


def _digits_size(length: int) -> str:
    """How long a number is; eleven, thirteen and what is longer share a size with neighbours."""
    if length <= 10 or length == 12:
        return f"d{length}"
    return "d13" if length < 16 else "d16"


def _form(shown: str, candidate: Candidate) -> list[str]:
    before = shown[max(0, candidate.start - 1) : candidate.start]
    near = shown[max(0, candidate.start - 2) : candidate.start].strip()[-1:]
    after = shown[candidate.end : candidate.end + 1]
    named = [
        f"sort={candidate.sort}",
        f"near={near if near and not near.isalnum() else ''}",
        f"after={after if not after.isalnum() else ''}",
    ]
    if before and not before.isalnum() and not before.isspace():
        named.append(f"before={before}")
    text = shown[candidate.start : candidate.end]
    match candidate.sort:
        case "digits":
            named += _number_form(text, candidate.value)
        case "spoken":
            named += [
                f"count={min(12, len(candidate.value))}",
                f"spokenyear={_is_year(candidate.value)}",
            ]
        case "token":
            named += _token_form(text)
        case "words":
            words = candidate.value.split()
            named += [
                f"in0:{words[0] if words else ''}",
                f"length={len(words)}",
                *(f"in:{word}" for word in words),
            ]
    return named


def _number_form(text: str, digits: str) -> list[str]:
    joints = sorted({char for char in text if not char.isdigit()})
    groups = [len(group) for group in re.findall(r"\d+", text)]
    named = [
        f"joint={''.join(joints)}",
        f"groups={'-'.join(map(str, groups[:5]))}" if len(groups) > 1 else "whole",
    ]
    if len(digits) == 4 and _is_year(digits):
        named += ["year", f"decade={digits[:3]}"]
    if len(digits) == 8 and _is_year(digits[4:]) and digits[:2] <= "31" and digits[2:4] <= "12":
        named.append("birthday")
    for name, is_so in (
        ("thousands", is_thousands(text)), ("card", is_card(digits)), ("id", is_id(digits)),
        ("phone", is_phone(digits)), ("zero", digits.startswith("0")),
        ("round", digits.endswith("00")), ("napas", digits.startswith("9704")),
        ("insured", len(digits) == 10 and digits[:2] in {"79", "01", "74", "75"}),
        ("even", len(set(groups)) == 1 and len(groups) > 1),
        ("gtin", len(digits) == 13 and digits.startswith("89")),
    ):  # fmt: skip
        if is_so:
            named.append(name)
            if len(digits) >= 9:
                named.append(f"{name},{min(len(digits), 16)}")
    return named


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in {"19", "20"}


def _token_form(text: str) -> list[str]:
    shape = re.sub(r"[A-Z]+", "A", _SMALL.sub("a", re.sub(r"\d+", "9", text)))
    letters = sum(char.isalpha() for char in text)
    digits = sum(char.isdigit() for char in text)
    folded = plain(text)
    named = [f"shape={shape[:8]}", f"letters={min(8, letters)}", f"digits={min(6, digits)}"]
    if text.isupper():
        named += ["upper", f"upper,{min(8, letters)}"]
    elif text.lower() == text:
        named.append("lower")
    elif text[:1].isupper():
        named.append("title")
    for sign in "-/._@#&":
        if sign in text:
            named.append(f"sign={sign}")
    ending = re.fullmatch(r"([a-z]+)(\d+)", folded)
    if ending is not None:
        named.append(f"wordnumber={min(len(ending[1]), 6)}-{len(ending[2])}")
    if re.search(r"\d{6}", text):
        named.append("longnumber")
    return named

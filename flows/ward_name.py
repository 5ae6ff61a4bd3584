"""Which ward is meant: names of today and of before 2025-07-01, read from words.

    named("tôi ở phường Đa Kao, quận 1", content.wards)   the wards of today it may be, with the
                                                          former unit by which each was found
    replaced("giấy tờ ở phường Bến Nghé", …)              those in place of a former one, in a text
                                                          that is about something else

Names are compared folded, the longest first, so «An Phú Đông» is no «An Phú». A bare number is a
ward only after its kind («phường 5», "p5"). Kind, district and accents, where they were typed, tell
those of one name apart. A district alone names no ward: the list of former units gives it only for
those whose names repeat (facts/movement.md, 2.5).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from flows.content import Ward
from nlu.normalise import compose, fold

_UNIT = re.compile(r"([^()]+?)\s*(?:\((.+)\))?")
_KINDS = ("phuong", "xa", "thi tran", "dac khu", "huyen")
_KIND_SAID = re.compile(rf"\b(?:{'|'.join(_KINDS)})\b")
_DISTRICT_KINDS = ("quan", "huyen", "thanh pho", "thi xa")
_SHORT = (
    (re.compile(r"\b(?:p|f)(?= ?\d)"), "phuong "),
    (re.compile(r"\bp(?= )"), "phuong "),
    (re.compile(r"\bq(?= ?\d)"), "quan "),
    (re.compile(r"\bq(?= )"), "quan "),
    (re.compile(r"\btt(?= )"), "thi tran "),
    (re.compile(r"\btp(?= )"), "thanh pho "),
    (re.compile(r"\b0+(?=\d)"), ""),
)


@dataclass(frozen=True, slots=True)
class Named:
    """A ward of today, and the former unit that was named; None: its name of today."""

    ward: Ward
    former: str | None = None


@dataclass(frozen=True, slots=True)
class _Unit:
    """A name by which a ward may be called."""

    shown: str
    kind: str
    name: str
    district: str | None
    former: bool


def named(text: str, wards: Iterable[Ward]) -> tuple[Named, ...]:
    """The wards these words may mean, each once, today's names first; empty: they name none."""
    said = _spelled_out(text)
    found = [
        (unit, ward)
        for ward in wards
        for unit in _units(ward.name, ward.kind, tuple(ward.formed_from))
        if _is_said(unit, said)
    ]
    found = _longest(found)
    for narrower in (_of_kind, _in_district, _with_accents):
        found = narrower(found, text) or found
    by_ward: dict[str, Named] = {}
    for unit, ward in sorted(found, key=lambda one: one[0].former):
        by_ward.setdefault(ward.code, Named(ward, unit.shown if unit.former else None))
    return tuple(by_ward.values())


def replaced(text: str, wards: Iterable[Ward]) -> tuple[Named, ...]:
    """The wards of today in place of a former one that these words name with its kind.

    Empty where none is named so, or where a ward of today has that name, too. Several: it was
    parted among them, or its number stood in several districts and none was said.
    """
    said = _spelled_out(text)
    if not _KIND_SAID.search(said):
        return ()
    found = [
        (unit, ward)
        for ward in wards
        for unit in _units(ward.name, ward.kind, tuple(ward.formed_from))
        if _is_said(unit, said)
    ]
    found = _of_kind(_longest(found), text)
    for narrower in (_in_district, _with_accents):
        found = narrower(found, text) or found
    if any(not unit.former for unit, _ in found):
        return ()
    return tuple({ward.code: Named(ward, unit.shown) for unit, ward in found}.values())


_Found = list[tuple[_Unit, Ward]]


@cache
def _units(name: str, kind: str, formed_from: Sequence[str]) -> tuple[_Unit, ...]:
    """The name of today and those of the former units, each with its district where it is told.

    A district in brackets belongs to the numbered wards before it, too.
    """
    units = [_Unit(f"{kind} {name}", fold(kind), fold(name), None, former=False)]
    district: str | None = None
    for written in reversed(formed_from):
        read = _UNIT.fullmatch(written)
        old_kind = next((k for k in _KINDS if fold(written).startswith(f"{k} ")), None)
        if read is None or old_kind is None:
            continue
        bare = fold(read[1]).removeprefix(f"{old_kind} ")
        own = district = read[2] or (district if bare.isdigit() else None)
        shown = read[1] if own is None else f"{read[1]}, {own}"
        units.append(_Unit(shown, old_kind, bare, own and fold(own), former=True))
    return tuple(units)


def _spelled_out(text: str) -> str:
    said = fold(text)
    for short, whole in _SHORT:
        said = short.sub(whole, said)
    return " ".join(said.split())


def _is_said(unit: _Unit, said: str) -> bool:
    """Whether the name stands there, also as «Saigon», and not as a district's."""
    if unit.name.isdigit():
        return _has(said, f"{unit.kind} {unit.name}")
    together = unit.name.replace(" ", "")
    if unit.name not in said and together not in said:
        return False  # most are ruled out before a pattern is made
    places = re.finditer(rf"\b(?:{unit.name}|{together})\b", said)
    return any(not said[: at.start()].rstrip().endswith(_DISTRICT_KINDS) for at in places)


def _longest(found: _Found) -> _Found:
    """Without names that are only a part of another one that was said; numbers go before names.

    «Phường 14 Bình Thạnh» is a number in a district, not the ward that is called like it today.
    """
    names = {unit.name for unit, _ in found}
    numbered = [one for one in found if one[0].name.isdigit()]
    whole = [
        one
        for one in found
        if not any(_has(name, one[0].name) and name != one[0].name for name in names)
    ]
    return numbered or whole


def _of_kind(found: _Found, text: str) -> _Found:
    said = _spelled_out(text)
    return [one for one in found if _has(said, f"{one[0].kind} {one[0].name}")]


def _in_district(found: _Found, text: str) -> _Found:
    """Those in the district that was said; a ward of today lies where its former units lay."""
    said = _spelled_out(text)
    kept: _Found = []
    for unit, ward in found:
        districts = {u.district for u in _units(ward.name, ward.kind, tuple(ward.formed_from))}
        own = {unit.district} if unit.former else districts
        if any(_says_district(said, district) for district in own if district is not None):
            kept.append((unit, ward))
    return kept


def _says_district(said: str, district: str) -> bool:
    """Whether it stands there: «Gò Vấp» also without its kind, «Quận 3» only with it."""
    bare = re.sub(rf"^(?:{'|'.join(_DISTRICT_KINDS)}) ", "", district)
    return _has(said, district) or (not bare.isdigit() and _has(said, bare))


def _with_accents(found: _Found, text: str) -> _Found:
    """Those written just so; typed without accents, «thanh an» may be two wards."""
    typed = compose(text).lower()
    return [] if typed.isascii() else [one for one in found if _bare(one[0]) in typed]


def _bare(unit: _Unit) -> str:
    """The name as it is written, without kind and district."""
    words = unit.shown.partition(",")[0].lower().split()
    return " ".join(words[len(unit.kind.split()) :])


def _has(text: str, words: str) -> bool:
    return f" {words} " in f" {text} "

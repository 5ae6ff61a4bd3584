"""What is really taught: no fault in it, and the wards as the State counts them."""

import unicodedata
from pathlib import Path

from vietnam_provinces import ProvinceCode
from vietnam_provinces import Ward as Official

from bot.author import Author
from bot.content import load
from bot.content_check import check
from bot.coverage import short_of
from bot.prose import house_style
from flows.content import Ward

DATA = Path(__file__).parents[2] / "data"


def test_the_content_has_no_fault() -> None:
    faults = check(DATA)
    assert not faults, Author.load(DATA).faults(faults)


def test_the_course_reaches_its_aims() -> None:
    assert short_of(load(DATA)) == []


def test_every_week_has_its_tips_and_the_reported_scams_are_answered() -> None:
    calendar = load(DATA).calendar
    assert [week.week for week in calendar.weeks] == list(range(1, 53))
    assert len(calendar.scams) >= 12


OTHER_CODES = frozenset(
    {"An Khánh", "An Nhơn", "Bàn Cờ", "Bình Phú", "Hiệp Bình", "Hạnh Thông", "Linh Xuân"}
    | {"Tam Bình", "Thông Tây Hội", "Tân Sơn Nhì"}
)
"""Wards whose codes the package's edition (October 2025) has otherwise than the list that
`data/wards.csv` was taken from; their names agree."""


def test_the_168_wards_are_those_of_the_city() -> None:
    official = {
        _one_spelling(ward.name): f"{ward.code.value:05}"
        for ward in Official.iter_by_province(ProvinceCode.P_79)
    }
    wards = load(DATA).wards
    ours = {_key(ward): ward.code for ward in wards}
    assert len(wards) == len(ours) == 168
    assert ours.keys() == official.keys()
    differing = {ward.name for ward in wards if official[_key(ward)] != ward.code}
    assert differing == OTHER_CODES


def _key(ward: Ward) -> str:
    return _one_spelling(f"{ward.kind} {ward.name}")


def _one_spelling(name: str) -> str:
    composed = unicodedata.normalize("NFC", name)
    return " ".join(house_style(composed).casefold().split())

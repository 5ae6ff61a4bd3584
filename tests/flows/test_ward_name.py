"""Which ward is meant by what people type, over the city's real list."""

from functools import cache
from pathlib import Path

import pytest

from bot.content import load
from flows.content import Ward
from flows.ward_name import named


@cache
def wards() -> tuple[Ward, ...]:
    return load(Path(__file__).parent.parent.parent / "data").wards


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Sài Gòn", ["Sài Gòn"]),
        ("phuong sai gon", ["Sài Gòn"]),
        ("in Saigon ward", ["Sài Gòn"]),
        ("Dạ tôi ở phường Bến Nghé, quận 1", ["Sài Gòn"]),
        ("P5 Q3", ["Bàn Cờ"]),
        ("phường 05 gò vấp", ["An Nhơn"]),
        ("p.14 q. Bình Thạnh", ["Bình Thạnh"]),
        ("thảo điền", ["An Khánh"]),
        ("xã Bình Mỹ, Củ Chi", ["Bình Mỹ"]),
        ("Côn Đảo", ["Côn Đảo"]),
        ("An Phú Đông", ["An Phú Đông"]),
        ("Thạnh An", ["Thạnh An"]),
        ("xã Thanh An", ["Thanh An"]),
        ("Hoà Hưng", ["Hòa Hưng", "Hòa Hội"]),
        ("phường Hoà Hưng", ["Hòa Hưng"]),
    ],
)
def test_a_ward_is_read_by_its_new_and_its_old_name(said: str, meant: list[str]) -> None:
    assert [one.ward.name for one in named(said, wards())] == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Đa Kao", ["Tân Định", "Sài Gòn"]),
        ("tân định", ["Tân Định", "Hòa Lợi", "Bắc Tân Uyên"]),
        ("phường tân định", ["Tân Định", "Hòa Lợi"]),
        ("tân định quận 1", ["Tân Định"]),
        ("thanh an", ["Thanh An", "Thạnh An"]),
        ("phường 16 quận 8", ["Bình Phú", "Phú Định", "Tân Nhựt"]),
    ],
)
def test_a_name_of_several_wards_names_all_of_them(said: str, meant: list[str]) -> None:
    assert [one.ward.name for one in named(said, wards())] == meant


@pytest.mark.parametrize(
    "said", ["", "5", "phường", "quận Bình Thạnh", "TP Thủ Đức", "không biết", "quận 3", "bà tám"]
)
def test_what_names_no_ward_finds_none(said: str) -> None:
    assert named(said, wards()) == ()


def test_a_former_ward_is_told_with_its_district() -> None:
    [found] = named("phường 3 quận 4", wards())

    assert found.ward.name == "Vĩnh Hội"
    assert found.former == "Phường 3, Quận 4"


def test_every_ward_is_found_by_its_own_name() -> None:
    for ward in wards():
        assert ward.code in {one.ward.code for one in named(ward.called, wards())}

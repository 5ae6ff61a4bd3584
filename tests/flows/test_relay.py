"""What a volunteer may send to somebody, and whose words are whose."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from bot.content import load
from flows.addressed import by_standing
from flows.content import Content
from flows.dialog import Dialog
from flows.relay import fault
from flows.replies import Act
from flows.snapshots import Role, Standing, Ticket
from nlu.mask import mask
from nlu.spelling import expand
from nlu.understanding import DangerKind, Understanding

DATA = Path(__file__).parent.parent.parent / "data"


@cache
def content() -> Content:
    return load(DATA)


def understood(text: str, *, danger: DangerKind | None = None) -> Understanding:
    masked = mask(text)
    return Understanding(
        text=masked.text,
        folded=expand(masked.text),
        candidates=(),
        secrets=masked.secrets,
        danger=danger,
    )


@pytest.mark.parametrize(
    "text",
    [
        "Bác mở máy ảnh lên rồi đưa vào khung",
        "Vào dichvucong.gov.vn rồi bấm «Đăng nhập»",
        "https://dichvucong.gov.vn/p/home?x=1",
        "Trang thật là VNeID.gov.vn.",
        "Gọi 1900 0368 hoặc 1022",
        "Ra UBND TP.HCM, P.Sài Gòn, lúc 8.30, mang 2.000.000 đ",
        "viết cho phuong@gmail.com",
        "xong.roi bác bấm tiếp",
    ],
)
def test_what_helps_is_passed_on(text: str) -> None:
    assert fault(understood(text), content().links) is None


@pytest.mark.parametrize(
    "text",
    [
        "bác đọc mã OTP cho em",
        "gửi mật khẩu qua đây em vô giùm cho",
        "cho em xin số căn cước của bác",
        "chup hinh ma otp gui em",
        "xin mã xác thực để em làm cho lẹ",
    ],
)
def test_nobody_who_helps_asks_for_a_secret(text: str) -> None:
    assert fault(understood(text), content().links) == "asking"


@pytest.mark.parametrize(
    "text",
    [
        "đừng đọc mã OTP cho ai nha bác",
        "không gửi mật khẩu cho người lạ",
        "bác gõ mã OTP vào ô trong ứng dụng VNeID",
        "Đổi mật khẩu rồi đăng nhập lại",
        "mang thẻ căn cước ra công an phường",
    ],
)
def test_advice_about_secrets_is_passed_on(text: str) -> None:
    assert fault(understood(text), content().links) is None


@pytest.mark.parametrize(
    "text",
    [
        "vneid-gov.com",
        "vneid.gov.vn.xyz",
        "https://vneid.gov.vn@evil.com",
        "https://evil.com\\.gov.vn",
        "HTTPS://EVIL.COM",
        "http:/evil.net",
        "trang:evil.com",
        "-evil.com-x",
        "vnеid.vn",
        "https://gov.vn:80@1.2.3.4/",
        "https://[::1",
        "zalo://qr/p/abc",
        "t.me/abc",
        "bit.ly/3abc",
        "notgov.vn",
    ],
)
def test_a_link_to_elsewhere_is_held_back(text: str) -> None:
    assert fault(understood(text), content().links) == "link"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("gọi em số 0903 123 456 nha", "number"),
        ("mã OTP là 482913", "secret"),
        ("mật khẩu là Abc@12345", "secret"),
    ],
)
def test_what_was_masked_is_held_back(text: str, why: str) -> None:
    assert fault(understood(text), content().links) == why


LAN = Role(id="r1", kind="volunteer", ward="26740", name="Chị Lan")


def ticket(*, taken: bool) -> Ticket:
    return Ticket(
        id="T1",
        number=12,
        ward="26740",
        topic=None,
        step=None,
        device=None,
        question="",
        state="taken" if taken else "waiting",
        helper="Chị Lan" if taken else None,
        asked_at=datetime(2026, 11, 24, tzinfo=UTC),
    )


HELPER = Standing(roles=(LAN,), answers=ticket(taken=True))
ASKER = Standing(asks=ticket(taken=True))


def meant(text: str, standing: Standing, *, danger: DangerKind | None = None) -> Act | None:
    said = understood(text, danger=danger)
    found = by_standing(said, Dialog(), content(), standing=standing)
    return None if found is None else found.act


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("xong", Act("ticket.close")),
        ("Dạ xong ạ", Act("ticket.close")),
        ("đóng", Act("ticket.close")),
        ("đồng", Act("ticket.answer")),
        ("bấm xong rồi nói em", Act("ticket.answer")),
        ("trả lại", Act("ticket.give_back")),
        ("nghỉ", Act("duty.off")),
        ("nhận 13", Act("ticket.take", "13")),
        ("bác nhận được chưa", Act("ticket.answer")),
        ("2", Act("ticket.answer")),
    ],
)
def test_a_volunteers_words_go_to_who_asked_but_for_a_few(text: str, act: Act) -> None:
    assert meant(text, HELPER) == act


def test_a_volunteer_who_quotes_a_danger_gets_no_card() -> None:
    assert meant("có cháy thì gọi 114", HELPER, danger="fire") == Act("ticket.answer")


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("nói chuyện với máy", Act("ticket.leave")),
        ("noi chuyen voi may", Act("ticket.leave")),
        ("thôi", Act("ticket.leave")),
        ("dừng", Act("ticket.leave")),
        ("đúng", Act("ticket.add")),
        ("dung", Act("ticket.add")),
        ("1", Act("ticket.add")),
        ("xóa dữ liệu của tôi", Act("ticket.add")),
    ],
)
def test_the_askers_words_go_to_the_volunteer_but_for_a_few(text: str, act: Act) -> None:
    assert meant(text, ASKER) == act


def test_the_askers_danger_is_the_bots_first() -> None:
    assert meant("cháy nhà", ASKER, danger="fire") == Act("emergency.danger", "fire")


def test_while_a_request_waits_the_bot_answers() -> None:
    assert meant("tiếp", Standing(asks=ticket(taken=False))) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CAFE-7KQ2M-9XA4T", "7KQ2M9XA4T"),
        ("café 7kq2m 9xa4t", "7KQ2M9XA4T"),
        ("mã của tôi: trực-7KQ2M-9XA4T nha", "7KQ2M9XA4T"),
        ("NHAN7KQ2M9XA4T", "7KQ2M9XA4T"),
        ("TRUC-OKQIM-9XALT", "0KQ1M9XA1T"),
        ("CAFE-ABCDE-FGHJK", "ABCDEFGHJK"),
    ],
)
def test_a_code_is_read_however_it_is_typed(text: str, code: str) -> None:
    assert meant(text, Standing()) == Act("role.claim", code)


@pytest.mark.parametrize(
    "text",
    ["nhận thông chang", "cafe sáng nay", "TRUC-7KQ2M", "CAFE-7KQ2U-9XA4T", "nhân dương quang"],
)
def test_words_are_no_code(text: str) -> None:
    assert meant(text, Standing()) is None


def test_words_of_duty_are_a_volunteers_only() -> None:
    assert meant("đang trực", Standing()) is None
    assert meant("đang trực", Standing(roles=(LAN,))) == Act("duty.on")

"""Nothing that points to a person, and no secret, goes past the door."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nlu.mask import expecting_secret, mask
from nlu.secret.numbers import is_hotline
from nlu.understanding import Understanding
from nlu.words import mapping

NUMBER = mapping("secrets", "masked")["number"]
DIGITS = st.text(alphabet="0123456789", min_size=1, max_size=1)


def understood(text: str) -> Understanding:
    return Understanding(text=text, folded=text, candidates=())


@pytest.mark.parametrize(
    ("text", "secret", "kind"),
    [
        ("ma OTP la 482913 gio lam gi", "482913", "otp"),
        ("mã là 4829", "4829", "otp"),
        ("code 482913", "482913", "otp"),
        ("OTP482913", "482913", "otp"),
        ("482913", "482913", "otp"),
        ("482 913 là mã gì vậy", "482 913", "otp"),
        ("otp nó gửi về máy tôi là 48 29 13", "48 29 13", "otp"),
        ("Nó gởi số 559201 nè, mã xác nhận đó", "559201", "otp"),
        ("mã otp là bốn tám hai chín một ba", "bốn tám hai chín", "otp"),
        ("passcode vneid của tui là 135790", "135790", "pin"),
        ("mk: abc123", "abc123", "password"),
        ("mật khẩu của tôi là Hoa@2020 mà vô không được", "Hoa@2020", "password"),
        ("mat khau zalo la 12344321", "12344321", "password"),
        ("maatj khaaur cuar tooi laf 8686abcd", "8686abcd", "password"),
        ("my password is hunter22", "hunter22", "password"),
        ("mã pin là 1234", "1234", "pin"),
        ("Mã PIN thẻ ATM của tôi 270958, có an toàn không?", "270958", "pin"),
        ("3 số sau thẻ là 456", "456", "cvv"),
        ("số thẻ 4111 1111 1111 1111", "4111 1111", "card"),
        ("căn cước 079123456789", "079123456789", "id_number"),
        ("079 123 456 789", "079 123", "id_number"),
        ("cmnd 023456789", "023456789", "id_number"),
    ],
)
def test_a_secret_is_masked_and_flagged(text: str, secret: str, kind: str) -> None:
    masked = mask(text)

    assert secret not in masked.text
    assert masked.secrets == {kind}


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("sđt 0912 345 678", "345"),
        ("gọi cho con 0912.345.678", "345"),
        ("+84 912 345 678", "912"),
        ("stk 1234567 vietcombank", "1234567"),
        ("số tài khoản 19034567890123", "1903"),
        ("quên mật khẩu vneid số 0912345678", "0912"),
        ("thẻ BHYT GD4797912345678", "7912345678"),
        ("không chín một hai ba bốn năm sáu bảy tám", "chín"),
    ],
)
def test_what_points_to_a_person_is_masked_without_a_warning(text: str, personal: str) -> None:
    masked = mask(text)

    assert personal not in masked.text
    assert not masked.secrets


@pytest.mark.parametrize(
    "text",
    [
        "quên mật khẩu", "mã OTP là gì", "VN482913", "mã vận đơn VN482913", "chuyển 2 triệu",
        "500.000đ", "1,200,000", "1.200.000 đồng", "năm 2024", "20/12/2026", "20-12-2026", "1022",
        "gọi 113 hay 115", "18001096", "1900 1234", "700000", "7KQ2M9XA4T", "mã hồ sơ 482913",
        "mã chứng nhận 7KQ2M9XA4T", "mật khẩu ít nhất 8 ký tự", "không nhận được OTP từ 2023",
        "OTP không về, gọi 1022 cũng không được", "pin còn 4000 mAh", "tôi sinh năm 1950",
        "đường 3 tháng 2 quận 10", "nhắc tôi 8h30 ngày 20", "đổi mật khẩu thì làm sao",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_stays(text: str) -> None:
    masked = mask(text)

    assert masked.text == text
    assert not masked.secrets


@given(
    text=st.one_of(st.text(max_size=80), st.from_regex(r"(otp|mk|sđt|là|mã|stk|\d{1,13}| ){1,9}"))
)
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text).text

    assert mask(once).text == once


@given(
    before=st.sampled_from(["", "số tôi là ", "gọi ", "sdt: ", "zalo "]),
    digits=st.from_regex(r"0[35789]\d{8}", fullmatch=True),
    joint=st.sampled_from(["", " ", "."]),
)
def test_no_mobile_number_passes(before: str, digits: str, joint: str) -> None:
    shown = joint.join((digits[:4], digits[4:7], digits[7:]))

    assert mask(before + shown).text == before + NUMBER


@given(code=st.from_regex(r"[0-9]{4,8}", fullmatch=True))
def test_while_a_code_is_expected_no_bare_code_passes(code: str) -> None:
    assume(not is_hotline(code))

    again = expecting_secret(understood(f"nó báo {code} rồi sao nữa"))

    assert code not in again.text
    assert code not in again.folded
    assert again.secrets == {"otp"}


@pytest.mark.parametrize(
    "text",
    ["2", "12", "cái thứ 2", "vẫn chưa thấy", "123456789012", "gọi 1900 0368 tốn tiền không"],
)
def test_while_a_code_is_expected_a_choice_or_hotline_stays(text: str) -> None:
    assert expecting_secret(understood(text)) == understood(text)

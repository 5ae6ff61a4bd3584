"""Folding and expanding what people type."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nlu.normalise import compose, fold, plain, toned
from nlu.spelling import expand, unkeyed
from nlu.words import mapping

VIETNAMESE = st.text(
    alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầếềọốộớờợứừựýỳ 0123456789.,!?😀zfjw", max_size=80
)
ANY = st.one_of(st.text(max_size=120), VIETNAMESE)


@given(text=ANY)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(text=ANY)
def test_folded_text_holds_only_small_letters_digits_and_single_blanks(text: str) -> None:
    folded = fold(text)

    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert folded == " ".join(folded.split())


@given(text=ANY)
def test_expanding_twice_is_expanding_once(text: str) -> None:
    once = expand(text)
    # «hỏng» folded is «hong», which typed so means «không»: accents are gone the second time.
    assume(not set(once.split()) & mapping("spelling", "accented").keys())
    assert expand(once) == once


@given(text=ANY)
def test_composing_twice_is_composing_once(text: str) -> None:
    assert compose(compose(text)) == compose(text)


@given(text=ANY)
def test_plain_and_unkeyed_keep_every_position(text: str) -> None:
    shown = compose(text)

    assert len(plain(shown)) == len(shown)
    assert len(unkeyed(plain(shown))) == len(shown)


@given(text=ANY)
def test_composed_and_decomposed_letters_fold_the_same(text: str) -> None:
    shown = unicodedata.normalize("NFC", text)

    assert fold(unicodedata.normalize("NFD", shown)) == fold(shown)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Quáaaa trời 😀", "qua troi"),
        ("hoà", "hoa"),
        ("hòa", "hoa"),
        ("ĐĂNG NHẬP", "dang nhap"),
        ("  Mã   QR!!! ", "ma qr"),
        ("8h30", "8h30"),
        ("", ""),
        ("👍", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("ko nhan dc ma otp", "khong nhan duoc ma otp"),
        ("hông vô đc zalo", "khong vao duoc zalo"),
        ("mk vssid bị khóa", "mat khau vssid bi khoa"),
        ("cho mk hỏi", "cho minh hoi"),
        ("ddang nhaap", "dang nhap"),
        ("tooi khoong nhaanj dduwowcj maax otp", "toi khong nhan duoc ma otp"),
        ("mat5 khau63", "mat khau"),
        ("d9a8ng nha6p5 to6i kho6ng", "dang nhap toi khong"),
        ("vi en ai đi", "vneid"),
        ("vê nê ai đi", "vneid"),
        ("vi ét ét ai đi", "vssid"),
        ("quét mã quy a", "quet ma qr"),
        ("tụi nó gọi tui", "bon no goi toi"),
    ],
)
def test_what_is_shortened_or_spelled_by_ear_is_spelled_out(text: str, expanded: str) -> None:
    assert expand(text) == expanded


@pytest.mark.parametrize("text", ["muc2", "buoc3", "otp", "sos", "facebook", "qr"])
def test_what_is_no_residue_of_a_keyboard_stays(text: str) -> None:
    assert expand(text) == text


@given(text=ANY)
def test_toned_words_do_not_depend_on_where_the_accents_were_typed(text: str) -> None:
    shown = unicodedata.normalize("NFC", text)

    assert toned(unicodedata.normalize("NFD", shown)) == toned(shown)


@pytest.mark.parametrize(("old", "new"), [("hoà", "hòa"), ("thuý", "thúy"), ("khoẻ", "khỏe")])
def test_both_placements_of_a_tone_are_one_word(old: str, new: str) -> None:
    assert toned(old) == toned(new)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("quenmatkhau vneid", "quen mat khau vneid"),
        ("khôngnhậnđượcmãotp", "khong nhan duoc ma otp"),
        ("dangkyvneidmuc2", "dang ky vneid muc 2"),
        ("nh ập mã otp", "nhap ma otp"),
        ("m a t k h a u", "mat khau"),
        ("hổng, dô?", "khong vao"),
    ],
)
def test_words_run_together_or_torn_apart_are_mended(text: str, expanded: str) -> None:
    assert expand(text) == expanded


@pytest.mark.parametrize("text", ["camera metro video online momo", "ngan hang acb", "th anh"])
def test_whole_words_stay_whole(text: str) -> None:
    assert expand(text) == text

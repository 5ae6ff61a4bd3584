"""The engine on the real phrases: trained once, then from the cache."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlu.classifier import reading
from nlu.engine import LONGEST, Engine
from nlu.language import guess
from nlu.lexical import Lexical, fingerprint

ROOT = Path(__file__).parents[2]
SAID = reading("quet ma")
FEW = """
nlu:
- intent: greet
  examples: |
    - xin chào
    - chào máy
    - alo
    - có ai không
- intent: thanks
  examples: |
    - cảm ơn
    - cám ơn nhiều nha
    - cảm ơn máy
    - tốt quá
- intent: ask_howto/phone.scan_qr
  examples: |
    - quét mã qr
    - quét mã thế nào
    - cách quét qr
    - mở máy quét mã
"""


@pytest.fixture(scope="session")
def real() -> Engine:
    return Engine.load(ROOT / "data", ROOT / "var" / "model")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "nlu" / "intent"
    folder.mkdir(parents=True)
    (folder / "few.yml").write_text(FEW, encoding="utf-8")
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("lam sao kich hoat vneid muc 2", ("howto", "vneid/activate_level2")),
        ("Làm sao kích hoạt VNeID mức 2?", ("howto", "vneid/activate_level2")),
        ("ko nhan dc ma otp vneid", ("howto", "vneid/otp_not_received")),
        ("quét mã quy a", ("howto", "phone/scan_qr")),
        ("hôm nay ăn gì", ("out_of_scope", None)),
        ("nhắc tôi 8h tối mai gọi cho con", ("reminder.set", None)),
        ("xin chào", ("greet", None)),
        ("đổi sang bà", ("name.person", None)),
    ],
)
def test_what_is_meant_stands_first(
    real: Engine, text: str, reading: tuple[str, str | None]
) -> None:
    first = real.parse(text).candidates[0]

    assert (first.intent, first.topic) == reading
    assert first.p > 0.5


def test_masks_before_anything_is_given(real: Engine) -> None:
    understanding = real.parse("ma OTP la 482913 gio lam gi")

    assert "482913" not in understanding.text + understanding.folded
    assert understanding.secrets == {"otp"}
    assert understanding.scam is None


def test_screens_and_language_are_given(real: Engine) -> None:
    assert real.parse("con bấm link rồi, nó đang chạy").scam == "clicked"
    assert real.parse("ông tui đau ngực khó thở").danger == "medical"
    assert real.parse("how do I activate level 2").language == "en"


@pytest.mark.parametrize("text", ["", "😀👍", "...", "   "])
def test_nothing_to_read_gives_no_reading(real: Engine, text: str) -> None:
    assert real.parse(text).candidates == ()


@pytest.mark.parametrize(
    "word", ["a", "1 ", "mật khẩu là ", "0912345678 ", "link roi no ", "\u0301"]
)
def test_a_very_long_text_is_read_in_part(real: Engine, word: str) -> None:
    assert len(real.parse(word * (100_000 // len(word))).candidates) <= 10


def test_the_same_words_in_other_letters_are_read_the_same(real: Engine) -> None:
    composed, decomposed = (
        real.parse("Khóa màn hình"),
        real.parse("Kho\u0301a ma\u0300n hi\u0300nh 😀"),
    )

    assert composed.candidates == decomposed.candidates
    assert real.parse("KHOÁ MÀN HÌNH").candidates == composed.candidates


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_probabilities_are_ordered_and_add_up_to_at_most_one(real: Engine, text: str) -> None:
    chances = [candidate.p for candidate in real.parse(text).candidates]

    assert chances == sorted(chances, reverse=True)
    assert 0 <= sum(chances) <= 1 + 1e-6


def test_threads_read_the_same(real: Engine) -> None:
    texts = ["quên mật khẩu vssid", "nop thue dat", "xin chào"] * 10

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(real.parse, texts)) == [real.parse(text) for text in texts]


def test_a_text_of_any_length_is_cut_between_words(real: Engine) -> None:
    blanks = " " * LONGEST

    assert real.parse(blanks + " quét mã QR").text == "quét mã QR"
    assert real.parse(blanks).text == ""
    assert real.parse("ạ" * 2 * LONGEST).text == "ạ" * LONGEST
    assert real.parse("dạ " * LONGEST).text == ("dạ " * (LONGEST // 3 - 1)).strip()
    assert real.parse(f"{'a' * (LONGEST - 10)} 0912 345 678").text == "a" * (LONGEST - 10)


def test_training_twice_gives_the_same(data: Path, tmp_path: Path) -> None:
    first, second = Lexical.load(data, tmp_path / "one"), Lexical.load(data, tmp_path / "two")

    assert first.ranked(SAID) == second.ranked(SAID)


def test_a_model_comes_from_the_cache_and_a_damaged_one_is_made_anew(
    data: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    trained = Lexical.load(data, cache)
    (stored,) = cache.iterdir()

    assert Lexical.load(data, cache).ranked(SAID) == trained.ranked(SAID)

    stored.write_bytes(b"damaged")

    assert Lexical.load(data, cache).ranked(SAID) == trained.ranked(SAID)


def test_another_phrase_is_another_model_and_the_old_one_goes(data: Path, tmp_path: Path) -> None:
    before, cache = fingerprint(data), tmp_path / "cache"
    Lexical.load(data, cache)
    few = data / "nlu" / "intent" / "few.yml"
    few.write_text(FEW.replace("alo", "a lô"), encoding="utf-8")

    assert fingerprint(data) != before
    Lexical.load(data, cache)
    assert [path.name for path in cache.iterdir()] == [f"lexical-{fingerprint(data)}.joblib"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("lam sao kich hoat vneid", "vi"),
        ("làm sao", "vi"),
        ("how do I activate my account", "en"),
        ("english please", "en"),
        ("comment activer mon compte", "fr"),
        ("merci", "fr"),
        ("check in qua app zalo lam sao", "vi"),
        ("", "vi"),
    ],
)
def test_the_language_is_guessed(text: str, language: str) -> None:
    assert guess(text) == language

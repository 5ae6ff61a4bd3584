"""What is said while a step of a how-to is shown, on the real phrases and on a few."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlu.classifier import reading
from nlu.engine import Engine
from nlu.step import Steps

ROOT = Path(__file__).parents[2]
NEXT = ("xong rồi", "bấm rồi", "thấy rồi", "mở rồi", "gọi rồi")
BACK = ("quay lại", "bước trước", "đọc lại", "nói lại coi", "lui lại")
STUCK = ("không thấy", "nó báo lỗi", "bấm không được", "không hiểu", "kẹt rồi")
OTHER = ("quét mã qr", "cách quét mã", "mở máy quét mã", "làm sao quét", "quét ở đâu")


@pytest.fixture(scope="session")
def real() -> Engine:
    return Engine.load(ROOT / "data", ROOT / "var" / "model")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for name, phrases in (("next", NEXT), ("back", BACK), ("stuck", STUCK)):
        _write(folder / "nlu" / "step" / f"{name}.yml", f"step.{name}", phrases)
    _write(folder / "nlu" / "howto" / "phone.yml", "ask_howto/phone.scan_qr", OTHER)
    return folder


def _write(path: Path, intent: str, phrases: tuple[str, ...]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"    - {phrase}\n" for phrase in phrases)
    path.write_text(f"nlu:\n- intent: {intent}\n  examples: |\n{lines}", encoding="utf-8")


def sure_of(engine: Engine, text: str) -> str:
    """The name that has more than half of the probability, or `else`."""
    step = engine.parse(text).step
    return step[0].intent if step and step[0].p > 0.5 else "else"


@pytest.mark.parametrize(
    "text",
    [
        "rồi con",
        "chụp xong hai mặt căn cước rồi đó con",
        "thay hinh o vuong trang den roi",
        "tắt máy bảy phút rồi, có sóng lại",
        "hỏi phường rồi, họ kêu thứ hai ra",
        "cúp máy r",
        "gọi ngân hàng rồi, cô đó đang khóa giùm",
        "đăng nhập xong nó quay về màn hình chính",
        "cho phép rồi",
        "máy tui có sẵn rồi",
        "I scanned it and the name came up",
        "c'est ouvert, et après",
    ],
)
def test_what_was_done_or_is_seen_goes_on(real: Engine, text: str) -> None:
    assert sure_of(real, text) == "step.next"


@pytest.mark.parametrize(
    "text",
    [
        "kiếm nãy giờ hổng thấy chỗ kích hoạt",
        "no bao ma khong dung",
        "nó quay vòng vòng hoài",
        "gọi tổng đài không ai bắt máy",
        "nó chê mật khẩu yếu quá",
        "lỡ bấm từ chối rồi giờ đen thui",
        "trong danh sách không có phường nhà tôi",
        "bấm đồng ý rồi mà nút vẫn mờ",
        "k thấy nút đó",
        "my phone does not have that button",
        "je ne trouve pas ce bouton",
    ],
)
def test_what_fails_or_is_not_found_is_stuck(real: Engine, text: str) -> None:
    assert sure_of(real, text) == "step.stuck"


@pytest.mark.parametrize(
    "text",
    [
        "quay lại bước trước đi con",
        "luc nay noi bam cai gi vay",
        "đọc lại cho ngoại nghe coi",
        "khoan, chưa xong bước kia",
        "go back one step please",
    ],
)
def test_what_was_missed_goes_back(real: Engine, text: str) -> None:
    assert sure_of(real, text) == "step.back"


@pytest.mark.parametrize(
    "text",
    [
        "quên mật khẩu vssid thì sao",
        "làm sao nộp thuế đất trên etax",
        "cảm ơn con nhiều nghe",
        "nhắc tôi 8h tối mai gọi cho con",
        "cho tui gặp người thật",
        "trả lời tào lao quá",
        "cháy nhà rồi",
        "hôm nay ăn gì",
    ],
)
def test_what_means_something_else_is_none_of_them(real: Engine, text: str) -> None:
    assert sure_of(real, text) == "else"


@pytest.mark.parametrize("text", ["", "😀👍", "..."])
def test_nothing_to_read_says_nothing_of_the_step(real: Engine, text: str) -> None:
    assert real.parse(text).step == ()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_probabilities_are_ordered_and_leave_room(real: Engine, text: str) -> None:
    step = real.parse(text).step
    chances = [candidate.p for candidate in step]

    assert chances == sorted(chances, reverse=True)
    assert all(chance >= 0 for chance in chances)
    assert sum(chances) <= 1 + 1e-6
    assert not step or {one.intent for one in step} == {"step.next", "step.back", "step.stuck"}


def test_a_model_comes_from_the_cache_and_a_damaged_one_is_made_anew(
    data: Path, tmp_path: Path
) -> None:
    cache, said = tmp_path / "cache", reading("bam roi")
    trained = Steps.load(data, cache).ranked(said)
    (stored,) = cache.iterdir()

    assert trained[0][0] == "step.next"
    assert Steps.load(data, cache).ranked(said) == trained

    stored.write_bytes(b"damaged")

    assert Steps.load(data, cache).ranked(said) == trained


def test_another_phrase_is_another_model_and_the_old_one_goes(data: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    Steps.load(data, cache)
    (before,) = cache.iterdir()
    _write(data / "nlu" / "step" / "next.yml", "step.next", (*NEXT, "nhập rồi"))

    Steps.load(data, cache)

    (after,) = cache.iterdir()
    assert after.name != before.name


def test_where_nobody_wrote_what_is_said_at_a_step_nothing_is_heard(
    data: Path, tmp_path: Path
) -> None:
    (data / "nlu" / "step" / "back.yml").unlink()

    assert Steps.load(data, tmp_path / "cache").ranked(reading("xong rồi")) == []

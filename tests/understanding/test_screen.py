"""Emergencies by kind, each beside what only sounds like one: the alarm and the net under it."""

from pathlib import Path

import pytest

from nlu import screen
from nlu.alarm import CALM, Alarm
from nlu.classifier import reading
from nlu.engine import Engine
from nlu.spelling import expand

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load(ROOT / "data", ROOT / "var" / "model")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("con bấm link rồi, nó đang chạy", "clicked"),
        ("con bam link roi no dang chay", "clicked"),
        ("lỡ chuyển tiền cho tụi nó rồi", "paid"),
        ("mới bị lừa 20 triệu", "paid"),
        ("tiền trong tài khoản bị trừ hết rồi", "paid"),
        ("mới đọc mã cho nó", "gave_code"),
        ("tui đọc mã otp cho nó rồi", "gave_code"),
        ("cài cái app nó gửi rồi", "installed"),
        ("nó đang bắt chuyển tiền", "ongoing"),
        ("họ không cho tôi cúp máy", "ongoing"),
        ("co cong an goi dien noi tui rua tien bat chuyen tien lien tui so qua", "ongoing"),
        ("I paid a scammer 10 million", "paid"),
        ("I gave my OTP code to a caller", "gave_code"),
        ("j'ai donné mon code OTP", "gave_code"),
    ],
)
def test_a_scam_in_progress_is_seen(engine: Engine, text: str, kind: str) -> None:
    assert engine.parse(text).scam == kind


@pytest.mark.parametrize(
    "text",
    [
        "tháng trước bị lừa mất tiền thì báo ở đâu",
        "làm sao nhận biết lừa đảo",
        "nếu lỡ bấm link lạ thì sao",
        "nó gửi link mà tôi chưa bấm",
        "gọi xưng công an kêu chuyển tiền là thật hay giả",
        "công an gọi điện bắt chuyển tiền có phải lừa đảo không",
        "chuyển tiền cho con bằng vneid",
        "cài ứng dụng Công dân số TP.HCM rồi đăng nhập bằng gì",
        "quét mã QR rồi mà không thấy gì",
        "chuyển nhầm tiền cho người lạ rồi",
    ],
)
def test_a_question_or_a_loss_of_long_ago_is_no_scam_in_progress(engine: Engine, text: str) -> None:
    assert engine.parse(text).scam is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ông nhà tui đau ngực khó thở", "medical"),
        ("me toi bi dot quy", "medical"),
        ("nhà bên cạnh đang cháy", "fire"),
        ("xì ga rồi", "fire"),
        ("chồng tôi đánh tôi", "crime"),
        ("có trộm đang vào nhà", "crime"),
        ("cháu tôi đi lạc rồi", "child"),
        ("tôi không muốn sống nữa", "despair"),
        ("muốn tự tử", "despair"),
    ],
)
def test_danger_is_seen(engine: Engine, text: str, kind: str) -> None:
    assert engine.parse(text).danger == kind


@pytest.mark.parametrize(
    "text",
    [
        "app chạy chậm muốn chết",
        "định danh mức 2 là gì",
        "tìm tài liệu học",
        "máy bị đứng rồi",
        "xem chế độ tai nạn lao động trên vssid",
        "nhờ tư vấn giùm",
        "từ từ để tôi làm",
    ],
)
def test_what_only_sounds_like_danger_is_none(engine: Engine, text: str) -> None:
    assert engine.parse(text).danger is None


def test_a_cry_in_a_long_story_is_heard(engine: Engine) -> None:
    story = (
        "dạ chào máy, tui ở quận 8, nhà có hai vợ chồng già, hồi sáng tui đi chợ mua rau về nấu "
        "cơm, trời nóng quá nên tui bật quạt ngồi nghỉ, con cháu đi làm hết, tui đang coi ti vi "
        "thì ông nhà tui ôm ngực té xuống kêu không trả lời, tui chưa biết xài điện thoại mấy, "
        "mới học được hai bài"
    )
    assert engine.parse(story).danger == "medical"


@pytest.mark.parametrize(
    "text", ["vừa đọc mã otp cho tụi nó", "mới chuyển tiền cho bọn lừa đảo", "tui đang bị lừa"]
)
def test_the_net_holds_without_a_model(text: str) -> None:
    assert screen.scam(expand(text)) is not None


@pytest.mark.parametrize("text", ["", "   ", "?!", "2"])
def test_nothing_is_heard_where_nothing_is_said(engine: Engine, text: str) -> None:
    understood = engine.parse(text)
    assert (understood.scam, understood.danger) == (None, None)


def test_a_folder_without_emergencies_has_no_alarm(tmp_path: Path) -> None:
    assert Alarm.load(tmp_path, tmp_path) is None


def test_an_alarm_is_read_again_from_its_cache(tmp_path: Path) -> None:
    data = tmp_path / "nlu"
    for folder, intents in {
        "intent": {"greet": ["xin chào", "chào em"]},
        "emergency": {
            "emergency.scam/paid": ["vừa chuyển tiền cho nó", "mới gửi tiền cho kẻ gian"],
            "emergency.danger/fire": ["nhà đang cháy", "cháy nhà rồi"],
            "emergency.danger/medical": ["ba tui xỉu rồi", "má tui xỉu rồi"],
            "calm": ["máy chạy chậm", "chuyển tiền cho con"],
        },
    }.items():
        (data / folder).mkdir(parents=True)
        entries = "".join(
            f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {line}\n" for line in said)
            for intent, said in intents.items()
        )
        (data / folder / "some.yml").write_text(f"nlu:\n{entries}", encoding="utf-8")

    trained = Alarm.load(tmp_path, tmp_path / "cache")
    [stored] = (tmp_path / "cache").iterdir()
    written = stored.stat().st_mtime_ns
    again = Alarm.load(tmp_path, tmp_path / "cache")

    assert trained is not None
    assert again is not None
    said = ("cháy nhà rồi", reading("cháy nhà rồi"))
    assert trained.heard(*said) == again.heard(*said) != CALM
    assert stored.stat().st_mtime_ns == written

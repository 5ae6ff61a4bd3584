"""The emergency screens, each emergency beside what only sounds like one."""

import pytest

from nlu.screen import danger, scam
from nlu.spelling import expand


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
def test_a_scam_in_progress_is_seen(text: str, kind: str) -> None:
    assert scam(expand(text)) == kind


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
def test_a_question_or_a_loss_of_long_ago_is_no_scam_in_progress(text: str) -> None:
    assert scam(expand(text)) is None


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
def test_danger_is_seen(text: str, kind: str) -> None:
    assert danger(expand(text)) == kind


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
def test_what_only_sounds_like_danger_is_none(text: str) -> None:
    assert danger(expand(text)) is None

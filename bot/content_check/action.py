"""One action a step: who reads slowly does the first and has forgotten the second."""

import re

from bot.content import Reading
from flows.lesson import Howto, Step

_VERBS = (
    "áp|bấm|nhấn|bật|tắt|cài|chọn|chụp|coi|xem|dán|dò|đem|mang|đăng nhập|điền|đặt|đọc|đưa|gỡ|gõ|"
    "nhập|gọi|gửi|hỏi|in|kéo|kiểm tra|ký|lưu|mở|nhắn|nói|nộp|quét|rút|so|tải|tìm|tới|trả|vuốt|"
    "viết|xóa|chuyển|cắm|ghi|thoát"
)
_FILLS = re.compile(r"(?:gõ|nhập|điền|chọn|đặt|ghi|viết|dán|tìm)\b", re.IGNORECASE)
_SENDS = re.compile(r"(?:bấm|nhấn|chọn)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[.;,:]\s+|\s+(?:rồi|xong|sau đó|và)\s+", re.IGNORECASE)
_BEFORE = re.compile(
    r"^(?:rồi|xong|sau đó|và|thì|cứ|hãy|luôn|lại|tiếp|.{0,60}?\bthì)\s+", re.IGNORECASE
)
_ACTION = re.compile(rf"(?:{_VERBS})\b", re.IGNORECASE)


def steps(reading: Reading) -> None:
    """Each `do` holds one action; filling in and the press that sends it are one."""
    for slug, howto in reading.howtos.items():
        for number, step in enumerate(howto.steps):
            for way, text in _done(step):
                if len(found := actions(text)) > 1:
                    place = reading.of(Howto, slug).at("steps", number, *way, "do")
                    reading.fault(place, "two_actions", found=", ".join(found))


def actions(text: str) -> list[str]:
    """The actions of a sentence or two, by their verbs; what only sends the one before is none."""
    clauses = [_BEFORE.sub("", clause) for clause in _BETWEEN.split(_unquoted(text))]
    acting = [clause for clause in clauses if _ACTION.match(clause)]
    if len(acting) == 2 and _FILLS.match(acting[0]) and _SENDS.match(acting[1]):
        acting = acting[:1]
    return [found[0] for clause in acting if (found := _ACTION.match(clause)) is not None]


def _done(step: Step) -> list[tuple[tuple[str, ...], str]]:
    ways: list[tuple[tuple[str, ...], str]] = [((), step.do)]
    for name, override in (("android", step.android), ("iphone", step.iphone)):
        if override is not None and override.do is not None:
            ways.append(((name,), override.do))
    return ways


def _unquoted(text: str) -> str:
    """Without what stands on the screen: a button «Gửi, rồi đóng» is one press."""
    return re.sub(r"«[^»]*»|“[^”]*”", "«»", text)

"""Whatever is sent: an answer or a refusal, in a time that grows with the length alone."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlu.engine import LONGEST, Engine
from nlu.normalise import compose, fold, toned
from nlu.spelling import expand

ASKED = "tôi không nhận được mã otp vneid, làm sao đây"


@pytest.fixture(scope="module")
def trained() -> Engine:
    return Engine.load(Path("data"), Path("var/model"))


def best(engine: Engine, text: str) -> str | None:
    return engine.parse(text).candidates[0].topic


@pytest.mark.parametrize(
    "text",
    [
        ASKED.upper(),
        "\u200b".join(ASKED),
        ASKED.replace(" ", "\u00a0\u2003"),
        ASKED.replace("o", "\u043e").replace("a", "\u0430"),
        ASKED.replace("đ", "d\u0335"),
        ASKED.replace("đ", "ð"),
        "\u202e" + ASKED + "\x00\x07\x1b[31m",
        "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in ASKED),
        "🙏🙏 " + ASKED + " 😭😭😭",
        ASKED.replace("không", "khôôôôông").replace("đây", "đâyyyyy"),
    ],
)
def test_the_same_question_in_odd_letters_is_read_the_same(trained: Engine, text: str) -> None:
    assert best(trained, text) == "vneid/otp_not_received"


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00", "\u200b\u200d", "🙂", "...", "คุณสบายดีไหม", "привет как дела", "\ud800"],
)
def test_nothing_that_can_be_read_gives_no_how_to(trained: Engine, text: str) -> None:
    understood = trained.parse(text)
    assert all(one.topic is None or one.p < 0.5 for one in understood.candidates)


def test_a_million_characters_are_read_in_part(trained: Engine) -> None:
    assert len(trained.parse("mã otp " * 150_000).text) <= LONGEST


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300))
def test_any_text_at_all_is_parsed(trained: Engine, text: str) -> None:
    understood = trained.parse(text)
    assert sum(one.p for one in understood.candidates) <= 1.0001


@given(text=st.text(max_size=200))
def test_look_alikes_are_replaced_once(text: str) -> None:
    assert compose(compose(text)) == compose(text)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        "aa ",
        "a1",
        "(",
        "mã ",
        "nó kêu chuyển tiền ",
        "ddang nhaapj ",
        "m a t ",
        "dangnhap",
    ],
)
@pytest.mark.parametrize("read", [fold, toned, expand])
def test_twice_as_long_takes_no_more_than_its_length(read: object, piece: str) -> None:
    assert callable(read)
    short, long = (piece * LONGEST)[: LONGEST // 4], (piece * LONGEST)[:LONGEST]

    def seconds(text: str) -> float:
        begun = time.perf_counter()
        read(text)
        return time.perf_counter() - begun

    read(short)
    least = min(seconds(short) for _ in range(5))
    assert min(seconds(long) for _ in range(5)) < 10 * least + 0.05

"""The contract of a model behind the engine, played on each: our own, and Rasa where one runs.

`make rasa` starts a server, names it in RASA_URL and the phrases it learned in RASA_DATA. There an
outage is a failure: otherwise our own model would keep the contract in Rasa's place.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from nlu.classifier import reading
from nlu.engine import Engine, Model
from nlu.lexical import Lexical
from nlu.phrases import Label
from nlu.rasa import Client, Rasa

ROOT = Path(__file__).parents[2]
MODELS = ["lexical", *(["rasa"] if "RASA_URL" in os.environ else [])]
TEXTS = ["quen mat khau vssid", "nop thue dat", "xin chao", "quet ma qr tra tien"]


@pytest.fixture(scope="module", params=MODELS)
def model(request: pytest.FixtureRequest) -> Iterator[Model]:
    if request.param == "lexical":
        yield Lexical.load(ROOT / "data", ROOT / "var" / "model")
        return
    share = Path(os.environ["RASA_DATA"])
    client = Client(os.environ["RASA_URL"], answer_s=5)  # also on a busy machine
    with capture_logs() as logs:
        yield Rasa(client, Lexical.load(share, share / "model"))
    client.close()
    assert [log for log in logs if log["event"] == "rasa.away"] == []


@pytest.fixture
def engine(model: Model) -> Engine:
    return Engine(model)


def test_what_people_type_is_found(model: Model) -> None:
    (first, p), *_ = model.ranked(reading("quet ma qr tra tien"))

    assert first == Label("howto", "payment/pay_by_qr")
    assert p > 0.2


@pytest.mark.parametrize(
    "text",
    [
        "xin chao",
        "x",
        "\x00\x07\x1b[2J",
        "\u200b\ufeff",
        "😀👍",
        '"}, {"text": "',
        "ไม่เข้าใจ",
        "a" * 5_000,
        "quet ma qr " * 455,
    ],
    ids=["words", "letter", "controls", "unseen", "emoji", "quotes", "thai", "word", "long"],
)
def test_probabilities_stand_in_order_and_add_up_to_at_most_one(model: Model, text: str) -> None:
    ranked = model.ranked(reading(text))
    chances = [p for _, p in ranked]

    assert chances == sorted(chances, reverse=True)
    assert all(0 <= p <= 1 for p in chances)
    assert sum(chances) <= 1 + 1e-5
    assert len({label for label, _ in ranked}) == len(ranked)


@settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=200))
def test_the_engine_reads_any_text(engine: Engine, text: str) -> None:
    candidates = engine.parse(text).candidates

    assert len(candidates) <= 10
    assert [one.p for one in candidates] == sorted((one.p for one in candidates), reverse=True)
    assert all((one.topic is not None) == (one.intent == "howto") for one in candidates)


@pytest.mark.parametrize("text", ["", "   ", "...", "😀👍"])
def test_nothing_to_read_gives_no_reading(engine: Engine, text: str) -> None:
    assert engine.parse(text).candidates == ()


def test_five_thousand_characters_are_read(engine: Engine) -> None:
    assert engine.parse("quét mã QR trả tiền " * 250).candidates


def test_the_same_words_are_read_the_same_in_every_thread(model: Model) -> None:
    alone = [model.ranked(reading(text))[0] for text in TEXTS]

    with ThreadPoolExecutor(4) as pool:
        together = [ranked[0] for ranked in pool.map(model.ranked, map(reading, TEXTS * 10))]

    assert [label for label, _ in together] == [label for label, _ in alone] * 10
    assert [p for _, p in together] == pytest.approx([p for _, p in alone] * 10, abs=1e-4)

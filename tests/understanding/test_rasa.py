"""Rasa in the place of our own model, against recorded answers of the real server.

`tests/understanding/rasa/record.py` made the recordings. The contract that both models keep is in
`test_models.py`; `make rasa` plays it against a server that runs.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from nlu.classifier import reading
from nlu.engine import Engine
from nlu.lexical import Lexical
from nlu.phrases import Label
from nlu.rasa import AGAIN_S, Client, Rasa, RasaError, Status, intent_of
from tests.talk import COURSE
from tests.understanding.rasa.replay import Recorded, Replay

ROOT = Path(__file__).parents[2]
QUESTION = "quet ma qr tra tien lam sao"
SAID = reading(QUESTION)
NOBODY = "http://127.0.0.1:1"
AWAY = {"event": "rasa.away", "log_level": "warning", "answering": "lexical"}
BACK = {"event": "rasa.back", "log_level": "info"}


class Ticking:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture(scope="module")
def own() -> Lexical:
    return Lexical.load(ROOT / "data", ROOT / "var" / "model")


@pytest.fixture
def server() -> Iterator[Replay]:
    with Replay("question") as server:
        yield server


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def client(server: Replay) -> Iterator[Client]:
    client = Client(server.url, answer_s=0.5)
    yield client
    client.close()


@pytest.fixture
def rasa(client: Client, own: Lexical, clock: Ticking) -> Rasa:
    return Rasa(client, own, clock=clock)


def test_what_rasa_said_is_what_is_given(rasa: Rasa, server: Replay) -> None:
    said = json.loads(Recorded.of("question").body)["intent_ranking"]

    with capture_logs() as logs:
        ranked = rasa.ranked(SAID)

    assert [(intent_of(label), p) for label, p in ranked] == [
        (one["name"], one["confidence"]) for one in said
    ]
    assert [json.loads(one.body) for one in server.asked] == [{"text": QUESTION}]
    assert logs == []


@pytest.mark.parametrize(
    ("recording", "reason"),
    [
        ("question_without_model", "status_409"),
        ("not_understood", "status_500"),
        ("nowhere", "status_404"),
        ("status", "unreadable"),
    ],
)
def test_our_own_model_answers_where_rasa_has_no_answer(
    rasa: Rasa, server: Replay, own: Lexical, recording: str, reason: str
) -> None:
    server.play(recording)

    with capture_logs() as logs:
        ranked = rasa.ranked(SAID)

    assert ranked == own.ranked(SAID)
    assert logs == [{**AWAY, "reason": reason}]


def ranking(name: object, confidence: object) -> str:
    return json.dumps({"intent_ranking": [{"name": name, "confidence": confidence}]})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (ranking("greet", 7), "unreadable"),
        (ranking("greet", -0.1), "unreadable"),
        (ranking("greet", float("nan")), "unreadable"),
        (ranking("greet", None), "unreadable"),
        (ranking(None, 0.5), "unreadable"),
        (ranking("ask_howto.phone.fly", 0.9), "unknown_label"),
        ("[]", "unreadable"),
        ("", "unreadable"),
        ("[" * 50_000, "unreadable"),
        (ranking("greet" * 100_000, 0.5), "too_long"),
    ],
)
def test_an_odd_answer_is_no_answer(
    rasa: Rasa, server: Replay, own: Lexical, body: str, reason: str
) -> None:
    server.says(body)

    with capture_logs() as logs:
        assert rasa.ranked(SAID) == own.ranked(SAID)

    assert logs == [{**AWAY, "reason": reason}]


def test_the_same_answer_within_bounds_is_taken(rasa: Rasa, server: Replay) -> None:
    server.says(ranking("greet", 1.0000001))

    assert rasa.ranked(SAID) == [(Label("greet", None), 1.0)]


def test_a_model_that_read_nothing_gives_no_reading(rasa: Rasa, server: Replay) -> None:
    server.says('{"intent": {"name": null, "confidence": 0.0}, "intent_ranking": []}')

    assert rasa.ranked(SAID) == []


@pytest.mark.parametrize("fault", ["silent", "cut"])
def test_a_server_that_does_not_answer_is_not_waited_for(
    server: Replay, own: Lexical, fault: str
) -> None:
    setattr(server, fault, True)
    client = Client(server.url, answer_s=0.05)

    with capture_logs() as logs:
        assert Rasa(client, own).ranked(SAID) == own.ranked(SAID)

    reason = "timeout" if fault == "silent" else "unreachable"
    assert logs == [{**AWAY, "reason": reason}]
    client.close()


def test_an_outage_is_logged_once_and_its_end_too(
    rasa: Rasa, server: Replay, own: Lexical, clock: Ticking
) -> None:
    server.play("question_without_model")
    with capture_logs() as logs:
        for _ in range(5):
            assert rasa.ranked(SAID) == own.ranked(SAID)
        assert len(server.asked) == 1  # left alone at first

        clock.time += AGAIN_S
        assert rasa.ranked(SAID) == own.ranked(SAID)
        assert len(server.asked) == 2

        server.play("question")
        assert rasa.ranked(SAID) == own.ranked(SAID)
        clock.time += AGAIN_S
        assert rasa.ranked(SAID) != own.ranked(SAID)
        assert rasa.ranked(SAID) != own.ranked(SAID)

        server.play("nowhere")
        rasa.ranked(SAID)

    assert logs == [
        {**AWAY, "reason": "status_409"},
        BACK,
        {**AWAY, "reason": "status_404"},
    ]


def test_nothing_is_asked_about_nothing(rasa: Rasa, server: Replay) -> None:
    assert rasa.ranked(reading("")) == []
    assert server.asked == []


def test_of_a_long_text_the_beginning_is_asked(rasa: Rasa, server: Replay) -> None:
    rasa.ranked(reading("quet ma " * 700))

    assert len(json.loads(server.asked[0].body)["text"]) == 2_000


def test_no_secret_is_asked_about_and_no_proxy_hears_of_it(
    server: Replay, own: Lexical, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", NOBODY)
    monkeypatch.setenv("ALL_PROXY", NOBODY)
    client = Client(server.url)
    engine = Engine(Rasa(client, own))

    assert engine.parse("ma OTP la 482913, sdt 0912345678, quet ma sao").secrets == {"otp"}

    (asked,) = server.asked
    assert b"quet ma" in asked.body
    assert b"482913" not in asked.body
    assert b"0912345678" not in asked.body
    client.close()


def test_the_bot_starts_and_understands_while_rasa_is_away(tmp_path: Path) -> None:
    with capture_logs() as logs:
        engine = Engine.load(COURSE, tmp_path, rasa_url=NOBODY)
        assert logs == []  # nobody has asked anything yet

        understood = engine.parse("quét mã QR")

    assert understood == Engine.load(COURSE, tmp_path).parse("quét mã QR")
    assert understood.candidates
    assert logs == [{**AWAY, "reason": "unreachable"}]


def test_the_status_names_the_model(client: Client, server: Replay) -> None:
    server.play("status")

    assert client.status() == Status.model_validate_json(Recorded.of("status").body)
    assert client.status().model_file.endswith(".tar.gz")


@pytest.mark.parametrize(
    ("recording", "reason"), [("status_without_model", "status_409"), ("nowhere", "status_404")]
)
def test_a_server_without_a_model_refuses(
    client: Client, server: Replay, recording: str, reason: str
) -> None:
    server.play(recording)

    with pytest.raises(RasaError, match=reason):
        client.status()

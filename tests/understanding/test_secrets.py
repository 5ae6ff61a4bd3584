"""How many secrets are seen in text that nobody wrote rules for, and how many are only imagined.

`secrets.jsonl` was written by somebody else. Each line tells the kinds to warn of, what must not be
stored, and what must stay readable. Where a step is open in which people receive a code, the text
is masked as the running bot masks it there.
"""

import json
import random
import time
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from nlu.mask import Masked, expecting_secret, mask
from nlu.secret.found import candidates
from nlu.secret.judge import examples, judge, learn, lines
from nlu.understanding import Understanding

SET = Path(__file__).parent / "secrets.jsonl"
RECALL, FALSE_ALARMS = 0.985, 0.004
KIND_RIGHT = 0.96
"""Of the secrets that were seen, those warned of as what they are."""
NOT_HIDDEN, NOT_KEPT = 4, 2
"""Strings in the whole set."""


class Read(NamedTuple):
    """A line of the set, and what the door made of it."""

    line: dict[str, Any]
    masked: Masked


def through_the_door(line: dict[str, Any]) -> Masked:
    masked = mask(line["text"])
    if not str(line["context"]).startswith("howto:"):
        return masked
    understood = Understanding(text=masked.text, folded="", candidates=(), secrets=masked.secrets)
    harder = expecting_secret(understood)
    return Masked(harder.text, harder.secrets)


@pytest.fixture(scope="module")
def everything() -> list[Read]:
    written = [json.loads(line) for line in SET.read_text("utf-8").splitlines()]
    return [Read(line, through_the_door(line)) for line in written]


def shown(offenders: list[Read]) -> str:
    return "\n".join(
        f"{read.line['text']} -> {read.masked.text} {sorted(read.masked.secrets)}"
        for read in offenders
    )


def test_nearly_every_secret_is_warned_of(everything: list[Read]) -> None:
    secret = [read for read in everything if read.line["secret"]]
    missed = [read for read in secret if not read.masked.secrets]

    assert len(missed) <= (1 - RECALL) * len(secret), shown(missed)


def test_hardly_anything_harmless_is_warned_of(everything: list[Read]) -> None:
    harmless = [read for read in everything if not read.line["secret"]]
    imagined = [read for read in harmless if read.masked.secrets]

    assert len(imagined) <= FALSE_ALARMS * len(harmless), shown(imagined)


def test_a_secret_is_warned_of_as_what_it_is(everything: list[Read]) -> None:
    seen = [read for read in everything if read.line["secret"] and read.masked.secrets]
    mistaken = [read for read in seen if read.masked.secrets != set(read.line["secret"])]

    assert len(mistaken) <= (1 - KIND_RIGHT) * len(seen), shown(mistaken)


def test_what_points_to_a_person_is_hidden_and_the_rest_kept(everything: list[Read]) -> None:
    stored = [
        read for read in everything if any(part in read.masked.text for part in read.line["hide"])
    ]
    ruined = [
        read
        for read in everything
        if any(
            unicodedata.normalize("NFC", part) not in read.masked.text for part in read.line["keep"]
        )
    ]

    assert len(stored) <= NOT_HIDDEN, shown(stored)
    assert len(ruined) <= NOT_KEPT, shown(ruined)


def test_every_mark_of_the_training_lines_is_found() -> None:
    for line in lines():
        examples(line, copies=0)


def test_no_training_line_is_of_the_set() -> None:
    def bare(text: str) -> str:
        return "".join(char for char in text.lower() if char.isalpha())

    measured = {bare(json.loads(line)["text"]) for line in SET.read_text("utf-8").splitlines()} - {
        ""
    }
    taught = {bare(line.replace("](", " ")) for line in lines()}

    assert not {text for text in measured & taught if len(text) > 25}


def test_the_same_lines_teach_the_same() -> None:
    taught = [example for line in lines()[::40] for example in examples(line, copies=1)]

    first, second = learn(taught), learn(taught)

    assert first.rows == second.rows
    assert (first.weights == second.weights).all()


PIECES = (
    "mã otp là ", "482913 ", "mật khẩu ", "mk: ", "4.8.2.9.", "1 ", "không một ", "a còng ",
    "Hoa@1965 ", "9704 ", "0912345678 ", "1/2", "G-1", "chữ h hoa rồi ", "là ", "((", "x1y2z3",
    "20-12-2026", "=:", "-> ", "#*",
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_text_costs_its_length(piece: str) -> None:
    judge()
    short, long = (piece * 6000)[:1500], (piece * 6000)[:6000]

    def seconds(text: str) -> float:
        start = time.perf_counter()
        candidates(text)
        return time.perf_counter() - start

    assert min(seconds(long) for _ in range(3)) < 8 * min(seconds(short) for _ in range(3)) + 0.05


def test_masking_a_mixture_twice_is_masking_it_once() -> None:
    draw = random.Random(7)
    for _ in range(150):
        text = "".join(draw.choice(PIECES) for _ in range(draw.randrange(1, 14)))
        once = mask(text).text
        assert mask(once).text == once

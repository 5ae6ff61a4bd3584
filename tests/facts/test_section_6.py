"""Each known failure of the platforms that concerns us has a test with its number.

The numbers are those of the table in section 6 of the platform facts, collected from the threads
of others who ran bots. A test holds a row by its name: `test_row_7_…`, `test_rows_25_and_26_…`,
beside the code that it is about.
"""

import ast
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import pytest

from flows.content import Content
from nlu.engine import Engine
from tests.channels.chats import TelegramChat, opened, staged
from tests.talk import MORNING

TESTS = Path(__file__).parent.parent
ROWS = {
    1: "the same update is handled many times",
    2: "a webhook that answers slowly gets its update again",
    3: "an update comes again after about a minute without a 2xx",
    4: "a webhook's retries cannot be switched off",
    5: "errors of a webhook build up a backlog that slows everything",
    6: "an update whose handling fails comes for ever",
    7: "one bad update stops all others",
    8: "replies in the answer to a webhook come one after the other",
    9: "a leaky bucket lets more than 20 into a group in 60 seconds",
    10: "one chat that was too fast stops all",
    11: "a pause is ended early by another request",
    12: "waiting out a flood is taken for a person who is gone",
    13: "a pool of connections runs out when many are written to",
    14: "a 502 after a 429 is given up",
    15: "two quick taps: «message is not modified»",
    16: "after a restart a press is too old to be answered",
    17: "a group becomes a supergroup with another id",
    18: "the bot answers its own removal",
    19: "an edited message is no message",
    20: "offsets are UTF-16: an emoji shifts them",
    21: "one < that is not escaped refuses the whole message",
    22: "half a character is refused",
    23: "an edit counts as a message, the answer to a press does not",
    24: "two pollers of one bot",
    25: "polling dies in silence after an error of the network",
    26: "it is tried again without a pause",
    27: "duplicates after a restart",
    28: "who starts to poll wipes the webhook",
    29: "a send that timed out is repeated and comes twice",
    30: "Zalo: a webhook left over makes polling deaf",
    31: "Zalo groups: only a mention or a reply is heard",
    32: "Zalo Bot and Official Account are taken for each other",
    33: "another project's emulator of Zalo",
    34: "Official Account: its token is not renewed by itself",
    35: "Official Account: one button too many refuses the message",
    36: "Zalo Bot: bodies of several shapes; no polling beside a webhook",
    37: "Official Account: errors under HTTP 200, two who renew at once",
}
OFFICIAL_ACCOUNT = "the Official Account has a capability table and no client yet"
NOT_OURS = {
    33: "a thread to compare with, no failure",
    34: OFFICIAL_ACCOUNT,
    35: OFFICIAL_ACCOUNT,
    37: OFFICIAL_ACCOUNT,
}
UNDER_ANOTHER_NAME = {
    9: "delivery/test_rate.py::test_any_sixty_seconds_hold_no_more_than_a_group_takes",
}
_HOLDS = re.compile(r"test_rows?_(\d+(?:_and_\d+)*)_")


@cache
def titles() -> dict[str, set[str]]:
    """Every test's name, by its file."""
    found: dict[str, set[str]] = {}
    for path in TESTS.rglob("test_*.py"):
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        nodes = ast.walk(ast.parse(path.read_text()))
        names = {node.name for node in nodes if isinstance(node, functions)}
        found[path.relative_to(TESTS).as_posix()] = names
    return found


@cache
def holders() -> dict[int, list[str]]:
    """By row, the tests that hold it."""
    held: defaultdict[int, list[str]] = defaultdict(list)
    for file, names in titles().items():
        for name in names:
            if found := _HOLDS.match(name):
                for row in found[1].split("_and_"):
                    held[int(row)].append(f"{file}::{name}")
    for row, test in UNDER_ANOTHER_NAME.items():
        file, _, name = test.partition("::")
        assert name in titles()[file], f"row {row}: {test} is gone"
        held[row].append(test)
    return held


@pytest.mark.parametrize("row", ROWS.keys() - NOT_OURS.keys(), ids=lambda row: f"row_{row}")
def test_a_row_that_concerns_us_is_held(row: int) -> None:
    assert holders().get(row), f"no test holds row {row}: {ROWS[row]}"


def test_no_test_holds_a_row_that_is_none_or_is_not_ours() -> None:
    assert holders().keys() <= ROWS.keys() - NOT_OURS.keys()


@pytest.fixture
async def chat(
    tmp_path: Path, sqlite_template: Path, engine: Engine, content: Content
) -> AsyncIterator[TelegramChat]:
    async with (
        staged(tmp_path, sqlite_template, engine, MORNING) as stage,
        opened("telegram", stage, content) as chat,
    ):
        assert isinstance(chat, TelegramChat)
        yield chat


async def test_row_23_nothing_said_is_edited_and_an_answered_press_costs_no_message(
    chat: TelegramChat,
) -> None:
    telegram = chat.house.telegram
    [asked] = await chat.say("quét mã qr")
    chat.stage.clock.pass_(seconds=1)
    before = chat.stage.clock()

    [heard] = await chat.press(asked, asked.labels.index("Bị kẹt"))

    assert heard.text
    assert chat.stage.clock() == before, "the reply did not wait for the answer to the press"
    await chat.house.stop()  # which waits for what goes on beside
    methods = [call.method for call in telegram.calls]
    assert methods.count("answerCallbackQuery") == 1
    assert not [method for method in methods if method.startswith("edit")]

"""Every word that is sent comes from `data/`, or from the person, or is a number, date or code."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.content import load
from flows.content import Content
from flows.replies import Reply
from tests.flows.authored import Authored, of_language
from tests.transcripts.play import World

ROOT = Path(__file__).parent.parent.parent
TRANSCRIPTS = ROOT / "tests" / "transcripts"
ALLOWED = {
    ("bot/cli.py", "app"),  # the movement's name in an English sentence
    ("bot/commands/rights.py", "Name"),  # a person's name in the help of a command
    ("bot/prose.py", "_NEW_STYLE"),  # vowels by which an author's tone marks are checked
    ("flows/answering.py", "ADDRESS"),  # words a person may ask to be called by
    *(("flows/content.py", kind) for kind in ("phường", "xã", "đặc khu")),  # values of wards.csv
    ("nlu/language.py", "_VIETNAMESE_LETTER"),
    *(("nlu/normalise.py", letters) for letters in ("_LETTERS", "_LOOK_ALIKE", "_STRUCK_D")),
    ("nlu/secret/context.py", "_SMALL"),
    ("nlu/timespelling.py", "_UNSURE"),
}
"""Letters that are read and never said; but for ADDRESS, whose word fills the place {you}."""


@cache
def course() -> Content:
    return load(ROOT / "tests" / "content")


@pytest.mark.parametrize("room", ["nlu", "flows", "bot"])
def test_no_vietnamese_stands_in_code(room: str) -> None:
    found = {
        (str(path.relative_to(ROOT)), name)
        for path in sorted((ROOT / room).rglob("*.py"))
        for name in _vietnamese(ast.parse(path.read_text()))
    }

    assert found <= ALLOWED


def test_the_search_for_vietnamese_in_code_finds_it() -> None:
    code = '"""Tiếng Việt."""\nA = "quét mã"\ndef f():\n    "Được."\n    return f"số {1}"\n'

    assert sorted(_vietnamese(ast.parse(code))) == ["A", "số "]


@pytest.mark.parametrize(
    "path",
    sorted(TRANSCRIPTS.rglob("*.yaml")),
    ids=lambda path: str(path.relative_to(TRANSCRIPTS))[:-5],
)
def test_every_text_of_a_transcript_is_authored(path: Path) -> None:
    story: Any = YAML(typ="safe").load(path.read_text())
    world = World.of(story, course())
    said = [group.title for group in world.groups]
    said += [role.name for role in world.standing.roles]
    said += [given.role.name for given in world.invitations.values()]
    said += [text for one in world.tickets.values() for text in (one.question, one.helper or "")]
    said += [one.group.title for sent in world.campaigns for one in sent.results]
    for turn in story["turns"]:
        said += [str(turn.get("caption", "")), str(turn.get("others", {}).get("by", ""))]
        said += [str(turn.get("says", "")), str(turn.get("understood", {}).get("text", ""))]
        outcome = world.play(turn)
        language = outcome.learner.language
        authored = of_language(world.content, language, world.operator)
        replies = [*outcome.replies, *(message.reply for message in outcome.messages)]
        unknown = [text for reply in replies for text in unauthored(authored, reply, said)]
        assert unknown == []


@pytest.mark.parametrize(
    "text",
    [
        "Dạ, máy gửi tiền giúp rồi ạ.",
        "Dạ, không có chi ạ. Nhớ bấm vào đường dẫn.",
        "Dạ, không có chi",
        "Bước 1/3. Mở Zalo, bấm hình ô vuông quét mã. Rồi gõ mật khẩu.",
        "Bước một/3. Mở Zalo, bấm hình ô vuông quét mã.",
        "Dạ, tới giờ rồi: chuyển tiền.",
        "Dạ, từ giờ máy gọi là cưng ạ.",
        "",
    ],
)
def test_an_invented_sentence_is_caught(text: str) -> None:
    assert not of_language(course(), "vi", "").reply(text, said=["nhắc tôi uống thuốc"])


@pytest.mark.parametrize(
    "text",
    [
        "Dạ, không có chi ạ.",
        "Bước 1/3. Mở Zalo, bấm hình ô vuông quét mã.",
        "Bước 1/3. Mở Zalo, bấm hình ô vuông quét mã.\nSẽ thấy: Màn hình hiện khung máy ảnh.",
        "Dạ, tới giờ rồi: uống thuốc.",
        "Dạ, từ giờ máy gọi là bà ạ.",
    ],
)
def test_an_authored_sentence_is_known(text: str) -> None:
    assert of_language(course(), "vi", "").reply(text, said=["nhắc tôi 8 giờ uống thuốc"])


def unauthored(authored: Authored, reply: Reply, said: list[str]) -> Iterator[str]:
    """The texts of a reply that are not of `data/`."""
    if not authored.reply(reply.text, said):
        yield reply.text
    for option in reply.choices.options if reply.choices else ():
        if not authored.label(option.label, said):
            yield option.label


def _vietnamese(tree: ast.Module) -> Iterator[str]:
    """Names of the constants, or the texts themselves, that hold letters beyond ASCII."""
    docstrings = {id(node.value) for node in _expressions(tree)}
    for statement in tree.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        name = target.id if isinstance(target, ast.Name) else None
        for node in ast.walk(statement):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            foreign = any(c.isalpha() and not c.isascii() for c in node.value)
            if foreign and id(node) not in docstrings:
                yield name or node.value


def _expressions(tree: ast.Module) -> Iterator[ast.Expr]:
    """Texts that stand alone: docstrings, also those of constants and fields."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Expr))

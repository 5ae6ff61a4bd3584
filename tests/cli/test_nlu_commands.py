"""`bot nlu`: what the commands for authors print, on the small course."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import cli
from tests.talk import COURSE


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small course; the model is learned in a moment."""
    shutil.copytree(COURSE, tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def nlu(*words: str) -> Result:
    return CliRunner().invoke(cli.app, ["nlu", *words], prog_name="bot")


def lines(file: Path, *texts: str) -> str:
    written = [{"text": text, "intent": "howto", "topic": "phone/scan_qr"} for text in texts]
    file.write_text("".join(json.dumps(one) + "\n" for one in written), "utf-8")
    return file.name


def test_several_files_are_evaluated_as_one_and_each_line_names_its_own(folder: Path) -> None:
    one = lines(folder / "one.jsonl", "quet ma qr")
    two = lines(folder / "two.jsonl", "quet ma qr", "khong nhan duoc ma")
    found = json.loads(nlu("evaluate", one, two, "--json").stdout)
    assert found["n"] == 3
    assert [(line["file"], line["line"]) for line in found["lines"]] == [("two.jsonl", 2)]
    assert "\ntwo.jsonl\n     2 wrong" in nlu("evaluate", one, two).stdout


def test_every_file_that_is_wrong_is_named_at_once(folder: Path) -> None:
    (folder / "one.jsonl").write_text("no json\n", "utf-8")
    done = nlu("evaluate", "one.jsonl", "gone.jsonl")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "one.jsonl:1" in done.stderr
    assert "gone.jsonl" in done.stderr


def test_why_ends_with_what_decided() -> None:
    done = nlu("why", "làm sao quét mã QR")
    assert done.exit_code == 0
    decided, because = done.stdout.splitlines()[-2:]
    assert decided.startswith("Quyết định:   howto phone/scan_qr")
    assert "ANSWER_STEPS" in because


def test_why_reads_a_word_where_the_dialog_stands() -> None:
    done = nlu("why", "xong", "--context", "howto:phone/scan_qr@1", "--json")
    assert json.loads(done.stdout)["decided"] == "step.next"
    choice = nlu("why", "2", "--context", '{"choice": ["một", "hai"]}', "--json")
    assert json.loads(choice.stdout)["decided"] == "choice 2"


@pytest.mark.parametrize("context", ["howto:phone/gone@1", "phone/scan_qr", '{"choice": 1}'])
def test_why_says_how_a_context_is_written(context: str) -> None:
    done = nlu("why", "xong", "--context", context)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "howto:phone/scan_qr@2" in done.stderr


def test_confusions_name_the_phrase_that_stands_under_the_wrong_topic(folder: Path) -> None:
    file = folder / "data" / "nlu" / "howto" / "vneid.yml"
    number = len(file.read_text("utf-8").splitlines()) + 1
    file.write_text(file.read_text("utf-8").rstrip() + "\n    - muốn quét mã QR\n", "utf-8")
    done = nlu("confusions", "--topic", "vneid/otp_not_received")
    assert "phone/scan_qr ↔ vneid/otp_not_received" in done.stdout
    assert f"  data/nlu/howto/vneid.yml:{number}\n    «muốn quét mã QR»" in done.stdout
    assert done.stderr.startswith("Vòng 1/2")

    found = json.loads(nlu("confusions", "--json").stdout)
    misread = {one["where"]: one for pair in found["pairs"] for one in pair["misread"]}
    assert misread[f"data/nlu/howto/vneid.yml:{number}"]["read_as"] == "phone/scan_qr"
    assert len(json.loads(nlu("confusions", "--json", "--most", "1").stdout)["pairs"]) == 1


def test_confusions_know_the_names_of_topics() -> None:
    done = nlu("confusions", "--topic", "phone/gone")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "phone/gone" in done.stderr

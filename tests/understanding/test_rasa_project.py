"""What is written for Rasa: the same labels and phrases as ours, in the form that it reads."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.rasa.project import PHRASES, Project, share, write
from nlu.phrases import Label, Phrase, files, read
from nlu.rasa import intent_of
from nlu.spelling import expand

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("rasa"))
    write(DATA, project)
    return project


@pytest.fixture(scope="module")
def phrases() -> list[Phrase]:
    return [phrase for path in files(DATA) for phrase in read(path)]


def yaml(file: Path) -> Any:
    return YAML(typ="safe", pure=True).load(file)


def test_both_learn_the_same_phrases(project: Project) -> None:
    ours = [phrase for path in files(project.share) for phrase in read(path)]
    theirs = [
        (entry["intent"], line.removeprefix("- "))
        for entry in yaml(project.peer / "data" / "nlu.yml")["nlu"]
        for line in entry["examples"].splitlines()
    ]

    assert theirs == [(intent_of(one.label), expand(one.text)) for one in ours]


def test_every_label_has_its_share_and_the_domain_its_intent(
    project: Project, phrases: list[Phrase]
) -> None:
    ours = [phrase for path in files(project.share) for phrase in read(path)]
    counted = Counter(phrase.label for phrase in ours)
    labels = {phrase.label for phrase in phrases}

    assert set(counted) == labels
    assert set(counted.values()) == {PHRASES}
    assert set(ours) <= set(phrases)
    assert yaml(project.peer / "domain.yml")["intents"] == sorted(map(intent_of, labels))


def test_all_phrases_find_their_intent_and_response_in_the_domain(project: Project) -> None:
    domain = yaml(project.whole / "domain.yml")
    named = [entry["intent"] for path in files(DATA) for entry in yaml(path)["nlu"]]

    assert {name.partition("/")[0] for name in named} == set(domain["intents"])
    assert {f"utter_{name}" for name in named if "/" in name} == set(domain["responses"])
    assert domain["responses"]["utter_ask_howto/phone.scan_qr"] == [{"text": "Quét mã QR"}]
    ruled = {rule["steps"][0]["intent"] for rule in yaml(project.whole / "rules.yml")["rules"]}
    assert ruled == set(domain["intents"])


def test_writing_again_leaves_nothing_of_before(project: Project) -> None:
    before = {path: path.read_bytes() for path in project.folder.rglob("*.yml")}

    write(DATA, project)

    assert {path: path.read_bytes() for path in project.folder.rglob("*.yml")} == before


def test_a_share_is_spread_over_all_phrases_of_a_label() -> None:
    many = [Phrase(str(number), Label("greet", None)) for number in range(10)]
    few = [Phrase("a", Label("thanks", None))]

    assert [one.text for one in share([*many, *few], 3)] == ["0", "3", "6", "a"]

"""Writes what Rasa needs to read our phrases, and the share of them that both engines learn.

    whole/    domain, rules, configuration: `rasa data validate` over `data/nlu` as it lies there
    peer/     a project that Rasa trains: a share of the phrases, one intent a label
    share/    the same share as `data/`, for our own model

In `data/nlu` a how-to is a retrieval intent (`ask_howto/phone.scan_qr`). Rasa would train two
networks for that, one that finds `ask_howto` and one that picks the topic; the peer has plain
intents (`ask_howto.phone.scan_qr`), so one DIET chooses among the same labels as our classifier.
Its texts are spelled as our engine hands them over: folded, abbreviations written out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from bot.authoring.located import entry
from bot.content import read as read_content
from nlu.lexical import by_name
from nlu.phrases import Label, Phrase, read_all
from nlu.rasa import intent_of
from nlu.spelling import expand

PHRASES = 15
"""Of each label, in the share. All of them with DIET's usual 100 epochs take hours on two cores."""
EPOCHS = 40
_VERSION = "3.1"
_HOWTO = "ask_howto"


@dataclass(frozen=True, slots=True)
class Project:
    """Where the parts lie under one folder."""

    folder: Path

    @property
    def whole(self) -> Path:
        """For validating all phrases."""
        return self.folder / "whole"

    @property
    def peer(self) -> Path:
        """What Rasa trains."""
        return self.folder / "peer"

    @property
    def share(self) -> Path:
        """The data folder of our own model."""
        return self.folder / "share"


def write(data: Path, project: Project) -> int:
    """Write all three parts anew; how many phrases the share has."""
    phrases = read_all(data)
    titles = {slug: topic.title for slug, topic in read_content(data).topics.items()}
    shared = list(share(phrases))
    _write_whole(project.whole, phrases, titles)
    _write_peer(project.peer, shared)
    _dump(_nlu(shared, entry, str), project.share / "nlu" / "intent" / "share.yml")
    return len(shared)


def share(phrases: Iterable[Phrase], most: int = PHRASES) -> Iterator[Phrase]:
    """So many phrases of each label, spread evenly over all it has."""
    for _, grouped in groupby(sorted(phrases, key=_label), key=_label):
        all_of_it = list(grouped)
        taken = min(most, len(all_of_it))
        for at in range(taken):
            yield all_of_it[at * len(all_of_it) // taken]


def _label(phrase: Phrase) -> tuple[str, str]:
    return by_name(phrase.label)


def _write_whole(folder: Path, phrases: Iterable[Phrase], titles: dict[str, str]) -> None:
    """A domain whose retrieval intents each have a response: the title of the topic."""
    labels = {phrase.label for phrase in phrases}
    topics = sorted(label.topic for label in labels if label.topic)
    domain: dict[str, Any] = {
        "version": _VERSION,
        "intents": sorted({_HOWTO, *(label.intent for label in labels if not label.topic)}),
        "responses": {
            f"utter_{entry(Label('howto', topic))}": [{"text": titles[topic]}] for topic in topics
        },
    }
    _dump(domain, folder / "domain.yml")
    _dump({"version": _VERSION, "rules": _rules(domain["intents"])}, folder / "rules.yml")
    _dump(_configuration(), folder / "config.yml")


def _rules(intents: Iterable[str]) -> list[dict[str, Any]]:
    """One for each intent: validating counts an intent that nothing answers as a fault."""
    answers = {_HOWTO: f"utter_{_HOWTO}"}
    return [
        {
            "rule": intent,
            "steps": [
                {"intent": intent},
                {"action": answers.get(intent, "action_default_fallback")},
            ],
        }
        for intent in intents
    ]


def _write_peer(folder: Path, phrases: Iterable[Phrase]) -> None:
    shared = list(phrases)
    intents = sorted({intent_of(phrase.label) for phrase in shared})
    _dump({"version": _VERSION, "intents": intents}, folder / "domain.yml")
    _dump(_configuration(), folder / "config.yml")
    _dump(_nlu(shared, intent_of, expand), folder / "data" / "nlu.yml")


def _nlu(
    phrases: Iterable[Phrase], name: Callable[[Label], str], spell: Callable[[str], str]
) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "nlu": [
            {
                "intent": name(label),
                "examples": LiteralScalarString(
                    "".join(f"- {spell(phrase.text)}\n" for phrase in grouped)
                ),
            }
            for label, grouped in groupby(phrases, key=lambda phrase: phrase.label)
        ],
    }


def _configuration() -> dict[str, Any]:
    """Rasa's own advice for a language without a model, less what finds entities and answers."""
    letters = {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4}
    return {
        "recipe": "default.v1",
        "assistant_id": "binhdan",
        "language": "vi",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", **letters},
            {
                "name": "DIETClassifier",
                "epochs": EPOCHS,
                "entity_recognition": False,
                "constrain_similarities": True,
                "random_seed": 0,
            },
        ],
        "policies": [],
    }


def _dump(content: dict[str, Any], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    writer = cast("Any", YAML())
    writer.width = 4_096  # no line of an author is broken
    with file.open("w", encoding="utf-8") as stream:
        writer.dump(content, stream)

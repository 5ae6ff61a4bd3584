"""What any version stored is read for ever."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.storage import document
from bot.storage.document import StateNewerError
from flows.dialog import (
    DIALOG_VERSION,
    LEARNER_VERSION,
    CertificateForm,
    ConsentOpen,
    GroupForm,
    HowtoOpen,
    QuizOpen,
    ReminderForm,
    TipForm,
    WardForm,
)

STATES = sorted(Path(__file__).parent.glob("v*.json"), key=lambda path: int(path.stem[1:]))


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", STATES, ids=lambda path: path.stem)
def test_a_stored_learner_is_read_whatever_version_wrote_it(path: Path) -> None:
    stored = read(path)

    for one in stored["learners"]:
        learner = document.learners.read(json.dumps(one), stored["version"])

        assert learner.version == LEARNER_VERSION
        assert document.learners.read(document.learners.write(learner), LEARNER_VERSION) == learner


@pytest.mark.parametrize("path", STATES, ids=lambda path: path.stem)
def test_a_stored_dialog_is_read_whatever_version_wrote_it(path: Path) -> None:
    stored = read(path)

    for one in stored["dialogs"]:
        dialog = document.dialogs.read(json.dumps(one), stored["version"])

        assert dialog.version == DIALOG_VERSION
        assert document.dialogs.read(document.dialogs.write(dialog), DIALOG_VERSION) == dialog


def test_the_newest_states_show_every_activity() -> None:
    stored = read(STATES[-1])
    dialogs = [
        document.dialogs.read(json.dumps(one), stored["version"]) for one in stored["dialogs"]
    ]

    opened = {type(dialog.open) for dialog in dialogs}
    assert opened == {
        type(None),
        HowtoOpen,
        QuizOpen,
        ReminderForm,
        CertificateForm,
        ConsentOpen,
        WardForm,
        TipForm,
        GroupForm,
    }
    assert stored["version"] == DIALOG_VERSION == LEARNER_VERSION


def test_a_state_of_a_newer_bot_is_refused() -> None:
    with pytest.raises(StateNewerError):
        document.dialogs.read("{}", DIALOG_VERSION + 1)

"""Documents: what is stored as JSON, written and read by the types of `flows/`.

A state document carries its version. What an older version wrote is upgraded on read, one small
function a version; what a newer one wrote is refused, so that going back loses nothing silently.
"""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, TypeAdapter

from flows.dialog import DIALOG_VERSION, LEARNER_VERSION, Dialog, Learner
from flows.events import Event
from flows.replies import Reply

T = TypeVar("T")
Upgrade = Callable[[dict[str, Any]], dict[str, Any]]


class StateNewerError(Exception):
    """This state was written by a newer version of the bot: start that version."""


class _State(Generic[T]):
    """One kind of state document."""

    def __init__(
        self, adapter: TypeAdapter[T], version: int, upgrades: Mapping[int, Upgrade]
    ) -> None:
        self.version = version
        self._adapter = adapter
        self._upgrades = upgrades

    def write(self, state: T) -> str:
        """As JSON."""
        return self._adapter.dump_json(state).decode()

    def read(self, document: str, version: int) -> T:
        """From JSON of this version. Raises StateNewerError."""
        if version == self.version:
            return self._adapter.validate_json(document)
        if version > self.version:
            raise StateNewerError(f"version {version}, known up to {self.version}")
        state: dict[str, Any] = json.loads(document)
        for old in range(version, self.version):
            state = self._upgrades[old](state)
        return self._adapter.validate_python({**state, "version": self.version}, strict=False)


def _as_it_is(state: dict[str, Any]) -> dict[str, Any]:
    """Only something new came: what is missing has its default."""
    return state


LEARNER_UPGRADES: Mapping[int, Upgrade] = {1: _as_it_is}
"""From version n to n + 1. 2 knows the ward."""
DIALOG_UPGRADES: Mapping[int, Upgrade] = {1: _as_it_is}
"""2 knows the forms for a ward and a tip, and whose words are passed on."""

learners = _State(TypeAdapter[Learner](Learner), LEARNER_VERSION, LEARNER_UPGRADES)
dialogs = _State(TypeAdapter[Dialog](Dialog), DIALOG_VERSION, DIALOG_UPGRADES)
replies: TypeAdapter[Reply] = TypeAdapter(Reply)
events: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])

"""How well messages are understood: labelled lines, decided exactly as the running bot would.

A line is JSON: text, intent, topic, `also` (other topics that are right too), style, context (the
dialog that is open) and, for a choice, `value`. It goes through `Engine.parse` and
`flows.interpret`; what is decided is right, offered (asked, with the right one among the choices),
refused (says that it does not know) or wrong. Each line stands alone, as a first message, or as the
next one in the dialog that its context names:

    "howto:<topic>@<n>"    its n-th step is open
    "quiz:<item id>"       the item is asked, options in authored order
    {"choice": [...]}      a numbered list is open
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot import rehearsal
from flows.acts import ACTS
from flows.content import Content
from flows.dialog import Dialog
from flows.interpret import expects_secret, interpret
from flows.replies import Act
from flows.snapshots import Standing
from flows.turn import Interpretation, Said
from nlu.engine import Engine
from nlu.mask import expecting_secret
from nlu.understanding import Candidate, Understanding

Result = Literal["right", "offered", "refused", "wrong"]
RESULTS: tuple[Result, ...] = ("right", "offered", "refused", "wrong")
SCAMMED = "safety/already_scammed"
"""Its how-to is as right an answer to a scam as the emergency card."""
NOT_KNOWN = frozenset({"unknown", "other", "misuse"})
"""Acts that say: I do not know, I cannot read this, I do not do this."""
MEANS: dict[str, frozenset[str]] = {
    **{act: frozenset(i for i, a in ACTS.items() if a == act) for act in ACTS.values()},
    "reminder.time": frozenset({"reminder.set"}),
    "reminder.subject": frozenset({"reminder.set"}),
    "nothing_open": frozenset({"step.next", "step.back", "step.stuck"}),
}
"""The intents that an act answers. The hosts' two share one act, and so do the step words while no
how-to is open."""


class Choices(BaseModel):
    """A numbered list that is open."""

    choice: list[str] = Field(min_length=1)


class Labelled(BaseModel):
    """One line of an evaluation file; keys it does not know are left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str
    intent: str
    topic: str | None = None
    also: list[str] = []
    not_: list[str] | None = Field(None, alias="not")
    """Topics that must not be answered."""
    style: str = ""
    context: str | Choices | None = None
    value: int | None = None
    """The option meant, from 1; null: right is to take none."""

    @property
    def topics(self) -> frozenset[str]:
        """The topics that are right."""
        return frozenset({*self.also, *([self.topic] if self.topic else [])})


class Placed(NamedTuple):
    """A line and where it stands."""

    number: int
    line: Labelled
    file: str = ""


class EvaluationFileError(ValueError):
    """The file cannot be evaluated; the message names the lines and what is wrong in them."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One line with what was decided."""

    number: int
    file: str
    line: Labelled
    result: Result
    decided: str
    """`howto vneid/level2`, `which: a, b`, `unknown` …"""
    p: float
    best: Candidate | None
    """The model's likeliest reading, before anything was weighed or decided."""
    secret: bool
    scam: bool
    danger: bool
    forbidden: bool
    """Whether a topic under `not` was answered."""
    seconds: float


@dataclass
class Evaluator:
    """Decides lines with one engine and one content."""

    engine: Engine
    content: Content
    clock: Callable[[], float] = time.perf_counter
    _dialogs: dict[str, Dialog] = field(default_factory=dict[str, Dialog])

    def judge(self, placed: Placed) -> Judged:
        """Decide one line and sort what was decided."""
        number, line, file = placed
        dialog = self.dialog(line.context)
        begun = self.clock()
        understanding, meant = self.decide(line.text, dialog)
        seconds = self.clock() - begun
        return Judged(
            number=number,
            file=file,
            line=line,
            result=sort(line, understanding, meant, dialog),
            decided=named(meant, dialog),
            p=meant.p,
            best=understanding.candidates[0] if understanding.candidates else None,
            secret=bool(understanding.secrets),
            scam=meant.act.name == "emergency.scam",
            danger=meant.act.name == "emergency.danger",
            forbidden=meant.act.name == "howto.open" and meant.act.arg in (line.not_ or ()),
            seconds=seconds,
        )

    def dialog(self, context: str | Choices | None) -> Dialog:
        """The dialog a context names. Raises KeyError or IndexError when content lacks it."""
        if context is None:
            return Dialog()
        if isinstance(context, Choices):
            return rehearsal.at_choice(context.choice)
        if context not in self._dialogs:
            self._dialogs[context] = self._built(context)
        return self._dialogs[context]

    def _built(self, context: str) -> Dialog:
        kind, _, rest = context.partition(":")
        if kind == "quiz":
            return rehearsal.at_item(self.content, rest)
        topic, _, step = rest.partition("@")
        if kind != "howto" or not step.isdecimal() or int(step) < 1:
            raise KeyError(context)
        return rehearsal.at_step(self.content, topic, int(step))

    def decide(
        self, text: str, dialog: Dialog, *, may_hold: bool = False
    ) -> tuple[Understanding, Interpretation]:
        """What the running bot makes of a text that is said where the dialog stands."""
        understanding = self.engine.parse(text)
        if expects_secret(dialog, self.content):
            understanding = expecting_secret(understanding)
        said = Said(text=understanding.text)
        meant = interpret(
            said,
            understanding,
            dialog,
            self.content,
            chat=rehearsal.CHAT,
            standing=Standing(),
            at=rehearsal.AT,
            may_hold=may_hold,
        )
        return understanding, meant


def read(file: Path) -> list[Placed]:
    """The lines with their numbers. Raises EvaluationFileError naming every line that is wrong."""
    lines: list[Placed] = []
    faults: list[str] = []
    for number, text in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if not text.strip():
            continue
        try:
            lines.append(Placed(number, Labelled.model_validate_json(text), str(file)))
        except ValidationError as error:
            named = "; ".join(
                f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()
            )
            faults.append(f"{file}:{number}: {named}")
    if faults or not lines:
        raise EvaluationFileError("\n".join(faults) or f"{file}: no lines")
    return lines


def sort(
    line: Labelled, understanding: Understanding, meant: Interpretation, dialog: Dialog
) -> Result:
    """Sort a decision by the kind of its line.

    A how-to or another intent is right when it is answered, offered when asked for among others,
    refused when the bot does not know. Out of scope: right is not to know, or the danger numbers.
    A scam: the emergency card or its how-to. A secret: the flag, whatever else is answered.
    """
    act = meant.act
    match line.intent:
        case "sensitive.secret":
            return "right" if understanding.secrets else "wrong"
        case "choice":
            return _choice(line, act, dialog)
        case "out_of_scope":
            known = act.name not in NOT_KNOWN | {"emergency.danger", "which"}
            return "wrong" if known else "offered" if act.name == "which" else "right"
        case "howto":
            right = act.name == "howto.open" and act.arg in line.topics
            among = any(one.topic in line.topics for one in meant.candidates)
        case "emergency.scam":
            right = act.name == "emergency.scam" or act == Act("howto.open", SCAMMED)
            among = any(
                one.topic == SCAMMED or one.intent == line.intent for one in meant.candidates
            )
        case intent:
            right = intent in MEANS.get(act.name, frozenset())
            among = any(one.intent == intent for one in meant.candidates)
    if right:
        return "right"
    if act.name == "which" and among:
        return "offered"
    return "refused" if act.name in NOT_KNOWN - {"misuse"} else "wrong"


def _choice(line: Labelled, act: Act, dialog: Dialog) -> Result:
    """Taking the option meant is right; where none is meant, not taking any and not acting."""
    options = [option.act for option in dialog.choices.options] if dialog.choices else []
    asks_again = act.name in ("unclear_choice", "which")
    if line.value is None:
        return "right" if asks_again or act.name in NOT_KNOWN else "wrong"
    if line.value <= len(options) and act == options[line.value - 1]:
        return "right"
    if asks_again:
        return "offered"
    return "refused" if act.name in NOT_KNOWN else "wrong"


def named(meant: Interpretation, dialog: Dialog) -> str:
    """What was decided: `howto vneid/level2`, `which: a, b`, `unknown` …"""
    act = meant.act
    options = [option.act for option in dialog.choices.options] if dialog.choices else []
    if act in options and act.name in ("howto.open", "quiz.answer"):
        return f"choice {options.index(act) + 1}"
    if act.name == "which":
        return f"which: {', '.join(one.topic or one.intent for one in meant.candidates)}"
    if act.name == "howto.open":
        return f"howto {act.arg}"
    return f"{act.name} {act.arg}".strip()

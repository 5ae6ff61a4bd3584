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

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot import rehearsal
from flows.acts import ACTS
from flows.content import Content
from flows.dialog import Dialog
from flows.interpret import expects_secret, interpret
from flows.replies import Act
from flows.turn import Interpretation, Said
from nlu.engine import Engine
from nlu.mask import expecting_secret
from nlu.understanding import Understanding

Result = Literal["right", "offered", "refused", "wrong"]
RESULTS: tuple[Result, ...] = ("right", "offered", "refused", "wrong")
Z = 1.959964
"""Of the normal distribution: 95 % of it lies within."""
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


class EvaluationFileError(ValueError):
    """The file cannot be evaluated; the message names the lines and what is wrong in them."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One line with what was decided."""

    number: int
    line: Labelled
    result: Result
    decided: str
    """`howto vneid/level2`, `which: a, b`, `unknown` …"""
    p: float
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

    def judge(self, number: int, line: Labelled) -> Judged:
        """Decide one line and sort what was decided."""
        dialog = self.dialog(line.context)
        begun = self.clock()
        understanding, meant = self._decide(line.text, dialog)
        seconds = self.clock() - begun
        return Judged(
            number=number,
            line=line,
            result=sort(line, understanding, meant, dialog),
            decided=_named(meant, dialog),
            p=meant.p,
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

    def _decide(self, text: str, dialog: Dialog) -> tuple[Understanding, Interpretation]:
        understanding = self.engine.parse(text)
        if expects_secret(dialog, self.content):
            understanding = expecting_secret(understanding)
        said = Said(text=understanding.text)
        meant = interpret(
            said, understanding, dialog, self.content, at=rehearsal.AT, may_hold=False
        )
        return understanding, meant


def read(file: Path) -> list[tuple[int, Labelled]]:
    """The lines with their numbers. Raises EvaluationFileError naming every line that is wrong."""
    lines: list[tuple[int, Labelled]] = []
    faults: list[str] = []
    for number, text in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if not text.strip():
            continue
        try:
            lines.append((number, Labelled.model_validate_json(text)))
        except ValidationError as error:
            named = "; ".join(
                f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()
            )
            faults.append(f"{file}:{number}: {named}")
    if faults or not lines:
        raise EvaluationFileError("\n".join(faults) or f"{file}: no lines")
    return lines


def evaluate(
    lines: Iterable[tuple[int, Labelled]], engine: Engine, content: Content
) -> dict[str, Any]:
    """All figures of these lines, as the object that `--json` prints."""
    evaluator = Evaluator(engine, content)
    judged: list[Judged] = []
    unplayable: list[dict[str, object]] = []
    for number, line in lines:
        try:
            judged.append(evaluator.judge(number, line))
        except (KeyError, IndexError):
            unplayable.append({"line": number, "context": line.context})
    return {**report(judged), "unplayable": unplayable}


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


def report(judged: list[Judged]) -> dict[str, Any]:
    """The figures of these lines."""
    whole = figures(judged)
    forbidding = [one for one in judged if one.line.not_ is not None]
    return {
        **whole,
        "intervals": {
            name: wilson(round(whole[name] * whole["n"]), whole["n"]) for name in RESULTS
        },
        "by_style": _by(judged, lambda one: one.line.style),
        "by_intent": _by(judged, lambda one: one.line.intent),
        "by_topic": _by(judged, lambda one: one.line.topic),
        "accent_gap": _accent_gap(judged),
        "secret": _flag(judged, "sensitive.secret", lambda one: one.secret),
        "emergency": _flag(judged, "emergency.scam", lambda one: one.scam),
        "danger": _flag(judged, "emergency.danger", lambda one: one.danger),
        "latency_ms": _latency([one.seconds for one in judged]),
        **(
            {
                "not_lines": len(forbidding),
                "not_violated": sum(one.forbidden for one in forbidding),
            }
            if forbidding
            else {}
        ),
        "confusions": _confusions(judged),
        "lines": [_line(one) for one in judged if one.result != "right"],
    }


def figures(judged: Iterable[Judged]) -> dict[str, Any]:
    """How many lines, and which shares of them were right, offered, refused, wrong."""
    counts = Counter(one.result for one in judged)
    n = counts.total()
    return {"n": n, **{name: counts[name] / n if n else 0.0 for name in RESULTS}}


def wilson(count: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson's score: honest for few lines and near 0 and 1."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = count / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


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


def _named(meant: Interpretation, dialog: Dialog) -> str:
    act = meant.act
    options = [option.act for option in dialog.choices.options] if dialog.choices else []
    if act in options and act.name in ("howto.open", "quiz.answer"):
        return f"choice {options.index(act) + 1}"
    if act.name == "which":
        return f"which: {', '.join(one.topic or one.intent for one in meant.candidates)}"
    if act.name == "howto.open":
        return f"howto {act.arg}"
    return f"{act.name} {act.arg}".strip()


def _expected(line: Labelled) -> str:
    if line.intent == "choice":
        return f"choice {line.value or 'none'}"
    return f"{line.intent} {line.topic or ''}".strip()


def _by(judged: list[Judged], name: Callable[[Judged], str | None]) -> dict[str, Any]:
    groups: defaultdict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        if (group := name(one)) is not None:
            groups[group].append(one)
    return {group: figures(groups[group]) for group in sorted(groups)}


def _accent_gap(judged: list[Judged]) -> float | None:
    """Right with accents minus right without; None where one of the two styles is missing."""
    by_style = _by(judged, lambda one: one.line.style)
    if not {"accented", "no_diacritics"} <= set(by_style):
        return None
    return by_style["accented"]["right"] - by_style["no_diacritics"]["right"]


def _flag(
    judged: list[Judged], intent: str, raised: Callable[[Judged], bool]
) -> dict[str, float | None]:
    """Over all lines: the share of those it should be raised for, and of the others."""
    meant = [raised(one) for one in judged if one.line.intent == intent]
    others = [raised(one) for one in judged if one.line.intent != intent]
    return {
        "recall": sum(meant) / len(meant) if meant else None,
        "false_alarm_rate": sum(others) / len(others) if others else None,
    }


def _latency(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds) or [0.0]

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 2)

    return {"p50": at(0.5), "p99": at(0.99)}


def _confusions(judged: list[Judged]) -> list[dict[str, Any]]:
    """What was taken for what: wrong answers before refusals and questions, frequent ones first."""
    counts = Counter(
        (RESULTS[::-1].index(one.result), _expected(one.line), one.decided)
        for one in judged
        if one.result != "right"
    )
    worst = sorted(counts.items(), key=lambda entry: (entry[0][0], -entry[1], entry[0]))
    return [
        {"expected": expected, "decided": decided, "result": RESULTS[::-1][rank], "count": count}
        for (rank, expected, decided), count in worst
    ]


def _line(one: Judged) -> dict[str, Any]:
    return {
        "line": one.number,
        "text": one.line.text,
        "style": one.line.style,
        "context": json.loads(one.line.model_dump_json(include={"context"}))["context"],
        "expected": _expected(one.line),
        "decided": one.decided,
        "result": one.result,
        "p": round(one.p, 3),
    }


def printed(found: dict[str, Any]) -> str:
    """The same figures to be read."""
    lines = [f"{found['n']} lines"]
    for name in RESULTS:
        low, high = found["intervals"][name]
        lines.append(f"  {name:<8} {found[name]:6.1%}  ({low:.1%} to {high:.1%})")
    if found["accent_gap"] is not None:
        lines.append(f"accent gap {found['accent_gap']:+.1%}")
    for name in ("secret", "emergency", "danger"):
        shares = {key: "-" if v is None else f"{v:.1%}" for key, v in found[name].items()}
        recall, alarms = shares["recall"], shares["false_alarm_rate"]
        lines.append(f"{name:<10} recall {recall}, false alarms {alarms}")
    if "not_lines" in found:
        lines.append(
            f"answered what `not` forbids: {found['not_violated']} of {found['not_lines']}"
        )
    latency = found["latency_ms"]
    lines.append(f"latency    p50 {latency['p50']} ms, p99 {latency['p99']} ms")
    for title in ("by_style", "by_intent", "by_topic"):
        lines += ["", title.replace("_", " "), *_table(found[title])]
    lines += ["", "confusions, worst first"]
    lines += [
        f"  {one['count']:>3} {one['result']:<8} {one['expected']} -> {one['decided']}"
        for one in found["confusions"]
    ]
    lines += ["", "lines that are not right"]
    lines += [
        f"  {one['line']:>4} {one['result']:<8} p={one['p']:.2f} {one['expected']} -> "
        f"{one['decided']}  «{one['text']}»"
        for one in found["lines"]
    ]
    for one in found["unplayable"]:
        lines.append(f"  {one['line']:>4} left out: the content has no {one['context']}")
    return "\n".join(lines)


def _table(groups: dict[str, Any]) -> list[str]:
    return [
        f"  {name:<28} {one['n']:>5}" + "".join(f"  {key} {one[key]:6.1%}" for key in RESULTS)
        for name, one in groups.items()
    ]

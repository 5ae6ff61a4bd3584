"""The figures of an evaluation: shares with their intervals, by group, and every line not right.

`evaluate` gives the object that `bot nlu evaluate --json` prints, `printed` the same to be read.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from math import sqrt
from typing import Any

from bot.evaluation import RESULTS, Evaluator, Judged, Labelled, Placed
from flows.content import Content
from nlu.engine import Engine

Z = 1.959964
"""Of the normal distribution: 95 % of it lies within."""


def evaluate(lines: Iterable[Placed], engine: Engine, content: Content) -> dict[str, Any]:
    """All figures of these lines, as the object that `--json` prints."""
    judged, left_out = judge(lines, engine, content)
    unplayable = [
        {"line": one.number, "file": one.file, "context": one.line.context} for one in left_out
    ]
    return {**report(judged), "unplayable": unplayable}


def judge(
    lines: Iterable[Placed], engine: Engine, content: Content
) -> tuple[list[Judged], list[Placed]]:
    """Decide these lines; and those left out, for the content lacks what their context names."""
    evaluator = Evaluator(engine, content)
    judged: list[Judged] = []
    left_out: list[Placed] = []
    for one in lines:
        try:
            judged.append(evaluator.judge(one))
        except (KeyError, IndexError):
            left_out.append(one)
    return judged, left_out


def report(judged: list[Judged]) -> dict[str, Any]:
    """The figures of these lines."""
    whole = figures(judged)
    forbidding = [one for one in judged if one.line.not_ is not None]
    return {
        **whole,
        "intervals": {
            name: wilson(round(whole[name] * whole["n"]), whole["n"]) for name in RESULTS
        },
        "by_style": by(judged, lambda one: one.line.style),
        "by_intent": by(judged, lambda one: one.line.intent),
        "by_topic": by(judged, lambda one: one.line.topic),
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


def expected(line: Labelled) -> str:
    """What is right, in the names of the code."""
    if line.intent == "choice":
        return f"choice {line.value or 'none'}"
    return f"{line.intent} {line.topic or ''}".strip()


def by(judged: Iterable[Judged], name: Callable[[Judged], str | None]) -> dict[str, Any]:
    """The figures of each group of lines; a line without a name is in none."""
    groups: defaultdict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        if (group := name(one)) is not None:
            groups[group].append(one)
    return {group: figures(groups[group]) for group in sorted(groups)}


def _accent_gap(judged: list[Judged]) -> float | None:
    """Right with accents minus right without; None where one of the two styles is missing."""
    by_style = by(judged, lambda one: one.line.style)
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
        (RESULTS[::-1].index(one.result), expected(one.line), one.decided)
        for one in judged
        if one.result != "right"
    )
    worst = sorted(counts.items(), key=lambda entry: (entry[0][0], -entry[1], entry[0]))
    return [
        {"expected": right, "decided": decided, "result": RESULTS[::-1][rank], "count": count}
        for (rank, right, decided), count in worst
    ]


def _line(one: Judged) -> dict[str, Any]:
    return {
        "line": one.number,
        "file": one.file,
        "text": one.line.text,
        "style": one.line.style,
        "context": json.loads(one.line.model_dump_json(include={"context"}))["context"],
        "expected": expected(one.line),
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
    file = ""
    for one in [*found["lines"], *found["unplayable"]]:
        if one["file"] != file:
            file = one["file"]
            lines.append(file)
        lines.append(f"  {one['line']:>4} {_told(one)}")
    return "\n".join(lines)


def _told(one: dict[str, Any]) -> str:
    if "result" not in one:
        return f"left out: the content has no {one['context']}"
    decision = f"{one['expected']} -> {one['decided']}"
    return f"{one['result']:<8} p={one['p']:.2f} {decision}  «{one['text']}»"


def _table(groups: dict[str, Any]) -> list[str]:
    return [
        f"  {name:<28} {one['n']:>5}" + "".join(f"  {key} {one[key]:6.1%}" for key in RESULTS)
        for name, one in groups.items()
    ]

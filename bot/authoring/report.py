"""The page `docs/understanding.md`: how well messages are understood, with what goes wrong.

    measured(judged, made)   the page

It is written by `bot nlu report`, never by `bot docs`: it takes a minute, and its numbers move with
every phrase. What it says is what `bot nlu evaluate` counts (`bot/figures.py`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot import figures
from bot.authoring import reliability
from bot.authoring.located import Located
from bot.evaluation import RESULTS, Judged, Placed
from nlu.spelling import expand

FIRST_TOPICS = 25
FIRST_CONFUSIONS = 30
MOST_FAILURES = 60
PICTURE = "images/reliability.svg"
_FLAGS = (
    ("secret", "secret", "sensitive.secret"),
    ("scam emergency", "emergency", "emergency.scam"),
    ("danger", "danger", "emergency.danger"),
)
"""What each flag is called on the page, in the figures, and the intent it belongs to."""


@dataclass(frozen=True, slots=True)
class Made:
    """What the page was made from."""

    on: date
    command: str
    files: Mapping[str, int]
    """Evaluation files with their numbers of lines."""
    phrases: int
    labels: int
    learned: int = 0
    """Lines left out, for they are a training phrase."""


def unlearned(lines: Sequence[Placed], phrases: Sequence[Located]) -> list[Placed]:
    """The lines that the model has not learned word for word."""
    known = {expand(one.phrase.text) for one in phrases}
    return [
        one for one in lines if one.line.intent == "choice" or expand(one.line.text) not in known
    ]


def measured(judged: Sequence[Judged], made: Made, *, held_out: Sequence[Judged] = ()) -> str:
    """The page; of lines that are held out only the figures stand on it, so that they stay so."""
    found = figures.report(list(judged))
    sections = [
        _head(made),
        *([_strangers(held_out)] if held_out else []),
        _whole(found),
        _groups("By kind", figures.by(judged, kind), "kind"),
        _groups("By style", found["by_style"], "style"),
        _topics(found["by_topic"]),
        _calibration(reliability.bins(judged)),
        _confusions(found["confusions"]),
        _failures(judged),
    ]
    return "\n".join(sections)


def kind(one: Judged) -> str:
    """What sort of line it is: each asks something else of the bot."""
    if one.line.style == "near_miss":
        return "near misses: a neighbour's words"
    match one.line.intent:
        case "howto":
            return "how-to"
        case "out_of_scope":
            return "out of scope"
        case "choice":
            return "choice from a list"
        case "emergency.scam" | "emergency.danger":
            return "emergency"
        case "sensitive.secret":
            return "secret"
        case _:
            return "other intents"


def _head(made: Made) -> str:
    files = "\n".join(f"- `{file}`: {n:,} lines" for file, n in made.files.items())
    learned = (
        f"Left out are {made.learned:,} lines that have become a training phrase.\n"
        if made.learned
        else ""
    )
    return (
        "# How well messages are understood\n\n"
        f"Written on {made.on} by `{made.command}`; nobody edits it by hand.\n"
        f"Learned: {made.phrases:,} training phrases of {made.labels} topics and intents. "
        f"Measured:\n\n{files}\n\n{learned}"
        "Phrases, masks, screens and thresholds were improved while looking at these lines, so\n"
        "the figures flatter: expect less from strangers. In brackets stand 95 % intervals\n"
        "(Wilson). What counts as right, offered, refused and wrong stands in\n"
        "`bot/evaluation.py`.\n"
    )


def _whole(found: dict[str, Any]) -> str:
    rows = [(name, f"{found[name]:.1%} ({_between(found['intervals'][name])})") for name in RESULTS]
    if found["accent_gap"] is not None:
        rows.append(("accented minus accent-free, right", f"{found['accent_gap'] * 100:+.1f} pp"))
    for title, name, intent in _FLAGS:
        there = found["by_intent"].get(intent, {"n": 0})["n"]
        flag, others = found[name], found["n"] - there
        rows.append((f"{title}: seen, of {there:,}", _share(flag["recall"], there)))
        rows.append(
            (f"{title}: false alarms, of {others:,}", _share(flag["false_alarm_rate"], others))
        )
    latency = found["latency_ms"]
    rows.append(("a message takes", f"p50 {latency['p50']} ms, p99 {latency['p99']} ms"))
    return _section("In short", _table((f"all {found['n']:,} lines", ""), rows))


def _strangers(held_out: Sequence[Judged]) -> str:
    found = figures.report(list(held_out))
    words = (
        "Written by somebody who saw neither the phrases nor the other lines, and read by\n"
        "nobody who improves the bot: the figures to believe. Whoever looks at a line moves\n"
        "it to another set.\n\n"
    )
    kinds = _figures("kind", sorted(figures.by(held_out, kind).items()))
    styles = _figures("style", sorted(found["by_style"].items()))
    return _section("Held out", f"{words}{kinds}\n{styles}")


def _groups(title: str, groups: dict[str, Any], what: str) -> str:
    worst = sorted(groups.items(), key=lambda entry: (entry[1]["right"], entry[0]))
    return _section(title, _figures(what, worst))


def _topics(groups: dict[str, Any]) -> str:
    """The worst first, by the shares that are not right; the rest folded."""
    worst = sorted(groups.items(), key=lambda entry: (entry[1]["right"], -entry[1]["n"], entry[0]))
    first, rest = worst[:FIRST_TOPICS], worst[FIRST_TOPICS:]
    shown = _figures("topic", first)
    if rest:
        summary = f"<summary>The other {len(rest)} topics</summary>"
        shown += f"\n<details>{summary}\n\n{_figures('topic', rest)}\n</details>\n"
    few = "Few lines say little: look at the interval before you look at the share.\n\n"
    return _section("By topic", few + shown)


def _calibration(found: Sequence[reliability.Bin]) -> str:
    said = (
        "The likeliest reading of the model, before any rule or threshold, on lines said outside a "
        "dialog. Of what is stated with 70 %, seven in ten should be right. Expected calibration "
        f"error: {reliability.error(found):.3f} (0 is perfect).\n\n"
        f"![Reliability diagram: stated probability against the share right]({PICTURE})\n\n"
    )
    rows = [
        (
            f"{one.low:.0%} to {one.high:.0%}",
            f"{one.n:,}",
            f"{one.stated:.1%}",
            f"{one.right:.1%} ({_between(figures.wilson(round(one.right * one.n), one.n))})",
        )
        for one in found
    ]
    table = _table(("stated", "readings", "stated on average", "right"), rows)
    return _section("Are the probabilities honest?", said + table)


def _confusions(found: Sequence[dict[str, Any]]) -> str:
    rows = [
        (str(one["count"]), one["result"], one["expected"], one["decided"])
        for one in found[:FIRST_CONFUSIONS]
    ]
    table = _table(("lines", "result", "expected", "decided"), rows)
    more = len(found) - len(rows)
    rest = f"\n{more} more are listed by `bot nlu evaluate`.\n" if more else ""
    return _section("Worst confusions", table + rest)


def _failures(judged: Sequence[Judged]) -> str:
    """Every line that is wrong, those it was surest of first."""
    wrong = sorted(
        (one for one in judged if one.result == "wrong"),
        key=lambda one: (-one.p, one.file, one.number),
    )
    rows = [
        (
            f"{one.file}:{one.number}",
            one.line.text,
            figures.expected(one.line),
            one.decided,
            f"{one.p:.2f}",
        )
        for one in wrong[:MOST_FAILURES]
    ]
    capped = f", the {MOST_FAILURES} it was surest of are shown" if len(wrong) > len(rows) else ""
    said = f"{len(wrong):,} lines are decided wrongly{capped}. Rules and screens say 1.00.\n\n"
    table = _table(("line", "text", "expected", "decided", "p"), rows)
    return _section("Known failures", said + table)


def _figures(what: str, groups: Iterable[tuple[str, dict[str, Any]]]) -> str:
    rows: list[tuple[str, ...]] = []
    for name, one in groups:
        interval = _between(figures.wilson(round(one["right"] * one["n"]), one["n"]))
        others = [f"{one[share]:.1%}" for share in RESULTS[1:]]
        rows.append((name, f"{one['n']:,}", f"{one['right']:.1%} ({interval})", *others))
    return _table((what, "lines", *RESULTS), rows)


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_row(head, str), _row(["---"] * len(head), str)]
    lines += [_row(row, _safe) for row in rows]
    return "\n".join([*lines, ""])


def _row(cells: Iterable[str], written: Callable[[str], str]) -> str:
    return f"| {' | '.join(map(written, cells))} |"


def _safe(cell: str) -> str:
    """As it stands, whatever people type: no table, markup or tag begins in it."""
    for mark in "\\|<>*`[]":
        cell = cell.replace(mark, f"\\{mark}")
    return " ".join(cell.split())


def _between(interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{low:.1%} to {high:.1%}"


def _share(value: float | None, n: int) -> str:
    if value is None:
        return "-"
    return f"{value:.1%} ({_between(figures.wilson(round(value * n), n))})"

"""Are the probabilities calibrated: of what is said with 70 %, are seven of ten right?

    bins(judged)       stated probability against the share that was right, in ten bins
    error(found)       the expected calibration error: the mean distance of the two
    picture(found)     the same as a reliability diagram, SVG

Judged is the model's likeliest reading, before rules, the open dialog and thresholds. So only lines
said outside any dialog count, whose right reading is an intent of the model.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.evaluation import Judged

BINS = 10
_NOT_READ = frozenset({"choice", "sensitive.secret"})
"""Intents that no reading of the model says."""
_SIDE, _MARGIN, _BAR = 300, 46, 26


@dataclass(frozen=True, slots=True)
class Bin:
    """Readings that were stated with about the same probability."""

    low: float
    high: float
    n: int
    stated: float
    """Their mean probability."""
    right: float
    """The share that was right."""


def bins(judged: Iterable[Judged]) -> list[Bin]:
    """The bins that are not empty, the least sure first."""
    stated: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for one in judged:
        if one.best is None or one.line.context is not None or one.line.intent in _NOT_READ:
            continue
        right = (
            one.best.topic in one.line.topics
            if one.line.intent == "howto"
            else one.best.intent == one.line.intent
        )
        stated[min(BINS - 1, int(one.best.p * BINS))].append((one.best.p, right))
    return [
        Bin(
            low=at / BINS,
            high=(at + 1) / BINS,
            n=len(each),
            stated=sum(p for p, _ in each) / len(each),
            right=sum(right for _, right in each) / len(each),
        )
        for at, each in enumerate(stated)
        if each
    ]


def error(found: Sequence[Bin]) -> float:
    """The expected calibration error: 0 where what is stated is what comes true."""
    n = sum(one.n for one in found)
    return sum(one.n * abs(one.stated - one.right) for one in found) / n if n else 0.0


def picture(found: Sequence[Bin]) -> str:
    """A reliability diagram: bars on the line are well calibrated, below it too sure."""
    size = _SIDE + 2 * _MARGIN
    left, bottom = _MARGIN, _MARGIN + _SIDE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        'font-family="sans-serif" font-size="12" role="img">',
        "<title>Stated probability against the share that was right</title>",
        f'<rect width="{size}" height="{size}" fill="#fff"/>',
        *(_bar(one, left, bottom) for one in found),
        f'<path d="M{left} {bottom}L{left + _SIDE} {_MARGIN}" stroke="#b3261e" '
        'stroke-dasharray="6 4"/>',
        f'<path d="M{left} {_MARGIN}V{bottom}H{left + _SIDE}" stroke="#222" fill="none"/>',
        *_marks(left, bottom),
        f'<text x="{left + _SIDE / 2}" y="{bottom + 36}" text-anchor="middle">stated</text>',
        f'<text x="{left}" y="{_MARGIN - 12}">share right</text>',
        "</svg>",
    ]
    return "\n".join([*parts, ""])


def _bar(one: Bin, left: int, bottom: int) -> str:
    x, height = left + one.stated * _SIDE - _BAR / 2, one.right * _SIDE
    return (
        f'<rect x="{x:.1f}" y="{bottom - height:.1f}" width="{_BAR}" height="{height:.1f}" '
        f'fill="#1a73e8" fill-opacity="0.6"><title>{one.n} readings: stated {one.stated:.0%}, '
        f"right {one.right:.0%}</title></rect>"
    )


def _marks(left: int, bottom: int) -> list[str]:
    """The scale on both sides, every fifth."""
    marks: list[str] = []
    for tenth in range(0, 11, 2):
        along = tenth * _SIDE / 10
        marks.append(
            f'<text x="{left + along}" y="{bottom + 18}" text-anchor="middle">{tenth * 10}</text>'
        )
        marks.append(
            f'<text x="{left - 6}" y="{bottom - along + 4}" text-anchor="end">{tenth * 10}</text>'
        )
    return marks

"""The judge of what form alone does not decide: a small linear model over the company of a number.

It is learned from the lines of `data/nlu/secret/*.txt`, in which each secret is marked with its
kind, and every candidate that is not marked counts as innocent. The weights are kept in `var/model`
so that a process starts at once; where that folder can't be written they are learned at each start.

    ma la [482913](otp) nhap vo dau
    don hang 482913 toi dau roi
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from nlu import cache as cached
from nlu.normalise import compose
from nlu.secret.candidate import Candidate, Kind
from nlu.secret.context import features, items
from nlu.secret.found import candidates
from nlu.words import WORDS

LINES = WORDS.parent / "secret"
_CACHE = WORDS.parent.parent.parent / "var" / "model"
_MARKED = re.compile(r"\[([^\]]+)\]\((\w+)\)")
_KINDS: tuple[Kind, ...] = get_args(Kind)
_STRENGTH = 0.5
"""The inverse of how strongly weights are held small."""
_COPIES = 3
"""A line is learned as written, and so often again with other digits and joints."""
_SET_APART = 6
"""Digits; a shorter code is hardly ever set apart."""
_SHAPING = (
    "candidate.py", "context.py", "found.py", "judge.py", "lists.py", "numbers.py", "passwords.py",
    "spoken.py",
    "../keyboard.py", "../normalise.py", "../spelling.py",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judge:
    """Weights by feature, a column for each kind."""

    kinds: tuple[Kind, ...]
    rows: dict[str, int]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def odds(self, named: Sequence[str]) -> dict[Kind, float]:
        """Give the probability of each kind for a candidate of these features."""
        rows = [self.rows[name] for name in named if name in self.rows]
        scores = self.weights[rows].sum(axis=0) + self.bias
        raised = np.exp(scores - scores.max())
        return dict(zip(self.kinds, (raised / raised.sum()).tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Example:
    """One candidate of a training line, and what it is."""

    named: tuple[str, ...] = field(repr=False)
    kind: Kind


@cache
def judge() -> Judge:
    """Give the judge, learned once a process or read from the cache."""
    stored = cached.place(_CACHE, "secret", _fingerprint())
    known = cached.load(stored, Judge)
    if known is not None:
        return known
    learned = learn([example for line in lines() for example in examples(line)])
    with suppress(OSError):
        cached.store(learned, stored)
    return learned


def lines() -> list[str]:
    """Give all training lines, in a fixed order."""
    return [
        line.strip()
        for path in sorted(LINES.glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]


def examples(line: str, *, copies: int = _COPIES) -> list[Example]:
    """Give what one line teaches; raises where a mark is at no candidate."""
    result: list[Example] = []
    for number in range(copies + 1):
        result += _read(line if number == 0 else _varied(line, number))
    return result


def _read(line: str) -> list[Example]:
    shown, marks = "", dict[tuple[int, int], Kind]()
    at = 0
    line = compose(line)
    for mark in _MARKED.finditer(line):
        shown += line[at : mark.start()]
        kind = cast("Kind", mark[2])
        if kind not in _KINDS:
            raise ValueError(f"{line}: expected one of {', '.join(_KINDS)}, found {kind}")
        marks[len(shown), len(shown) + len(mark[1])] = kind
        shown += mark[1]
        at = mark.end()
    shown += line[at:]
    found = candidates(shown)
    row, places = items(shown, found)
    unfound = [span for span in marks if not any(_overlap(span, one) for one in found)]
    if unfound:
        raise ValueError(f"{line}: nothing that could be a secret stands at {unfound}")
    result: list[Example] = []
    for candidate, place in zip(found, places, strict=True):
        kind = _marked(candidate, marks)
        if candidate.fixed is None:
            named = features(shown, candidate, row, place, mine=places)
            result.append(Example(tuple(named), kind))
    return result


def _marked(candidate: Candidate, marks: dict[tuple[int, int], Kind]) -> Kind:
    for span, kind in marks.items():
        if _overlap(span, candidate):
            return kind
    return "none"


def _overlap(span: tuple[int, int], candidate: Candidate) -> bool:
    return span[0] < candidate.end and candidate.start < span[1]


def _varied(line: str, number: int) -> str:
    """The same line with other digits, and a marked code with other joints and length."""
    draw = np.random.default_rng([number, *line.encode()[:200]])

    def other(mark: re.Match[str]) -> str:
        text, kind = mark[1], mark[2]
        digits = re.sub(r"\D", "", text)
        if not re.fullmatch(r"[\d .\-]+", text):
            return mark[0]
        if kind in {"otp", "pin"} and len(digits) >= 4:
            length = (
                int(draw.choice([4, 6, 6, 6, 6, 6, 8, 5]))
                if kind == "otp"
                else int(draw.choice([4, 6]))
            )
            digits = "".join(map(str, draw.integers(0, 10, length)))
            if length == 4 and digits.startswith(("19", "20")):
                digits = "7" + digits[1:]
            return f"[{_joined(digits, draw)}]({kind})"
        return f"[{_digits_drawn(text, draw, keep=4 if kind != 'password' else 0)}]({kind})"

    return _MARKED.sub(other, line)


def _joined(digits: str, draw: np.random.Generator) -> str:
    way = int(draw.integers(0, 10)) if len(digits) >= _SET_APART else 0
    half = len(digits) // 2
    match way:
        case 6:
            return f"{digits[:half]} {digits[half:]}"
        case 7:
            return " ".join(digits[at : at + 2] for at in range(0, len(digits), 2))
        case 8:
            return " ".join(digits)
        case 9:
            return f"{digits[:half]}-{digits[half:]}"
        case _:
            return digits


def _digits_drawn(text: str, draw: np.random.Generator, *, keep: int) -> str:
    """Draw the digits behind the first `keep` anew."""
    seen = 0
    result = ""
    for char in text:
        if char.isdigit():
            seen += 1
            result += char if seen <= keep else str(draw.integers(0, 10))
        else:
            result += char
    return result


def learn(taught: Sequence[Example]) -> Judge:
    """Fit the weights; features seen once are left out."""
    from sklearn.linear_model import LogisticRegression  # only where weights must be learned

    counts: dict[str, int] = {}
    for example in taught:
        for name in set(example.named):
            counts[name] = counts.get(name, 0) + 1
    rows = {
        name: at
        for at, name in enumerate(sorted(name for name, count in counts.items() if count > 1))
    }
    matrix = _matrix(taught, rows)
    kinds: tuple[Kind, ...] = tuple(sorted({example.kind for example in taught}))
    model = cast("Any", LogisticRegression)(C=_STRENGTH, max_iter=300, tol=1e-3)
    model.fit(matrix, [kinds.index(example.kind) for example in taught])
    weights = np.asarray(model.coef_, dtype=np.float32).T.copy()
    return Judge(kinds, rows, weights, np.asarray(model.intercept_, dtype=np.float32))


def _matrix(taught: Sequence[Example], rows: dict[str, int]) -> Any:
    from scipy.sparse import csr_matrix

    columns: list[int] = []
    ends = [0]
    for example in taught:
        columns += [rows[name] for name in example.named if name in rows]
        ends.append(len(columns))
    return cast("Any", csr_matrix)(
        (np.ones(len(columns), dtype=np.float64), columns, ends), shape=(len(taught), len(rows))
    )


def _fingerprint() -> str:
    """Name the weights by everything they are learned from."""
    here = Path(__file__).parent
    tables = [WORDS / "secrets.yaml", WORDS / "spelling.yaml"]
    code = [here / name for name in _SHAPING]
    return cached.fingerprint([*sorted(LINES.glob("*.txt")), *tables, *code])

"""Trained models on disk, so that a process starts at once: one file each, `<name>-<print>.joblib`.

    fingerprint   of everything that a model is made from
    place         where the model of that fingerprint lies
    kept          read it, or make it and keep it
    load, store   read it, or write it and let the older ones of its name go

A pickle can run anything, so only the service's own folder is ever read.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar, cast

import joblib

Shape = TypeVar("Shape")


def fingerprint(files: Iterable[Path], *, version: str = "") -> str:
    """Name what is made of these files, in this order, by this version of whatever makes it."""
    digest = hashlib.sha256(version.encode())
    for path in files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def place(folder: Path, name: str, print_: str) -> Path:
    """Where it is kept; `name` has no hyphen, for older models are found by what stands before."""
    return folder / f"{name}-{print_}.joblib"


def kept(stored: Path, shape: type[Shape], make: Callable[[], Shape]) -> Shape:
    """Read a model, or make it and store it. Raises OSError where it can't be written."""
    known = load(stored, shape)
    if known is None:
        known = make()
        store(known, stored)
    return known


def load(stored: Path, shape: type[Shape]) -> Shape | None:
    """Read a model; None, and no fault, where it is missing, damaged or something else."""
    try:
        model: object = cast("Any", joblib).load(stored)
    except Exception:  # noqa: BLE001 - a damaged pickle can raise anything at all
        return None
    return model if isinstance(model, shape) else None


def store(model: object, stored: Path) -> None:
    """Write whole or not at all, so that two processes may do it at once; older models go.

    Raises OSError where this can't be written.
    """
    stored.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=stored.parent, suffix=".part", delete=False) as part:
        written = Path(part.name)
        try:
            cast("Any", joblib).dump(model, part)
            part.close()
            written.replace(stored)
        finally:
            written.unlink(missing_ok=True)
    name = stored.name.partition("-")[0]
    for old in stored.parent.glob(f"{name}-*.joblib"):
        if old != stored:
            old.unlink(missing_ok=True)

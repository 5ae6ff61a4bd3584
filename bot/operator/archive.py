"""A database as one file: a zip with a JSON-lines file a table, and a manifest with checksums.

    manifest.json    {"format": 1, "revision": "0002", "made_at": …,
                      "tables": {"learner": {"rows": 2, "sha256": …}, …}}
    learner.jsonl    {"id": …, "document": …, …}

The format knows no table by name: it holds whatever the schema of that revision has, so an older
archive stays readable, and a file made on SQLite loads into PostgreSQL. Moments are ISO 8601, UTC.
The file holds people's words: it is readable by its owner alone.
"""

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import Boolean, Connection, DateTime, MetaData, Table, func, insert, select

FORMAT = 1
_MANIFEST = "manifest.json"
_LEFT_OUT = ("alembic_version", "lease")
"""The revision stands in the manifest; a lease names a process that runs."""
_AT_ONCE = 500


class ArchiveFaultError(ValueError):
    """The file is no archive of ours, or it is damaged. The message is a key of `author.yaml`."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    revision: str
    made_at: datetime
    rows: dict[str, int]
    """By table."""


def write(connection: Connection, file: Path, *, revision: str, now: datetime) -> Manifest:
    """Write all tables as they stand at one moment; the file appears whole or not at all."""
    if connection.dialect.name == "postgresql":
        # SQLite's read transaction sees one moment anyhow.
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as raw:
            manifest = _fill(connection, raw, revision=revision, now=now)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    _keep_name(file.parent)
    return manifest


def check(file: Path) -> Manifest:
    """Read it whole and compare every checksum. Raises ArchiveFaultError."""
    try:
        with zipfile.ZipFile(file) as archive:
            told = json.loads(archive.read(_MANIFEST))
            if told["format"] != FORMAT:
                raise ArchiveFaultError("restore.other_format")
            for table, facts in told["tables"].items():
                if _sha256(archive, table) != facts["sha256"]:
                    raise ArchiveFaultError("restore.damaged")
            made_at = datetime.fromisoformat(told["made_at"])
            rows = {table: facts["rows"] for table, facts in told["tables"].items()}
            return Manifest(told["revision"], made_at, rows)
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError, EOFError) as error:
        raise ArchiveFaultError("restore.damaged") from error


def load(connection: Connection, file: Path) -> None:
    """Fill the empty tables of the archive's own revision."""
    tables = _tables(connection)
    with zipfile.ZipFile(file) as archive:
        for table in tables:
            if _member(table.name) not in archive.namelist():
                continue
            with archive.open(_member(table.name)) as lines:
                while rows := [_row(table, line) for line in islice(lines, _AT_ONCE)]:
                    connection.execute(insert(table), rows)
    if connection.dialect.name == "postgresql":
        _count_on(connection, tables)


def _fill(connection: Connection, raw: BinaryIO, *, revision: str, now: datetime) -> Manifest:
    facts: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in _tables(connection):
            digest, rows = hashlib.sha256(), 0
            with archive.open(_member(table.name), "w", force_zip64=True) as lines:
                for line in _lines(connection, table):
                    digest.update(line)
                    lines.write(line)
                    rows += 1
            facts[table.name] = {"rows": rows, "sha256": digest.hexdigest()}
        made_at = now.astimezone(UTC).isoformat()
        told = {"format": FORMAT, "revision": revision, "made_at": made_at, "tables": facts}
        archive.writestr(_MANIFEST, json.dumps(told, indent=1))
    return Manifest(revision, now, {name: fact["rows"] for name, fact in facts.items()})


def _tables(connection: Connection) -> list[Table]:
    """As they are in this database, those that others point to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in _LEFT_OUT]


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    rows = connection.execute(
        select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_AT_ONCE)
    )
    for row in rows.mappings():
        told = {name: _as_json(value) for name, value in row.items()}
        yield json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        # SQLite keeps no zone: what it gives back is UTC.
        aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat()
    return value


def _row(table: Table, line: bytes) -> dict[str, Any]:
    told = cast("dict[str, Any]", json.loads(line))
    return {name: _typed(table.c[name].type, value) for name, value in told.items()}


def _typed(kind: object, value: Any) -> Any:
    if isinstance(kind, DateTime) and value is not None:
        return datetime.fromisoformat(value)
    if isinstance(kind, Boolean) and value is not None:
        return bool(value)
    return value


def _count_on(connection: Connection, tables: list[Table]) -> None:
    """Let PostgreSQL's own counting go on after the highest number that was loaded."""
    for table in tables:
        for column in table.primary_key.columns:
            if column.server_default is not None:
                counter = func.pg_get_serial_sequence(table.name, column.name)
                highest = select(func.max(column)).scalar_subquery()
                connection.execute(select(func.setval(counter, highest)))


def _sha256(archive: zipfile.ZipFile, table: str) -> str:
    with archive.open(_member(table)) as lines:
        return hashlib.file_digest(cast("Any", lines), "sha256").hexdigest()


def _member(table: str) -> str:
    return f"{table}.jsonl"


def _keep_name(folder: Path) -> None:
    """So that a power cut does not lose the new name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

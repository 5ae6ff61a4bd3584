"""The door to the database: one function a transaction, on SQLite and PostgreSQL alike.

`write(work)` and `read(work)` run a plain function on a SQLAlchemy connection and never block the
event loop. What raises inside is rolled back whole.

On SQLite there is one writer, so one thread does all writing of a process, each transaction
`BEGIN IMMEDIATE`; other processes wait for it by the busy timeout. What waits for that thread is
committed together, each piece behind a savepoint of its own: the disk's flush, the slowest part of
a turn by far, is then paid once. On PostgreSQL the function runs over the async driver, many at
once; rows are locked where a turn begins.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, cast

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 10_000
"""Another process may be in the middle of a checkpoint or a retention job."""
_READERS = 2
_TOGETHER = 32
"""Jobs in one transaction: other processes wait no longer than for a few dozen turns."""
_MIGRATION_LOCK = 7_251_011
"""Any number of our own: two processes that start together upgrade one after the other."""


class _Access(Protocol):
    async def write(self, work: Callable[[Connection], T]) -> T: ...
    async def read(self, work: Callable[[Connection], T]) -> T: ...
    async def scrub(self) -> None: ...
    async def close(self) -> None: ...


class Database:
    """A database, opened by its URL (`sqlite:///file` or `postgresql://…`)."""

    def __init__(self, url: str, *, connections: int = 8) -> None:
        backend = make_url(url).get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            raise ValueError(f"database_url: sqlite:///… or postgresql://…, not {backend}")
        self._access: _Access = (
            _SQLite(url) if backend == "sqlite" else _PostgreSQL(url, connections)
        )

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run this in one transaction that may write, and commit."""
        return await self._access.write(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run this in a transaction that only reads."""
        return await self._access.read(work)

    async def scrub(self) -> None:
        """Overwrite what was deleted also where the database keeps older pages."""
        await self._access.scrub()

    async def migrate(self) -> None:
        """Bring the tables to the newest version."""
        await self.write(upgrade)

    async def close(self) -> None:
        """Finish what runs and let go of the files or connections."""
        await self._access.close()


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, which both databases have but SQLAlchemy names apart."""
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The same for statements that are built once a dialect."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


class _Job(Generic[T]):
    def __init__(self, work: Callable[[Connection], T]) -> None:
        self.work = work
        self.done: Future[T] = Future()


class _SQLite:
    def __init__(self, url: str) -> None:
        path = make_url(url).database
        if not path or path == ":memory:":
            raise ValueError("database_url: SQLite needs a file, e.g. sqlite:///var/bot.db")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE")
        self._reader = _sqlite_engine(url, begin="BEGIN")
        self._jobs: deque[_Job[Any]] = deque()
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._reading = ThreadPoolExecutor(_READERS, thread_name_prefix="reader")

    async def write(self, work: Callable[[Connection], T]) -> T:
        job = _Job(work)
        self._jobs.append(job)
        self._writing.submit(self._write_waiting)
        return await asyncio.wrap_future(job.done)

    async def read(self, work: Callable[[Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reading, partial(_seen, self._reader, work))

    async def scrub(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._writing, partial(_truncate_wal, self._writer))

    def _write_waiting(self) -> None:
        jobs: list[_Job[Any]] = []
        while self._jobs and len(jobs) < _TOGETHER:
            job = self._jobs.popleft()
            if job.done.set_running_or_notify_cancel():
                jobs.append(job)
        if jobs:
            _commit_together(self._writer, jobs)

    async def close(self) -> None:
        for pool in (self._writing, self._reading):
            await asyncio.to_thread(pool.shutdown)
        self._writer.dispose()
        self._reader.dispose()


class _PostgreSQL:
    def __init__(self, url: str, connections: int) -> None:
        self._engine: AsyncEngine = create_async_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=connections,
            max_overflow=0,
            # Parameters hold what people wrote; errors and logs must not quote them.
            hide_parameters=True,
        )
        self._running: set[asyncio.Task[Any]] = set()

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await self._to_its_end(self._written(work))

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self._to_its_end(self._seen(work))

    async def _written(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def _seen(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.connect() as connection:
            return await connection.run_sync(work)

    async def _to_its_end(self, transaction: Coroutine[Any, Any, T]) -> T:
        """Also when whoever waits for it is cancelled: it is short, and a connection that is cut
        off in the middle of a statement is lost to the pool."""
        running = asyncio.create_task(transaction)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return await asyncio.shield(running)

    async def scrub(self) -> None:
        """PostgreSQL's autovacuum frees the space; its files are the operator's to encrypt."""

    async def close(self) -> None:
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._engine.dispose()


def _sqlite_engine(url: str, *, begin: str) -> Engine:
    engine = create_engine(
        make_url(url).set(drivername="sqlite+pysqlite"),
        hide_parameters=True,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
    )

    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver would begin by itself, and too late: SQLAlchemy's begin does it below.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", start)
    return engine


def _commit_together(engine: Engine, jobs: Sequence[_Job[Any]]) -> None:
    """Run these in one transaction; a job that raises is undone alone."""
    settle: list[Callable[[], None]] = []
    try:
        with engine.begin() as connection:
            settle = [_run_behind_savepoint(connection, job) for job in jobs]
    except Exception as error:  # noqa: BLE001 - nothing was committed: everybody must know
        settle = [partial(job.done.set_exception, error) for job in jobs]
    for tell in settle:
        tell()


def _run_behind_savepoint(connection: Connection, job: _Job[Any]) -> Callable[[], None]:
    # Straight to the driver: SQLAlchemy's own savepoints cost as much as a statement.
    sqlite_ = cast("sqlite3.Connection", connection.connection.driver_connection)
    sqlite_.execute("SAVEPOINT job")
    try:
        result = job.work(connection)
    except Exception as error:  # noqa: BLE001 - handed to whoever waits for this job
        sqlite_.execute("ROLLBACK TO job")
        sqlite_.execute("RELEASE job")
        return partial(job.done.set_exception, error)
    sqlite_.execute("RELEASE job")
    return partial(job.done.set_result, result)


def _seen(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.connect() as connection:
        return work(connection)


def _truncate_wal(engine: Engine) -> None:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
    finally:
        connection.close()


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest version, on this connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

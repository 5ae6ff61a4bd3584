"""What is taught for real, the trained model, and an empty database to copy."""

from pathlib import Path

import pytest

from bot.content import load
from bot.storage.database import Database
from flows.content import Content
from nlu.engine import Engine

DATA = Path(__file__).parent.parent.parent / "data"
CACHE = DATA.parent / "var" / "model"
"""Where `bot serve` keeps it too, so that it is trained once (under a minute)."""


@pytest.fixture(scope="session")
def taught() -> Content:
    return load(DATA)


@pytest.fixture(scope="session")
def trained() -> Engine:
    return Engine.load(DATA, CACHE)


@pytest.fixture
async def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database with all tables and no rows; made once."""
    file = tmp_path_factory.getbasetemp() / "empty.db"
    if not file.exists():
        database = Database(f"sqlite:///{file}")
        await database.migrate()
        await database.scrub()
        await database.close()
    return file

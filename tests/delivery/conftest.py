"""The outbox of one account, on both databases."""

import pytest

from bot.storage.database import Database
from tests.delivery.post import Post
from tests.talk import Clock


@pytest.fixture
def post(database: Database, clock: Clock) -> Post:
    return Post(database, clock)

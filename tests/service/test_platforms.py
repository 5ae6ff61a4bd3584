"""A public channel stays closed, in words, until what it needs is there."""

from typing import Any

import pytest

from bot.author import Author
from bot.channels import capability
from bot.config import Settings
from bot.platforms import platforms
from tests.service.told import Told
from tests.talk import MORNING

ZALO = {"zalo_bot_token": "1001:zalo-bi-mat"}
ANSWERED_FOR = {
    "operator_name": "Hội A",
    "operator_contact": "028 1234",
    "privacy_text": "Máy giữ rất ít.",
}
WEBHOOK = {
    "zalo_bot_updates": "webhook",
    "base_url": "https://binhdan.example",
    "webhook_secret": "a-secret-of-ours-16",
}


def opened(**given: Any) -> tuple[list[str], list[str]]:
    """Which channels are open, and what was said of the others, in words."""
    settings, told = Settings(**given), Told()
    author = Author.load(settings.data_dir)
    found = platforms(settings, capability.load(settings.data_dir), lambda: MORNING, told.tell)
    said = [author.tell(key, **places) for key, places in told.said]
    assert all(sentence.startswith(("zalo_bot: ", "telegram: ")) for sentence in said)
    return [platform.channel for platform in found], told.keys()


def test_without_a_token_there_is_nothing_to_open() -> None:
    assert opened(**ANSWERED_FOR) == ([], [])


async def test_each_platform_with_a_token_is_open() -> None:
    both = {**ZALO, "telegram_token": "2001:telegram-token"}

    assert opened(**both, **ANSWERED_FOR) == (["zalo_bot", "telegram"], [])


@pytest.mark.parametrize("missing", list(ANSWERED_FOR))
def test_a_trial_run_opens_no_public_channel(missing: str) -> None:
    assert opened(**ZALO, **{**ANSWERED_FOR, missing: ""}) == ([], ["serve.closed_trial"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"base_url": "http://127.0.0.1:8080"}, ["serve.closed_https"]),
        ({"webhook_secret": ""}, ["serve.closed_secret"]),
    ],
)
def test_a_webhook_needs_a_way_in_and_a_proof(changes: dict[str, str], said: list[str]) -> None:
    found, keys = opened(**ZALO, **ANSWERED_FOR, **{**WEBHOOK, **changes})

    assert keys == said
    assert found == ([] if said else ["zalo_bot"])


async def test_a_token_that_can_be_none_stops_no_other_platform() -> None:
    tokens = {"zalo_bot_token": "chưa có", "telegram_token": "2001:telegram-token"}

    assert opened(**tokens, **ANSWERED_FOR) == (["telegram"], ["serve.token_refused"])

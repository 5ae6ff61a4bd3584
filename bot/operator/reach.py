"""What `bot doctor` hears over the network.

The platforms: is the token good, and where do updates go. The Rasa server: does it answer.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime

from bot.config import Settings
from bot.operator import accounts
from bot.operator.accounts import OurAccount, RefusedError, UnreachableError
from bot.operator.finding import Finding, bad, good
from bot.operator.stored import clock_against
from nlu.rasa import Client, RasaError


async def platform(ours: OurAccount, clock: Callable[[], datetime]) -> AsyncIterator[Finding]:
    """Ask one platform; nothing further where it is out of reach."""
    try:
        answer = await accounts.me(ours)
        name = answer.result.get("username") or answer.result.get("account_name") or ours.account
        yield good("token", "token", channel=ours.channel, name=name)
        if answer.date is not None:
            yield clock_against(ours.channel, answer.date, clock())
        yield _way_in(ours, await accounts.webhook(ours))
    except UnreachableError:
        yield bad("token", "unreachable", channel=ours.channel, api=ours.api)
    except RefusedError as error:
        yield bad("token", "token_refused", channel=ours.channel, code=error.code)


def engine(settings: Settings) -> Iterator[Finding]:
    """Which engine is set; Rasa is asked which model it serves."""
    if settings.nlu_engine == "lexical":
        yield good("engine", "engine_own")
        return
    client = Client(settings.rasa_url)
    try:
        served = client.status()
    except RasaError as error:
        yield bad("engine", "engine_rasa_away", url=settings.rasa_url, reason=error)
    else:
        yield good("engine", "engine_rasa", url=settings.rasa_url, model=served.model_file)
    finally:
        client.close()


def _way_in(ours: OurAccount, url: str) -> Finding:
    told = {"channel": ours.channel, "url": url}
    if ours.mode == "polling":
        return bad("updates", "hook_left", **told) if url else good("updates", "polling", **told)
    if not url:
        return bad("updates", "hook_missing", **told)
    if url != ours.hook:
        return bad("updates", "hook_elsewhere", **told)
    return good("updates", "hook_ours", **told)

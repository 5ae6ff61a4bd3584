"""What `bot doctor` hears from the platforms: is the token good, and where do updates go."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

from bot.operator import accounts
from bot.operator.accounts import OurAccount, RefusedError, UnreachableError
from bot.operator.finding import Finding, bad, good
from bot.operator.stored import clock_against


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


def _way_in(ours: OurAccount, url: str) -> Finding:
    told = {"channel": ours.channel, "url": url}
    if ours.mode == "polling":
        return bad("updates", "hook_left", **told) if url else good("updates", "polling", **told)
    if not url:
        return bad("updates", "hook_missing", **told)
    if url != ours.hook:
        return bad("updates", "hook_elsewhere", **told)
    return good("updates", "hook_ours", **told)

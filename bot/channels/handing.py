"""Handing in an update that was polled, until it is stored: it may not come a second time."""

from collections.abc import Awaitable, Callable

import structlog

from bot import log
from bot.assistant import MOST_FAULTS, TurnFailedError
from bot.channels.incoming import Incoming
from bot.channels.platform import Take
from bot.storage import key

_log = structlog.get_logger()


async def hand_in(incoming: Incoming, take: Take, rest: Callable[[int], Awaitable[None]]) -> None:
    """Return once `take` has stored it; `rest` waits, given the number of faults so far.

    After three faults of ours the assistant sets it aside by itself. What nobody foresaw leaves
    the update behind after as many, so that it holds up none of those after it.
    """
    faults = 0
    while True:
        try:
            return await take(incoming)
        except TurnFailedError:
            faults += 1
        except Exception as error:  # noqa: BLE001 - no update may stop those after it
            faults += 1
            _log.error("poll.update_failed", channel=incoming.channel, **log.fault(error))
            if faults == MOST_FAULTS:
                turn = key.turn_of(incoming.channel, incoming.account, incoming.update_id)
                _log.error("poll.left_behind", channel=incoming.channel, turn=turn)
                return None
        await rest(faults)

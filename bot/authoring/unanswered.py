"""What people wrote that the bot did not know, or had to ask about: of those only who agreed.

The words are the masked ones that are stored anyhow, and gone after seven days
(`bot/storage/retention.py`). Nothing is stored here. That a text was not answered stands in the log
of events, which names the turn and no person; who agreed, and when, stands in `consent`. What was
asked for is "from now on", so words from before the yes are not read; nor is anything any more once
it was taken back. What is written in a group is not stored at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, select

from bot.storage import key
from bot.storage.tables import consent, event, utterance
from nlu.mask import mask, without_masks

PURPOSE = "improve"
DAYS = 7


@dataclass(frozen=True, slots=True)
class Text:
    """One message that was not answered."""

    text: str
    """Masked; what stood for a number or a password is taken out, for it is no word of hers."""
    person: str
    """learner.id, only to count different people."""


@dataclass(frozen=True, slots=True)
class Found:
    """What may be looked at."""

    agreed: int
    """People who agree, at this moment, that their words help to improve the bot."""
    texts: tuple[Text, ...]


def unanswered(connection: Connection, *, now: datetime) -> Found:
    """The texts of the last seven days that were not answered, of people who agreed before."""
    agreed = _agreeing(connection)
    since = now - timedelta(days=DAYS)
    turns = _turns(connection, since)
    said = select(utterance.c.turn, utterance.c.text, utterance.c.learner, utterance.c.at).where(
        utterance.c.at >= since, utterance.c.hold_until.is_(None)
    )
    rows = connection.execute(said.order_by(utterance.c.at, utterance.c.turn))
    return Found(len(agreed), tuple(_texts(rows, agreed, turns)))


def _texts(
    rows: Iterable[Row[str, str, str, datetime]], agreed: Mapping[str, datetime], turns: set[str]
) -> Iterator[Text]:
    for turn, text, person, at in rows:
        if person not in agreed or at <= agreed[person]:
            continue
        # A fragment that waited in vain was answered in a turn of its own (`bot/falling_due.py`).
        if turn in turns or key.turn_of("fragment", turn) in turns:
            read = " ".join(without_masks(mask(text).text).split())
            if read:
                yield Text(read, person)


def _agreeing(connection: Connection) -> dict[str, datetime]:
    """Whoever said yes last, and has not taken it back; since when."""
    said = select(consent.c.learner, consent.c.agreed, consent.c.at, consent.c.withdrawn_at)
    newest = {
        learner: at if agreed and withdrawn_at is None else None
        for learner, agreed, at, withdrawn_at in connection.execute(
            said.where(consent.c.purpose == PURPOSE).order_by(consent.c.at, consent.c.id)
        )
    }
    return {learner: at for learner, at in newest.items() if at is not None}


def _turns(connection: Connection, since: datetime) -> set[str]:
    """The turns in which the bot did not know or asked which."""
    logged = select(event.c.id).where(event.c.type == "unanswered", event.c.at >= since)
    return {id_.rpartition(":")[0] for id_ in connection.execute(logged).scalars()}

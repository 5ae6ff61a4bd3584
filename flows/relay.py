"""What may be passed on between somebody who asks and the volunteer who answers.

    words     what was said, masked, with a note of what came along; empty for a photo without words
    fault     why a volunteer's words are held back: a secret, a hidden number, a link
    answer, to_asker, to_helper    the message in the other chat

The words of who asks are masked and passed on as they are. A volunteer's are held back whole where
they hold what nobody should get from a stranger, and she is told why: half a message would puzzle
more than none. Each reads the language it was begun in; volunteers read Vietnamese.
"""

import re
from dataclasses import replace
from functools import cache
from typing import Literal

from flows.address import unofficial
from flows.content import Links
from flows.replies import Reply
from flows.snapshots import Ticket
from flows.turn import Outgoing, Said, Sent, ToAsker, ToHelper, Turn
from nlu.normalise import fold
from nlu.understanding import Language, Understanding
from nlu.words import mapping, strings

Fault = Literal["secret", "number", "link", "asking"]
_SHOWN = ("photo", "video", "voice")
"""What is called by its own name when only its caption is passed on."""


def words(turn: Turn, language: Language) -> str:
    """What was said, or written under a photo; `language` is that of the other side."""
    said = turn.understanding.text if turn.understanding is not None else ""
    match turn.input:
        case Sent(kind="edited") | Said():
            return said
        case Sent(kind=kind) if said:
            what = kind if kind in _SHOWN else "file"
            return f"{said} {turn.content.sentence(language, f'ticket.with_{what}')}"
        case _:
            return ""


def fault(understanding: Understanding, links: Links) -> Fault | None:
    """Why these words of a volunteer may not be passed on; None: they may."""
    if understanding.secrets:
        return "secret"
    if any(token in understanding.text for token in mapping("secrets", "masked").values()):
        return "number"
    if any(pattern.search(fold(understanding.text)) for pattern in _asking()):
        return "asking"
    if unofficial(understanding.text, links):
        return "link"
    return None


@cache
def _asking() -> tuple[re.Pattern[str], ...]:
    """How somebody is asked for a secret: nobody who helps ever needs one."""
    return tuple(re.compile(pattern) for pattern in strings("secrets", "asking"))


def to_asker(turn: Turn, ticket: Ticket, key: str, **values: object) -> Outgoing:
    """A sentence for who asked, in her language."""
    text = turn.content.sentence(ticket.language, key, **values)
    return Outgoing(to=ToAsker(ticket=ticket.id), reply=Reply(text=text))


def answer(turn: Turn, ticket: Ticket, said: str, name: str) -> Outgoing:
    """A volunteer's words for who asked, signed."""
    message = to_asker(turn, ticket, "ticket.answer", words=said, name=name)
    return replace(message, to=ToAsker(ticket=ticket.id, answer=True))


def to_helper(turn: Turn, ticket: Ticket, key: str, **values: object) -> Outgoing:
    """A sentence for the volunteer."""
    text = turn.content.sentence("vi", key, n=ticket.number, **values)
    return Outgoing(to=ToHelper(ticket=ticket.id), reply=Reply(text=text))

"""A tip as a group reads it: the same words whether the bot sends them or a host pastes them.

text, thing to do today, where it was read, and the link to ask on: at most 1,900 characters
"""

from flows.content import Content
from flows.lesson import Tip, topic_of
from flows.replies import Reply
from flows.snapshots import Account
from flows.turn import Turn
from nlu.when import CITY

PAGE = "/"
"""The chat on our own site: for everybody with a link."""


def available(turn: Turn, topic: str = "") -> list[Tip]:
    """The tips that may be sent, of one topic or of all: the week's first, then as authored."""
    tips = [
        tip
        for tip in turn.content.tips.values()
        if topic_of(tip.id) not in turn.content.withdrawn and topic in ("", topic_of(tip.id))
    ]
    first = turn.content.calendar.first(turn.now.astimezone(CITY).date())
    return sorted(tips, key=lambda tip: first.index(tip.id) if tip.id in first else len(first))


def found(turn: Turn, tip_id: str) -> Tip | None:
    """The tip of this id; None when it is gone or its topic was withdrawn."""
    return next((tip for tip in available(turn) if tip.id == tip_id), None)


def title(turn: Turn, tip_id: str) -> str:
    """What a tip is called in lists: its topic, numbered where the topic has several."""
    topic = topic_of(tip_id)
    name = turn.content.topics[topic].title if topic in turn.content.topics else topic
    siblings = [other for other in turn.content.tips if topic_of(other) == topic]
    if len(siblings) < 2 or tip_id not in siblings:
        return name
    return turn.say("tip.nth", title=name, n=siblings.index(tip_id) + 1)


def reply(
    content: Content, tip: Tip, account: Account | None, *, as_on: str | None = None
) -> Reply:
    """The tip as sent on this account; in Vietnamese, whatever language its sender prefers.

    Where the account has no link of its own, the way to ask on is our page.
    """
    sentence = content.sentence
    parts = [tip.text, sentence("vi", "tip.today", today=tip.today)]
    howto = content.howtos.get(topic_of(tip.id))
    if howto is not None:
        publishers = dict.fromkeys(howto.sources[key].publisher for key in tip.sources)
        parts.append(sentence("vi", "tip.source", publishers=", ".join(publishers)))
    own = account.link if account is not None else None
    parts.append(sentence("vi", "tip.ask_on", url=own) if own else sentence("vi", "tip.ask_page"))
    return Reply(text="\n\n".join(parts), link=None if own else PAGE, as_on=as_on)

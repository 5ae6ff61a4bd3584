"""Lengths on every platform: a step as the flows will show it, a button, a poll."""

from bot import rehearsal
from bot.fault import Place
from bot.reading import Reading
from flows.ageing import as_of
from flows.lesson import Howto, Item, Topic
from flows.replies import Act

LONGEST_MESSAGE = 1_500
"""Characters. The strictest channel takes 2,000 (Zalo); a step that long is no step any more."""
LONGEST_BUTTON = 64
"""Characters of a title, which becomes a button; more is cut off on a phone 360 px wide."""
LONGEST_QUESTION, LONGEST_ANSWER = 300, 100
"""Characters of a poll and of its options: Telegram takes no more (core.telegram.org/bots/api)."""


def messages(reading: Reading) -> None:
    """No step is longer than people read, on either kind of phone."""
    if reading.flawed:
        return  # what was not read whole cannot be shown
    content = as_of(reading.content(), rehearsal.AT.date())
    for slug, howto in content.howtos.items():
        for device in ("android", "iphone"):
            outcome = rehearsal.opened(content, slug, device)
            for number in range(len(howto.steps)):
                longest = max(len(reply.text) for reply in outcome.replies)
                if longest > LONGEST_MESSAGE:
                    place = reading.of(Howto, slug).at("steps", number)
                    reading.fault(place, "long_message", count=longest, most=LONGEST_MESSAGE)
                outcome = rehearsal.played(content, Act("step.next"), outcome)


def buttons(reading: Reading) -> None:
    """Titles fit on a button, questions and options into a poll."""
    for slug, topic in reading.topics.items():
        _fits(reading, reading.of(Topic, slug).at("title"), topic.title, LONGEST_BUTTON)
    for key, item in reading.items.items():
        place = reading.of(Item, key)
        _fits(reading, place.at("ask"), item.ask, LONGEST_QUESTION)
        for number, option in enumerate(item.options):
            _fits(reading, place.at("options", number, "text"), option.text, LONGEST_ANSWER)


def _fits(reading: Reading, place: Place, text: str, most: int) -> None:
    if len(text) > most:
        reading.fault(place, "long_label", count=len(text), most=most)

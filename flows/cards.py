"""The script cards that a host opens from her menu: to begin, and for hard moments."""

from flows.host import hosts_only
from flows.replies import Act, Choice
from flows.turn import Outcome, Turn


@hosts_only
def listing(turn: Turn) -> Outcome:
    """Show which cards there are."""
    cards = sorted(turn.content.cards.values(), key=lambda card: card.order)
    if not cards:
        return Outcome.of(turn).saying(turn.say("card.none"))
    options = [Choice(card.title, Act("card.show", card.name)) for card in cards]
    return Outcome.of(turn).asking(turn.say("card.which"), options, at=turn.now)


@hosts_only
def show(turn: Turn) -> Outcome:
    """Show one card, and where its topics are taught."""
    card = turn.content.cards.get(turn.interpretation.act.arg)
    if card is None:
        return listing(turn)
    topics = [turn.content.topics[slug] for slug in card.topics if slug in turn.content.topics]
    options = [Choice(topic.title, Act("howto.open", topic.slug)) for topic in topics]
    options.append(Choice(turn.say("card.others"), Act("card.list")))
    return Outcome.of(turn).asking(card.text, options, at=turn.now)

"""A help request as who asked sees it: her words go to the volunteer, until she or they end it.

While a volunteer answers, the bot is silent: typed words are passed on, masked. Presses and
emergency cards stay the bot's.
"""

from flows import relay
from flows.addressed import helped, helping, lists_her_data
from flows.dialog import HowtoOpen
from flows.events import TicketClosed
from flows.offer import offer
from flows.replies import Act
from flows.turn import Due, Outcome, Sent, TicketUnanswered, Turn


def add(turn: Turn) -> Outcome:
    """Pass words on, and be silent. Photos and voices are not passed on."""
    ticket = helped(turn.standing)
    if ticket is None:
        return Outcome.of(turn).saying(turn.say("stale.nothing"))
    outcome = passing_on(turn, Outcome.of(turn))
    if lists_her_data(turn.dialog):
        outcome = outcome.noting(choices=None)  # a later number is the volunteer's
    if isinstance(turn.input, Sent) and turn.input.kind != "edited":
        return outcome.saying(turn.say("ticket.words_only"))
    return outcome


def passing_on(turn: Turn, outcome: Outcome) -> Outcome:
    """The same outcome, with what was said passed on to the volunteer where one answers."""
    ticket, words = helped(turn.standing), relay.words(turn, "vi")
    if ticket is None or not words:
        return outcome
    return outcome.sending(relay.to_helper(turn, ticket, "ticket.asker_says", words=words))


def parting(turn: Turn, outcome: Outcome) -> Outcome:
    """The same outcome of somebody who is being forgotten, with a word to the other side."""
    outcome, answers = departing(turn, outcome), helping(turn.standing)
    if answers is not None:
        outcome = outcome.sending(relay.to_asker(turn, answers, "ticket.waits_again"))
    return outcome


def departing(turn: Turn, outcome: Outcome) -> Outcome:
    """The same outcome, with a word to the volunteer whose help is no longer wanted."""
    asks = helped(turn.standing)
    if asks is None:
        return outcome
    return outcome.sending(relay.to_helper(turn, asks, "ticket.asker_left"))


def unanswered(turn: Turn) -> Outcome:
    """Close a request that has been open for too long, and say where else to ask."""
    assert isinstance(turn.input, Due)  # noqa: S101 - the act comes with nothing else
    assert isinstance(turn.input.what, TicketUnanswered)  # noqa: S101
    closed = TicketClosed(ticket=turn.input.what.ticket.id, by="nobody")
    return Outcome.of(turn).recording(closed).saying(turn.say("ticket.unanswered"))


def leave(turn: Turn) -> Outcome:
    """Take a request back, or return from the volunteer to the bot and to the open how-to."""
    ticket = turn.standing.asks
    if ticket is None:
        return Outcome.of(turn).saying(turn.say("stale.nothing"))
    closed = Outcome.of(turn).recording(TicketClosed(ticket=ticket.id, by="asker"))
    outcome = departing(turn, closed)
    said = turn.say("ticket.left" if ticket.state == "taken" else "ticket.taken_back")
    opened = turn.dialog.open
    howto = turn.content.howto(opened.topic) if isinstance(opened, HowtoOpen) else None
    if howto is None:
        return outcome.noting(choices=None).saying(said)
    text = f"{said} {turn.say('howto.offer_back', title=howto.title)}"
    return offer(turn, outcome, text, Act("howto.resume"), no=Act("howto.leave"))

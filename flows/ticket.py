"""A help request as the volunteer sees it: offered, taken, answered, closed or given back.

What who asked is told goes to her chat (`flows/relay.py`). While a request is held every word is
for her, so what was open here is put aside and comes back with the end. The other side is
`flows/helped.py`.
"""

from flows import relay
from flows.addressed import helping
from flows.answering import CHOICES_OPEN
from flows.events import TicketAnswered, TicketClosed, TicketGivenBack, TicketTaken
from flows.pause import pausing
from flows.replies import Act, Choice
from flows.snapshots import Ticket
from flows.turn import AnswerLost, Due, Outcome, Sent, TicketOffered, TicketQuiet, Turn
from flows.ward import called

MOST_LISTED = 6


def offered(turn: Turn) -> Outcome:
    """Show a waiting request; ways on are drawn only where no other list is open."""
    assert isinstance(turn.input, Due)  # noqa: S101 - the act comes with nothing else
    assert isinstance(turn.input.what, TicketOffered)  # noqa: S101
    ticket = turn.input.what.ticket
    outcome = Outcome.of(turn)
    if _is_own(turn, ticket) or turn.standing.role("volunteer", ticket.ward) is None:
        return outcome
    head = turn.say("ticket.waits", n=ticket.number, ward=called(turn, ticket.ward))
    text = "\n".join([head, *_about(turn, ticket)])
    choices = turn.dialog.choices
    listed = choices is not None and turn.now < choices.at + CHOICES_OPEN
    if helping(turn.standing) is not None:
        return outcome.saying(f"{text}\n{turn.say('ticket.take_later', n=ticket.number)}")
    if turn.dialog.open is not None or listed:
        return outcome.saying(f"{text}\n{turn.say('ticket.take_by_word', n=ticket.number)}")
    options = [
        Choice(turn.say("ticket.take"), Act("ticket.take", ticket.id)),
        Choice(turn.say("ticket.leave_it"), Act("decline")),
    ]
    return outcome.asking(text, options, at=turn.now)


def listing(turn: Turn) -> Outcome:
    """The requests that wait in her wards, oldest first."""
    waiting = _waiting(turn)[:MOST_LISTED]
    if not waiting:
        return Outcome.of(turn).saying(turn.say("ticket.none"))
    options = [Choice(_line(turn, one), Act("ticket.take", one.id)) for one in waiting]
    return Outcome.of(turn).asking(turn.say("ticket.list"), options, at=turn.now)


def take(turn: Turn) -> Outcome:
    """Take the request that was named, or the oldest; what was open here waits."""
    held = helping(turn.standing)
    if held is not None:
        return Outcome.of(turn).saying(turn.say("ticket.held", n=held.number))
    ticket = _wanted(turn)
    role = turn.standing.role("volunteer", ticket.ward) if ticket is not None else None
    if ticket is None or role is None:
        key = "ticket.gone" if turn.interpretation.act.arg else "ticket.none"
        return Outcome.of(turn).saying(turn.say(key))
    outcome = pausing(Outcome.of(turn), "").opening(None).recording(TicketTaken(ticket=ticket.id))
    outcome = outcome.sending(relay.to_asker(turn, ticket, "ticket.has_taken", name=role.name))
    head = turn.say("ticket.taken", n=ticket.number)
    return outcome.saying("\n".join([head, *_about(turn, ticket), turn.say("ticket.how")]))


def answer(turn: Turn) -> Outcome:
    """Pass a volunteer's words on, signed; or hold them back and say why."""
    ticket = helping(turn.standing)
    role = turn.standing.role("volunteer", ticket.ward) if ticket is not None else None
    if ticket is None or role is None:
        return Outcome.of(turn).saying(turn.say("ticket.none_held"))
    outcome = Outcome.of(turn)
    words = relay.words(turn, ticket.language)
    fault = turn.understanding and relay.fault(turn.understanding, turn.content.links)
    if fault:
        return outcome.saying(turn.say(f"ticket.held_back_{fault}"))
    if words:
        message = relay.answer(turn, ticket, words, role.name)
        outcome = outcome.sending(message).recording(TicketAnswered(ticket=ticket.id))
    if isinstance(turn.input, Sent) and turn.input.kind != "edited":
        return outcome.saying(turn.say("ticket.words_only"))
    if outcome.dialog.passed_on == ticket.id:
        return outcome
    return outcome.noting(passed_on=ticket.id).saying(turn.say("ticket.passed_on"))


def close(turn: Turn) -> Outcome:
    """End the request: the bot answers again."""
    ticket = helping(turn.standing)
    if ticket is None:
        return Outcome.of(turn).saying(turn.say("ticket.none_held"))
    outcome = Outcome.of(turn).recording(TicketClosed(ticket=ticket.id, by="helper"))
    howto = turn.content.howto(ticket.topic) if ticket.topic is not None else None
    if howto is None:
        outcome = outcome.sending(relay.to_asker(turn, ticket, "ticket.is_closed"))
    else:
        message = relay.to_asker(turn, ticket, "ticket.is_closed_at", title=howto.title)
        outcome = outcome.sending(message)
    return outcome.saying(turn.say("ticket.closed", n=ticket.number))


def give_back(turn: Turn) -> Outcome:
    """Let somebody else answer."""
    ticket = helping(turn.standing)
    if ticket is None:
        return Outcome.of(turn).saying(turn.say("ticket.none_held"))
    outcome = given_back(turn, Outcome.of(turn), ticket)
    return outcome.saying(turn.say("ticket.given_back", n=ticket.number))


def quiet(turn: Turn) -> Outcome:
    """A volunteer has been silent for too long: the request waits again."""
    assert isinstance(turn.input, Due)  # noqa: S101 - the act comes with nothing else
    assert isinstance(turn.input.what, TicketQuiet)  # noqa: S101
    ticket = turn.input.what.ticket
    outcome = given_back(turn, Outcome.of(turn), ticket, quiet=True)
    return outcome.saying(turn.say("ticket.was_quiet", n=ticket.number))


def lost(turn: Turn) -> Outcome:
    """Tell a volunteer that what she answered never arrived."""
    assert isinstance(turn.input, Due)  # noqa: S101 - the act comes with nothing else
    what = turn.input.what
    assert isinstance(what, AnswerLost)  # noqa: S101
    reason = turn.say(f"ticket.lost_{what.why}")
    text = turn.say("ticket.lost", n=what.number, reason=reason)
    held = helping(turn.standing)
    if held is not None and held.id == what.ticket:
        text = f"{text} {turn.say('ticket.lost_close')}"
    return Outcome.of(turn).saying(text)


def given_back(turn: Turn, outcome: Outcome, ticket: Ticket, *, quiet: bool = False) -> Outcome:
    """Let a request wait again, and tell who asked."""
    given = TicketGivenBack(ticket=ticket.id, quiet=quiet)
    return outcome.recording(given).sending(relay.to_asker(turn, ticket, "ticket.waits_again"))


def _wanted(turn: Turn) -> Ticket | None:
    """By its id where it was chosen, by its number where it was typed."""
    arg = turn.interpretation.act.arg
    fits = (one for one in _waiting(turn) if arg in ("", one.id, str(one.number)))
    return next(fits, None)


def _waiting(turn: Turn) -> list[Ticket]:
    """What waits in her wards, but for what she asks herself."""
    tickets = turn.snapshots.tickets
    return [one for one in tickets if one.state == "waiting" and not _is_own(turn, one)]


def _is_own(turn: Turn, ticket: Ticket) -> bool:
    return turn.standing.asks is not None and turn.standing.asks.id == ticket.id


def _about(turn: Turn, ticket: Ticket) -> list[str]:
    """What is known of it, at most three lines: the lesson and step, the phone, her words."""
    lines: list[str] = []
    if ticket.topic is not None and ticket.topic in turn.content.topics:
        lines.append(_lesson(turn, ticket, ticket.topic))
    if ticket.device is not None:
        lines.append(turn.say(f"ticket.{ticket.device}"))
    if ticket.question:
        lines.append(turn.say("ticket.question", question=ticket.question))
    return lines


def _lesson(turn: Turn, ticket: Ticket, topic: str) -> str:
    howto = turn.content.howto(topic)
    position = howto.position(ticket.step) if howto is not None and ticket.step else None
    if howto is None or position is None:
        return turn.say("ticket.lesson", title=turn.content.topics[topic].title)
    return turn.say("ticket.lesson_step", title=howto.title, n=position + 1)


def _line(turn: Turn, ticket: Ticket) -> str:
    """One request in a list, by its lesson."""
    if ticket.topic is None or ticket.topic not in turn.content.topics:
        return turn.say("ticket.line", n=ticket.number)
    title = turn.content.topics[ticket.topic].title
    return turn.say("ticket.line_lesson", n=ticket.number, title=title)

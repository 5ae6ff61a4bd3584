"""Which conversation answers this turn: the only dispatcher.

Around every answer: the warning for a secret goes first, the first words once before everything
else, and what was put aside is taken up again when what came between has ended.
"""

from collections.abc import Callable
from dataclasses import replace

from flows import (
    agreed,
    campaign,
    cards,
    certificate,
    consent,
    emergency,
    group,
    handover,
    helped,
    host,
    howto,
    in_group,
    old_ward,
    privacy,
    quiz,
    reminder,
    role,
    talk,
    ticket,
    tip,
    tongue,
)
from flows.dialog import QuizOpen
from flows.events import SecretSeen
from flows.replies import ActName, Reply
from flows.resume import resuming
from flows.turn import Outcome, Turn


def silent(turn: Turn) -> Outcome:
    """Say nothing: a secret has its warning, and nothing else was said."""
    return Outcome.of(turn)


def hold(turn: Turn) -> Outcome:
    """Wait for the rest of the sentence."""
    return replace(Outcome.of(turn), held=True)


ANSWERS: dict[ActName, Callable[[Turn], Outcome]] = {
    "howto.open": howto.start,
    "howto.resume": howto.again,
    "howto.device": howto.device,
    "howto.done": howto.done,
    "howto.leave": howto.leave,
    "step.next": howto.next_step,
    "step.back": howto.back,
    "step.stuck": howto.stuck,
    "step.stay": howto.stay,
    "report_wrong": howto.report_wrong,
    "nothing_open": howto.nothing_open,
    "quiz.start": quiz.start,
    "quiz.answer": quiz.answer,
    "quiz.pass": quiz.passed,
    "quiz.stop": quiz.stop,
    "reminder.set": reminder.start,
    "reminder.time": reminder.take_time,
    "reminder.subject": reminder.take_subject,
    "reminder.list": reminder.listing,
    "reminder.pick": reminder.pick,
    "reminder.change": reminder.change,
    "reminder.retime": reminder.retime,
    "reminder.cancel": reminder.cancel,
    "due.reminder": reminder.due,
    "certificate.status": certificate.status,
    "certificate.ask": certificate.ask,
    "certificate.name": certificate.take_name,
    "certificate.issue": certificate.issue,
    "certificate.cancel": certificate.cancel,
    "consent.yes": agreed.yes,
    "consent.no": agreed.no,
    "consent.withdraw": consent.withdraw,
    "stop": privacy.stop,
    "pushes.again": privacy.pushes_again,
    "delete.ask": privacy.ask_delete,
    "delete.confirm": privacy.delete,
    "export_my_data": privacy.tell,
    "human.help": handover.help_me,
    "human.send": handover.send,
    "human.not_send": handover.not_send,
    "ward.told": handover.ward_told,
    "ward.pick": handover.ward_picked,
    "role.claim": role.claim,
    "duty.on": role.on_duty,
    "duty.off": role.off_duty,
    "ticket.take": ticket.take,
    "ticket.answer": ticket.answer,
    "ticket.close": ticket.close,
    "ticket.give_back": ticket.give_back,
    "ticket.list": ticket.listing,
    "ticket.add": helped.add,
    "ticket.leave": helped.leave,
    "due.ticket": ticket.offered,
    "due.ticket_quiet": ticket.quiet,
    "due.ticket_unanswered": helped.unanswered,
    "due.ticket_lost": ticket.lost,
    "greet": talk.greet,
    "thanks": talk.thanks,
    "menu": talk.menu,
    "language.change": talk.language,
    "name.person": talk.other_person,
    "call_me": talk.call_me,
    "complaint_bot": talk.complaint,
    "host": host.menu,
    "poster": host.poster,
    "ward.now": old_ward.settle,
    "card.list": cards.listing,
    "card.show": cards.show,
    "tip.start": tip.start,
    "tip.more": tip.more,
    "tip.pick": tip.pick,
    "tip.group": tip.one_group,
    "tip.groups": tip.several_groups,
    "tip.ready": tip.ready,
    "tip.when": tip.take_time,
    "tip.leave": tip.leave,
    "tip.confirm": tip.confirm,
    "tip.take_back": campaign.take_back,
    "tip.results": campaign.results,
    "tip.resend": campaign.resend,
    "due.campaign": campaign.due,
    "group.list": group.listing,
    "group.link": group.link,
    "group.name": group.take_name,
    "group.unlink": group.unlink,
    "group.refuse": group.refuse,
    "due.group": group.due,
    "group.admitted": in_group.admitted,
    "group.removed": in_group.removed,
    "group.hello": in_group.hello,
    "group.howto": in_group.howto_begun,
    "group.unknown": in_group.unknown,
    "group.code": in_group.code_seen,
    "group.private": in_group.private,
    "group.silent": in_group.silent,
    "decline": talk.decline,
    "which": talk.which,
    "which.none": talk.none_of_these,
    "unknown": talk.unknown,
    "misuse": talk.misuse,
    "other": talk.other,
    "secret": silent,
    "stale": talk.old_button,
    "unclear_choice": talk.unclear_choice,
    "hold": hold,
    "emergency.scam": emergency.scam,
    "emergency.danger": emergency.danger,
}

UNASKED: frozenset[ActName] = frozenset(
    {
        "emergency.scam",
        "emergency.danger",
        "due.reminder",
        "due.group",
        "due.campaign",
        "due.ticket",
        "due.ticket_quiet",
        "due.ticket_unanswered",
        "due.ticket_lost",
        "ticket.take",
        "ticket.answer",
        "ticket.add",
        "secret",
    }
)
"""After these nothing is offered or taken up: cards, what comes unasked, words to a person."""

DOUBTS: frozenset[ActName] = frozenset({"which", "which.none", "unknown", "hold", "secret"})
"""Acts that do not settle what somebody needs."""


def respond(turn: Turn) -> Outcome:
    """Answer one turn: pure, and at least one message except where silence is the rule."""
    return tongue.told(turn, _told_ward(tongue.spoken(tongue.heard(turn))))


def _told_ward(turn: Turn) -> Outcome:
    return old_ward.told(turn, _answered(turn))


def _answered(turn: Turn) -> Outcome:
    act = turn.interpretation.act.name
    if act in ("stale", "unclear_choice") and isinstance(turn.dialog.open, QuizOpen):
        outcome = quiz.this_one(turn)
    else:
        outcome = ANSWERS[act](turn)
    if outcome.held:
        return outcome
    if act not in UNASKED:
        outcome = resuming(turn, _quiz_again(turn, outcome))
    outcome = in_group.meeting(turn, _first_words(turn, _warned(turn, outcome)))
    return _settled(outcome, act)


def _quiz_again(turn: Turn, outcome: Outcome) -> Outcome:
    """Show the open question again when something was said in the middle of it."""
    in_the_middle = isinstance(turn.dialog.open, QuizOpen) and isinstance(
        outcome.dialog.open, QuizOpen
    )
    if not in_the_middle or outcome.dialog.askings != turn.dialog.askings:
        return outcome
    return quiz.ask(turn, outcome, lead=turn.say("quiz.waits"))


def _warned(turn: Turn, outcome: Outcome) -> Outcome:
    """Put the warning for a secret before the answer; an emergency card stands alone."""
    kinds = tuple(sorted(turn.understanding.secrets)) if turn.understanding is not None else ()
    if not kinds:
        return outcome
    outcome = outcome.recording(SecretSeen(kinds=kinds))
    if any(reply.emergency for reply in outcome.replies):
        return outcome
    texts = [turn.say(f"secret.{kind}") for kind in kinds]
    if turn.chat.kind == "group":  # what everybody can still read comes first
        texts[0] = f"{turn.say('group.secret_seen')}\n{texts[0]}"
    warnings = tuple(Reply(text=text) for text in texts)
    return replace(outcome, replies=warnings + outcome.replies)


def _first_words(turn: Turn, outcome: Outcome) -> Outcome:
    """Say once what this is, in one line before everything else.

    An emergency card is the exception: its first line is the first act, so the first words wait
    for the next turn. That it talks with a machine must be known by anybody who talks with it:
    law 134/2025/QH15 on artificial intelligence, article 11. A group is told at admission.
    """
    if turn.chat.kind == "group":
        return outcome
    if outcome.learner.greeted or not outcome.replies or outcome.replies[0].emergency:
        return outcome
    operator = turn.operator or turn.say("first.trial")
    words = turn.say("first.words", operator=operator)
    first = outcome.replies[0]
    opening = replace(first, text=f"{words}\n\n{first.text}")
    return replace(outcome, replies=(opening, *outcome.replies[1:])).knowing(greeted=True)


def _settled(outcome: Outcome, act: ActName) -> Outcome:
    """Forget earlier doubts once a need was met."""
    if act in DOUBTS or outcome.dialog.unsure == 0:
        return outcome
    return outcome.noting(unsure=0)

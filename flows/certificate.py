"""The learning record in words, and the «Giấy ghi nhận tự học».

It is this bot's own note of what somebody learned, never the attestation on VNeID, and says so.
The name is typed by the person, read back, and kept only with consent.
"""

import re
from collections import Counter

from flows import consent, rubric
from flows.content import Rule
from flows.dialog import CertificateForm, QuizOpen
from flows.events import CredentialIssued
from flows.offer import offer
from flows.pause import pausing
from flows.replies import Act, Choice
from flows.turn import Outcome, Turn

NAME = re.compile(r"[^\W\d_]+(?:[ .'-]+[^\W\d_]+)*\.?")
LONGEST_NAME = 60


def status(turn: Turn) -> Outcome:
    """Say what is known and what is left, in words, and make one offer."""
    rule = _rule(turn)
    lines = [turn.say("record.have", code=c.code) for c in turn.snapshots.credentials]
    link = f"/c/{turn.snapshots.credentials[0].code}" if turn.snapshots.credentials else None
    if not turn.snapshots.answers:
        if turn.learner.asked("learning") and not turn.learner.agrees("learning"):
            lines.append(turn.say("record.not_kept"))
            return _ask_again(turn, "\n".join(lines))
        lines.append(turn.say("record.none"))
        said = Outcome.of(turn).saying("\n".join(lines), link=link)
        return offer(turn, said, turn.say("record.offer_quiz"), Act("quiz.start"))
    topics = rubric.known(rule, turn.snapshots.answers)
    lines += _progress(turn, topics)
    if rubric.earned(rule, topics) and not has_record(turn):
        said = Outcome.of(turn).saying("\n".join(lines))
        return offer(turn, said, turn.say("record.earned"), Act("certificate.ask"))
    lines += _toward(turn, rule, topics)
    said = Outcome.of(turn).saying("\n".join(lines), link=link)
    return offer(turn, said, turn.say("record.offer_quiz"), Act("quiz.start"))


def _ask_again(turn: Turn, lead: str) -> Outcome:
    """Somebody who refused asks for results: the one place where remembering is offered anew."""
    if not turn.chat.lasting or isinstance(turn.dialog.open, QuizOpen):
        return Outcome.of(turn).saying(lead)
    return consent.ask(turn, pausing(Outcome.of(turn), ""), "learning", lead=lead)


def has_record(turn: Turn) -> bool:
    """Whether a record of the current rule was issued already."""
    return any(c.rule == rubric.CURRENT for c in turn.snapshots.credentials)


def ask(turn: Turn) -> Outcome:
    """Start the form for the record: consent first, then the name."""
    if not turn.chat.lasting:
        return Outcome.of(turn).saying(turn.say("record.borrowed"))
    if not _may_issue(turn):
        return status(turn)
    outcome = pausing(Outcome.of(turn), "")
    if not turn.learner.agrees("certificate"):
        return consent.ask(turn, outcome, "certificate")
    return ask_name(turn, outcome)


def ask_name(turn: Turn, outcome: Outcome) -> Outcome:
    """Ask for the name as it shall stand on the record."""
    form = CertificateForm(at=turn.now)
    return outcome.opening(form).saying(turn.say("record.name"))


def take_name(turn: Turn) -> Outcome:
    """Read the typed name back, or say what a name may hold."""
    typed = turn.understanding.text if turn.understanding is not None else ""
    name = " ".join(typed.split())
    if not NAME.fullmatch(name) or not 2 <= len(name) <= LONGEST_NAME:
        return Outcome.of(turn).saying(turn.say("record.name_unclear"))
    name = name.title() if name in (name.lower(), name.upper()) else name
    options = [
        Choice(turn.say("record.right"), Act("certificate.issue")),
        Choice(turn.say("record.fix"), Act("certificate.ask")),
        Choice(turn.say("record.cancel"), Act("certificate.cancel")),
    ]
    form = CertificateForm(name=name, at=turn.now)
    text = turn.say("record.read_back", name=name)
    return Outcome.of(turn).opening(form).asking(text, options, at=turn.now)


def issue(turn: Turn) -> Outcome:
    """Issue the record: code, link, and that it is not the attestation on VNeID."""
    form = turn.dialog.open
    if not isinstance(form, CertificateForm) or not form.name or not _may_issue(turn):
        return status(turn)
    code = turn.fresh_codes[0]
    issued = CredentialIssued(
        code=code,
        name=form.name,
        grade="self",
        rule=rubric.CURRENT,
        topics=tuple(rubric.known(_rule(turn), turn.snapshots.answers)),
        earned_on=turn.now,
    )
    lines = [turn.say("record.issued", name=form.name, code=code), turn.say("record.not_official")]
    outcome = Outcome.of(turn).opening(None).recording(issued)
    return outcome.saying("\n".join(lines), link=f"/c/{code}")


def cancel(turn: Turn) -> Outcome:
    """Leave the form; nothing was kept."""
    return Outcome.of(turn).opening(None).saying(turn.say("decline.fine"))


def _rule(turn: Turn) -> Rule:
    return turn.content.rules[rubric.CURRENT]


def _may_issue(turn: Turn) -> bool:
    topics = rubric.known(_rule(turn), turn.snapshots.answers)
    return rubric.earned(_rule(turn), topics) and not has_record(turn)


def _learnable(turn: Turn) -> list[str]:
    counts = Counter(item.topic for item in turn.content.practice())
    return rubric.learnable(counts, _rule(turn))


def _progress(turn: Turn, topics: list[str]) -> list[str]:
    left = [topic for topic in _learnable(turn) if topic not in topics]
    lines = [turn.say("record.known", topics=_titles(turn, topics))] if topics else []
    if left:
        return [*lines, turn.say("record.left", topics=_titles(turn, left))]
    return [*lines, turn.say("record.nothing_left")]


def _toward(turn: Turn, rule: Rule, topics: list[str]) -> list[str]:
    if has_record(turn):
        return []
    must = "», «".join(turn.content.topics[topic].title for topic in rule.must)
    toward = turn.say("record.toward", need=rule.topics, must=must, have=len(topics))
    return [toward, turn.say("record.how")]


def _titles(turn: Turn, topics: list[str]) -> str:
    return "; ".join(turn.content.topics[topic].title for topic in topics)

"""Small talk and all that is no lesson: greetings, thanks, the menu, languages, photos, doubts."""

from dataclasses import replace

from flows import consent, handover
from flows.acts import act_of
from flows.dialog import Learner, QuizOpen
from flows.events import MisuseTried, Unanswered
from flows.replies import Act, Choice
from flows.turn import Outcome, Turn
from nlu.understanding import Candidate, Language

FEW_WORDS = 2
"""So short a text is rather unfinished than about something the bot does not know."""


def greet(turn: Turn) -> Outcome:
    """Answer a greeting with how to ask."""
    return Outcome.of(turn).saying(turn.say("greet.hello"))


def thanks(turn: Turn) -> Outcome:
    """Answer thanks."""
    return Outcome.of(turn).saying(turn.say("thanks.welcome"))


def decline(turn: Turn) -> Outcome:
    """Answer a no to an offer; nothing is held against it."""
    outcome = Outcome.of(turn)
    outcome = outcome.noting(choices=None)
    return outcome.saying(turn.say("decline.fine"))


def menu(turn: Turn) -> Outcome:
    """Say what the bot can do, and close what was open."""
    options = [
        Choice(turn.say("menu.quiz"), Act("quiz.start")),
        Choice(turn.say("menu.record"), Act("certificate.status")),
        Choice(turn.say("menu.person"), Act("human.help")),
        Choice(turn.say("menu.language"), Act("language.change")),
    ]
    outcome = Outcome.of(turn).opening(None)
    outcome = outcome.noting(paused=())
    # Who has just met the bot reads who it is right above.
    who = f"{turn.say('menu.who')} " if turn.learner.greeted else ""
    return outcome.asking(who + turn.say("menu.what"), options, at=turn.now)


def complaint(turn: Turn) -> Outcome:
    """Say sorry, and offer a person."""
    options = [
        Choice(turn.say("complaint.person"), Act("human.help")),
        Choice(turn.say("complaint.start_over"), Act("menu")),
    ]
    return Outcome.of(turn).asking(turn.say("complaint.sorry"), options, at=turn.now)


def other_person(turn: Turn) -> Outcome:
    """Say how somebody else starts afresh on this phone."""
    return Outcome.of(turn).saying(turn.say("person.other_person"))


def call_me(turn: Turn) -> Outcome:
    """Use from now on the word a person wants to be called by."""
    outcome = Outcome.of(turn).knowing(you=turn.interpretation.act.arg)
    said = turn.content.sentence(
        turn.learner.language, "person.called", you=turn.interpretation.act.arg
    )
    return outcome.saying(said)


def language(turn: Turn) -> Outcome:
    """Change the language or the manner of speech, or ask which."""
    wanted = turn.interpretation.act.arg
    if wanted in ("vi", "en", "fr"):
        changed = replace(turn, learner=_speaking(turn, wanted))
        return Outcome.of(changed).saying(changed.say(f"language.now_{wanted}"))
    if wanted in ("simple", "normal"):
        outcome = Outcome.of(turn).knowing(simple=wanted == "simple")
        return outcome.saying(turn.say(f"language.now_{wanted}"))
    if wanted == "larger":
        key = "language.larger" if turn.chat.channel == "web" else "language.larger_phone"
        return Outcome.of(turn).saying(turn.say(key))
    manner = "normal" if turn.learner.simple else "simple"
    options = [
        Choice(turn.say(f"language.{name}"), Act("language.change", name))
        for name in ("vi", "en", "fr", manner)
    ]
    return Outcome.of(turn).asking(turn.say("language.ask"), options, at=turn.now)


def other(turn: Turn) -> Outcome:
    """Answer what is no text, or text that can't be read."""
    return Outcome.of(turn).saying(turn.say(f"other.{turn.interpretation.act.arg}"))


def which(turn: Turn) -> Outcome:
    """Ask which of at most three readings is meant; a second time for one need, offer a person."""
    if turn.dialog.unsure:
        return _person_instead(turn)
    options = [
        Choice(_reading(turn, candidate), act_of(candidate))
        for candidate in turn.interpretation.candidates
    ]
    options.append(Choice(turn.say("which.none"), Act("which.none")))
    outcome = _unsure(Outcome.of(turn)).recording(Unanswered(asked_which=True))
    return outcome.asking(turn.say("which.mean"), options, at=turn.now)


def none_of_these(turn: Turn) -> Outcome:
    """Ask for other words when no reading was right."""
    outcome = _unsure(Outcome.of(turn))
    outcome = outcome.noting(choices=None)
    return consent.asking_beside(turn, outcome, turn.say("which.rephrase"))


def unknown(turn: Turn) -> Outcome:
    """Say that the bot does not know, what it can do, and where else to ask.

    What was understood to be beyond it is no doubt about what is needed, so it is not counted.
    """
    if turn.interpretation.act.arg == "beyond":
        beyond = consent.unanswered_beside(Outcome.of(turn))
        beyond = beyond.recording(Unanswered(asked_which=False))
        return consent.asking_beside(turn, beyond, turn.say("unknown.what_now"))
    outcome = consent.unanswered_beside(Outcome.of(turn))
    outcome = _unsure(outcome).recording(Unanswered(asked_which=False))
    if turn.dialog.unsure >= 2 and not isinstance(turn.dialog.open, QuizOpen):
        return _person_instead(turn)
    words = turn.understanding.folded.split() if turn.understanding is not None else []
    if len(words) <= FEW_WORDS:
        return outcome.saying(turn.say("unknown.more_words"))
    return consent.asking_beside(turn, outcome, turn.say("unknown.what_now"))


def misuse(turn: Turn) -> Outcome:
    """Refuse in one sentence; the try is counted."""
    return Outcome.of(turn).recording(MisuseTried()).saying(turn.say("misuse.refused"))


def old_button(turn: Turn) -> Outcome:
    """Answer a press of a list that is no longer open: it marks nothing."""
    key = "stale.old" if turn.dialog.choices is not None else "stale.nothing"
    return Outcome.of(turn).saying(turn.say(key))


def unclear_choice(turn: Turn) -> Outcome:
    """Answer a number or letter that is not in the list."""
    return Outcome.of(turn).saying(turn.say("stale.pick"))


def _person_instead(turn: Turn) -> Outcome:
    outcome = consent.unanswered_beside(Outcome.of(turn))
    outcome = outcome.recording(Unanswered(asked_which=False))
    return handover.offer(turn, outcome, lead=turn.say("unknown.again"))


def _unsure(outcome: Outcome) -> Outcome:
    return outcome.noting(unsure=outcome.dialog.unsure + 1)


def _reading(turn: Turn, candidate: Candidate) -> str:
    if candidate.topic is not None:
        return turn.content.topics[candidate.topic].title
    return turn.say(f"intent.{candidate.intent.replace('.', '_')}")


def _speaking(turn: Turn, wanted: str) -> Learner:
    return replace(turn.learner, language=_language(wanted), language_chosen=True)


def _language(name: str) -> Language:
    return {"vi": "vi", "en": "en", "fr": "fr"}[name]  # pyright: ignore[reportReturnType]

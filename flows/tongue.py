"""The language that is answered in: what somebody chose, else what she writes.

Few words tell no language ("hello", "ok", "otp fail"), so a change takes a whole sentence. Most
steps and questions are there in Vietnamese only, and that is said with each of them.
"""

from dataclasses import replace

from flows.turn import Outcome, Turn

_SENTENCE = 4
"""Words."""


def heard(turn: Turn) -> Turn:
    """The turn, answered in the language of its sentence, where none was chosen."""
    said = turn.understanding
    if said is None or turn.chat.kind == "group" or turn.learner.language_chosen:
        return turn
    # As typed: «app» is told as two words once it is spelled out.
    words = [word for word in said.text.split() if len(word) > 1]
    if said.language == turn.learner.language or len(words) < _SENTENCE:
        return turn
    return replace(turn, learner=replace(turn.learner, language=said.language))


def spoken(turn: Turn) -> Turn:
    """The turn with its lessons in the learner's language, where they are translated."""
    return replace(turn, content=turn.content.spoken_in(turn.learner.language))


def remarked(turn: Turn, topic: str, text: str) -> str:
    """The text, and that the lesson is in Vietnamese where somebody speaks another language."""
    language = turn.learner.language
    if language == "vi" or turn.content.is_translated(language, topic):
        return text
    return f"{text} {turn.say('howto.tongue')}"


def told(before: Turn, outcome: Outcome) -> Outcome:
    """Say once, before the answer, that the language changed and how to change it back."""
    language = outcome.learner.language
    changed = language != before.learner.language and not outcome.learner.language_chosen
    if not changed or language == "vi" or not outcome.replies or outcome.replies[0].emergency:
        return outcome
    first = outcome.replies[0]
    remark = before.content.sentence(language, "language.heard")
    opening = replace(first, text=f"{remark}\n\n{first.text}")
    return replace(outcome, replies=(opening, *outcome.replies[1:]))

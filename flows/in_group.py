"""What the bot says inside a group: little, to whoever addressed it, and nothing about a person.

    fitting   an act as it may be answered before everybody
    meeting   who this is, said once to each group, and the note that the group is there

A how-to shows its first step, what is personal leads to the private chat, and what merely sounds
addressed (a thanks, an old button, a number that answers nothing of this person) is not answered.
"""

from dataclasses import replace

from flows import howto, place
from flows.answering import A_CHOICE
from flows.dialog import Dialog
from flows.events import GroupLeft, GroupSeen
from flows.replies import Act, ActName
from flows.snapshots import Account
from flows.turn import Interpretation, Outcome, Turn
from nlu.understanding import Understanding

AS_EVER: frozenset[ActName] = frozenset(
    {
        "emergency.scam", "emergency.danger", "misuse", "secret", "which", "which.none", "poster",
        "group.admitted", "group.removed",
    }
)  # fmt: skip
"""Answered in a group as in a private chat."""
INSTEAD: dict[ActName, ActName] = {
    "howto.open": "group.howto",
    "greet": "group.hello",
    "menu": "group.hello",
    "unknown": "group.unknown",
    "complaint_bot": "group.unknown",
    "role.claim": "group.code",
    **dict.fromkeys(
        ("thanks", "decline", "stale", "unclear_choice", "nothing_open", "hold"), "group.silent"
    ),
}
"""Answered otherwise; whatever is named nowhere here is for the private chat."""
WORDLESS = ("emoji", "sticker", "edited", "contact", "location")
"""What comes without words and asks nothing."""


def fitting(
    meant: Interpretation, understanding: Understanding | None, dialog: Dialog
) -> Interpretation:
    """The act by which this is answered in a group."""
    name = meant.act.name
    if name == "which":
        return _which(meant, dialog)
    if name == "other":
        return _other(meant)
    if name in AS_EVER:
        return meant
    lone = understanding is not None and A_CHOICE.fullmatch(understanding.text) is not None
    if name == "unknown" and lone:
        return replace(meant, act=Act("group.silent"))
    if name == "nothing_open" and _asks_for_a_step(understanding):
        return replace(meant, act=Act("group.private"))
    return replace(meant, act=Act(INSTEAD.get(name, "group.private"), meant.act.arg))


def _which(meant: Interpretation, dialog: Dialog) -> Interpretation:
    """Only lessons are offered by name before others, and only once."""
    lessons = tuple(reading for reading in meant.candidates if reading.topic is not None)
    if not lessons or dialog.unsure:
        return replace(meant, act=Act("group.unknown"), candidates=())
    return replace(meant, candidates=lessons)


def _other(meant: Interpretation) -> Interpretation:
    if meant.act.arg == "no_words":
        return replace(meant, act=Act("group.hello"))
    return replace(meant, act=Act("group.silent")) if meant.act.arg in WORDLESS else meant


def _asks_for_a_step(understanding: Understanding | None) -> bool:
    best = understanding.candidates[0] if understanding and understanding.candidates else None
    return best is not None and best.intent.startswith("step.")


def meeting(turn: Turn, outcome: Outcome) -> Outcome:
    """Say first who this is, where the group was not told, and note that the group is there.

    An emergency card stands alone: the group is told at the next answer.
    """
    left = GroupLeft() in outcome.events
    if turn.chat.kind != "group" or turn.chat.linked or left:
        return outcome
    if turn.chat.met or turn.interpretation.act.name == "group.admitted":
        return outcome.recording(GroupSeen())
    if not outcome.replies or outcome.replies[0].emergency:
        return outcome
    first = outcome.replies[0]
    opening = replace(first, text=f"{_who_this_is(turn)}\n\n{first.text}")
    return replace(outcome, replies=(opening, *outcome.replies[1:])).recording(GroupSeen())


def admitted(turn: Turn) -> Outcome:
    """Say once to everybody who this is, how it is addressed and what it reads."""
    return Outcome.of(turn).saying(_who_this_is(turn))


def removed(turn: Turn) -> Outcome:
    """Note that the bot is out; there is nobody to say it to."""
    return Outcome.of(turn).recording(GroupLeft())


def howto_begun(turn: Turn) -> Outcome:
    """Show the first step to everybody; the rest goes step by step in the private chat."""
    topic = turn.interpretation.act.arg
    shown = turn.content.howto(topic)
    if shown is None:
        return Outcome.of(turn).saying(place.told(turn, topic))
    return Outcome.of(turn).saying(
        f"{howto.beginning(turn, shown)}\n\n{_with_link(turn, 'group.go_on')}"
    )


def hello(turn: Turn) -> Outcome:
    """Answer a greeting, or the bare name, with how to ask here."""
    return Outcome.of(turn).saying(turn.say("group.hello", bot=_called(turn, here(turn))))


def unknown(turn: Turn) -> Outcome:
    """Say in one line that the bot does not know."""
    return Outcome.of(turn).saying(turn.say("group.unknown"))


def private(turn: Turn) -> Outcome:
    """Lead what is personal to the private chat."""
    return Outcome.of(turn).saying(_with_link(turn, "group.private"))


def code_seen(turn: Turn) -> Outcome:
    """Say that a code sent here is nobody's own any more, and lead to the private chat."""
    return Outcome.of(turn).saying(_with_link(turn, "group.code_seen"))


def silent(turn: Turn) -> Outcome:
    """Say nothing."""
    return Outcome.of(turn)


def here(turn: Turn) -> Account | None:
    """Our account on the channel of this chat."""
    return next((a for a in turn.snapshots.accounts if a.channel == turn.chat.channel), None)


def _who_this_is(turn: Turn) -> str:
    """In Vietnamese: everybody in the group reads it, whatever language one of them prefers."""
    sentence = turn.content.sentence
    operator = turn.operator or sentence("vi", "first.trial")
    called = _called(turn, here(turn))
    return sentence("vi", "group.admitted", operator=operator, bot=called)


def _called(turn: Turn, account: Account | None) -> str:
    """The name by which people address the bot, as they type it."""
    if account is None:
        return turn.say("group.name")
    return account.name if account.name.startswith("@") else f"@{account.name}"


def _with_link(turn: Turn, key: str) -> str:
    account = here(turn)
    if account is None or account.link is None:
        return turn.say(key)
    return f"{turn.say(key)} {turn.say('group.open', url=account.link)}"

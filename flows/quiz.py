"""A quiz for practice: a few items, the reason at once, one more try, no timer.

Options are lettered. Nobody fails here: the end says what is known and what to look at again.
Answers are recorded when the person agreed to be remembered; until asked, they wait in the dialog
and the question is put at the end.
"""

from collections.abc import Sequence
from dataclasses import replace

from flows import consent, tongue
from flows.chance import shuffled
from flows.dialog import QuizOpen
from flows.events import AnswerRecorded, QuizFinished, QuizStarted
from flows.lesson import Item, topic_of
from flows.offer import offer
from flows.pause import pausing
from flows.replies import Act, Choice
from flows.turn import Outcome, Turn

ITEMS_OF_A_TOPIC = 3
ITEMS_MIXED = 6
TRIES = 2


def start(turn: Turn) -> Outcome:
    """Open a quiz of one topic or a mixed one; an open one is taken up again instead."""
    topic = turn.interpretation.act.arg or None
    opened = turn.dialog.open
    if isinstance(opened, QuizOpen) and topic in (None, opened.topic):
        return remain(turn, Outcome.of(turn))
    lead = ""
    if topic is not None and not turn.content.practice(topic):
        lead = turn.say("quiz.none_yet", title=turn.content.topics[topic].title)
        topic = None
    items = _drawn(turn, topic)
    if not items:
        return Outcome.of(turn).saying(turn.say("quiz.empty"))
    names = tuple(item.id for item in items)
    outcome = pausing(Outcome.of(turn), topic or "")
    outcome = outcome.opening(QuizOpen(topic=topic, items=names, at=turn.now))
    outcome = outcome.recording(QuizStarted(topic=topic, items=names))
    return ask(turn, outcome, lead=lead)


def ask(turn: Turn, outcome: Outcome, *, lead: str = "") -> Outcome:
    """Show the item at the open quiz's position; what was withdrawn meanwhile is passed over."""
    opened = outcome.dialog.open
    if not isinstance(opened, QuizOpen):
        return outcome
    if opened.position >= len(opened.items):
        return _finish(turn, outcome, opened, stopped=False, lead=lead)
    item = turn.content.item(opened.items[opened.position])
    if item is None:
        note = _joined(lead, turn.say("quiz.changed"))
        return ask(turn, outcome.opening(_without(opened)), lead=note)
    shown = _shown_order(turn, opened, item)
    asked = replace(
        opened, order=shown, item_version=item.fingerprint, asked_at=turn.now, at=turn.now
    )
    text = turn.say("quiz.question", n=opened.position + 1, count=len(opened.items), ask=item.ask)
    ordering = item.kind == "order"
    if ordering:
        text = f"{text}\n{turn.say('quiz.order_how', example=_example(len(shown)))}"
    options = [
        Choice(item.options[position].text, Act("quiz.answer", str(n)))
        for n, position in enumerate(shown)
    ]
    return outcome.opening(asked).asking(
        _joined(lead, text, by="\n\n"), options, at=turn.now, style="lettered", ordering=ordering
    )


def answer(turn: Turn) -> Outcome:
    """Mark the answer to the open question, explain it, and go on.

    A wrong one may be tried once more. An item edited since it was shown is not marked.
    """
    here = _asked(turn)
    if isinstance(here, Outcome):
        return here
    opened, item = here
    given = tuple(opened.order[int(n)] for n in turn.interpretation.act.arg.split(","))
    correct = given == tuple(item.answer)
    outcome, opened = _recorded(turn, opened, item, given, correct=correct)
    if correct:
        lead = _verdict(turn, item, given, correct=True)
    else:
        lead = _verdict(turn, item, given, correct=False)
        if opened.attempt < TRIES:
            lead = f"{lead} {turn.say('quiz.once_more')}"
            again = replace(opened, attempt=opened.attempt + 1)
            return ask(turn, outcome.opening(again), lead=lead)
        lead = f"{lead}\n{_solution(turn, item)}"
    return ask(turn, outcome.opening(_onward(opened)), lead=lead)


def passed(turn: Turn) -> Outcome:
    """Show the right answer to whoever does not know it, and go on: it counts as not right."""
    here = _asked(turn)
    if isinstance(here, Outcome):
        return here
    opened, item = here
    outcome, opened = _recorded(turn, opened, item, (), correct=False)
    lead = f"{turn.say('quiz.passed')}\n{_solution(turn, item)}"
    return ask(turn, outcome.opening(_onward(opened)), lead=lead)


def remain(turn: Turn, outcome: Outcome, *, lead: str = "") -> Outcome:
    """Show the open question again, unmarked, in the order it was shown."""
    opened = outcome.dialog.open
    if not isinstance(opened, QuizOpen):
        return outcome
    return ask(turn, outcome, lead=lead)


def this_one(turn: Turn) -> Outcome:
    """Answer what is no answer to the open question; a second time, name the ways out of it."""
    opened = turn.dialog.open
    if not isinstance(opened, QuizOpen):
        return Outcome.of(turn)
    outcome = Outcome.of(turn).opening(replace(opened, unclear=opened.unclear + 1))
    choices = turn.dialog.choices
    ordering = choices is not None and choices.ordering
    lead = turn.say("quiz.this_order" if ordering else "quiz.this_one")
    if opened.unclear:
        lead = turn.say("quiz.ways_out")
    return remain(turn, outcome, lead=lead)


def stop(turn: Turn) -> Outcome:
    """End the open quiz at the person's wish."""
    opened = turn.dialog.open
    if not isinstance(opened, QuizOpen):
        return Outcome.of(turn).saying(turn.say("quiz.not_open"))
    return _finish(turn, Outcome.of(turn), opened, stopped=True)


def closing(turn: Turn, outcome: Outcome, opened: QuizOpen, *, lead: str) -> Outcome:
    """Say what is known now and make one offer; after the question whether to remember it."""
    lines = [line for line in (lead, *_summary(turn, opened)) if line]
    if outcome.dialog.paused:
        return outcome.opening(None).saying("\n".join(lines))
    again = _topics(opened, right=False)
    if again and turn.content.howto(again[0]) is not None:
        title = turn.content.topics[again[0]].title
        offered = turn.say("quiz.offer_howto", title=title)
        offered = tongue.remarked(turn, again[0], offered)
        act = Act("howto.open", again[0])
        if len(again) == 1:
            lines.pop()  # the offer names it
    else:
        offered, act = turn.say("quiz.offer_more"), Act("quiz.start")
    return offer(turn, outcome.opening(None), "\n".join([*lines, offered]), act)


def _finish(
    turn: Turn, outcome: Outcome, opened: QuizOpen, *, stopped: bool, lead: str = ""
) -> Outcome:
    outcome = outcome.recording(
        QuizFinished(
            topic=opened.topic,
            purpose="practice",
            asked=min(opened.position + (1 if opened.attempt > 1 else 0), len(opened.items)),
            right_at_first=len(opened.right_at_first),
            stopped=stopped,
        )
    )
    all_right = bool(opened.items) and len(opened.right_at_first) == len(opened.items)
    ending = "quiz.all_right" if all_right else "quiz.done"
    said = turn.say("quiz.stopped" if stopped else ending)
    text = _joined(lead, said, by="\n\n")
    if not opened.unsaved:
        if stopped:
            return outcome.opening(None).saying(text)
        return closing(turn, outcome, opened, lead=text)
    if not turn.chat.lasting:
        borrowed = f"{text} {turn.say('consent.borrowed')}"
        return closing(turn, outcome, opened, lead=borrowed)
    return consent.ask(turn, outcome, "learning", waiting=opened, lead=text)


def _asked(turn: Turn) -> tuple[QuizOpen, Item] | Outcome:
    """The open item as it was shown; where it is not there any more, what is said instead."""
    opened = turn.dialog.open
    if not isinstance(opened, QuizOpen):
        return Outcome.of(turn).saying(turn.say("stale.nothing"))
    item = turn.content.item(opened.items[opened.position])
    if item is None or item.fingerprint != opened.item_version:
        lead = turn.say("quiz.changed")
        return ask(turn, Outcome.of(turn).opening(_without(opened)), lead=lead)
    return opened, item


def _onward(opened: QuizOpen) -> QuizOpen:
    return replace(
        opened, position=opened.position + 1, attempt=1, unclear=0, order=(), item_version=""
    )


def _without(opened: QuizOpen) -> QuizOpen:
    """The quiz without its open item, which is gone or was edited."""
    items = opened.items[: opened.position] + opened.items[opened.position + 1 :]
    return replace(opened, items=items, attempt=1, unclear=0, order=(), item_version="")


def _drawn(turn: Turn, topic: str | None) -> list[Item]:
    """Items for one quiz: not yet right ones first, of as many topics as there are when mixed."""
    right = {a.item for a in turn.snapshots.answers if a.correct and a.attempt == 1}
    items = shuffled(turn.content.practice(topic), turn.seed, "items", name=lambda item: item.id)
    items.sort(key=lambda item: item.id in right)
    if topic is not None:
        return items[:ITEMS_OF_A_TOPIC]
    return _spread(items)[:ITEMS_MIXED]


def _spread(items: Sequence[Item]) -> list[Item]:
    """One item of each topic first, then second ones, and so on."""
    seen: dict[str, int] = {}
    turns: list[tuple[int, int, Item]] = []
    for n, item in enumerate(items):
        seen[item.topic] = seen.get(item.topic, 0) + 1
        turns.append((seen[item.topic], n, item))
    return [item for _, _, item in sorted(turns, key=lambda turn: turn[:2])]


def _shown_order(turn: Turn, opened: QuizOpen, item: Item) -> tuple[int, ...]:
    """Positions in the order shown: kept while the same item is open, else drawn."""
    if opened.order and opened.item_version == item.fingerprint:
        return opened.order
    authored = tuple(range(len(item.options)))
    if item.kind == "true_false":
        return authored
    drawn = tuple(shuffled(authored, turn.seed, item.id))
    if item.kind == "order" and drawn == tuple(item.answer):
        return drawn[::-1]
    return drawn


def _recorded(
    turn: Turn, opened: QuizOpen, item: Item, given: tuple[int, ...], *, correct: bool
) -> tuple[Outcome, QuizOpen]:
    """The answer as an event when the person agreed, else kept until asked, else dropped."""
    recorded = AnswerRecorded(
        item=item.id,
        item_version=opened.item_version,
        purpose="practice",
        attempt=opened.attempt,
        answer=given,
        correct=correct,
        asked_at=opened.asked_at or turn.now,
        answered_at=turn.now,
    )
    if correct and opened.attempt == 1:
        opened = replace(opened, right_at_first=(*opened.right_at_first, item.id))
    outcome = Outcome.of(turn)
    if turn.learner.agrees("learning") and turn.chat.lasting:
        return outcome.recording(recorded), opened
    if turn.learner.asked("learning"):
        return outcome, opened
    return outcome, replace(opened, unsaved=(*opened.unsaved, recorded))


def _verdict(turn: Turn, item: Item, given: tuple[int, ...], *, correct: bool) -> str:
    """Right or not yet, with the reason of the chosen option.

    For an order it is the reason of the first option out of place, or of the first one, by name.
    A reason that begins with «right» is praise enough.
    """
    if item.kind != "order":
        why = item.options[given[0]].why
        if correct and why.startswith(turn.say("quiz.why_begins")):
            return why
        return turn.say("quiz.right" if correct else "quiz.not_yet", why=why)
    pairs = zip(given, item.answer, strict=True)
    told = item.options[next((g for g, right in pairs if g != right), given[0])]
    why = turn.say("quiz.order_piece", text=told.text, why=told.why)
    return f"{turn.say('quiz.order_right' if correct else 'quiz.order_not_yet')} {why}"


def _solution(turn: Turn, item: Item) -> str:
    if item.kind == "order":
        steps = " → ".join(item.options[position].text for position in item.answer)
        return turn.say("quiz.the_order", order=steps)
    right = item.options[item.answer[0]]
    return turn.say("quiz.the_answer", text=right.text, why=right.why)


def _summary(turn: Turn, opened: QuizOpen) -> list[str]:
    lines: list[str] = []
    for key, right in (("quiz.knows", True), ("quiz.look_again", False)):
        titles = [turn.content.topics[t].title for t in _topics(opened, right=right)]
        if titles:
            lines.append(turn.say(key, topics="; ".join(titles)))
    return lines


def _topics(opened: QuizOpen, *, right: bool) -> list[str]:
    """Topics of the answered items: all right at first, or not all."""
    answered = opened.items[: opened.position]
    missed = {topic_of(item) for item in answered if item not in opened.right_at_first}
    topics = dict.fromkeys(topic_of(item) for item in answered)
    return [topic for topic in topics if (topic not in missed) == right]


def _example(count: int) -> str:
    return " ".join(reversed("ABCDE"[:count]))


def _joined(*parts: str, by: str = " ") -> str:
    return by.join(part for part in parts if part)

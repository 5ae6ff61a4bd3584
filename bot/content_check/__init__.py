"""What `bot content check` finds beyond the format of the files. What a machine cannot judge (tone,
whether a beginner could follow) is on the reviewer's list in the content guide.

    promises   what files promise each other
    quiz       items that teach and can't be guessed
    action     one action a step
    fact       numbers, addresses and names that may be said
    language   words: length of sentences, tone marks, typos
    screen     lengths, on every platform

Each check takes a Reading and notes faults in it; all checks run, whatever the others found.
"""

from collections.abc import Callable
from pathlib import Path

from bot.content import read
from bot.content_check import action, fact, language, promises, quiz, screen
from bot.fault import Fault
from bot.reading import Reading

CHECKS: tuple[Callable[[Reading], None], ...] = (
    promises.topics,
    promises.howtos,
    promises.items,
    promises.areas,
    promises.tips,
    promises.translated_values,
    promises.calendar,
    promises.cards,
    promises.rules,
    promises.sentences,
    quiz.enough,
    quiz.no_pattern,
    quiz.no_pattern_in_all,
    quiz.doing,
    quiz.genuine,
    quiz.reasons,
    quiz.repeated,
    quiz.tried,
    action.steps,
    fact.numbers,
    fact.names,
    fact.links,
    language.sentences,
    language.spelling,
    language.typos,
    screen.messages,
    screen.buttons,
)


def check(data: Path) -> list[Fault]:
    """All faults of the content, sorted by file and line."""
    reading = read(data)
    for one in CHECKS:
        one(reading)
    return sorted(distinct(reading.faults), key=lambda fault: (str(fault.file), fault.line))


def distinct(faults: list[Fault]) -> list[Fault]:
    """The same faults, each once."""
    seen: dict[str, Fault] = {}
    for fault in faults:
        seen.setdefault(str(fault), fault)
    return list(seen.values())

"""A topic as it will look on a phone: its how-to played by the real flows, its items, its tips."""

import textwrap
from collections.abc import Iterator

from bot import rehearsal
from bot.author import Author
from bot.channels.mark import mark_of
from flows.ageing import as_of
from flows.content import Content
from flows.lesson import Item
from flows.part import Device
from flows.replies import Act, Reply
from flows.turn import Outcome

WIDTH = 40
"""Columns of the screen drawn, its frame included."""
DEVICES: tuple[Device, ...] = ("android", "iphone")


def preview(content: Content, slug: str, author: Author) -> Iterator[str]:
    """Screen after screen. Raises KeyError for a topic without how-to."""
    content = as_of(content, rehearsal.AT.date())
    howto = content.howtos[slug]
    differs = any(step.differs for step in howto.steps)
    for device in DEVICES if differs else DEVICES[:1]:
        yield heading(author.tell(f"preview.{device if differs else 'any_phone'}"))
        yield from _walk(content, slug, device, author)
    for item in content.items.values():
        if item.topic == slug:
            use = author.tell(f"preview.use_{item.use}")
            name = item.id.partition(":")[2]
            yield heading(author.tell("preview.item", name=name, use=use))
            yield _item(content, item, author)
    for tip in content.tips.values():
        if tip.id.startswith(f"{slug}:"):
            yield heading(author.tell("preview.tip", name=tip.id.partition(":")[2]))
            yield screen([tip.text, "", tip.today])


def screen(lines: list[str]) -> str:
    """These lines in a frame as wide as a phone's screen."""
    inner = WIDTH - 4
    wrapped = [piece for line in lines for piece in textwrap.wrap(line, inner) or [""]]
    framed = [f"│ {line:<{inner}} │" for line in wrapped]
    edge = "─" * (WIDTH - 2)
    return "\n".join([f"╭{edge}╮", *framed, f"╰{edge}╯"])


def heading(text: str) -> str:
    """A line that says what the screen below it is."""
    return f"\n— {text} —"


def _walk(content: Content, slug: str, device: Device, author: Author) -> Iterator[str]:
    """Every step with its helps, as somebody sees who gets stuck everywhere."""
    steps = content.howtos[slug].steps
    outcome = rehearsal.opened(content, slug, device)
    for n, step in enumerate(steps, start=1):
        yield heading(author.tell("preview.step", n=n))
        yield _shown(outcome)
        stuck = rehearsal.played(content, Act("step.stuck"), outcome)
        yield heading(author.tell("preview.stuck"))
        yield _shown(stuck)
        if step.on(device).other_way is not None:
            yield heading(author.tell("preview.other_way"))
            yield _shown(rehearsal.played(content, Act("step.stuck"), stuck))
        outcome = rehearsal.played(content, Act("step.next"), outcome)
    yield heading(author.tell("preview.end"))
    yield _shown(outcome)


def _shown(outcome: Outcome) -> str:
    return "\n".join(screen(_lines(reply)) for reply in outcome.replies)


def _lines(reply: Reply) -> list[str]:
    lines = reply.text.splitlines()
    if reply.choices is not None:
        lines.append("")
        style = reply.choices.style
        options = enumerate(reply.choices.options)
        lines += [f"{mark_of(style, n)}. {option.label}" for n, option in options]
    return lines


def _item(content: Content, item: Item, author: Author) -> str:
    """The question as asked, then below the frame what is answered to each option."""
    dialog = rehearsal.at_item(content, item.id)
    text = content.sentence("vi", "quiz.question", n=1, count=1, ask=item.ask)
    asked = screen(_lines(Reply(text=text, choices=dialog.choices)))
    letters = [mark_of("lettered", n) for n in range(len(item.options))]
    right = " ".join(letters[position] for position in item.answer)
    reasons = [
        textwrap.fill(f"{letter}. {option.why}", WIDTH - 2, subsequent_indent="   ")
        for letter, option in zip(letters, item.options, strict=True)
    ]
    return "\n".join([asked, author.tell("preview.right", letters=right), *reasons])

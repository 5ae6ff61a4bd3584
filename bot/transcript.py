"""A played script as text to be read, or as one JSON object a reply."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from bot.author import Author
from bot.channels.console import lines
from bot.channels.mark import mark_of
from bot.channels.preview import shown
from bot.explain import explained
from bot.script import Entry, Heard, Noted, Shown

Played = AsyncIterator[Entry]


def as_text(entry: Entry, author: Author, *, base_url: str, explain: bool) -> list[str]:
    """The lines of one entry."""
    match entry:
        case Heard():
            clock = f"{entry.at:%d/%m %H:%M:%S}"
            written = [f"[{clock}] {_who(entry)}: {entry.text}"]
            if entry.duplicate:
                written.append(f"    {author.tell('chat.duplicate')}")
            if entry.held:
                written.append(f"    {author.tell('chat.held')}")
            if explain and entry.decided is not None:
                decided = explained(entry.decided.turn, entry.decided.outcome)
                written += [f"    ┆ {line}" for line in decided]
            return written
        case Shown():
            clock = f"{entry.at:%d/%m %H:%M:%S}"
            head = f"[{clock}] {author.tell('chat.here')} → {entry.chat}:"
            reply = shown(replace(entry.reply, as_on=entry.channel or entry.reply.as_on), base_url)
            return [head, *(f"    {line}".rstrip() for line in lines(reply, base_url))]
        case Noted():
            return [f"    {author.tell(entry.key, **entry.values)}"]


def as_json(entry: Entry, author: Author, *, base_url: str) -> list[str]:
    """One reply as one object: to whom, where, text, choices, events. What was heard is none."""
    match entry:
        case Heard():
            return []
        case Shown():
            return [json.dumps(_object(entry, base_url), ensure_ascii=False)]
        case Noted():
            note = author.tell(entry.key, **entry.values)
            return [json.dumps({"line": entry.line, "note": note}, ensure_ascii=False)]


def _who(heard: Heard) -> str:
    return heard.person if heard.group is None else f"{heard.person} @ {heard.group}"


def _object(entry: Shown, base_url: str) -> dict[str, Any]:
    reply = entry.reply
    choices = reply.choices
    style = choices.style if choices is not None else "numbered"
    options = choices.options if choices is not None else ()
    return {
        "line": entry.line,
        "at": entry.at.isoformat(),
        "to": entry.chat,
        "where": "group" if entry.in_group else "private",
        "text": reply.text,
        "choices": [
            {"key": mark_of(style, n), "label": option.label} for n, option in enumerate(options)
        ],
        "link": f"{base_url.rstrip('/')}{reply.link}" if reply.link is not None else None,
        "emergency": reply.emergency,
        "events": list(entry.events),
    }

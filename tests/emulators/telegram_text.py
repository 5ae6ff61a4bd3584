"""Text as Telegram reads it: entities with offsets in UTF-16 units, and `parse_mode` HTML.

HTML is read more strictly than the platform reads it in one point: it keeps a bare `&` as it
is, here it is refused as its documentation asks for, so that unescaped words of people show up.
"""

import html
import re
from dataclasses import dataclass
from typing import Any

from tests.emulators.bot_api import RefusedError

Entity = dict[str, Any]

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_TOKEN = re.compile(
    r"(?P<words>[^<&]+)"
    r"|(?P<escape>&(?:lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)"
    r"|</(?P<end>[a-zA-Z][a-zA-Z0-9-]*)\s*>"
    r"|<(?P<start>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>(?:\s+[^<>]*)?)>"
)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{5,32})?(?!\w))"
    r"|(?P<mention>(?<!\w)@[A-Za-z0-9_]{5,32})"
    r"|(?P<url>https?://\S+)"
)


@dataclass(frozen=True, slots=True)
class Formatted:
    """What a person reads, and how it is set."""

    text: str
    entities: tuple[Entity, ...] = ()


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def formatted(text: str, parse_mode: str, entities: list[Entity] | None) -> Formatted:
    """The text of a call. `parse_mode` wins over entities; only HTML is emulated."""
    if parse_mode.lower() == "html":
        return from_html(text)
    if parse_mode:
        raise RefusedError(400, "Bad Request: unsupported parse_mode")
    for entity in entities or []:
        _check_bounds(text, entity)
    return Formatted(text, tuple(entities or ()))


def found(text: str) -> tuple[Entity, ...]:
    """The commands, mentions and links that the platform marks in what people write."""
    return tuple(
        {
            "type": match.lastgroup,
            "offset": units(text[: match.start()]),
            "length": units(match.group()),
        }
        for match in _FOUND.finditer(text)
    )


def from_html(source: str) -> Formatted:
    """Read HTML; 400 "can't parse entities" for anything but the allowed tags and escapes."""
    text, entities, opened = "", list[Entity](), list[tuple[str, Entity]]()
    position = 0
    while position < len(source):
        token = _TOKEN.match(source, position)
        if token is None:
            raise _cannot(f'Unsupported character "{source[position]}"', source, position)
        if token["start"]:
            opened.append(_started(token, source, position, offset=units(text)))
        elif token["end"]:
            entities.append(_ended(token, opened, source, position, offset=units(text)))
        else:
            text += html.unescape(token.group())
        position = token.end()
    if opened:
        raise _cannot(f'Can\'t find end tag corresponding to start tag "{opened[-1][0]}"')
    kept = [entity for entity in entities if entity["length"] and entity.get("url") != ""]
    kept.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Formatted(text, tuple(kept))


def _started(
    token: re.Match[str], source: str, position: int, *, offset: int
) -> tuple[str, Entity]:
    name = token["start"].lower()
    values = {
        match[1]: html.unescape(match[2] or match[3] or match[4] or "")
        for match in _ATTRIBUTE.finditer(token["attributes"])
    }
    if name not in _TYPES or (name == "span" and values.get("class") != "tg-spoiler"):
        raise _cannot(f'Unsupported start tag "{name}"', source, position)
    entity: Entity = {"type": _TYPES[name], "offset": offset, "length": 0}
    if name == "a":
        entity["url"] = values.get("href", "")
    if name == "tg-emoji":
        entity["custom_emoji_id"] = values.get("emoji-id", "")
    return name, entity


def _ended(
    token: re.Match[str],
    opened: list[tuple[str, Entity]],
    source: str,
    position: int,
    *,
    offset: int,
) -> Entity:
    if not opened:
        raise _cannot("Unexpected end tag", source, position)
    name, entity = opened.pop()
    if token["end"].lower() != name:
        raise _cannot(
            "Unmatched end tag", source, position, f', expected "</{name}>", found "{token[0]}"'
        )
    return entity | {"length": offset - entity["offset"]}


def _cannot(
    what: str, source: str = "", position: int | None = None, more: str = ""
) -> RefusedError:
    where = "" if position is None else f" at byte offset {len(source[:position].encode())}"
    return RefusedError(400, f"Bad Request: can't parse entities: {what}{where}{more}")


def _check_bounds(text: str, entity: Entity) -> None:
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    raw = text.encode("utf-16-le")
    if begin < 0 or end <= begin or 2 * end > len(raw):
        raise RefusedError(
            400,
            f"Bad Request: entity beginning at UTF-16 offset {begin} ends after the end of the "
            f"text at UTF-16 offset {end}",
        )
    try:
        raw[2 * begin : 2 * end].decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise RefusedError(
            400,
            f"Bad Request: entity beginning at UTF-16 offset {begin} ends in a middle of a "
            "UTF-16 symbol",
        ) from error

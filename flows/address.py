"""Addresses in a text, and which of them are official: of a volunteer's answer, or of a lesson."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from flows.content import Links

_WITH_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/+\S+", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w@])((?:[\w-]+\.)+([a-z]{2,}))(?![a-z0-9])", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9.-]+")
"""Anything else in a host (a backslash, a letter that looks like another) is there to deceive."""


def unofficial(text: str, links: Links) -> list[str]:
    """The hosts of all addresses in a text that are not official; one that names none is empty."""
    official = [link.host for link in links.official]
    return [host for host in _hosts(text, links.endings) if not _within(host, official)]


def _hosts(text: str, endings: list[str]) -> Iterator[str]:
    """The hosts of all addresses in a text; one that names none is empty."""
    for found in _WITH_SCHEME.finditer(text):
        yield _host(found[0].rstrip(".,;:!?)»\"'"))
    for found in _BARE.finditer(_WITH_SCHEME.sub(" ", text)):
        if found[2].lower() in endings:
            yield found[1].lower()


def _host(url: str) -> str:
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) else ""


def _within(host: str, official: list[str]) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in official)

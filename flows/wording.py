"""Words that decide by themselves: a yes, a no, «xong», «đang trực», as listed in the locale.

The whole message must be one of the words of the list; a longer text tells something else.
"""

import re
from functools import cache

from flows.content import Content
from nlu.normalise import compose, fold

UNSURE = frozenset({"dung"})
"""Without accents this may be a yes, a stop or a don't."""
_WORD = re.compile(r"[^\W_]+")


def is_one_of(text: str, content: Content, key: str) -> bool:
    """Whether the text is a word of this list of `vi.yaml`, which holds all languages.

    Accents that were typed count: "dừng" and "đừng" are no "đúng", and "dung" may be any of them.
    """
    said = " ".join(_WORD.findall(compose(text).lower()))
    listed = content.locales["vi"].sentences[key]
    return said in (_folded(listed) - UNSURE if said.isascii() else _listed(listed))


@cache
def _folded(words: str) -> frozenset[str]:
    """The words of a list in a locale, folded once."""
    return frozenset(fold(word) for word in words.split(","))


@cache
def _listed(words: str) -> frozenset[str]:
    """The words of a list in a locale, with their accents."""
    return frozenset(word.strip() for word in words.split(","))

"""Crockford's base32, in which codes are written that people copy by hand.

It has no I, L, O and U: who reads one of the first three meant a digit.
"""

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
"""Characters of a code: 50 bits, nobody guesses one."""

_ALIKE = str.maketrans("OIL", "011")
_CODE = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")


def read(typed: str) -> str:
    """The code as it is stored, however it was typed; empty for what cannot be one."""
    code = re.sub(r"[\s-]", "", typed).upper().translate(_ALIKE)
    return code if _CODE.fullmatch(code) else ""

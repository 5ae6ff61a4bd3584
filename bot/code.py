"""The code of a right, sent once by the one person it is meant for.

    CAFE-7KQ2M-9XA4T   a host            (leads a Cà phê sáng, sends tips to the groups of her ward)
    TRUC-7KQ2M-9XA4T   a volunteer       (answers help requests of her ward)
    NHAN-7KQ2M-9XA4T   the operator      (is told of faults)

Ten characters of Crockford's base32, in two groups that each hold a letter and a digit, so that
no mask takes one for a number and nobody reads words in it. Only a hash is stored.
"""

import hashlib
import secrets

from flows.base32 import ALPHABET, LENGTH
from flows.snapshots import RoleKind

PREFIXES: dict[RoleKind, str] = {"host": "CAFE", "volunteer": "TRUC", "operator": "NHAN"}
_GROUP = LENGTH // 2


def fresh_code() -> str:
    """Ten characters that nobody guesses: about 49 bits."""
    return _fresh_group() + _fresh_group()


def shown(kind: RoleKind, code: str) -> str:
    """As it is handed to the person: CAFE-7KQ2M-9XA4T."""
    return f"{PREFIXES[kind]}-{code[:_GROUP]}-{code[_GROUP:]}"


def hashed(kind: RoleKind, code: str) -> str:
    """What is stored of a code: ten characters, upper case, without hyphens."""
    return hashlib.sha256(f"{PREFIXES[kind]}{code}".encode()).hexdigest()


def _fresh_group() -> str:
    while True:
        drawn = "".join(secrets.choice(ALPHABET) for _ in range(_GROUP))
        if not drawn.isdigit() and not drawn.isalpha():
            return drawn

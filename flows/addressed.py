"""Whom words are for: the bot, or a person whom it passes them on to; and the code of a right.

a code     CAFE-, TRUC- or NHAN- and ten characters: a right is claimed, whatever is open
helping    a volunteer who has taken a help request: her words go to who asked
helped     somebody whose request was taken: her words go to the volunteer
on call    a volunteer without a request: «đang trực», «nghỉ», «nhận 12», «danh sách»
"""

import re

from flows.answering import label_typed, sure
from flows.content import Content
from flows.dialog import Dialog, WardForm
from flows.replies import ActName
from flows.snapshots import Standing, Ticket
from flows.turn import Interpretation, Sent
from flows.wording import is_one_of
from nlu.normalise import plain
from nlu.understanding import Understanding

_CODE = re.compile(r"\b(?:cafe|truc|nhan)([\s-]*)([0-9a-z]{5})([\s-]*)([0-9a-z]{5})\b")
_READ_ALIKE = str.maketrans("OIL", "011")
"""Letters that Crockford's base32 does not have, for they look like digits."""
_CROCKFORD = re.compile(r"[0-9A-HJKMNP-TV-Z]{10}")
_TAKE = re.compile(r"(?:da )?nhan(?: (?:ma |so )*(\d{1,4}))?(?: a)?")


_TO_BOT: tuple[tuple[str, ActName], ...] = (
    ("ticket.close_words", "ticket.close"),
    ("ticket.give_back_words", "ticket.give_back"),
    ("duty.off_words", "duty.off"),
)
"""Words of a volunteer with a help request that are meant for the bot."""
_ON_CALL: tuple[tuple[str, ActName], ...] = (
    ("duty.on_words", "duty.on"),
    ("duty.off_words", "duty.off"),
    ("ticket.list_words", "ticket.list"),
    ("ticket.give_back_words", "ticket.give_back"),
)
"""Words of a volunteer without one."""


def by_standing(
    understanding: Understanding,
    dialog: Dialog,
    content: Content,
    *,
    standing: Standing,
) -> Interpretation | None:
    """What words mean by who says them; None: they are the bot's to read."""
    code = _code(understanding.text)
    if code is not None:
        return sure("role.claim", code)
    if not understanding.text.strip():
        return None
    if helping(standing) is not None:
        return _command(understanding, content, _TO_BOT) or sure("ticket.answer")
    if helped(standing) is not None:
        return _of_asker(understanding, content)
    if standing.role("volunteer") is not None:
        return label_typed(understanding, dialog) or _command(understanding, content, _ON_CALL)
    return None


def wordless(sent: Sent, dialog: Dialog, standing: Standing) -> Interpretation | None:
    """What came without words for somebody else, or as an answer to the question for the ward."""
    if sent.kind == "location" and isinstance(dialog.open, WardForm):
        return sure("ward.told")
    if sent.kind == "edited":
        return None
    if helping(standing) is not None:
        return sure("ticket.answer")
    return sure("ticket.add") if helped(standing) is not None else None


def helping(standing: Standing) -> Ticket | None:
    """The help request this person answers, as long as she has the right to."""
    ticket = standing.answers
    if ticket is None or standing.role("volunteer", ticket.ward) is None:
        return None
    return ticket


def helped(standing: Standing) -> Ticket | None:
    """The help request of this person that a volunteer answers now."""
    ticket = standing.asks
    return ticket if ticket is not None and ticket.state == "taken" else None


def _code(text: str) -> str | None:
    """The ten characters of a code, however they were spaced; words alone are none."""
    for found in _CODE.finditer(plain(text)):
        typed = found[2] + found[4]
        code = typed.upper().translate(_READ_ALIKE)
        marked = "-" in found[1] + found[3] or any(char.isdigit() for char in typed)
        if marked and _CROCKFORD.fullmatch(code):
            return code
    return None


def _command(
    understanding: Understanding, content: Content, commands: tuple[tuple[str, ActName], ...]
) -> Interpretation | None:
    """A volunteer's word for the bot: «nhận 12», or one of these lists."""
    taken = _TAKE.fullmatch(understanding.folded)
    if taken is not None:
        return sure("ticket.take", taken[1] or "")
    said = understanding.text
    meant = (sure(act) for key, act in commands if is_one_of(said, content, key))
    return next(meant, None)


def _of_asker(understanding: Understanding, content: Content) -> Interpretation:
    """An emergency is the bot's, too; every other word is the volunteer's."""
    if understanding.danger is not None:
        return sure("emergency.danger", understanding.danger)
    if understanding.scam is not None:
        return sure("emergency.scam", understanding.scam)
    left = is_one_of(understanding.text, content, "ticket.leave_words")
    return sure("ticket.leave" if left else "ticket.add")

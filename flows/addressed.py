"""Whom words are for: the bot, or a person whom it passes them on to; and the code of a right.

a code     CAFE-, TRUC- or NHAN- and ten characters: a right is claimed, whatever is open
helping    a volunteer who has taken a help request: her words go to who asked
helped     somebody whose request was taken: her words go to the volunteer, but for emergencies and
           what she wants done with her data
waiting    somebody whose request nobody has taken: «có ai chưa» asks about that
on call    a volunteer without a request: «đang trực», «nghỉ», «nhận 12», «danh sách»
"""

import re

from flows import base32
from flows.acts import act_of
from flows.answering import A_CHOICE, FORM_LEAVE, label_typed, sure
from flows.content import Content
from flows.dialog import Dialog, WardForm
from flows.replies import ActName
from flows.snapshots import Standing, Ticket
from flows.turn import Interpretation, Sent
from flows.wording import is_one_of
from nlu import choice
from nlu.normalise import plain
from nlu.understanding import Understanding

_CODE = re.compile(r"\b(?:cafe|truc|nhan)([\s-]*)([0-9a-z]{5})([\s-]*)([0-9a-z]{5})\b")
_TAKE = re.compile(r"(?:da )?nhan(?: (?:ma |so )*(\d{1,4}))?(?: a)?")

_ANYBODY = re.compile(
    r"\bco ai(?: (?:o|do|day|nghe|may|tra|loi|truc|nhan|giup|toi|roi|het|chua|khong|ko|vay|a|ha))+$"
    r"|\b(?:bao gio|chung nao|khi nao|bao lau|may gio)\b.{0,20}\b(?:tra loi|nhan|giup|co nguoi)\b"
    r"|\b(?:tra loi|cho)\b.{0,10}\b(?:lau|hoai)\b"
)
"""Asked while a request waits."""
_MOST_IMPATIENT = 7
"""Words: who writes more has something to tell."""

_DONE: tuple[str, ActName] = ("ticket.close_words", "ticket.close")
"""«xong», also where it was closed meanwhile and nothing of her own is open."""
_TO_BOT: tuple[tuple[str, ActName], ...] = (
    _DONE,
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
_HER_DATA = ("delete_my_data", "export_my_data")
"""Intents that a person has a right to have done by the bot itself."""
_CLEARLY = re.compile(
    r"\b(?:du lieu|thong tin|moi thu|gi)\b"
    r".*\b(?:cua|ve) (?:toi|tui|minh|em|ba|ong|bac|chu|co|chi|anh)\b"
    r"|\bquen (?:toi|tui|minh)\b|\b(?:my|mes) (?:data|information|donnees)\b"
)
"""Her own data named: «tôi xóa rồi» tells a volunteer how it went on the phone."""


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
        return _of_asker(understanding, dialog, content)
    if standing.asks is not None and _asks_for_anybody(understanding):
        return sure("human.help")
    if standing.role("volunteer") is not None:
        commands = (*_ON_CALL, _DONE) if dialog.open is None else _ON_CALL
        return label_typed(understanding, dialog) or _command(understanding, content, commands)
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


def lists_her_data(dialog: Dialog) -> bool:
    """Whether the open list is about what is kept of her."""
    options = dialog.choices.options if dialog.choices is not None else ()
    return any(option.act.name in ("delete.ask", "delete.confirm") for option in options)


def _code(text: str) -> str | None:
    """The ten characters of a code, however they were spaced; words alone are none."""
    for found in _CODE.finditer(plain(text)):
        typed = found[2] + found[4]
        code = base32.read(typed)
        marked = "-" in found[1] + found[3] or any(char.isdigit() for char in typed)
        if marked and code:
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


def _asks_for_anybody(understanding: Understanding) -> bool:
    """Whether she wonders what became of her request: never an emergency, nor a longer story."""
    if understanding.danger is not None or understanding.scam is not None:
        return False
    said = understanding.folded
    return len(said.split()) <= _MOST_IMPATIENT and _ANYBODY.search(said) is not None


def _of_asker(understanding: Understanding, dialog: Dialog, content: Content) -> Interpretation:
    """An emergency is the bot's, too, and her data are; every other word is the volunteer's."""
    if understanding.danger is not None:
        return sure("emergency.danger", understanding.danger)
    if understanding.scam is not None:
        return sure("emergency.scam", understanding.scam)
    if is_one_of(understanding.text, content, "ticket.leave_words"):
        return sure("ticket.leave")
    return _about_her_data(understanding, dialog) or sure("ticket.add")


def _about_her_data(understanding: Understanding, dialog: Dialog) -> Interpretation | None:
    """A clear wish to see or delete what is kept of her, or her choice in the list that followed.

    A bare yes chooses nothing there: it may be meant for the volunteer.
    """
    best = understanding.candidates[0] if understanding.candidates else None
    wished = best is not None and best.intent in _HER_DATA and best.p >= FORM_LEAVE
    if best is not None and wished and _CLEARLY.search(understanding.folded):
        return Interpretation(act=act_of(best), p=best.p)
    choices = dialog.choices
    if choices is None or not lists_her_data(dialog):
        return None
    typed = label_typed(understanding, dialog)
    if typed is not None or A_CHOICE.fullmatch(understanding.text) is None:
        return typed
    labels = [option.label for option in choices.options]
    position = choice.read(understanding.text, labels, lettered=False)
    return None if position is None else Interpretation(act=choices.options[position].act)

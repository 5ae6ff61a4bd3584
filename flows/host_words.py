"""What a host's own words mean: for the tip she is sending, or for a part of her menu.

    meant    an Interpretation, or None where the words are no affair of hosts

Only whole messages count ("thu lại", "ủa thôi, thu lại giùm cô"): a question that holds such words
stays a question. Whoever asks for the printed sheet need not be a host.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from flows.answering import FORM_LEAVE, sure
from flows.content import Content
from flows.dialog import Dialog, GroupForm, TipForm
from flows.replies import ActName
from flows.snapshots import Standing
from flows.turn import Interpretation
from flows.wording import is_one_of
from nlu import when
from nlu.understanding import Understanding

LONGEST_WISH = 12
"""Words: a longer text tells something, and no part of it is a wish by itself."""
TIP_TOPIC = 0.1
"""How sure the topic must be in words that ask for a tip anyway; below it the list is shown."""
WISHES: dict[ActName, str] = {
    "tip.take_back": "tip.take_back_words",
    "tip.results": "tip.results_words",
    "tip.resend": "tip.resend_words",
    "tip.start": "tip.start_words",
    "group.list": "group.list_words",
    "card.list": "card.words",
    "host": "host.menu_words",
}
"""The lists of words for each part of her menu."""
NUMBERS = re.compile(r"(?:(?:gui|chon|nhom|so|va|voi|a|nha|\d{1,2})(?: |$))+")


def meant(
    understanding: Understanding,
    dialog: Dialog,
    content: Content,
    *,
    standing: Standing,
    at: datetime,
) -> Interpretation | None:
    """What these words mean to a host; `at` is when they were written."""
    text = understanding.text
    if _says(text, content, "host.sheet_words"):
        return sure("poster")
    if standing.role("host") is None:
        return None
    for name, key in WISHES.items():
        if _says(text, content, key):
            return sure(name)
    if _names_a_tip(text, content):
        return sure("tip.start", _tip_topic(understanding))
    if isinstance(dialog.open, TipForm):
        return _in_form(understanding, dialog.open, content, at=at)
    if isinstance(dialog.open, GroupForm):
        return _in_group_form(understanding, content)
    return None


def _says(text: str, content: Content, key: str) -> bool:
    """Whether the text is one of these words, with nothing but courtesy around it."""
    return any(is_one_of(part, content, key) for part in _parts(text, content))


def _parts(text: str, content: Content) -> Iterator[str]:
    """The text, then what is left of it with courtesy taken off before and behind."""
    words = text.split()
    kind = [is_one_of(word, content, "host.courtesy_words") for word in words]
    if len(words) > LONGEST_WISH:
        return
    before = kind.index(False) if False in kind else 0
    behind = kind[::-1].index(False) if False in kind else 0
    for first in range(before + 1):
        for last in range(len(words), len(words) - behind - 1, -1):
            yield " ".join(words[first:last])


def _names_a_tip(text: str, content: Content) -> bool:
    """Whether it begins with a wish to send a tip and goes on: "gửi mẹo quét mã QR"."""
    return any(
        is_one_of(" ".join(part.split()[:length]), content, "tip.start_words")
        for part in _parts(text, content)
        for length in range(2, len(part.split()))
    )


def _tip_topic(understanding: Understanding) -> str:
    topics = (one for one in understanding.candidates if one.topic is not None)
    best = next(topics, None)
    return best.topic or "" if best is not None and best.p >= TIP_TOPIC else ""


def _in_form(
    understanding: Understanding, form: TipForm, content: Content, *, at: datetime
) -> Interpretation | None:
    if is_one_of(understanding.text, content, "tip.leave_words"):
        return sure("tip.leave")
    match form.missing:
        case "tip":
            return _topic(understanding)
        case "groups":
            return _groups(understanding, content)
        case "time" | "yes" if is_one_of(understanding.text, content, "tip.now_words"):
            return sure("tip.when", "now")
        case "time" | "yes" if when.read(understanding.text, at) is not None:
            return sure("tip.when")
        case _ if _other(understanding):
            return None
        case "time":
            return sure("tip.when")
        case "yes":
            return sure("unclear_choice")


def _in_group_form(understanding: Understanding, content: Content) -> Interpretation | None:
    if is_one_of(understanding.text, content, "choice.no_words"):
        return sure("howto.leave")
    return None if _other(understanding) else sure("group.name")


def _topic(understanding: Understanding) -> Interpretation | None:
    best = understanding.candidates[0] if understanding.candidates else None
    if best is None or best.topic is None or best.p < FORM_LEAVE:
        return None
    return sure("tip.start", best.topic)


def _groups(understanding: Understanding, content: Content) -> Interpretation | None:
    if is_one_of(understanding.text, content, "tip.all_words"):
        return sure("tip.groups", "all")
    folded = understanding.folded
    numbers = re.findall(r"\d+", folded) if NUMBERS.fullmatch(folded) else []
    if numbers:
        return sure("tip.groups", ",".join(numbers))
    return None if _other(understanding) else sure("tip.groups")


def _other(understanding: Understanding) -> bool:
    """Whether the words clearly want something else than to fill the open form."""
    best = understanding.candidates[0] if understanding.candidates else None
    if best is None or best.p < FORM_LEAVE:
        return False
    return best.intent not in ("host.push_tip", "reminder.set", "out_of_scope")

"""What is meant: an Understanding and the open dialog become one Act.

`nlu/` says how likely each reading is; here it is decided whether to act on the best one, to ask
which is meant, or to say that the bot does not know. Pure, like all of `flows/`.
"""

from datetime import datetime

from flows.content import Content
from flows.dialog import Dialog, HowtoOpen
from flows.replies import Act
from flows.turn import Input, Interpretation, Need
from nlu.understanding import Understanding


def interpret(
    given: Input,
    understanding: Understanding | None,
    dialog: Dialog,
    content: Content,
    *,
    at: datetime,
    may_hold: bool = True,
) -> Interpretation:
    """Decide what a message means where the dialog stands.

    `may_hold` is False when a fragment has waited long enough and must be answered.
    """
    return Interpretation(act=Act("unknown"))


def needs(interpretation: Interpretation, dialog: Dialog) -> frozenset[Need]:
    """The snapshots that answering this will need."""
    return frozenset()


def expects_secret(dialog: Dialog, content: Content) -> bool:
    """Whether a step is open in which people receive a code, so bare digits must be masked."""
    howto = content.howto(dialog.open.topic) if isinstance(dialog.open, HowtoOpen) else None
    if howto is None or not isinstance(dialog.open, HowtoOpen):
        return False
    position = howto.position(dialog.open.step)
    return position is not None and howto.steps[position].expects_secret

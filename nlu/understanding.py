"""What was understood of one message: the result types that `nlu/` gives and `flows/` reads.

Nothing here decides anything. `flows/interpret.py` weighs an Understanding against what is open in
the conversation and chooses what to do.

    Understanding
      text, folded          the masked words, and their folded form
      candidates            (intent, topic) with calibrated probability, best first
      step                  the same words heard as an answer to the step now shown
      secrets               kinds of secret that were masked and deserve a warning
      scam, danger          what an emergency screen saw, or None
      misuse                an attempt to see others' data or to change the bot's role
      bare                  a thing is named and nothing said of it
      language              vi, en or fr
"""

from dataclasses import dataclass
from typing import Literal

Language = Literal["vi", "en", "fr"]

OUTSIDE = "out_of_scope"
"""The intent of what the bot knows nothing of."""

SecretKind = Literal["otp", "password", "pin", "cvv", "card", "id_number"]
"""What is warned about. Phones and account numbers are masked too, without a warning."""

ScamKind = Literal["paid", "gave_code", "installed", "clicked", "ongoing"]
"""What has already happened: money sent, a code given, an app installed, a link opened;
`ongoing` is a scam in progress (the caller is on the line) where nothing is given yet."""

DangerKind = Literal["crime", "fire", "medical", "child", "despair"]
"""Who must be called: 113, 114, 115, 111, or a person near together with 115."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One reading of the message."""

    intent: str
    """A name of `intents.yaml`."""
    topic: str | None
    """A slug of `topics.yaml` where the intent is `howto`, else None."""
    p: float
    """Calibrated probability, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """All readings of one message, without a decision."""

    text: str
    """What was said, masked and in NFC; never holds a secret, a phone or an account number."""
    folded: str
    """Lower case, without accents, abbreviations spelled out; for comparing, never for showing."""
    candidates: tuple[Candidate, ...]
    """Best first; at most ten; empty when there is nothing to read (only emoji, only marks)."""
    step: tuple[Candidate, ...] = ()
    """`step.next`, `step.back` and `step.stuck`, best first, if a step of a how-to were shown now;
    what they leave of 1 is the probability that anything else is meant."""
    secrets: frozenset[SecretKind] = frozenset()
    scam: ScamKind | None = None
    danger: DangerKind | None = None
    misuse: bool = False
    """Whether it asks for what belongs to others or tries to make the bot leave its role."""
    bare: bool = False
    """Whether it only names a thing ("cái ứng dụng") and says nothing of it yet."""
    language: Language = "vi"

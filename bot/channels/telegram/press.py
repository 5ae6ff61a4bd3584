"""What a button carries: `<asking>.<option>`, two numbers; nothing of it says what is chosen."""

import re

from flows.turn import Pressed

MOST_BYTES = 64
"""Of callback_data (https://core.telegram.org/bots/api#inlinekeyboardbutton)."""

_PRESS = re.compile(r"([0-9]{1,18})\.([0-9]{1,4})")


def pack(press: Pressed) -> str:
    """As the button carries it. Raises ValueError for what would not fit or not come back."""
    data = f"{press.asking}.{press.option}"
    if len(data.encode()) > MOST_BYTES or unpack(data) != press:
        raise ValueError(f"not for a button: {data}")
    return data


def unpack(data: str | None) -> Pressed | None:
    """What was pressed; None for what no button of ours carries."""
    found = _PRESS.fullmatch(data or "")
    return Pressed(asking=int(found[1]), option=int(found[2])) if found else None

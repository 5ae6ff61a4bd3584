"""What stands before an option and may be typed to choose it, the same on every channel."""

from flows.replies import Style


def mark_of(style: Style, position: int) -> str:
    """`1` or `A`: the mark of the option at this position, from 0."""
    return chr(ord("A") + position) if style == "lettered" else str(position + 1)

"""Update keys name turns."""

from hypothesis import given
from hypothesis import strategies as st

from bot.storage.key import turn_of

parts = st.lists(st.text(st.characters(exclude_characters="\x1f")), min_size=1, max_size=4)


@given(parts, parts)
def test_different_updates_have_different_turns(one: list[str], other: list[str]) -> None:
    assert (turn_of(*one) == turn_of(*other)) == (one == other)

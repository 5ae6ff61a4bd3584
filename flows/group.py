"""A host and her groups, in her private chat: which are of her ward, one found, one taken out.

What the bot says inside a group is the affair of `flows/in_group.py`.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from flows.addressed import helping
from flows.dialog import GroupForm
from flows.events import GroupLinked, GroupNamed, GroupRefused
from flows.host import hosts_only, no_right
from flows.offer import offer
from flows.pause import pausing
from flows.replies import Act, Choice
from flows.snapshots import Group
from flows.spoken import moment
from flows.turn import Due, GroupFound, Outcome, Turn
from flows.ward import called

LONGEST_NAME = 40
"""Characters: a group's title is written by strangers."""
LIST_OPEN = timedelta(minutes=5)
"""For so long what comes unasked takes over no list."""


def due(turn: Turn) -> Outcome:
    """Ask whether a group that was found is of her ward; in the midst of another thing only say it.

    What comes unasked never takes over the numbers of what is open.
    """
    assert isinstance(turn.input, Due)  # noqa: S101 - the act comes with nothing else
    group = turn.input.what
    assert isinstance(group, GroupFound)  # noqa: S101
    if turn.standing.role("host") is None:
        return Outcome.of(turn)
    said = turn.say(
        "group.found", group=name(turn, group.group), channel=channel(turn, group.group)
    )
    if busy(turn):
        return Outcome.of(turn).saying(f"{said} {turn.say('group.confirm_later')}")
    return _ask_whose(turn, Outcome.of(turn), group.group, lead=said)


@hosts_only
def listing(turn: Turn) -> Outcome:
    """Show the groups of her wards, and those that wait to be confirmed."""
    ours = linked(turn)
    waiting = [group for group in turn.snapshots.groups if group.ward is None]
    if not ours and not waiting:
        return Outcome.of(turn).saying(turn.say("group.none"))
    lines = [turn.say("group.list" if ours else "group.list_waiting")]
    lines += [line(turn, group) for group in ours]
    lines += [turn.say("group.same_name")] if _same_name([*ours, *waiting]) else []
    lines.append(turn.say("group.missing"))
    options = [choice for group in waiting for choice in _links(turn, group, "group.add")]
    options += [
        Choice(turn.say("group.take_out", group=name(turn, group)), Act("group.unlink", group.id))
        for group in ours
    ]
    return Outcome.of(turn).asking("\n".join(lines), options, at=turn.now)


@hosts_only
def link(turn: Turn) -> Outcome:
    """Make the group one of this ward."""
    group_id, _, ward = turn.interpretation.act.arg.partition(":")
    group = _found(turn, group_id)
    if group is None:
        return Outcome.of(turn).saying(turn.say("group.gone"))
    if turn.standing.role("host", ward) is None or not _may(turn, group):
        return no_right(turn)
    said = turn.say("group.linked", group=name(turn, group), ward=called(turn, ward))
    if not group.direct:
        said = f"{said} {turn.say('group.pasted_only')}"
    linked_now = Outcome.of(turn).recording(GroupLinked(group=group.id, ward=ward))
    if not group.title.strip():
        naming = pausing(linked_now, "").opening(GroupForm(group=group.id, at=turn.now))
        return naming.saying(f"{said}\n{turn.say('group.ask_name')}")
    return _then_the_next(turn, linked_now, group, said)


@hosts_only
def take_name(turn: Turn) -> Outcome:
    """Take in what a group is called whose platform tells no name."""
    form = turn.dialog.open
    group = _found(turn, form.group) if isinstance(form, GroupForm) else None
    outcome = Outcome.of(turn).opening(None)
    if group is None:
        return outcome.saying(turn.say("group.gone"))
    if group.ward is None or not _may(turn, group):
        return no_right(turn)
    said = turn.understanding.text if turn.understanding is not None else ""
    named = replace(group, title=" ".join(said.split())[:LONGEST_NAME])
    outcome = outcome.recording(GroupNamed(group=group.id, title=named.title))
    return _then_the_next(turn, outcome, named, turn.say("group.named", group=name(turn, named)))


@hosts_only
def unlink(turn: Turn) -> Outcome:
    """Ask once before a group is taken out."""
    group = _found(turn, turn.interpretation.act.arg)
    if group is None:
        return Outcome.of(turn).saying(turn.say("group.gone"))
    asked = turn.say("group.take_out_sure", group=name(turn, group))
    return offer(turn, Outcome.of(turn), asked, Act("group.refuse", group.id))


@hosts_only
def refuse(turn: Turn) -> Outcome:
    """Send nothing to this group: it is none of her ward's, or no longer."""
    group = _found(turn, turn.interpretation.act.arg)
    if group is None:
        return Outcome.of(turn).saying(turn.say("group.gone"))
    if not _may(turn, group):
        return no_right(turn)
    refused = Outcome.of(turn).recording(GroupRefused(group=group.id))
    return _then_the_next(turn, refused, group, turn.say("group.refused", group=name(turn, group)))


def linked(turn: Turn) -> list[Group]:
    """The groups she may send to: confirmed, and of a ward in which she is a host."""
    return [
        group for group in turn.snapshots.groups if group.ward is not None and _may(turn, group)
    ]


def line(turn: Turn, group: Group) -> str:
    """A group with how many read it, and how a tip gets there."""
    key = "group.line" if group.direct else "group.line_pasted"
    return turn.say(key, group=name(turn, group), size=reach(turn, [group]))


def reach(turn: Turn, groups: Iterable[Group]) -> str:
    """How many people these groups have, as far as the platforms tell."""
    sizes = [group.size for group in groups]
    known = sum(size for size in sizes if size is not None)
    if not known:
        return turn.say("group.size_unknown")
    return turn.say("group.size" if None not in sizes else "group.size_at_least", count=known)


def name(turn: Turn, group: Group) -> str:
    """The title on one line, cut where it is long.

    Zalo tells a bot no titles: until its host has named it, a group goes by when it was found.
    """
    title = " ".join(group.title.split())
    if not title:
        when = moment(turn, group.found_at)
        return turn.say("group.untitled", channel=channel(turn, group), when=when)
    return title if len(title) <= LONGEST_NAME else f"{title[: LONGEST_NAME - 1]}…"


def _same_name(groups: list[Group]) -> bool:
    """Whether two of them can't be told apart by what they are called."""
    titles = [group.title for group in groups if group.title]
    return len(set(titles)) < len(titles)


def channel(turn: Turn, group: Group) -> str:
    """The platform it is on, as people call it."""
    return turn.say(f"channel.{group.channel}")


def busy(turn: Turn) -> bool:
    """Whether something is open whose numbers must stay what they are, or every word goes to who
    asked for help."""
    choices = turn.dialog.choices
    fresh = choices is not None and turn.now < choices.at + LIST_OPEN
    return fresh or turn.dialog.open is not None or helping(turn.standing) is not None


def _then_the_next(turn: Turn, outcome: Outcome, settled: Group, said: str) -> Outcome:
    """Say it, and ask about the next group that waits, so that nobody has to look for it."""
    waiting = (one for one in turn.snapshots.groups if one.ward is None and one.id != settled.id)
    following = next(waiting, None)
    if following is None:
        return outcome.noting(choices=None).saying(said)
    lead = f"{said}\n{turn.say('group.next', group=name(turn, following))}"
    return _ask_whose(turn, outcome, following, lead=lead)


def _ask_whose(turn: Turn, outcome: Outcome, group: Group, *, lead: str) -> Outcome:
    options = [
        *_links(turn, group, "group.of_ward"),
        Choice(turn.say("group.not_ours"), Act("group.refuse", group.id)),
    ]
    one_ward = len(options) == 2
    asked = turn.say("group.whose" if one_ward else "group.whose_of")
    return outcome.asking(f"{lead} {asked}", options, at=turn.now, yes_no=one_ward)


def _links(turn: Turn, group: Group, key: str) -> list[Choice]:
    """One way to confirm the group for each ward she is a host in."""
    wards = [role.ward for role in turn.standing.roles if role.kind == "host"]
    return [
        Choice(
            turn.say(key, group=name(turn, group), ward=called(turn, ward)),
            Act("group.link", f"{group.id}:{ward}"),
        )
        for ward in wards
    ]


def _found(turn: Turn, group_id: str) -> Group | None:
    return next((group for group in turn.snapshots.groups if group.id == group_id), None)


def _may(turn: Turn, group: Group) -> bool:
    """Whether the group is still nobody's, or of a ward of hers."""
    return group.ward is None or turn.standing.role("host", group.ward) is not None

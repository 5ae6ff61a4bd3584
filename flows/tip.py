"""A host sends a tip to her groups: which tip, which groups, when, and one confirmation.

    start, more      a list of six, or the tip of the topic she named
    pick             how it looks on each platform; then the groups, if there are several
    group, groups    one pressed, or the numbers typed together
    take_time        at once or later; a time at night is asked back once
    confirm          what was chosen is sent, or handed over to be pasted (flows/campaign.py)

Where the bot may not send by itself the host pastes: «tự dán» groups, and others it does not know.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta

from flows import campaign, group, tip_text
from flows.dialog import TipForm
from flows.host import hosts_only
from flows.replies import Act, Choice, Reply
from flows.spoken import moment
from flows.turn import Outcome, Turn
from nlu import when
from nlu.when import CITY

A_PAGE = 6
QUIET_FROM = time(21)
QUIET_TO = time(7)
"""Groups are left in peace at night, unless the host says so twice."""


@hosts_only
def start(turn: Turn) -> Outcome:
    """Begin with the tip of the topic she named, or with a list."""
    topic = turn.interpretation.act.arg
    tips = tip_text.available(turn, topic)
    if len(tips) == 1 and topic:
        return _picked(turn, tips[0].id)
    if not tips and topic:
        named = turn.content.topics[topic].title
        return _listed(turn, 0, lead=turn.say("tip.none_on", title=named))
    return _listed(turn, 0, topic=topic)


@hosts_only
def more(turn: Turn) -> Outcome:
    """Show the next tips."""
    arg = turn.interpretation.act.arg
    return _listed(turn, int(arg) if arg.isdigit() else 0)


@hosts_only
def pick(turn: Turn) -> Outcome:
    """Take the tip, and show it as each platform will."""
    return _picked(turn, turn.interpretation.act.arg)


@hosts_only
def one_group(turn: Turn) -> Outcome:
    """Choose a group, or take it out again."""
    form = _form(turn)
    if form is None:
        return _listed(turn, 0)
    pressed = turn.interpretation.act.arg
    without = tuple(chosen for chosen in form.groups if chosen != pressed)
    chosen = without if pressed in form.groups else (*form.groups, pressed)
    return _ask_groups(turn, Outcome.of(turn), replace(form, groups=chosen))


@hosts_only
def several_groups(turn: Turn) -> Outcome:
    """Choose all whose numbers were typed together, and go on."""
    form = _form(turn)
    if form is None:
        return _listed(turn, 0)
    arg = turn.interpretation.act.arg
    chosen = [one.id for one in group.linked(turn)] if arg == "all" else _by_number(turn, arg)
    if not chosen:
        return _ask_groups(turn, Outcome.of(turn), form, lead=turn.say("tip.groups_unclear"))
    return _ask_time(turn, Outcome.of(turn), replace(form, groups=tuple(dict.fromkeys(chosen))))


@hosts_only
def ready(turn: Turn) -> Outcome:
    """Go on to the time once a group is chosen."""
    form = _form(turn)
    if form is None:
        return _listed(turn, 0)
    if not form.groups:
        return _ask_groups(turn, Outcome.of(turn), form, lead=turn.say("tip.groups_unclear"))
    return _ask_time(turn, Outcome.of(turn), form)


@hosts_only
def take_time(turn: Turn) -> Outcome:
    """Take the time: at once, or as told; at night it is asked back once."""
    form = _form(turn)
    if form is None:
        return _listed(turn, 0)
    arg = turn.interpretation.act.arg
    if arg == "keep":
        return campaign.ask(turn, form)
    if arg == "now":
        return _unless_night(turn, replace(form, due_at=None))
    if arg == "morning":
        return campaign.ask(turn, replace(form, due_at=_morning(form.due_at or turn.now)))
    words = arg or (turn.understanding.text if turn.understanding is not None else "")
    match when.read(words, turn.now):
        case when.When() as read:
            return _unless_night(turn, replace(form, due_at=read.at))
        case when.Ambiguous() as unclear:
            return _ask_which_time(turn, form, unclear)
        case None:
            return _ask_time(turn, Outcome.of(turn), form, lead=turn.say("tip.time_unclear"))


@hosts_only
def confirm(turn: Turn) -> Outcome:
    """Send what was confirmed, if it can still be."""
    form = _form(turn)
    if form is None or form.missing != "yes":
        return _listed(turn, 0, lead=turn.say("tip.gone"))
    if form.due_at is not None and form.due_at <= turn.now:
        timeless = replace(form, due_at=None)
        return _ask_time(turn, Outcome.of(turn), timeless, lead=turn.say("tip.went_by"))
    return campaign.send(turn, form)


def leave(turn: Turn) -> Outcome:
    """Send nothing."""
    return Outcome.of(turn).opening(None).saying(turn.say("tip.left"))


def _form(turn: Turn) -> TipForm | None:
    """The open form, where its tip is chosen and still there."""
    form = turn.dialog.open
    if not isinstance(form, TipForm) or tip_text.found(turn, form.tip) is None:
        return None
    return form


def _listed(turn: Turn, first: int, *, topic: str = "", lead: str = "") -> Outcome:
    tips = tip_text.available(turn, topic)
    if not tips:
        return Outcome.of(turn).saying(turn.say("tip.none"))
    page = tips[first : first + A_PAGE] or tips[:A_PAGE]
    options = [Choice(tip_text.title(turn, tip.id), Act("tip.pick", tip.id)) for tip in page]
    if topic or len(tips) > first + A_PAGE:
        onward = 0 if topic else first + A_PAGE
        options.append(Choice(turn.say("tip.more"), Act("tip.more", str(onward))))
    week = turn.content.calendar.week_of(turn.now.astimezone(CITY).date())
    if week is not None and not lead and not topic and page == tips[:A_PAGE]:
        lead = turn.say("tip.week", occasion=week.occasion)
    text = "\n".join(part for part in (lead, turn.say("tip.which")) if part)
    outcome = Outcome.of(turn).noting(paused=()).opening(TipForm(at=turn.now))
    return outcome.asking(text, options, at=turn.now)


def _picked(turn: Turn, tip_id: str) -> Outcome:
    """Show the tip on each platform, then ask for the groups; a single way is taken at once."""
    if tip_text.found(turn, tip_id) is None:
        return _listed(turn, 0, lead=turn.say("tip.gone"))
    form = TipForm(missing="groups", tip=tip_id, at=turn.now)
    outcome = Outcome.of(turn).noting(paused=())
    outcome = replace(outcome, replies=_previews(turn, tip_id))
    if not group.linked(turn):
        alone = replace(form, groups=(campaign.ELSEWHERE,))
        return _ask_time(turn, outcome, alone, lead=turn.say("tip.paste_only"))
    return _ask_groups(turn, outcome, form)


def _previews(turn: Turn, tip_id: str) -> tuple[Reply, ...]:
    """For each platform on which her groups are, a line and the tip exactly as it looks there."""
    tip = turn.content.tips[tip_id]
    own = {one.channel for one in group.linked(turn)}
    shown: list[Reply] = []
    for channel in sorted(own or {campaign.paste_channel(turn)}):
        shown.append(Reply(text=turn.say("tip.preview", channel=turn.say(f"channel.{channel}"))))
        account = campaign.account_on(turn, channel)
        shown.append(tip_text.reply(turn.content, tip, account, as_on=channel))
    return tuple(shown)


def _ask_groups(turn: Turn, outcome: Outcome, form: TipForm, *, lead: str = "") -> Outcome:
    groups = group.linked(turn)
    lines = [(one.id, group.line(turn, one)) for one in groups]
    lines.append((campaign.ELSEWHERE, turn.say("tip.elsewhere")))
    options = [
        Choice(
            turn.say("tip.chosen", line=line) if group_id in form.groups else line,
            Act("tip.group", group_id),
        )
        for group_id, line in lines
    ]
    if len(groups) > 1:
        options.append(Choice(turn.say("tip.all"), Act("tip.groups", "all")))
    if form.groups:
        options.append(Choice(turn.say("tip.ready"), Act("tip.ready")))
    asked = turn.say("tip.groups_more" if form.groups else "tip.groups")
    text = "\n".join(part for part in (lead, asked) if part)
    opened = replace(form, missing="groups", at=turn.now)
    return outcome.opening(opened).asking(text, options, at=turn.now)


def _by_number(turn: Turn, arg: str) -> list[str]:
    """The groups at these numbers of the newest list; none where one of them is no group."""
    options = turn.dialog.choices.options if turn.dialog.choices is not None else ()
    numbers = [int(number) for number in arg.split(",") if number]
    acts = [options[number - 1].act for number in numbers if 0 < number <= len(options)]
    if len(acts) < len(numbers) or any(act.name != "tip.group" for act in acts):
        return []
    return [act.arg for act in acts]


def _ask_time(
    turn: Turn, outcome: Outcome, form: TipForm, *, lead: str = "", text: str = ""
) -> Outcome:
    text = text or "\n".join(part for part in (lead, turn.say("tip.time")) if part)
    options = [
        Choice(turn.say("tip.now"), Act("tip.when", "now")),
        Choice(turn.say("tip.not_send"), Act("tip.leave")),
    ]
    opened = replace(form, missing="time", at=turn.now)
    return outcome.opening(opened).asking(text, options, at=turn.now)


def _ask_which_time(turn: Turn, form: TipForm, unclear: when.Ambiguous) -> Outcome:
    """Offer the readings where they are few, else ask for what is missing."""
    text = turn.say(f"reminder.unclear_{unclear.reason}")
    if not unclear.choices:
        return _ask_time(turn, Outcome.of(turn), form, text=text)
    options = [
        Choice(moment(turn, one.at), Act("tip.when", when.written(one))) for one in unclear.choices
    ]
    opened = replace(form, missing="time", at=turn.now)
    return Outcome.of(turn).opening(opened).asking(text, options, at=turn.now)


def _unless_night(turn: Turn, form: TipForm) -> Outcome:
    at = (form.due_at or turn.now).astimezone(CITY)
    if QUIET_TO <= at.time() < QUIET_FROM or campaign.only_pasted(turn, form):
        return campaign.ask(turn, form)
    options = [
        Choice(moment(turn, _morning(at)), Act("tip.when", "morning")),
        Choice(turn.say("tip.keep"), Act("tip.when", "keep")),
    ]
    opened = Outcome.of(turn).opening(replace(form, missing="time", at=turn.now))
    return opened.asking(turn.say("tip.night"), options, at=turn.now)


def _morning(at: datetime) -> datetime:
    """The end of the quiet hours in which this moment lies."""
    local = at.astimezone(CITY)
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_TO, CITY)

"""A tip on its way to groups: the confirmation, a minute to take it back, and how it fared.

ask         one confirmation with all that sending means; what is only pasted needs none
confirm     the messages to the groups; what she pastes comes to her own chat
take_back   before it is due, never after: no platform takes a message back for sure
results     by group, in words; what failed may be sent again, what is uncertain never is
"""

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from flows import group, tip_text
from flows.dialog import TipForm
from flows.events import TipResent, TipResultsTold, TipScheduled, TipTakenBack
from flows.host import hosts_only, no_right
from flows.replies import Act, Choice, Reply
from flows.snapshots import Account, Campaign, Group, GroupResult
from flows.spoken import moment
from flows.turn import CampaignSettled, Due, Outcome, Outgoing, ToGroup, ToLearner, Turn

ELSEWHERE = "elsewhere"
"""Stands among chosen groups for those the bot does not know: the host pastes."""
TAKE_BACK = timedelta(seconds=60)
"""Nothing confirmed leaves sooner, so that it can be taken back."""
A_MINUTE = 60
"""Groups reached in a minute as told to the host: one a second, slower than any platform's pace
in data/channels.yaml."""


def account_on(turn: Turn, channel: str) -> Account | None:
    """Our account on this channel, else one that can be opened from anywhere."""
    accounts = turn.snapshots.accounts
    here = next((one for one in accounts if one.channel == channel), None)
    return here or next((one for one in accounts if one.link is not None), None)


def paste_channel(turn: Turn) -> str:
    """The platform of the groups the bot does not know: Zalo, on which most wards talk."""
    zalo = (one.channel for one in turn.snapshots.accounts if one.channel.startswith("zalo"))
    return next(zalo, "zalo_bot")


def only_pasted(turn: Turn, form: TipForm) -> bool:
    """Whether the bot itself sends nothing to a group."""
    return not any(one.direct for one in _chosen(turn, form))


def ask(turn: Turn, form: TipForm) -> Outcome:
    """Ask for the one yes, with everything it means."""
    if only_pasted(turn, form):
        return send(turn, form)
    direct = [one for one in _chosen(turn, form) if one.direct]
    names = ", ".join(group.name(turn, one) for one in direct)
    minutes = ceil(len(direct) / A_MINUTE)
    lines = [
        turn.say("tip.sure_what", title=tip_text.title(turn, form.tip)),
        turn.say("tip.sure_groups", count=len(direct), groups=names),
        turn.say("tip.sure_reach", size=group.reach(turn, direct)),
        _when(turn, form),
        turn.say("tip.sure_soon") if minutes == 1 else turn.say("tip.sure_pace", count=minutes),
        *_left(turn, direct),
        turn.say("tip.sure_pasted") if _pasted_on(turn, form) else "",
        turn.say("tip.sure_back" if form.due_at is None else "tip.sure_back_later"),
    ]
    options = [
        Choice(turn.say("tip.send"), Act("tip.confirm")),
        Choice(turn.say("tip.not_send"), Act("tip.leave")),
    ]
    opened = Outcome.of(turn).opening(replace(form, missing="yes", at=turn.now))
    text = "\n".join(line for line in lines if line)
    return opened.asking(text, options, at=turn.now, yes_no=True)


def send(turn: Turn, form: TipForm) -> Outcome:
    """Send to the groups, and hand over the text to paste; nothing leaves within a minute."""
    outcome = Outcome.of(turn).opening(None)
    direct = [one for one in _chosen(turn, form) if one.direct]
    campaign = turn.fresh_codes[0] if direct else None
    outcome = _pasting(turn, outcome, form, campaign)
    if campaign is None:
        return outcome if outcome.replies else outcome.saying(turn.say("tip.no_group"))
    tip = turn.content.tips[form.tip]
    due_at = max(form.due_at or turn.now, turn.now + TAKE_BACK)
    scheduled = TipScheduled(
        campaign=campaign,
        tip=tip.id,
        tip_version=tip.fingerprint,
        ward=direct[0].ward or "",
        due_at=due_at,
    )
    for one in direct:
        reply = tip_text.reply(turn.content, tip, account_on(turn, one.channel))
        to = ToGroup(group=one.id)
        outcome = outcome.sending(Outgoing(to=to, reply=reply, due_at=due_at, campaign=campaign))
    said = turn.say("tip.going") if form.due_at is None else _at(turn, "tip.going_at", due_at)
    options = [Choice(turn.say("tip.take_back"), Act("tip.take_back", campaign))]
    return outcome.recording(scheduled).asking(said, options, at=turn.now)


def _pasting(turn: Turn, outcome: Outcome, form: TipForm, campaign: str | None) -> Outcome:
    """The text to paste, alone in its message: here and now, or at its time."""
    tip = turn.content.tips[form.tip]
    for channel in _pasted_on(turn, form):
        lead = turn.say("tip.paste", channel=turn.say(f"channel.{channel}"))
        account = account_on(turn, channel)
        text = tip_text.reply(turn.content, tip, account, as_on=channel)
        ready = (Reply(text=lead), text)
        if form.due_at is None:
            outcome = replace(outcome, replies=(*outcome.replies, *ready))
            continue
        me = ToLearner(learner=turn.learner.id)
        for reply in ready:
            message = Outgoing(to=me, reply=reply, due_at=form.due_at, campaign=campaign)
            outcome = outcome.sending(message)
    if outcome.messages and form.due_at is not None:
        return outcome.saying(_at(turn, "tip.paste_at", form.due_at))
    return outcome


@hosts_only
def take_back(turn: Turn) -> Outcome:
    """Take a tip back before it is due."""
    campaign = _meant(turn)
    if campaign is None:
        return Outcome.of(turn).saying(turn.say("tip.nothing_sent"))
    if campaign.taken_back:
        return Outcome.of(turn).saying(turn.say("tip.taken_back"))
    if campaign.due_at <= turn.now:
        return Outcome.of(turn).saying(turn.say("tip.too_late"))
    taken = Outcome.of(turn).noting(choices=None).recording(TipTakenBack(campaign=campaign.id))
    return taken.saying(turn.say("tip.taken_back"))


@hosts_only
def results(turn: Turn) -> Outcome:
    """Tell how the newest one fared."""
    campaign = _meant(turn)
    if campaign is None:
        return Outcome.of(turn).saying(turn.say("tip.nothing_sent"))
    return _report(turn, Outcome.of(turn), campaign)


@hosts_only
def resend(turn: Turn) -> Outcome:
    """Send again where it failed, and only there."""
    campaign = _meant(turn)
    failed = _failed(campaign) if campaign is not None else []
    if campaign is None or not failed:
        return Outcome.of(turn).saying(turn.say("tip.none_failed"))
    hers = [one for one in failed if turn.standing.role("host", one.group.ward) is not None]
    if not hers:
        return no_right(turn)
    if tip_text.found(turn, campaign.tip) is None:
        return Outcome.of(turn).saying(turn.say("tip.gone"))
    outcome = Outcome.of(turn).noting(choices=None).recording(TipResent(campaign=campaign.id))
    return outcome.saying(turn.say("tip.resent", count=len(hers)))


def due(turn: Turn) -> Outcome:
    """Tell the host unasked how it went, once nothing is on its way any more."""
    assert isinstance(turn.input, Due)  # noqa: S101 - the act comes with nothing else
    settled = turn.input.what
    assert isinstance(settled, CampaignSettled)  # noqa: S101
    outcome = Outcome.of(turn).recording(TipResultsTold(campaign=settled.campaign.id))
    if turn.standing.role("host") is None:
        return outcome
    quietly = group.busy(turn) and not _only_take_back(turn, settled.campaign)
    return _report(turn, outcome, settled.campaign, quietly=quietly)


def _only_take_back(turn: Turn, campaign: Campaign) -> bool:
    """Whether nothing is open but the way to take this one back, which is over."""
    choices = turn.dialog.choices
    if turn.dialog.open is not None or choices is None:
        return False
    return choices.options[0].act == Act("tip.take_back", campaign.id)


def _report(turn: Turn, outcome: Outcome, campaign: Campaign, *, quietly: bool = False) -> Outcome:
    named = tip_text.title(turn, campaign.tip)
    if campaign.taken_back:
        return outcome.saying(turn.say("tip.was_taken_back", title=named))
    if campaign.due_at > turn.now:
        options = [Choice(turn.say("tip.take_back"), Act("tip.take_back", campaign.id))]
        waits = _at(turn, "tip.waits", campaign.due_at, title=named)
        return outcome.asking(waits, options, at=turn.now)
    lines = [_at(turn, "tip.fared", campaign.due_at, title=named)]
    lines += [_fared(turn, result) for result in campaign.results]
    if not _failed(campaign):
        return outcome.saying("\n".join(lines))
    if quietly:
        lines.append(turn.say("tip.resend_by_word"))
        return outcome.saying("\n".join(lines))
    options = [Choice(turn.say("tip.resend"), Act("tip.resend", campaign.id))]
    return outcome.asking("\n".join(lines), options, at=turn.now)


def _fared(turn: Turn, result: GroupResult) -> str:
    named = group.name(turn, result.group)
    if result.state != "failed":
        return turn.say(f"tip.state_{result.state}", group=named)
    key = f"tip.why_{result.reason}"
    known = key in turn.content.locales["vi"].sentences
    return turn.say(
        "tip.state_failed", group=named, reason=turn.say(key if known else "tip.why_other")
    )


def _failed(campaign: Campaign) -> list[GroupResult]:
    """What never arrived and may be sent again: an uncertain one might arrive twice, and a group
    that was taken out, or let the bot in anew, is confirmed first."""
    return [
        result
        for result in campaign.results
        if result.state in ("failed", "expired")
        and result.reason != "withdrawn"
        and result.group.ward is not None
    ]


def _meant(turn: Turn) -> Campaign | None:
    """The campaign that is named, else the newest."""
    wanted = turn.interpretation.act.arg
    mine = turn.snapshots.campaigns
    return next((one for one in mine if wanted in ("", one.id)), None)


def _chosen(turn: Turn, form: TipForm) -> list[Group]:
    return [one for one in group.linked(turn) if one.id in form.groups]


def _pasted_on(turn: Turn, form: TipForm) -> list[str]:
    """The channels for which she gets the text to paste."""
    channels = {one.channel for one in _chosen(turn, form) if not one.direct}
    if ELSEWHERE in form.groups:
        channels.add(paste_channel(turn))
    return sorted(channels)


def _when(turn: Turn, form: TipForm) -> str:
    if form.due_at is None:
        return turn.say("tip.sure_now")
    return _at(turn, "tip.sure_at", form.due_at)


def _left(turn: Turn, groups: list[Group]) -> list[str]:
    """What may still be sent this month, on the channels that count."""
    lines: list[str] = []
    for channel in sorted({one.channel for one in groups}):
        account = account_on(turn, channel)
        if account is not None and account.month_left is not None:
            named = turn.say(f"channel.{channel}")
            lines.append(turn.say("tip.sure_left", count=account.month_left, channel=named))
    return lines


def _at(turn: Turn, key: str, at: datetime, **values: object) -> str:
    return turn.say(key, when=moment(turn, at), **values)

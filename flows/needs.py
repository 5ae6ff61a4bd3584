"""Which snapshots answering an act will need: the shell loads these and nothing else."""

from flows.dialog import ConsentOpen, Dialog
from flows.events import ConsentPurpose
from flows.replies import ActName
from flows.snapshots import Need
from flows.turn import Interpretation

_NONE: frozenset[Need] = frozenset()
_REMINDERS = frozenset[Need]({"reminders"})
_RECORD = frozenset[Need]({"answers", "credentials"})
_PERSON = frozenset[Need]({"staff", "said"})
_TICKETS = frozenset[Need]({"tickets"})
_TIP = frozenset[Need]({"groups", "accounts"})
_CAMPAIGNS = frozenset[Need]({"campaigns"})
_GROUPS = frozenset[Need]({"groups"})
_ACCOUNTS = frozenset[Need]({"accounts"})

NEEDS: dict[ActName, frozenset[Need]] = {
    "quiz.start": frozenset[Need]({"answers"}),
    "certificate.status": _RECORD,
    "certificate.ask": _RECORD,
    "certificate.issue": _RECORD,
    "reminder.list": _REMINDERS,
    "reminder.pick": _REMINDERS,
    "reminder.change": _REMINDERS,
    "reminder.retime": _REMINDERS,
    "reminder.cancel": _REMINDERS,
    "reminder.set": _REMINDERS,
    "reminder.time": _REMINDERS,
    "reminder.subject": _REMINDERS,
    "export_my_data": frozenset[Need]({"known", "reminders", "credentials"}),
    # a person may be offered
    "human.help": _PERSON,
    "human.send": _PERSON,
    "step.stuck": _PERSON,
    "report_wrong": _PERSON,
    "howto.done": _PERSON,
    "which": _PERSON,
    "unknown": _PERSON,
    "ward.told": _PERSON,
    "ward.pick": _PERSON,
    # rights and help requests
    "role.claim": frozenset[Need]({"invitation"}),
    "ticket.take": _TICKETS,
    "ticket.list": _TICKETS,
    # tips and groups
    "tip.start": _TIP,
    "tip.more": _TIP,
    "tip.pick": _TIP,
    "tip.group": _TIP,
    "tip.groups": _TIP,
    "tip.ready": _TIP,
    "tip.when": _TIP,
    "tip.confirm": _TIP,
    "tip.take_back": _CAMPAIGNS,
    "tip.results": _CAMPAIGNS,
    "tip.resend": _CAMPAIGNS,
    "group.list": _GROUPS,
    "group.link": _GROUPS,
    "group.refuse": _GROUPS,
    "group.name": _GROUPS,
    "group.unlink": _GROUPS,
    "group.admitted": _ACCOUNTS,
    "group.hello": _ACCOUNTS,
    "group.howto": _ACCOUNTS,
    "group.code": _ACCOUNTS,
    "group.private": _ACCOUNTS,
    "group.unknown": _ACCOUNTS,
}
_AFTER_CONSENT: dict[ConsentPurpose, frozenset[Need]] = {
    "reminder": _REMINDERS,
    "certificate": _RECORD,
}


def needs(interpretation: Interpretation, dialog: Dialog) -> frozenset[Need]:
    """The snapshots that answering this will need."""
    opened, act = dialog.open, interpretation.act.name
    if act == "consent.yes" and isinstance(opened, ConsentOpen):
        return _AFTER_CONSENT.get(opened.purpose, _NONE)
    return NEEDS.get(act, _NONE)

"""One event of each kind, as something that happened to a person in the morning."""

from datetime import timedelta
from typing import get_args

from flows import events
from flows.events import Event
from tests.storage.world import WARD
from tests.talk import MORNING

SUBJECT = "uống thuốc huyết áp"
NAME = "Trần Thị Bưởi"
QUESTION = "cháu tên Bưởi ở hẻm 12"

EVENTS: tuple[Event, ...] = (
    events.HowtoStarted(topic="phone/scan_qr"),
    events.HowtoFinished(topic="phone/scan_qr", done=True),
    events.StepStuck(topic="phone/scan_qr", step="aim", step_version="ab12", device=None, times=2),
    events.WrongReported(topic="phone/scan_qr", step="aim", step_version="ab12", device="iphone"),
    events.QuizStarted(topic="phone/scan_qr", items=("phone/scan_qr:unknown_poster",)),
    events.AnswerRecorded(
        item="phone/scan_qr:unknown_poster",
        item_version="ab12",
        purpose="practice",
        attempt=1,
        answer=(1,),
        correct=True,
        asked_at=MORNING,
        answered_at=MORNING + timedelta(seconds=20),
    ),
    events.QuizFinished(
        topic="phone/scan_qr", purpose="practice", asked=2, right_at_first=1, stopped=False
    ),
    events.CredentialIssued(
        code="7KQ2M9XA4T",
        name=NAME,
        grade="self",
        rule="practice/1",
        topics=("phone/scan_qr",),
        earned_on=MORNING,
    ),
    events.ReminderSet(
        reminder="R1",
        subject=SUBJECT,
        due_at=MORNING + timedelta(hours=1),
        every=None,
        hour_chosen=True,
    ),
    events.ReminderSet(
        reminder="R2",
        subject=SUBJECT,
        due_at=MORNING + timedelta(hours=2),
        every=None,
        hour_chosen=True,
    ),
    events.ReminderSent(
        reminder="R1",
        due_at=MORNING + timedelta(hours=1),
        expired=False,
        next_at=MORNING + timedelta(days=1),
    ),
    events.ReminderCancelled(reminder="R2"),
    events.ConsentGiven(purpose="learning", text_version="1"),
    events.ConsentGiven(purpose="reminder", text_version="1"),
    events.ConsentGiven(purpose="certificate", text_version="1"),
    events.ConsentRefused(purpose="help", text_version="1"),
    events.PushesStopped(),
    events.PushesResumed(),
    events.DataExported(),
    events.HelpRequested(
        ticket="T1",
        topic="phone/scan_qr",
        step="aim",
        device="android",
        ward=WARD,
        question=QUESTION,
    ),
    events.TicketTaken(ticket="T0"),
    events.TicketAnswered(ticket="T0"),
    events.TicketGivenBack(ticket="T0"),
    events.TicketClosed(ticket="T1", by="asker"),
    events.RoleClaimed(role="U1"),
    events.DutyChanged(on=True),
    events.GroupSeen(),
    events.GroupLinked(group="G1", ward=WARD),
    events.GroupNamed(group="G0", title="Tổ 12"),
    events.TipScheduled(
        campaign="C1",
        tip="qr",
        tip_version="ab12",
        ward=WARD,
        due_at=MORNING + timedelta(minutes=1),
    ),
    events.TipTakenBack(campaign="C1"),
    events.TipResent(campaign="C1"),
    events.TipResultsTold(campaign="C1"),
    events.GroupRefused(group="G1"),
    events.GroupLeft(),
    events.EmergencyShown(kind="scam.paid"),
    events.SecretSeen(kinds=("otp",)),
    events.Unanswered(asked_which=True),
    events.MisuseTried(),
    events.ConsentWithdrawn(purpose="improve"),
    events.DataDeleted(),
)
"""In an order in which they may happen; the last two take away."""

assert {type(event) for event in EVENTS} == set(get_args(Event))

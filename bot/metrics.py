"""Numbers for operators, without anything about a person. Read at `/metrics`."""

from prometheus_client import Counter, Gauge, Histogram

TURNS = Counter("bot_turns", "Turns answered", ("channel", "act"))
DUPLICATES = Counter("bot_duplicates", "Updates that came again", ("channel",))
FLOODED = Counter("bot_flooded", "Messages not answered because too many came", ("channel",))
FAULTS = Counter("bot_turn_faults", "Faults while answering an update", ("channel", "error"))
SET_ASIDE = Counter("bot_set_aside", "Updates set aside after three faults", ("channel",))
DELIVERIES = Counter("bot_deliveries", "Messages settled", ("channel", "state"))
OUTBOX_AGE_SECONDS = Gauge("bot_outbox_age_seconds", "Wait of the oldest one due", ("channel",))
SENT_THIS_MONTH = Gauge("bot_sent_this_month", "Messages counted this month", ("channel",))
QUOTA_USED = Gauge("bot_quota_used", "Share of the month's quota that is used", ("channel",))

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
PARSE_SECONDS = Histogram("bot_parse_seconds", "Time to understand a text", buckets=_SECONDS)
TURN_SECONDS = Histogram("bot_turn_seconds", "Time to answer and store", buckets=_SECONDS)

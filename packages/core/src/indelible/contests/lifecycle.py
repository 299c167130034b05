"""The lifecycles of contests, entries, logs, provider feeds and settlement runs."""

from enum import StrEnum
from typing import Final

from indelible.kernel import EVERYONE, OWNER, Edge, Lifecycle
from indelible.kernel.due_times import MAX_DUE
from indelible.kernel.lifecycle import MAX_CLOCK_LEAD


class ContestStatus(StrEnum):
    """The states of a contest (seed 002)."""

    SCHEDULED = "SCHEDULED"
    LOCKED = "LOCKED"
    LIVE = "LIVE"
    COMPLETE = "COMPLETE"
    CANCELLED = "CANCELLED"
    ERROR = "ERROR"


class EntryStatus(StrEnum):
    """The states of an entry in a contest."""

    PENDING_PAYMENT = "PENDING_PAYMENT"
    ACTIVE = "ACTIVE"
    REJECTED = "REJECTED"
    REFUNDED = "REFUNDED"
    VOID = "VOID"


class LogStatus(StrEnum):
    """The states of a contest's event log: a paused log takes an operator's corrections only."""

    OPEN = "OPEN"
    PAUSED = "PAUSED"


class FeedStatus(StrEnum):
    """The states of a tournament's provider feed."""

    POLLING = "POLLING"
    STOPPED = "STOPPED"


class RunStatus(StrEnum):
    """The states of one attempt to settle a contest."""

    STARTED = "STARTED"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"


_SCHEDULED: Final = ContestStatus.SCHEDULED
_LOCKED: Final = ContestStatus.LOCKED
_LIVE: Final = ContestStatus.LIVE
_COMPLETE: Final = ContestStatus.COMPLETE
_CANCELLED: Final = ContestStatus.CANCELLED
_ERROR: Final = ContestStatus.ERROR

# The fields that a contest copies from its newest configuration; its tournament is fixed.
CONFIGURED_FIELDS: Final = (
    "lock_time",
    "start_time",
    "end_time",
    "max_entries",
    "min_entries",
    "max_entries_per_user",
    "fee_minor",
    "currency",
    "payment_grace_seconds",
    "configuration_digest",
)
SETTLEMENT_FIELDS: Final = ("settle_time", "settlement_run_id")
ERROR_FIELDS: Final = ("error_from_state", "error_code", "error_message", "attempted_action")

CONTEST: Final = Lifecycle(
    name="contest",
    data_keys=frozenset({"reason_code", "evidence"}),
    readers=EVERYONE,
    edges=(
        # Each version is a configuration.
        Edge("", "publish", _SCHEDULED, 1),
        Edge(_SCHEDULED, "configure", _SCHEDULED, 1),
        Edge(_SCHEDULED, "lock", _LOCKED, 0),
        # A forced lock stores a configuration whose lock_time is the instant of the lock.
        Edge(_SCHEDULED, "force_lock", _LOCKED, 1),
        Edge(_LOCKED, "start", _LIVE, 0),
        Edge(_LIVE, "complete", _COMPLETE, 0),
        Edge(_SCHEDULED, "cancel", _CANCELLED, 0),
        Edge(_LOCKED, "cancel", _CANCELLED, 0),
        Edge(_LIVE, "cancel", _CANCELLED, 0),
        Edge(_SCHEDULED, "cancel_by_provider", _CANCELLED, 0),
        Edge(_LOCKED, "cancel_by_provider", _CANCELLED, 0),
        Edge(_LIVE, "cancel_by_provider", _CANCELLED, 0),
        Edge(_SCHEDULED, "cancel_unfilled", _CANCELLED, 0),
        Edge(_LIVE, "cancel_shortened", _CANCELLED, 0),
        Edge(_SCHEDULED, "fail", _ERROR, 0),
        Edge(_LOCKED, "fail", _ERROR, 0),
        Edge(_LIVE, "fail", _ERROR, 0),
        Edge(_ERROR, "resolve_complete", _COMPLETE, 0),
        Edge(_ERROR, "resolve_cancel", _CANCELLED, 0),
        Edge(_ERROR, "resume_scheduled", _SCHEDULED, 0),
        Edge(_ERROR, "resume_locked", _LOCKED, 0),
        Edge(_ERROR, "resume_live", _LIVE, 0),
    ),
    changes={
        "publish": CONFIGURED_FIELDS,
        "configure": CONFIGURED_FIELDS,
        "force_lock": CONFIGURED_FIELDS,
        "complete": SETTLEMENT_FIELDS,
        "fail": ERROR_FIELDS,
        "resolve_complete": (*SETTLEMENT_FIELDS, *ERROR_FIELDS),
        "resolve_cancel": ERROR_FIELDS,
        "resume_scheduled": ERROR_FIELDS,
        "resume_locked": ERROR_FIELDS,
        "resume_live": ERROR_FIELDS,
    },
    initial={},
    latest={"end_time": MAX_DUE, "settle_time": MAX_CLOCK_LEAD},
)

ENTRY: Final = Lifecycle(
    name="entry",
    readers=OWNER,
    edges=(
        # Each version is a roster.
        Edge("", "enter", EntryStatus.PENDING_PAYMENT, 1),
        Edge("", "enter_free", EntryStatus.ACTIVE, 1),
        Edge(EntryStatus.PENDING_PAYMENT, "set_roster", EntryStatus.PENDING_PAYMENT, 1),
        Edge(EntryStatus.ACTIVE, "set_roster", EntryStatus.ACTIVE, 1),
        Edge(EntryStatus.PENDING_PAYMENT, "activate", EntryStatus.ACTIVE, 0),
        Edge(EntryStatus.PENDING_PAYMENT, "reject", EntryStatus.REJECTED, 0),
        Edge(EntryStatus.ACTIVE, "refund", EntryStatus.REFUNDED, 0),
        Edge(EntryStatus.ACTIVE, "void", EntryStatus.VOID, 0),
        Edge(EntryStatus.VOID, "refund", EntryStatus.REFUNDED, 0),
        Edge(EntryStatus.VOID, "reinstate", EntryStatus.ACTIVE, 0),
    ),
    changes={
        "enter": ("place_number", "roster_digest"),
        "enter_free": ("place_number", "roster_digest", "paid_minor", "paid_at"),
        "set_roster": ("roster_digest",),
        "activate": ("paid_minor", "paid_at", "payment_ref"),
        "reject": ("place_number", "rejection_reason"),
        "refund": ("place_number",),
    },
    initial={},
    latest={"paid_at": MAX_CLOCK_LEAD},
)

_PENDING_REWRITE: Final = ("pending_rewrite", "pending_rewrite_at", "pending_rewrite_number")
# What a log knows about its applied events.
_MARKS: Final = (
    "field_number",
    "leaderboard_number",
    "leaderboard_at",
    "leaderboard_hash",
    "observations",
    "observed_at",
    "terminal_number",
    "terminal_at",
    "cancelled_number",
    "conflict_number",
    *_PENDING_REWRITE,
)

CONTEST_LOG: Final = Lifecycle(
    name="contest_log",
    readers=EVERYONE,
    edges=(
        # Each version is an event; the version is the gapless event number.
        Edge("", "open", LogStatus.OPEN, 0),
        Edge(LogStatus.OPEN, "append", LogStatus.OPEN, 1),
        Edge(LogStatus.OPEN, "correct", LogStatus.OPEN, 1),
        Edge(LogStatus.PAUSED, "correct", LogStatus.PAUSED, 1),
        # A fetch that shows nothing new moves the log's position and adds no event.
        Edge(LogStatus.OPEN, "skip", LogStatus.OPEN, 0),
        Edge(LogStatus.OPEN, "pause", LogStatus.PAUSED, 0),
        Edge(LogStatus.PAUSED, "resume", LogStatus.OPEN, 0),
    ),
    changes={
        "append": ("fetch_number", "head_hash", "event_hash", *_MARKS),
        "correct": ("fetch_number", "head_hash", "event_hash", *_MARKS),
        "skip": ("fetch_number", *_PENDING_REWRITE),
    },
    initial={"fetch_number": 0, "event_hash": "", "observations": 0},
    latest={
        "leaderboard_at": MAX_CLOCK_LEAD,
        "observed_at": MAX_CLOCK_LEAD,
        "terminal_at": MAX_CLOCK_LEAD,
        "pending_rewrite_at": MAX_CLOCK_LEAD,
    },
)

PROVIDER_FEED: Final = Lifecycle(
    name="provider_feed",
    readers=EVERYONE,
    edges=(
        # Each version is a fetch, successful or not.
        Edge("", "open", FeedStatus.POLLING, 0),
        Edge(FeedStatus.POLLING, "fetch", FeedStatus.POLLING, 1),
        Edge(FeedStatus.POLLING, "stop", FeedStatus.STOPPED, 0),
        Edge(FeedStatus.STOPPED, "poll", FeedStatus.POLLING, 0),
    ),
    changes={
        "fetch": ("failures", "last_success_at", "last_payload_digest"),
    },
    initial={"failures": 0},
    latest={"last_success_at": MAX_CLOCK_LEAD},
)

RESULT_FIELDS: Final = (
    "eligibility_digest",
    "official_rounds",
    "result_digest",
    "pool_minor",
    "rake_minor",
    "rounding_minor",
    "retained_minor",
    "top_up_minor",
    "line_count",
    "settled_at",
)
RUN_ERROR_FIELDS: Final = ("error_code", "error_message")
SETTLEMENT_RUN: Final = Lifecycle(
    name="settlement_run",
    readers=EVERYONE,
    edges=(
        Edge("", "start", RunStatus.STARTED, 0),
        Edge(RunStatus.STARTED, "complete", RunStatus.COMPLETE, 0),
        Edge(RunStatus.STARTED, "fail", RunStatus.FAILED, 0),
    ),
    changes={
        "complete": RESULT_FIELDS,
        "fail": RUN_ERROR_FIELDS,
    },
    initial={},
    latest={"settled_at": MAX_CLOCK_LEAD},
)

TERMINAL: Final = frozenset({_COMPLETE, _CANCELLED})
OCCUPYING: Final = frozenset({EntryStatus.PENDING_PAYMENT, EntryStatus.ACTIVE, EntryStatus.VOID})

"""The lifecycles of contests, entries, logs, provider feeds and settlement runs."""

from enum import StrEnum
from typing import Final

from indelible.kernel import Edge, Lifecycle


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

CONTEST: Final = Lifecycle(
    name="contest",
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
)

ENTRY: Final = Lifecycle(
    name="entry",
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
)

CONTEST_LOG: Final = Lifecycle(
    name="contest_log",
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
)

PROVIDER_FEED: Final = Lifecycle(
    name="provider_feed",
    edges=(
        # Each version is a fetch, successful or not.
        Edge("", "open", FeedStatus.POLLING, 0),
        Edge(FeedStatus.POLLING, "fetch", FeedStatus.POLLING, 1),
        Edge(FeedStatus.POLLING, "stop", FeedStatus.STOPPED, 0),
        Edge(FeedStatus.STOPPED, "poll", FeedStatus.POLLING, 0),
    ),
)

SETTLEMENT_RUN: Final = Lifecycle(
    name="settlement_run",
    edges=(
        Edge("", "start", RunStatus.STARTED, 0),
        Edge(RunStatus.STARTED, "complete", RunStatus.COMPLETE, 0),
        Edge(RunStatus.STARTED, "fail", RunStatus.FAILED, 0),
    ),
)

TERMINAL: Final = frozenset({_COMPLETE, _CANCELLED})
OCCUPYING: Final = frozenset({EntryStatus.PENDING_PAYMENT, EntryStatus.ACTIVE, EntryStatus.VOID})

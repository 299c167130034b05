"""Contests, entries, event logs, provider feeds, settlement runs, their records and values."""

from indelible.contests.entities.contests import (
    FALLIBLE_ACTIONS,
    RESUME_ACTIONS,
    Contest,
    ContestTerms,
)
from indelible.contests.entities.entries import JOINED, PAID, Entry, enter_action
from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.logs import ContestLog, EventDraft
from indelible.contests.entities.records import (
    ContestConfiguration,
    ContestEvent,
    EventFault,
    Fetch,
    ReplayedEvent,
    Roster,
    SettlementLine,
    event_hash,
)
from indelible.contests.entities.runs import (
    SettlementBasis,
    SettlementBinding,
    SettlementRun,
    SettlementTotals,
)
from indelible.contests.entities.values import (
    NO_MARKS,
    REASON_MEANINGS,
    EntriesRevision,
    EventKind,
    Evidence,
    FetchOutcome,
    FetchResult,
    LogMarks,
    ReasonCode,
    Validity,
    roster_digest,
)

__all__ = [
    "FALLIBLE_ACTIONS",
    "JOINED",
    "NO_MARKS",
    "PAID",
    "REASON_MEANINGS",
    "RESUME_ACTIONS",
    "Contest",
    "ContestConfiguration",
    "ContestEvent",
    "ContestLog",
    "ContestTerms",
    "EntriesRevision",
    "Entry",
    "EventDraft",
    "EventFault",
    "EventKind",
    "Evidence",
    "Fetch",
    "FetchOutcome",
    "FetchResult",
    "LogMarks",
    "ProviderFeed",
    "ReasonCode",
    "ReplayedEvent",
    "Roster",
    "SettlementBasis",
    "SettlementBinding",
    "SettlementLine",
    "SettlementRun",
    "SettlementTotals",
    "Validity",
    "enter_action",
    "event_hash",
    "roster_digest",
]

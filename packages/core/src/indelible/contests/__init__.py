"""Contests: golf contests that settle themselves from stored provider data."""

from indelible.contests import errors
from indelible.contests.commands.contests import (
    CancelByProvider,
    CancelContest,
    CancelShortened,
    ConfigureContest,
    FailContest,
    ForceLock,
    LockContest,
    PublishContest,
    ResolveError,
    StartContest,
)
from indelible.contests.commands.entries import (
    ActivateEntry,
    EnterContest,
    RefundEntry,
    ReinstateEntry,
    RejectEntry,
    SetRoster,
    VoidEntry,
)
from indelible.contests.commands.logs import (
    AppendEvents,
    CorrectLog,
    ImportField,
    PauseIngestion,
    PollFeed,
    RecordFetch,
    ResumeIngestion,
    StopFeed,
)
from indelible.contests.commands.results import (
    ContestSaved,
    FeedSaved,
    TransitionOutcome,
)
from indelible.contests.commands.runs import FailRun, FinishRun, StartRun
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import (
    ContestConfiguration,
    ContestEvent,
    EventFault,
    Fetch,
    Roster,
    SettlementLine,
)
from indelible.contests.entities.runs import SettlementRun
from indelible.contests.entities.values import (
    EntriesRevision,
    EventKind,
    FetchOutcome,
    FetchResult,
    LogMarks,
    ReasonCode,
    ResolveAction,
    Validity,
)
from indelible.contests.handlers.contests import configure_contest, force_lock, publish_contest
from indelible.contests.handlers.entries import (
    activate_entry,
    enter_contest,
    refund_entry,
    reinstate_entry,
    reject_entry,
    set_roster,
    void_entry,
)
from indelible.contests.handlers.feeds import poll_feed, record_fetch, stop_feed
from indelible.contests.handlers.logs import (
    append_events,
    correct_log,
    import_field,
    pause_ingestion,
    resume_ingestion,
)
from indelible.contests.handlers.runs import fail_run, finish_run, start_run
from indelible.contests.handlers.transitions import (
    cancel_by_provider,
    cancel_contest,
    cancel_shortened,
    fail_contest,
    lock_contest,
    resolve_error,
    start_contest,
)
from indelible.contests.lifecycle import (
    CONTEST,
    CONTEST_LOG,
    ENTRY,
    OCCUPYING,
    PROVIDER_FEED,
    SETTLEMENT_RUN,
    TERMINAL,
    ContestStatus,
    EntryStatus,
    FeedStatus,
    LogStatus,
    RunStatus,
)
from indelible.contests.ports import ContestFilter, EntryFilter
from indelible.contests.queries import (
    EntryDetails,
    entries_of_user,
    get_contest,
    get_entry,
    log_state,
    newest_late_event,
    settled_number,
)
from indelible.contests.repositories.reads import DueSettlement
from indelible.contests.repositories.transactions import ContestsRead, ContestsWrite
from indelible.contests.rules.assess import AssessInput, Assessment, FetchedPayload, assess
from indelible.contests.rules.configuration.faults import ConfigurationInvalid
from indelible.contests.rules.configuration.parsing import (
    parse_configuration,
    parse_configuration_text,
)
from indelible.contests.rules.configuration.values import Configuration
from indelible.contests.rules.corrections import CorrectedRound
from indelible.contests.rules.settlement import Settlement, SettlementInput, result_document, settle
from indelible.contests.rules.tasks import (
    FETCH_TOURNAMENT_STAGE,
    INGEST_CONTEST_STAGE,
    LOCK_CONTEST_STAGE,
    RECONCILE_CONTESTS_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.contests.rules.values import (
    EligibleEntry,
    Field,
    Leaderboard,
    PlayerCard,
    PlayerStatus,
    Round,
)
from indelible.contests.samples import sample_configuration, sample_names

__all__ = [
    # commands
    "ActivateEntry",
    "AppendEvents",
    "CancelByProvider",
    "CancelContest",
    "CancelShortened",
    "ConfigureContest",
    "CorrectLog",
    "EnterContest",
    "FailContest",
    "FailRun",
    "FinishRun",
    "ForceLock",
    "ImportField",
    "LockContest",
    "PauseIngestion",
    "PollFeed",
    "PublishContest",
    "RecordFetch",
    "RefundEntry",
    "ReinstateEntry",
    "RejectEntry",
    "ResolveError",
    "ResumeIngestion",
    "SetRoster",
    "StartContest",
    "StartRun",
    "StopFeed",
    "VoidEntry",
    # handlers
    "activate_entry",
    "append_events",
    "cancel_by_provider",
    "cancel_contest",
    "cancel_shortened",
    "configure_contest",
    "correct_log",
    "enter_contest",
    "fail_contest",
    "fail_run",
    "finish_run",
    "force_lock",
    "import_field",
    "lock_contest",
    "pause_ingestion",
    "poll_feed",
    "publish_contest",
    "record_fetch",
    "refund_entry",
    "reinstate_entry",
    "reject_entry",
    "resolve_error",
    "resume_ingestion",
    "set_roster",
    "start_contest",
    "start_run",
    "stop_feed",
    "void_entry",
    # queries
    "EntryDetails",
    "entries_of_user",
    "get_contest",
    "get_entry",
    "log_state",
    "newest_late_event",
    "settled_number",
    # results
    "ContestSaved",
    "FeedSaved",
    "TransitionOutcome",
    # values
    "Contest",
    "ContestConfiguration",
    "ContestEvent",
    "ContestLog",
    "CorrectedRound",
    "DueSettlement",
    "EligibleEntry",
    "EntriesRevision",
    "Entry",
    "EventFault",
    "EventKind",
    "Fetch",
    "FetchOutcome",
    "FetchResult",
    "Field",
    "Leaderboard",
    "LogMarks",
    "PlayerCard",
    "PlayerStatus",
    "ProviderFeed",
    "ReasonCode",
    "ResolveAction",
    "Roster",
    "Round",
    "SettlementLine",
    "SettlementRun",
    "Validity",
    # lifecycles
    "CONTEST",
    "CONTEST_LOG",
    "ContestStatus",
    "ENTRY",
    "EntryStatus",
    "FeedStatus",
    "LogStatus",
    "OCCUPYING",
    "PROVIDER_FEED",
    "RunStatus",
    "SETTLEMENT_RUN",
    "TERMINAL",
    # rules
    "AssessInput",
    "Assessment",
    "Configuration",
    "ConfigurationInvalid",
    "FetchedPayload",
    "Settlement",
    "SettlementInput",
    "assess",
    "parse_configuration",
    "parse_configuration_text",
    "result_document",
    "sample_configuration",
    "sample_names",
    "settle",
    # stages
    "FETCH_TOURNAMENT_STAGE",
    "INGEST_CONTEST_STAGE",
    "LOCK_CONTEST_STAGE",
    "RECONCILE_CONTESTS_STAGE",
    "SETTLE_CONTEST_STAGE",
    "START_CONTEST_STAGE",
    # ports
    "ContestFilter",
    "ContestsRead",
    "ContestsWrite",
    "EntryFilter",
    # errors
    "errors",
]

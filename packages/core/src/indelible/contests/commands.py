"""The commands of contests, and their results."""

from datetime import datetime
from typing import ClassVar

from attrs import field, frozen
from attrs.validators import optional

from indelible.contests.entities import (
    Contest,
    ContestLog,
    Entry,
    EventDraft,
    Fetch,
    FetchResult,
    LogMarks,
    ProviderFeed,
    SettlementBasis,
    SettlementLine,
    SettlementRun,
    SettlementTotals,
)
from indelible.contests.entities.values import (
    AMOUNT,
    CURRENCY,
    MESSAGE,
    PLAYERS,
    PREDICTION,
    ResolveAction,
    are_players,
    message_text,
    player_tuple,
)
from indelible.contests.rules.configuration import checked_document
from indelible.contests.rules.faults import Fault
from indelible.contests.rules.values import Leaderboard
from indelible.kernel.bulk import Bulk
from indelible.kernel.json_objects import JSON_OBJECT, JsonObject
from indelible.kernel.money import is_amount_minor, is_currency
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    LINE,
    bounded_int,
    instance_of,
    is_identifier,
    is_instant,
    is_text,
    non_blank_line,
)


@frozen(kw_only=True)
class PublishContest:
    """Publish a contest with its first configuration.

    A configuration with faults is refused when the command is created.
    """

    command_name: ClassVar[str] = "publish_contest"
    organizer_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    contest_name: str = field(validator=non_blank_line, metadata=LINE)
    configuration: JsonObject = field(converter=checked_document, metadata=JSON_OBJECT)


@frozen(kw_only=True)
class ContestCommand:
    """A command on a contest."""

    contest_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ConfigureContest(ContestCommand):
    """Change the configuration of a SCHEDULED contest, as the caller last saw it.

    With `organizer_id`, another organizer's contest is not found.
    """

    command_name: ClassVar[str] = "configure_contest"
    configuration: JsonObject = field(converter=checked_document, metadata=JSON_OBJECT)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)
    organizer_id: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )


@frozen(kw_only=True)
class LockContest(ContestCommand):
    """Lock a contest whose lock time has come, or cancel it if it has too few entries."""

    command_name: ClassVar[str] = "lock_contest"


@frozen(kw_only=True)
class StartContest(ContestCommand):
    """Start a locked contest whose start time has come and whose log has a valid event."""

    command_name: ClassVar[str] = "start_contest"


@frozen(kw_only=True)
class ForceLock(ContestCommand):
    """Lock a contest now, as the caller last saw it."""

    command_name: ClassVar[str] = "force_lock"
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class CancelContest(ContestCommand):
    """Cancel a contest that is not settled; a canceled one stays as it is.

    With `organizer_id` the organizer cancels, who may do so before the lock only.
    """

    command_name: ClassVar[str] = "cancel_contest"
    organizer_id: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )


@frozen(kw_only=True)
class CancelByProvider(ContestCommand):
    """Cancel a contest because of a valid CANCELLED event of its log."""

    command_name: ClassVar[str] = "cancel_by_provider"
    event_number: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class CancelShortened(ContestCommand):
    """Cancel a live contest whose tournament ended with too few official rounds."""

    command_name: ClassVar[str] = "cancel_shortened"


@frozen(kw_only=True)
class FailContest(ContestCommand):
    """Record that lock, start or complete has failed permanently."""

    command_name: ClassVar[str] = "fail_contest"
    attempted_action: str = field(validator=is_identifier, metadata=IDENTIFIER)
    error_code: str = field(validator=is_identifier, metadata=IDENTIFIER)
    error_message: str = field(converter=message_text, validator=is_text, metadata=MESSAGE)


@frozen(kw_only=True)
class ResolveError(ContestCommand):
    """Resolve the error of a contest: retry its settlement, resume or cancel it.

    A retry only checks that the contest may be settled: the settlement is computed outside of the
    transaction, and saved by FinishRun.
    """

    command_name: ClassVar[str] = "resolve_error"
    action: ResolveAction = field(validator=instance_of(ResolveAction))


@frozen(kw_only=True)
class EnterContest(ContestCommand):
    """Enter a contest with a roster."""

    command_name: ClassVar[str] = "enter_contest"
    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    player_ids: tuple[str, ...] = field(
        converter=player_tuple, validator=are_players, metadata=PLAYERS
    )
    prediction: int | None = field(
        default=None, validator=optional(bounded_int), metadata=PREDICTION
    )


@frozen(kw_only=True)
class SetRoster:
    """Replace the roster of a user's entry, as the caller last saw it."""

    command_name: ClassVar[str] = "set_roster"
    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    entry_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    player_ids: tuple[str, ...] = field(
        converter=player_tuple, validator=are_players, metadata=PLAYERS
    )
    prediction: int | None = field(
        default=None, validator=optional(bounded_int), metadata=PREDICTION
    )
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class EntryCommand:
    """A command of the system on an entry."""

    entry_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ActivateEntry(EntryCommand):
    """Activate an entry whose fee was paid. It has no route."""

    command_name: ClassVar[str] = "activate_entry"
    paid_minor: int = field(validator=is_amount_minor, metadata=AMOUNT)
    currency: str = field(validator=is_currency, metadata=CURRENCY)
    paid_at: datetime = field(validator=is_instant)
    payment_ref: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class RejectEntry(EntryCommand):
    """Reject an entry whose payment failed; its place is free."""

    command_name: ClassVar[str] = "reject_entry"
    rejection_reason: str = field(converter=message_text, validator=is_text, metadata=MESSAGE)


@frozen(kw_only=True)
class RefundEntry(EntryCommand):
    """Record that an entry's fee was returned; its place is free."""

    command_name: ClassVar[str] = "refund_entry"


@frozen(kw_only=True)
class VoidEntry(EntryCommand):
    """Suspend an entry, as during a dispute; it keeps its place."""

    command_name: ClassVar[str] = "void_entry"


@frozen(kw_only=True)
class ReinstateEntry(EntryCommand):
    """Activate a void entry again, as after a dispute that was won."""

    command_name: ClassVar[str] = "reinstate_entry"


@frozen(kw_only=True)
class ImportField(ContestCommand):
    """Add a FIELD event with the given players."""

    command_name: ClassVar[str] = "import_field"
    primary: tuple[str, ...] = field(converter=tuple)
    alternates: tuple[str, ...] = field(default=(), converter=tuple)


@frozen(kw_only=True)
class AppendEvents(ContestCommand):
    """Append what the assessment of a fetch has decided; without events, skip the fetch.

    `expected_seq` is the seq of the log, and `contest_seq` that of the contest, with which the
    assessment was made.
    """

    command_name: ClassVar[str] = "append_events"
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)
    contest_seq: int = field(validator=bounded_int, metadata=COUNT)
    fetch_number: int = field(validator=bounded_int, metadata=COUNT)
    assessment: Assessment = field(validator=instance_of(Assessment))


@frozen(kw_only=True)
class CorrectLog(ContestCommand):
    """Add an operator's CORRECTION, which replaces the applied leaderboard."""

    command_name: ClassVar[str] = "correct_log"
    supersedes: int = field(validator=bounded_int, metadata=COUNT)
    leaderboard: Leaderboard = field(validator=instance_of(Leaderboard))


@frozen(kw_only=True)
class PauseIngestion(ContestCommand):
    """Let a contest's log take only an operator's corrections."""

    command_name: ClassVar[str] = "pause_ingestion"


@frozen(kw_only=True)
class ResumeIngestion(ContestCommand):
    """Let a contest's log take the provider's events again."""

    command_name: ClassVar[str] = "resume_ingestion"


@frozen(kw_only=True)
class RecordFetch:
    """Store a fetch of a tournament's data with its bytes, and enqueue its contests."""

    command_name: ClassVar[str] = "record_fetch"
    provider_event_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    result: FetchResult = field(validator=instance_of(FetchResult))


@frozen(kw_only=True)
class StopFeed:
    """Fetch a tournament no longer."""

    command_name: ClassVar[str] = "stop_feed"
    provider_event_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class PollFeed:
    """Fetch a tournament again."""

    command_name: ClassVar[str] = "poll_feed"
    provider_event_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class StartRun(ContestCommand):
    """Start a settlement run; a run that was left started is failed first."""

    command_name: ClassVar[str] = "start_run"


@frozen(kw_only=True)
class FinishRun:
    """Settle the contest of a started run: the action is `complete` or `resolve_complete`.

    Prepare `lines` before the transaction. `reason_code` is that of `complete`.
    """

    command_name: ClassVar[str] = "finish_run"
    run_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    totals: SettlementTotals = field(validator=instance_of(SettlementTotals))
    lines: Bulk[SettlementLine] = field(validator=instance_of(Bulk))
    action: str = field(default="complete", validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class FailRun:
    """End a started run as failed."""

    command_name: ClassVar[str] = "fail_run"
    run_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    error_code: str = field(validator=is_identifier, metadata=IDENTIFIER)
    error_message: str = field(converter=message_text, validator=is_text, metadata=MESSAGE)


@frozen(kw_only=True)
class ContestSaved:
    """A contest, and the seq that the next command on it must expect.

    `noop` is True if the command found the contest as it should be and changed nothing.
    """

    contest: Contest
    seq: int
    noop: bool = False


@frozen(kw_only=True)
class TransitionOutcome:
    """The result of a timed transition: applied, or what it waits for."""

    contest: Contest
    seq: int
    applied: bool
    waits_for: str | None = None


@frozen(kw_only=True)
class EntrySaved:
    """An entry, and the seq that the next command on it must expect."""

    entry: Entry
    seq: int


@frozen(kw_only=True)
class LogSaved:
    """A contest's log, and the seq that the next command on it must expect."""

    log: ContestLog
    seq: int


@frozen(kw_only=True)
class FeedSaved:
    """A tournament's feed, its seq, and the fetch that the command stored."""

    feed: ProviderFeed
    seq: int
    fetch: Fetch | None = None


@frozen(kw_only=True)
class RunSaved:
    """A settlement run, its seq and its input."""

    run: SettlementRun
    seq: int
    basis: SettlementBasis | None = None

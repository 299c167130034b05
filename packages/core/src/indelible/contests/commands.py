"""The commands of contests, and their results."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self

from attrs import field, frozen
from attrs.validators import optional

from indelible.contests.entities import (
    Contest,
    ContestLog,
    Entry,
    Fetch,
    FetchResult,
    ProviderFeed,
    SettlementBinding,
    SettlementLine,
    SettlementRun,
    SettlementTotals,
)
from indelible.contests.entities.values import (
    AMOUNT,
    CURRENCY,
    FIELD_PLAYERS,
    MESSAGE,
    PLAYERS,
    PREDICTION,
    ResolveAction,
    are_players,
    is_settling,
    message_text,
    player_tuple,
)
from indelible.contests.rules.assess import Assessment
from indelible.contests.rules.configuration import checked_document
from indelible.contests.rules.corrections import CorrectedRound
from indelible.contests.rules.settlement import SettledEntry, Settlement
from indelible.contests.rules.values import PlayerStatus
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
    primary: tuple[str, ...] = field(
        converter=player_tuple, validator=are_players, metadata=FIELD_PLAYERS
    )
    alternates: tuple[str, ...] = field(
        default=(), converter=player_tuple, validator=are_players, metadata=FIELD_PLAYERS
    )

    def request(self) -> dict[str, object]:
        """Return the JSON object whose bytes are the payload of the event."""
        return {
            "command": self.command_name,
            "contest_id": self.contest_id,
            "primary": list(self.primary),
            "alternates": list(self.alternates),
        }


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
    """Add an operator's CORRECTION, whose reason is that of the transaction.

    It starts from the leaderboard of `accept_event`, or else from the applied one, and replaces
    the given rounds and statuses.
    """

    command_name: ClassVar[str] = "correct_log"
    supersedes: int = field(validator=bounded_int, metadata=COUNT)
    accept_event: int | None = field(default=None, validator=optional(bounded_int), metadata=COUNT)
    rounds: tuple[CorrectedRound, ...] = field(default=(), converter=tuple)
    statuses: Mapping[str, PlayerStatus] = field(factory=dict[str, PlayerStatus])

    def request(self) -> dict[str, object]:
        """Return the JSON object whose bytes are the payload of the event."""
        rounds: list[dict[str, object]] = []
        for item in self.rounds:
            rounds.append({"player_id": item.player_id, "n": item.n, "strokes": item.strokes})

        statuses = {player_id: status.value for player_id, status in self.statuses.items()}
        return {
            "command": self.command_name,
            "contest_id": self.contest_id,
            "supersedes": self.supersedes,
            "accept_event": self.accept_event,
            "rounds": rounds,
            "statuses": statuses,
        }


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

    Create it with `of` before the transaction begins: the lines of a large contest take seconds.

    Raises:
        SettlementUnbalanced: The sums of the settlement do not match its lines.
    """

    command_name: ClassVar[str] = "finish_run"
    run_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    binding: SettlementBinding = field(validator=instance_of(SettlementBinding))
    totals: SettlementTotals = field(validator=instance_of(SettlementTotals))
    lines: Bulk[SettlementLine] = field(validator=instance_of(Bulk))
    action: str = field(default="complete", validator=is_settling)

    def __attrs_post_init__(self) -> None:
        self.totals.check_lines(self.lines.rows)

    @classmethod
    def of(cls, run_id: str, settlement: Settlement, *, action: str = "complete") -> Self:
        """Return the command that saves a computed settlement."""
        binding = SettlementBinding(
            contest_id=settlement.contest_id,
            engine_version=settlement.engine_version,
            configuration_digest=settlement.configuration_digest,
            event_number=settlement.event_number,
            events_digest=settlement.events_digest,
        )
        totals = SettlementTotals(
            eligibility_digest=settlement.eligibility_digest,
            official_rounds=settlement.official_rounds,
            result_digest=settlement.result_digest,
            pool_minor=settlement.pool_minor,
            rake_minor=settlement.rake_minor,
            rounding_minor=settlement.rounding_minor,
            retained_minor=settlement.retained_minor,
            top_up_minor=settlement.top_up_minor,
            line_count=len(settlement.lines),
        )
        lines = Bulk.of(SettlementLine, map(_line_of, settlement.lines))
        return cls(run_id=run_id, binding=binding, totals=totals, lines=lines, action=action)


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
    """A settlement run, and its seq."""

    run: SettlementRun
    seq: int


def _line_of(settled: SettledEntry) -> SettlementLine:
    """Return the line of an entry, as it is stored."""
    return SettlementLine(
        number=settled.number,
        entry_id=settled.entry_id,
        user_id=settled.user_id,
        payment_ref=settled.payment_ref,
        paid_minor=settled.paid_minor,
        roster_digest=settled.roster_digest,
        rank=settled.rank,
        score=settled.score,
        payout_minor=settled.payout_minor,
    )

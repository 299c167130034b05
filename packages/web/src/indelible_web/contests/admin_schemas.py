"""The requests and answers of the operator's routes of contests."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from attrs import field, frozen
from attrs.validators import optional

from indelible.contests import (
    ContestStatus,
    LogStatus,
    PlayerStatus,
    RunStatus,
)
from indelible.contests.entities.records import ContestEvent, EventFault, Fetch, SettlementLine
from indelible.contests.entities.values import ROUNDS
from indelible.contests.rules.espn.rounds import MAX_ROUND_STROKES
from indelible.contests.tasks.dry_runs import LineDifference
from indelible.kernel.json_objects import JSON_OBJECT
from indelible.kernel.kinds import Identifier, kinds
from indelible.kernel.values import COUNT, bounded_int
from indelible_web.contests.queries import ContestQuery
from indelible_web.http.json_fields import WrittenObject
from indelible_web.http.views import fields_of

CORRECTIONS: Final = {"max_items": 500}
STROKES: Final = {"minimum": 0, "maximum": MAX_ROUND_STROKES}


@frozen(kw_only=True)
class DryRunBody(ContestQuery):
    """Settle a contest without storing anything, also with another configuration."""

    command_name: ClassVar[str] = "settle_dry"
    configuration: WrittenObject | None = field(default=None, metadata=JSON_OBJECT)


@frozen(kw_only=True)
class ValidateConfiguration:
    """Check a configuration and store nothing."""

    command_name: ClassVar[str] = "validate_configuration"
    configuration: WrittenObject = field(metadata=JSON_OBJECT)


@frozen(kw_only=True)
class ReplayLog(ContestQuery):
    """Fold a contest's log again."""

    command_name: ClassVar[str] = "replay_log"


@frozen(kw_only=True)
class VerifyLog(ContestQuery):
    """Compute the hashes of a contest's log again."""

    command_name: ClassVar[str] = "verify_log"


@frozen(kw_only=True)
class OperatorView:
    """A contest after an operator's command; `noop` is True if it changed nothing."""

    id: str
    status: ContestStatus
    noop: bool
    seq: int


@frozen(kw_only=True)
class LogView:
    """A contest's event log."""

    contest_id: str
    status: LogStatus
    event_number: int
    event_hash: str
    fetch_number: int
    leaderboard_at: datetime | None
    terminal_number: int | None
    conflict_number: int | None
    pending_rewrite_number: int | None
    seq: int


@frozen(kw_only=True, field_transformer=fields_of(ContestEvent, leave_out=("contest_id",)))
class EventView:
    """An event of a contest's log. Only a valid event is applied."""

    number: int


@frozen(kw_only=True, field_transformer=fields_of(EventFault, first=("event_number",)))
class FaultView:
    """A fault of an event: its code, its place, the value, and what somebody has to do."""

    event_number: int
    number: int


@frozen(kw_only=True, field_transformer=fields_of(Fetch, leave_out=("provider_event_id",)))
class FetchView:
    """A fetch of a tournament's data, successful or not."""

    number: int


@frozen(kw_only=True)
class RunView:
    """A settlement run, with the digests of everything that it is a function of."""

    id: str
    contest_id: str
    number: int
    status: RunStatus
    engine_version: str
    configuration_version: int
    configuration_digest: str
    event_number: int
    events_digest: str
    entries_count: int
    eligibility_digest: str | None
    official_rounds: int | None
    result_digest: str | None
    currency: str | None
    pool_minor: int | None
    rake_minor: int | None
    rounding_minor: int | None
    retained_minor: int | None
    top_up_minor: int | None
    line_count: int | None
    error_code: str | None
    error_message: str | None
    settled_at: datetime | None
    created_at: datetime
    seq: int


@frozen(kw_only=True, field_transformer=fields_of(SettlementLine))
class LineView:
    """The result of an entry in a settlement run."""

    number: int


@frozen(kw_only=True)
class LogProblemView:
    """A fault of an event, or of the head of the log if `number` is null."""

    number: int | None
    problem: str


@frozen(kw_only=True)
class ReplayView:
    """The outcome of a replay: equal digests and no problem prove the stored state."""

    contest_id: str
    event_number: int
    event_hash: str
    stored_digest: str
    replayed_digest: str
    is_equal: bool
    problems: tuple[LogProblemView, ...]


@frozen(kw_only=True)
class VerifyLogView:
    """The verdict on the numbers and hashes of a log, and on the state of its head."""

    contest_id: str
    event_number: int
    event_hash: str
    is_sound: bool
    problems: tuple[LogProblemView, ...]


@frozen(kw_only=True)
class DryRunResult:
    """A computed settlement; `result` is left out if it has more than 1,000 lines."""

    configuration_digest: str
    event_number: int
    events_digest: str
    official_rounds: int
    eligibility_digest: str
    result_digest: str
    line_count: int
    result: Mapping[str, Any] | None


@frozen(kw_only=True, field_transformer=fields_of(LineDifference))
class LineDifferenceView:
    """An entry whose result differs between two settlements; null where it has no line."""


@frozen(kw_only=True)
class DryRunView:
    """The settlement that a contest would have now, and its difference to another one.

    `other` is computed with the configuration of the request. At most 200 differences are listed.
    """

    contest_id: str
    run: DryRunResult
    other: DryRunResult | None
    difference_count: int
    differences: tuple[LineDifferenceView, ...]


@frozen(kw_only=True)
class ConfigurationFaultView:
    """A fault of a configuration."""

    path: str
    code: str
    expected: str
    actual: str


@frozen(kw_only=True)
class ValidationView:
    """The faults of a configuration; without faults, its digest."""

    is_valid: bool
    configuration_digest: str | None
    faults: tuple[ConfigurationFaultView, ...]


@frozen(kw_only=True, field_transformer=kinds)
class CorrectedRound:
    """The strokes of a complete round of a player."""

    player_id: Identifier
    n: int = field(validator=bounded_int, metadata=ROUNDS)
    strokes: int = field(validator=bounded_int, metadata=STROKES)


@frozen(kw_only=True, field_transformer=kinds)
class CorrectedStatus:
    """The status of a player."""

    player_id: Identifier
    status: PlayerStatus


@frozen(kw_only=True)
class CorrectionBody(ContestQuery):
    """A correction of the applied leaderboard, or of the one of `accept_event`."""

    supersedes: int = field(validator=bounded_int, metadata=COUNT)
    accept_event: int | None = field(default=None, validator=optional(bounded_int), metadata=COUNT)
    rounds: tuple[CorrectedRound, ...] = field(default=(), metadata=CORRECTIONS)
    statuses: tuple[CorrectedStatus, ...] = field(default=(), metadata=CORRECTIONS)

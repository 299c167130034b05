"""The requests and answers of the operator's routes of contests."""

from datetime import datetime
from typing import ClassVar

from attrs import field, frozen
from attrs.validators import optional

from indelible.contests import (
    ContestStatus,
    EventKind,
    FetchOutcome,
    LogStatus,
    ResolveAction,
    RunStatus,
    Validity,
)
from indelible.kernel.json_objects import JSON_OBJECT, JsonObject
from indelible.kernel.values import COUNT, bounded_int
from indelible_web.contests.queries import ContestQuery
from indelible_web.http.json_fields import WrittenObject


@frozen(kw_only=True)
class ReplayLog(ContestQuery):
    """Fold a contest's log from its beginning, or up to an event, and return the digest."""

    command_name: ClassVar[str] = "replay_log"
    until: int | None = field(default=None, validator=optional(bounded_int), metadata=COUNT)


@frozen(kw_only=True)
class VerifyLog(ContestQuery):
    """Recompute every hash of a contest's log."""

    command_name: ClassVar[str] = "verify_log"


@frozen(kw_only=True)
class DryRun(ContestQuery):
    """Settle a contest without storing anything, also with another configuration."""

    command_name: ClassVar[str] = "settlement_dry_run"
    configuration: WrittenObject | None = field(default=None, metadata=JSON_OBJECT)


@frozen(kw_only=True)
class ValidateConfiguration:
    """Check a configuration and store nothing."""

    command_name: ClassVar[str] = "validate_configuration"
    configuration: WrittenObject = field(metadata=JSON_OBJECT)


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
    seq: int


@frozen(kw_only=True)
class EventView:
    """An event of a contest's log. Only a valid event is applied."""

    number: int
    kind: EventKind
    validity: Validity
    payload_digest: str
    fetch_number: int | None
    fetched_at: datetime
    stored_at: datetime
    body: JsonObject | None
    body_hash: str
    supersedes: int | None
    snapshot_number: int | None
    fault_count: int
    prev_hash: str
    event_hash: str


@frozen(kw_only=True)
class FaultView:
    """A fault of an event: its code, its place, the value, and what somebody has to do."""

    event_number: int
    number: int
    code: str
    path: str
    value: str
    required_action: str


@frozen(kw_only=True)
class FetchView:
    """A fetch of a tournament's data, successful or not."""

    number: int
    requested_at: datetime
    finished_at: datetime
    outcome: FetchOutcome
    http_status: int | None
    attempts: int
    payload_digest: str | None
    content_type: str | None
    error: str | None


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


@frozen(kw_only=True)
class LineView:
    """The result of an entry in a settlement run."""

    number: int
    entry_id: str
    user_id: str
    payment_ref: str | None
    paid_minor: int
    roster_digest: str
    rank: int
    score: int | None
    payout_minor: int


@frozen(kw_only=True)
class ReplayView:
    """The state that a contest's log folds to, as a digest, and the state's document."""

    contest_id: str
    event_number: int
    applied: int
    state_digest: str
    state: JsonObject


@frozen(kw_only=True)
class LogProblem:
    """An event whose stored hash is not the one that follows from it."""

    number: int
    problem: str


@frozen(kw_only=True)
class VerifyLogView:
    """The number of events whose hashes were recomputed, and the first ones that differ."""

    contest_id: str
    checked: int
    is_intact: bool
    problems: tuple[LogProblem, ...]


@frozen(kw_only=True)
class LineDifference:
    """An entry whose rank, score or payout differs between two results."""

    entry_id: str
    rank_before: int | None
    rank_after: int | None
    score_before: int | None
    score_after: int | None
    payout_before: int | None
    payout_after: int | None


@frozen(kw_only=True)
class DryRunView:
    """The result that a settlement would have now, and its differences.

    It is compared with the stored settlement, or else with the contest's own configuration.
    """

    contest_id: str
    configuration_digest: str
    event_number: int
    events_digest: str
    eligibility_digest: str
    result_digest: str
    result: JsonObject
    compared_digest: str | None
    difference_count: int
    differences: tuple[LineDifference, ...]


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


@frozen(kw_only=True)
class RejectionView:
    """An operator's command that was refused."""

    id: str
    at: datetime
    command: str
    code: str
    message: str
    actor: str
    reason: str
    request_id: str | None
    command_digest: str
    hash: str


@frozen(kw_only=True)
class ResolveBody(ContestQuery):
    """An operator's way out of ERROR."""

    command_name: ClassVar[str] = "resolve_error"
    action: ResolveAction

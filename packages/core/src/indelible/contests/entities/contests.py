"""Contests: from the published configuration to the settlement."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self

from attrs import frozen

from indelible.contests import errors
from indelible.contests.entities.records import ContestConfiguration
from indelible.contests.entities.values import (
    Message,
)
from indelible.contests.lifecycle import (
    CONTEST,
    ERROR_FIELDS,
    SETTLEMENT_FIELDS,
    TERMINAL,
    ContestStatus,
)
from indelible.kernel import InvalidTransition, Lifecycle, instant_after, instant_text
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import Compared, WithinKind, required_in
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.errors import IndelibleError
from indelible.kernel.history import Record
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.kinds import (
    Amount,
    Count,
    Currency,
    Digest,
    Identifier,
    Instant,
    Label,
    Natural,
    kinds,
)
from indelible.kernel.state_fields import check_field
from indelible.kernel.values import (
    field_values,
)

# Each is before the next one; the second may be the third.
ORDERED_TIMES: Final = ("created_at", "lock_time", "start_time", "end_time")
NO_ERROR: Final[Mapping[str, None]] = dict.fromkeys(ERROR_FIELDS)
# The states that an error can come from, with the action that returns to each.
RESUME_ACTIONS: Final[Mapping[ContestStatus, str]] = {
    ContestStatus.SCHEDULED: "resume_scheduled",
    ContestStatus.LOCKED: "resume_locked",
    ContestStatus.LIVE: "resume_live",
}
# The actions that can fail permanently, with the state that each leaves.
FALLIBLE_ACTIONS: Final[Mapping[str, ContestStatus]] = {
    "lock": ContestStatus.SCHEDULED,
    "start": ContestStatus.LOCKED,
    "complete": ContestStatus.LIVE,
}


@frozen(kw_only=True)
class ContestTerms:
    """The values of a configuration that a contest has in columns of its own."""

    provider_event_id: str
    lock_time: datetime
    start_time: datetime
    end_time: datetime
    max_entries: int | None
    min_entries: int | None
    max_entries_per_user: int | None
    fee_minor: int
    currency: str
    payment_grace_seconds: int
    configuration_digest: str


@frozen(kw_only=True, field_transformer=kinds)
class Contest(Aggregate):
    """A contest on one tournament.

    The fields from `configuration_digest` to `payment_grace_seconds` are copied from the newest
    configuration; a contest keeps its tournament. `settle_time` and `settlement_run_id` are set in
    COMPLETE; the four fields about an error are set in ERROR.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = CONTEST
    missing_error = errors.ContestNotFound
    fixed: ClassVar[tuple[str, ...]] = ("organizer_id", "contest_name", "provider_event_id")
    version_field: ClassVar[str] = "configuration_version"
    version_records: ClassVar[tuple[type[Record], ...]] = (ContestConfiguration,)

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition(
            "time_invariant",
            Compared("created_at", "<", "lock_time"),
            Compared("lock_time", "<=", "start_time"),
            Compared("start_time", "<", "end_time"),
        ),
        Condition("fee_not_negative", WithinKind(("fee_minor",))),
        Condition("entry_limits", Compared("min_entries", "<=", "max_entries")),
        Condition("error_of_status", required_in(ERROR_FIELDS, ContestStatus.ERROR)),
        Condition("settlement_of_status", required_in(SETTLEMENT_FIELDS, ContestStatus.COMPLETE)),
        Condition(
            "settled_by_change",
            Compared("settle_time", "=", "updated_at", expected="the time of the change"),
        ),
    )

    organizer_id: Identifier
    contest_name: Label
    status: ContestStatus
    configuration_version: Count
    configuration_digest: Digest
    provider_event_id: Identifier
    lock_time: Instant
    start_time: Instant
    end_time: Instant
    max_entries: Count | None = None
    min_entries: Count | None = None
    max_entries_per_user: Count | None = None
    fee_minor: Amount
    currency: Currency
    payment_grace_seconds: Natural
    settle_time: Instant | None = None
    settlement_run_id: Identifier | None = None
    error_from_state: ContestStatus | None = None
    error_code: Identifier | None = None
    error_message: Message | None = None
    attempted_action: Identifier | None = None

    def __attrs_post_init__(self) -> None:
        """Check the claims, and the state that an error left."""
        super().__attrs_post_init__()
        self._check_error()

    @classmethod
    def published(
        cls,
        contest_id: str,
        *,
        organizer_id: str,
        contest_name: str,
        terms: ContestTerms,
        now: datetime,
    ) -> Self:
        """Return a new contest in SCHEDULED."""
        return cls.create(
            "publish",
            now=now,
            id=contest_id,
            organizer_id=organizer_id,
            contest_name=contest_name,
            **field_values(terms),
        )

    @property
    def is_terminal(self) -> bool:
        """Return True if no action leads out of the state."""
        return self.status in TERMINAL

    @property
    def is_locked(self) -> bool:
        """Return True if the configuration and the rosters are frozen."""
        return self.status is not ContestStatus.SCHEDULED

    @property
    def is_live(self) -> bool:
        """Return True while the tournament is played."""
        return self.status is ContestStatus.LIVE

    @property
    def is_settled(self) -> bool:
        """Return True if the contest has its result."""
        return self.status is ContestStatus.COMPLETE

    @property
    def is_in_error(self) -> bool:
        """Return True if an operator has to resolve an error."""
        return self.status is ContestStatus.ERROR

    @property
    def is_canceled(self) -> bool:
        """Return True if the contest was canceled."""
        return self.status is ContestStatus.CANCELLED

    @property
    def state_text(self) -> str:
        """Return the state as text."""
        return str(self.status)

    def is_waiting_for(self, action: str) -> bool:
        """Return True if the state is the one that lock, start or complete leaves."""
        return self.status is FALLIBLE_ACTIONS[action]

    def new_configuration(self, configuration: JsonObject) -> ContestConfiguration:
        """Return the configuration that the contest's version and time point to."""
        return ContestConfiguration(
            contest_id=self.id,
            version=self.configuration_version,
            created_at=self.updated_at,
            configuration_digest=self.configuration_digest,
            configuration=configuration,
        )

    def require_open(self, now: datetime) -> Self:
        """Return the contest, or raise ContestLocked unless it takes entries and rosters."""
        if self.status is not ContestStatus.SCHEDULED or now >= self.lock_time:
            lock_time, now_text = instant_text(self.lock_time), instant_text(now)
            raise errors.ContestLocked(self.id, lock_time, str(self.status), now_text)
        return self

    def require_configurable(self, now: datetime) -> Self:
        """Return the contest, or raise ConfigImmutable unless it is SCHEDULED before its lock."""
        if self.status is not ContestStatus.SCHEDULED or now >= self.lock_time:
            lock_time, now_text = instant_text(self.lock_time), instant_text(now)
            raise errors.ConfigImmutable(self.id, lock_time, str(self.status), now_text)
        return self

    def require_organizer(self, organizer_id: str) -> Self:
        """Return the contest, or raise ContestNotFound where it is another organizer's."""
        if self.organizer_id != organizer_id:
            raise errors.ContestNotFound(self.id)
        return self

    def require_transition(self, action: str) -> Self:
        """Return the contest, or raise InvalidTransition if the state has no such action."""
        CONTEST.edge(self.status, action)
        return self

    def require_running(self) -> Self:
        """Return the contest, or raise InvalidTransition if it has ended."""
        if self.is_terminal:
            allowed = CONTEST.allowed(self.status)
            raise InvalidTransition(CONTEST.name, self.status, "import_field", allowed)
        return self

    def require_settleable(self) -> Self:
        """Return the contest, or raise an error unless a settlement can end it.

        Raises:
            InvalidTransition: The contest is neither LIVE nor in ERROR.
            RetryNotPossible: The error does not come from LIVE.
        """
        if self.is_live:
            return self
        return self.require_retry()

    def require_retry(self) -> Self:
        """Return the contest, or raise RetryNotPossible unless its settlement failed."""
        CONTEST.edge(self.status, "resolve_complete")
        if self.error_from_state is not ContestStatus.LIVE:
            raise errors.RetryNotPossible(self.id, str(self.error_from_state))
        return self

    def resume_action(self) -> str:
        """Return the action that resumes the contest, or raise InvalidTransition."""
        if self.error_from_state is None:
            # A contest that is not in ERROR has no edge of this name.
            return CONTEST.edge(self.status, "resume_scheduled").action
        return RESUME_ACTIONS[self.error_from_state]

    def cancel_action(self) -> str:
        """Return the action by which an operator cancels the contest."""
        return "resolve_cancel" if self.is_in_error else "cancel"

    def configured(self, terms: ContestTerms, *, now: datetime) -> Self:
        """Return the contest with another configuration."""
        return self.transition("configure", now=now, **field_values(terms))

    def locked(self, *, now: datetime) -> Self:
        """Return the locked contest."""
        return self.transition("lock", now=now)

    def force_lock_time(self, now: datetime) -> datetime:
        """Return the lock time of a forced lock: the instant of the lock, or an earlier one."""
        return min(self.lock_time, instant_after(self.updated_at, now))

    def force_locked(self, terms: ContestTerms, *, now: datetime) -> Self:
        """Return the contest, locked with the configuration of the forced lock."""
        return self.transition("force_lock", now=now, **field_values(terms))

    def started(self, *, now: datetime) -> Self:
        """Return the live contest."""
        return self.transition("start", now=now)

    def completed(self, action: str, run_id: str, *, now: datetime) -> Self:
        """Return the settled contest; the action is `complete` or `resolve_complete`."""
        settle_time = instant_after(self.updated_at, now)
        return self.transition(
            action, now=settle_time, settle_time=settle_time, settlement_run_id=run_id, **NO_ERROR
        )

    def canceled(self, action: str, *, now: datetime) -> Self:
        """Return the canceled contest; the action is one of those that lead to CANCELLED."""
        return self.transition(action, now=now, **NO_ERROR)

    def failed(self, action: str, code: str, message: str, *, now: datetime) -> Self:
        """Return the contest in ERROR after a permanent failure of `action`.

        Raises:
            ActionCannotFail: The action is none of lock, start and complete.
            FieldNotOfState: The action does not begin in the contest's state.
        """
        if action not in FALLIBLE_ACTIONS:
            raise errors.ActionCannotFail(self.id, action, tuple(FALLIBLE_ACTIONS))
        return self.transition(
            "fail",
            now=now,
            error_from_state=self.status,
            error_code=code,
            error_message=message,
            attempted_action=action,
        )

    def resumed(self, *, now: datetime) -> Self:
        """Return the contest in the state that the error came from."""
        return self.resumed_by(self.resume_action(), now=now)

    def resumed_by(self, action: str, *, now: datetime) -> Self:
        """Return the contest after one of the actions that resume it.

        Raises:
            ResumeNotPossible: The action leads to another state than the error came from.
        """
        expected = self.resume_action()
        if action != expected:
            raise errors.ResumeNotPossible(self.id, action, f"the error needs {expected}")
        return self.transition(action, now=now, **NO_ERROR)

    def _claim_error(self, name: str, expected: str) -> IndelibleError:
        """Return TimeInvariantViolation about the order of the times, else FieldNotOfState."""
        if name not in ORDERED_TIMES:
            return super()._claim_error(name, expected)
        times = (self.created_at, self.lock_time, self.start_time, self.end_time)
        return errors.TimeInvariantViolation(self.id, *map(instant_text, times))

    def check_change(self, previous: Self) -> None:
        """Check when the contest is locked, and the state that an error keeps or gives back."""
        is_lock = previous.status is ContestStatus.SCHEDULED and self.status is ContestStatus.LOCKED
        is_early = is_lock and self.updated_at < self.lock_time
        check_field(self, "lock_time", expected="not after the change", is_met=not is_early)
        if self.is_in_error:
            is_origin = self.error_from_state is previous.status
            expected = str(previous.status)
            check_field(self, "error_from_state", expected=expected, is_met=is_origin)
        if previous.is_in_error and self.status is not ContestStatus.CANCELLED:
            is_complete = self.status is ContestStatus.COMPLETE
            origin = ContestStatus.LIVE if is_complete else self.status
            is_met = previous.error_from_state is origin
            check_field(self, "status", expected=f"what {origin} leads to", is_met=is_met)

    def _check_error(self) -> None:
        """Raise FieldNotOfState for an error of an action that its state does not have."""
        if self.attempted_action is None:
            return
        expected = f"the state that {self.attempted_action} leaves"
        is_met = FALLIBLE_ACTIONS.get(self.attempted_action) is self.error_from_state
        check_field(self, "error_from_state", expected=expected, is_met=is_met)

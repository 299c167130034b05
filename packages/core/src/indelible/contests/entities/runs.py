"""Settlement runs: attempts to settle a contest. A complete run is the settlement."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self

from attrs import frozen

from indelible.contests import errors
from indelible.contests.entities.records import SettlementLine
from indelible.contests.entities.values import (
    EntriesRevision,
    Message,
    Rounds,
)
from indelible.contests.lifecycle import (
    RESULT_FIELDS,
    RUN_ERROR_FIELDS,
    SETTLEMENT_RUN,
    RunStatus,
)
from indelible.kernel import Lifecycle, instant_after
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkTypes
from indelible.kernel.claims import Compared, WithinKind, required_in
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.kinds import (
    Amount,
    Count,
    Currency,
    Digest,
    Identifier,
    Instant,
    Natural,
    kinds,
)
from indelible.kernel.one_per_parent import OnePerParent

ONE_STARTED: Final = OnePerParent(
    name="one_started",
    parent_field="contest_id",
    states=(RunStatus.STARTED,),
    error=errors.RunInProgress,
)
ONE_COMPLETE: Final = OnePerParent(
    name="one_complete",
    parent_field="contest_id",
    states=(RunStatus.COMPLETE,),
    error=errors.ContestSettled,
)


@frozen(kw_only=True)
class SettlementBasis:
    """The input of a settlement: the configuration, the events and the entries."""

    engine_version: str
    configuration_version: int
    configuration_digest: str
    event_number: int
    events_digest: str
    entries: EntriesRevision


@frozen(kw_only=True)
class SettlementBinding:
    """The contest, configuration and events that a computed settlement names."""

    contest_id: str
    engine_version: str
    configuration_digest: str
    event_number: int
    events_digest: str


@frozen(kw_only=True)
class SettlementTotals:
    """The digests and sums of a computed settlement."""

    eligibility_digest: str
    official_rounds: int
    result_digest: str
    pool_minor: int
    rake_minor: int
    rounding_minor: int
    retained_minor: int
    top_up_minor: int
    line_count: int

    def check_lines(self, lines: Sequence[SettlementLine]) -> None:
        """Check the sums against the lines: what was paid in is paid out, kept or owed.

        Raises:
            SettlementUnbalanced: A sum does not match.
        """
        paid = sum([line.paid_minor for line in lines])
        paid_out = sum([line.payout_minor for line in lines])
        not_paid_out = self.rake_minor + self.rounding_minor + self.retained_minor
        _check_sum("line_count", len(lines), self.line_count)
        _check_sum("pool_minor", paid, self.pool_minor)
        _check_sum("payouts", self.pool_minor + self.top_up_minor - not_paid_out, paid_out)


RUN_AMOUNTS: Final = (
    "pool_minor",
    "rake_minor",
    "rounding_minor",
    "retained_minor",
    "top_up_minor",
)


@frozen(kw_only=True, field_transformer=kinds)
class SettlementRun(Aggregate):
    """One attempt to settle a contest.

    The fields up to `entries_seq_sum` name the input. The results are set in COMPLETE, the error
    in FAILED. `events_digest` is the event hash of event `event_number`.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = SETTLEMENT_RUN
    missing_error = errors.RunNotFound
    fixed: ClassVar[tuple[str, ...]] = (
        "contest_id",
        "number",
        "engine_version",
        "configuration_version",
        "configuration_digest",
        "event_number",
        "events_digest",
        "entries_count",
        "entries_seq_sum",
        "currency",
    )
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (ONE_STARTED, ONE_COMPLETE)
    bulk_records: ClassVar[BulkTypes] = {"complete": (SettlementLine,)}

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("result_of_status", required_in(RESULT_FIELDS, RunStatus.COMPLETE)),
        Condition("error_of_status", required_in(RUN_ERROR_FIELDS, RunStatus.FAILED)),
        Condition("amounts_not_negative", WithinKind(RUN_AMOUNTS)),
        Condition(
            "settled_by_change",
            Compared("settled_at", "=", "updated_at", expected="the time of the change"),
        ),
        Condition("lines_of_entries", Compared("line_count", "<=", "entries_count")),
        Condition("message_short", WithinKind(("error_message",))),
    )

    contest_id: Identifier
    number: Count
    status: RunStatus
    engine_version: Identifier
    configuration_version: Count
    configuration_digest: Digest
    event_number: Count
    events_digest: Digest
    entries_count: Natural
    entries_seq_sum: Natural
    currency: Currency
    eligibility_digest: Digest | None = None
    official_rounds: Rounds | None = None
    result_digest: Digest | None = None
    pool_minor: Amount | None = None
    rake_minor: Amount | None = None
    rounding_minor: Amount | None = None
    retained_minor: Amount | None = None
    top_up_minor: Amount | None = None
    line_count: Natural | None = None
    settled_at: Instant | None = None
    error_code: Identifier | None = None
    error_message: Message | None = None

    @classmethod
    def started(
        cls,
        *,
        run_id: str,
        contest_id: str,
        number: int,
        basis: SettlementBasis,
        currency: str,
        now: datetime,
    ) -> Self:
        """Return a new run over its input."""
        return cls.create(
            "start",
            now=now,
            id=run_id,
            contest_id=contest_id,
            number=number,
            engine_version=basis.engine_version,
            configuration_version=basis.configuration_version,
            configuration_digest=basis.configuration_digest,
            event_number=basis.event_number,
            events_digest=basis.events_digest,
            entries_count=basis.entries.count,
            entries_seq_sum=basis.entries.seq_sum,
            currency=currency,
        )

    @property
    def is_started(self) -> bool:
        """Return True until the run has ended."""
        return self.status is RunStatus.STARTED

    @property
    def entries_revision(self) -> EntriesRevision:
        """Return the state of the entries that the run was started with."""
        return EntriesRevision(count=self.entries_count, seq_sum=self.entries_seq_sum)

    def require_input(
        self, *, configuration_digest: str, events_digest: str, entries: EntriesRevision
    ) -> Self:
        """Return the run, or raise SettlementInputChanged if its input is another one now."""
        expected = _input_text(self.configuration_digest, self.events_digest, self.entries_revision)
        actual = _input_text(configuration_digest, events_digest, entries)
        if actual != expected:
            raise errors.SettlementInputChanged(self.id, expected, actual)
        return self

    def require_binding(self, binding: SettlementBinding) -> Self:
        """Return the run, or raise SettlementInputChanged for a settlement of another input."""
        expected = self.binding
        if binding != expected:
            raise errors.SettlementInputChanged(self.id, str(expected), str(binding))
        return self

    @property
    def binding(self) -> SettlementBinding:
        """Return what a settlement of this run must name."""
        return SettlementBinding(
            contest_id=self.contest_id,
            engine_version=self.engine_version,
            configuration_digest=self.configuration_digest,
            event_number=self.event_number,
            events_digest=self.events_digest,
        )

    def completed(self, totals: SettlementTotals, *, now: datetime) -> Self:
        """Return the run with the settlement's digests and sums."""
        settled_at = instant_after(self.updated_at, now)
        return self.transition(
            "complete",
            now=settled_at,
            settled_at=settled_at,
            eligibility_digest=totals.eligibility_digest,
            official_rounds=totals.official_rounds,
            result_digest=totals.result_digest,
            pool_minor=totals.pool_minor,
            rake_minor=totals.rake_minor,
            rounding_minor=totals.rounding_minor,
            retained_minor=totals.retained_minor,
            top_up_minor=totals.top_up_minor,
            line_count=totals.line_count,
        )

    def failed(self, code: str, message: str, *, now: datetime) -> Self:
        """Return the failed run."""
        return self.transition("fail", now=now, error_code=code, error_message=message)


def _check_sum(field: str, expected: int, actual: int) -> None:
    if expected != actual:
        raise errors.SettlementUnbalanced(field, expected, actual)


def _input_text(configuration_digest: str, events_digest: str, entries: EntriesRevision) -> str:
    """Return the input of a settlement as a text to compare and to show."""
    return (
        f"configuration {configuration_digest}, events {events_digest}, "
        f"{entries.count} entries with seq sum {entries.seq_sum}"
    )

"""Let the clock jump: history must still move forward."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from attrs import define, field
from tests.doses.chaos.open_stores import open_for_test
from tests.doses.chaos.written import changes_after

from indelible.concepts import ConceptSaved
from indelible.kernel import Change
from indelible.testing.stores import BEGINNING, create, edit, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, verify
from indelible_sql.schema.findings import Fault

MAX_JUMP_SECONDS = 400 * 24 * 3_600
MIN_INSTANT = BEGINNING - timedelta(days=9_000)
MAX_INSTANT = BEGINNING + timedelta(days=9_000)
CONCEPTS = 3


@define(eq=False)
class JumpingClock:
    """A clock that jumps by up to 400 days, forward or back, or stands still."""

    chance: Random
    instant: datetime = BEGINNING
    latest: datetime = BEGINNING
    is_stopped: bool = False

    def now(self) -> datetime:
        """Jump, and return the instant."""
        if self.is_stopped:
            return self.instant

        direction = self.chance.choice((0, 1, 1, -1))
        jump = timedelta(seconds=direction * self.chance.uniform(0, MAX_JUMP_SECONDS))
        self.instant = min(max(MIN_INSTANT, self.instant + jump), MAX_INSTANT)
        self.latest = max(self.latest, self.instant)
        return self.instant

    def stop(self, instant: datetime) -> None:
        """Stop at an instant."""
        self.instant = instant
        self.is_stopped = True


@define
class ClockReport:
    """The changes under a jumping clock, how often it had gone back, and each problem."""

    changes: int = 0
    back: int = 0
    problems: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        problems = self.problems or "none"
        return f"{self.changes} changes, the clock behind {self.back} times; problems: {problems}"


def jump(database: str | PostgresServer, chance: Random, edits: int) -> ClockReport:
    """Edit three concepts in turn while the clock jumps, and check their histories."""
    clock = JumpingClock(chance)
    report = ClockReport()
    with open_for_test(database, clock) as tested:
        store = tested.store
        saved = _edit_under_jumps(store, clock, edits, report)
        created_at = min(result.concept.created_at for result in saved)

        report.problems.extend(_history_problems(store, report))
        clock.stop(clock.latest)
        report.problems.extend(str(finding) for finding in verify(store))
        report.problems.extend(_future_problems(store, clock, created_at - timedelta(days=9)))
        report.problems.extend(_range_problems(store, clock))

    return report


def _edit_under_jumps(
    store: SqlStore, clock: JumpingClock, edits: int, report: ClockReport
) -> list[ConceptSaved]:
    """Create and edit concepts; count how often the clock was not after the last change."""
    saved = [create(store) for _ in range(CONCEPTS)]
    for _ in range(edits):
        index = clock.chance.randrange(CONCEPTS)
        updated_at = saved[index].concept.updated_at
        saved[index] = edit(store, saved[index])
        if clock.instant <= updated_at:
            report.back += 1

    return saved


def _history_problems(store: SqlStore, report: ClockReport) -> Iterator[str]:
    """Yield a problem for each change that is not after the one before, or has a wrong seq."""
    changes = changes_after(store)
    report.changes = len(changes)
    latest: dict[str, Change] = {}
    for change in changes:
        previous = latest.get(change.entity_id)
        latest[change.entity_id] = change
        if previous is None:
            continue
        if change.at <= previous.at or change.seq != previous.seq + 1:
            yield f"the history of {change.entity_id} goes back"


def _future_problems(store: SqlStore, clock: JumpingClock, instant: datetime) -> Iterator[str]:
    """Yield a problem if `verify` overlooks changes that are later than the clock."""
    clock.stop(instant)
    faults = {finding.fault for finding in verify(store)}
    if faults != {Fault.FUTURE}:
        yield f"verify found {faults} when all changes were in the future"


def _range_problems(store: SqlStore, clock: JumpingClock) -> Iterator[str]:
    """Yield a problem for each year outside the allowed range in which a command succeeds."""
    for year in (1969, 3000):
        clock.stop(BEGINNING.replace(year=year))
        error = refusal(lambda: create(store))
        if error is None or error.code != "INSTANT_OUT_OF_RANGE":
            yield f"in {year} the error was {error}, not INSTANT_OUT_OF_RANGE"

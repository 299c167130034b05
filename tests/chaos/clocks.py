"""Let the clock jump: history must still move forward."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from attrs import define, field
from tests.chaos.open_stores import open_for_test
from tests.chaos.written import changes_after

from indelible.testing.stores import BEGINNING, create, edit, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import verify
from indelible_sql.maintenance.findings import Fault

MAX_JUMP_SECONDS = 400 * 24 * 3_600


@define(eq=False)
class JumpingClock:
    """A clock that jumps by up to 400 days, forward or back, or stands still."""

    chance: Random
    instant: datetime = BEGINNING
    latest: datetime = BEGINNING
    is_calm: bool = False

    def now(self) -> datetime:
        """Jump, and return the instant."""
        if not self.is_calm:
            jump = self.chance.choice((0, 1, 1, -1)) * self.chance.uniform(0, MAX_JUMP_SECONDS)
            within = max(BEGINNING - timedelta(days=9_000), self.instant + timedelta(seconds=jump))
            self.instant = min(within, BEGINNING + timedelta(days=9_000))
            self.latest = max(self.latest, self.instant)
        return self.instant

    def calm(self, instant: datetime) -> None:
        """Stop at an instant."""
        self.instant, self.is_calm = instant, True


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
    clock, report = JumpingClock(chance), ClockReport()
    with open_for_test(database, clock) as tested:
        store = tested.store
        saved = [create(store) for _ in range(3)]
        for _ in range(edits):
            at = chance.randrange(len(saved))
            before = saved[at].concept.updated_at
            saved[at] = edit(store, saved[at])
            report.back += clock.instant <= before
        changes = changes_after(store)
        report.changes = len(changes)
        for each in saved:
            own = [change for change in changes if change.entity_id == each.concept.id]
            if not all(
                one.at < other.at and one.seq + 1 == other.seq for one, other in pairwise(own)
            ):
                report.problems.append(f"the history of {each.concept.id} goes back")
        clock.calm(clock.latest)
        report.problems += map(str, verify(store))
        clock.calm(min(each.concept.created_at for each in saved) - timedelta(days=9))
        if {each.fault for each in verify(store)} != {Fault.FUTURE}:
            report.problems.append("verify does not notice that changes come from the future")
        for year in (1969, 3000):
            clock.calm(BEGINNING.replace(year=year))
            refused = refusal(lambda: create(store))
            if refused is None or refused.code != "INSTANT_OUT_OF_RANGE":
                report.problems.append(f"in {year} the error was {refused}")
    return report

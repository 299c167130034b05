"""A clock that jumps: history goes forward all the same."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from attrs import define, field
from tests.chaos.places import place_on
from tests.chaos.written import changes_after

from indelible.testing.stores import BEGINNING, create, edit, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import verify
from indelible_sql.maintenance.findings import Fault

LONGEST_JUMP_SECONDS = 400 * 24 * 3_600


@define(eq=False)
class JumpingClock:
    """Shows an instant that is years away from the last one, forward, back or not at all, as the seed will have it."""

    chance: Random
    instant: datetime = BEGINNING
    latest: datetime = BEGINNING
    is_calm: bool = False

    def now(self) -> datetime:
        """The present instant, such as it is."""
        if not self.is_calm:
            jump = self.chance.choice((0, 1, 1, -1)) * self.chance.uniform(0, LONGEST_JUMP_SECONDS)
            within = max(BEGINNING - timedelta(days=9_000), self.instant + timedelta(seconds=jump))
            self.instant = min(within, BEGINNING + timedelta(days=9_000))
            self.latest = max(self.latest, self.instant)
        return self.instant

    def calm(self, instant: datetime) -> None:
        """Stand still there."""
        self.instant, self.is_calm = instant, True


@define
class Jumped:
    """How many changes were made under a jumping clock, how often it had gone back, and what was not right."""

    changes: int = 0
    back: int = 0
    wrong: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        return f"{self.changes} changes, the clock behind {self.back} times; wrong: {self.wrong or 'nothing'}"


def jump(found: str | PostgresServer, chance: Random, edits: int) -> Jumped:
    """Edit three concepts by turns while the clock jumps, and look at what came of it."""
    clock, jumped = JumpingClock(chance), Jumped()
    with place_on(found, clock) as place:
        store = place.store
        saved = [create(store) for _ in range(3)]
        for _ in range(edits):
            at = chance.randrange(len(saved))
            before = saved[at].concept.updated_at
            saved[at] = edit(store, saved[at])
            jumped.back += clock.instant <= before
        changes = changes_after(store)
        jumped.changes = len(changes)
        for each in saved:
            own = [change for change in changes if change.entity_id == each.concept.id]
            if not all(
                one.at < other.at and one.seq + 1 == other.seq for one, other in pairwise(own)
            ):
                jumped.wrong.append(f"the history of {each.concept.id} goes back")
        clock.calm(clock.latest)
        jumped.wrong += map(str, verify(store))
        clock.calm(min(each.concept.created_at for each in saved) - timedelta(days=9))
        if {each.fault for each in verify(store)} != {Fault.FUTURE}:
            jumped.wrong.append("verify does not notice that changes come from the future")
        for year in (1969, 3000):
            clock.calm(BEGINNING.replace(year=year))
            refused = refusal(lambda: create(store))
            if refused is None or refused.code != "INSTANT_OUT_OF_RANGE":
                jumped.wrong.append(f"in {year} a caller was told {refused}")
    return jumped

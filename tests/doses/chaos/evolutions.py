"""Change the lifecycle of a table with a long history, and judge the history by both releases.

The first release fills the table. A proposed one, which declares less, must refuse exactly the
planted changes. The next release adds a state, a field and an edge and retires an edge: its upgrade
leaves old changes legal, the edge is closed, and the first release starts again beside it.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager
from random import Random
from typing import Any, Final

from attrs import Factory, define
from tests.conftest import POLICY
from tests.examples.dated_parcels import first_parcels, grown_parcels, second_parcels
from tests.examples.parcels import MAYA, run

from indelible.declare import Context
from indelible.kernel import Head, InvalidTransition
from indelible_sql import SqlStore, check_lifecycle, open_store, verify

BATCH: Final = 1_000
PLANTED: Final = 1_000  # of so many parcels, one is marked and one is taken back
REASON: Final = "a dose"


@define
class EvolutionReport:
    """The figures of an evolution, and its problems."""

    parcels: int
    changes: int = 0
    planted: set[tuple[str, int]] = Factory(set[tuple[str, int]])
    seconds: dict[str, float] = Factory(dict[str, float])
    problems: list[str] = Factory(list[str])

    @contextmanager
    def timed(self, step: str) -> Generator[None]:
        """Measure a step."""
        started = time.perf_counter()
        yield
        self.seconds[step] = time.perf_counter() - started

    def expect(self, problem: str, *, is_met: bool) -> None:
        """Keep a problem unless the expectation is met."""
        if not is_met:
            self.problems.append(problem)

    def __str__(self) -> str:
        seconds = ", ".join(f"{step} {taken:.2f} s" for step, taken in self.seconds.items())
        return (
            f"{self.changes} changes of {self.parcels} parcels, {len(self.planted)} refused by a"
            f" proposed lifecycle; {seconds}; problems: {self.problems or 'none'}"
        )


def evolve_parcels(url: str, owner_url: str, parcels: int, random: Random) -> EvolutionReport:
    """Fill a new table by the first release, and take it through the others."""
    report = EvolutionReport(parcels)
    first, grown = first_parcels(), grown_parcels()
    with _opened(url, first) as store:
        store.upgrade(owner_url)
        with report.timed("fill"):
            _fill(store, first, report, random)
        _check_proposed(store, report)
        sent = run(store, first, first.aggregate.pack(label="sent", shelf="a"))
        sent = run(store, first, first.aggregate.send(sent))

    for step in ("up", "up again"):
        with _opened(url, grown) as store:
            with report.timed(step):
                store.upgrade(owner_url)
            _check_grown(store, grown, sent, report)
        if step == "up":
            with _opened(url, first) as store, report.timed("down"):
                store.upgrade(owner_url)
    with _opened(url, grown) as store:
        run(store, grown, grown.aggregate.lose(sent.id, cause="A flood"))
        report.expect("a lost parcel fails verify", is_met=verify(store) == ())
    return report


@contextmanager
def _opened(url: str, context: Context[Any]) -> Generator[SqlStore]:
    store = open_store(url, contexts=(context,), policy=POLICY)
    try:
        yield store
    finally:
        store.dispose()


def _fill(store: SqlStore, first: Context[Any], report: EvolutionReport, random: Random) -> None:
    """Store four changes of each parcel; of some, one that the proposed lifecycle refuses."""
    parcel = first.aggregate

    def run_many(commands: list[Any]) -> list[Head[Any]]:
        report.changes += len(commands)
        return list(store.run(first.execute_many, commands, actor=MAYA, reason=REASON))

    for numbers in _batches(report.parcels):
        heads = run_many([parcel.pack(label=f"P-{number}", shelf="a") for number in numbers])
        for shelf in ("b", "c"):
            heads = run_many([parcel.move(head, shelf=shelf) for head in heads])
        marked = random.sample(range(len(heads)), len(heads) // PLANTED or 1)
        last: list[Any] = []
        for n, head in enumerate(heads):
            if n in marked:
                last.append(parcel.mark(head, shelf="d", note="Fragile"))
            else:
                last.append(parcel.send(head))
        heads = run_many(last)
        report.planted.update((heads[n].id, heads[n].seq) for n in marked)
        left = [head for n, head in enumerate(heads) if n not in marked]
        back = run_many(
            [parcel.take_back(head, shelf="e") for head in random.sample(left, len(marked))]
        )
        report.planted.update((head.id, head.seq) for head in back)


def _batches(parcels: int) -> list[range]:
    return [range(n, min(n + BATCH, parcels)) for n in range(0, parcels, BATCH)]


def _check_proposed(store: SqlStore, report: EvolutionReport) -> None:
    with report.timed("check-lifecycle"):
        check = check_lifecycle(store, second_parcels())
    found = {(one.entity_id, one.seq) for one in check.refused}
    counted = (check.changes, check.refusals)
    expected = (report.changes, len(report.planted))
    report.expect(f"counted {counted}, expected {expected}", is_met=counted == expected)
    report.expect("other changes were refused than planted", is_met=found == report.planted)


def _check_grown(
    store: SqlStore, grown: Context[Any], sent: Head[Any], report: EvolutionReport
) -> None:
    """Verify all history, of which some took the edge that is retired now."""
    with report.timed("verify"):
        findings = verify(store)
    report.expect(f"findings {findings[:3]}", is_met=findings == ())
    command = grown.aggregate.take_back(sent.id, shelf="f")
    try:
        run(store, grown, command)
    except InvalidTransition:
        pass
    else:
        report.expect("a retired edge was taken", is_met=False)

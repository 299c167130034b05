"""Work claimed and completed by several processes: by ours, by the bare driver, and by others that queue work."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final

import psycopg
from attrs import evolve, frozen
from tests.bench import queue_peers, queue_rows
from tests.bench.queue_rows import AUDITED, LEASED, LIMIT, UNGUARDED, Contender
from tests.bench.queue_tally import Counted, at_once
from tests.bench.rounds import Dose, Goal, Measured, Table
from tests.chaos.testbed import Testbed

from indelible_sql import open_store, verify

ROUNDS: Final = 3
PARTS: Final = (50, 95, 99)
MANY: Final = 100
HEAVY: Final = 10_000  # the most that is due to one who takes all there is
LATEST_MILLISECONDS: Final = 20


@frozen
class Scene:
    """How many claim how many at a time, out of how many."""

    workers: int
    due: int
    batch: int = MANY

    def __str__(self) -> str:
        return f"{self.workers} workers, {self.due:,} due"


Found = Mapping[tuple[Scene, str], Sequence[Counted]]


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """All of them in turns, in one database."""
    server = bed.postgresql()
    with (
        psycopg.connect(server.admin_url, autocommit=True) as connection,
        queue_peers.peers(server, bed.file.parent, heavy=dose.heavy) as peers,
    ):
        ours = tuple(queue_rows.ours(server, connection))
        found = dict[tuple[Scene, str], list[Counted]]()
        for due, workers in product(dose.due, dose.workers):
            for _ in range(min(dose.rounds, ROUNDS)):
                for scene, contender in _in_turn(ours, peers, workers, due):
                    found.setdefault((scene, contender.name), []).append(_measured(contender, scene, dose))
            if due == dose.due[0]:
                assert not verify(store := open_store(server.url))  # nobody's rows have anything wrong with them
                store.dispose()
    yield _leases(found)
    yield _audited(found)
    yield _latencies(found)


def _in_turn(
    ours: Sequence[Contender], peers: Sequence[Contender], workers: int, due: int
) -> Iterator[tuple[Scene, Contender]]:
    for batch in (1, MANY):
        for contender in ours:
            yield Scene(workers, due, batch), evolve(contender, asked={**contender.asked, "batch": batch})
    for contender in peers:
        if due <= HEAVY or not contender.is_heavy:
            yield Scene(workers, due), contender


def _measured(contender: Contender, scene: Scene, dose: Dose) -> Counted:
    contender.fill(scene.due)
    counted = at_once(contender.asked, scene.workers, dose.seconds)
    assert 0 < counted.done <= scene.due - contender.left(), (contender.name, counted.done, contender.left())
    return counted

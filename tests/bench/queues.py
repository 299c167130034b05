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

from indelible_service.embedded import PostgresServer
from indelible_sql import open_store, verify

ROUNDS: Final = 3
PARTS: Final = (50, 95, 99)
MANY: Final = 100
LATEST_MILLISECONDS: Final = 20


@frozen
class Scene:
    """How many claim how many at a time, out of how many."""

    workers: int
    due: int
    batch: int = MANY

    def __str__(self) -> str:
        return f"{self.workers} workers, {self.due:,} due"


DESCRIPTION: Final = (
    "The same, and with each claim a token's status becomes `generating`, with each end `uploading`, and its upload is"
    " due: two more rows of history for each piece of work, chained by their digests, in the transactions of the claim"
    " and of its end. The others do a job that does nothing, each as its documentation shows: procrastinate"
    " asynchronously, one job at a time; pgqueuer on asyncpg and uvloop, with its own batches of 10 and with batches of"
    " 100; Dramatiq with eight threads on a Redis that keeps nothing; DBOS with a workflow without a step, of which"
    f" only {queue_peers.MOST_OF_DBOS:,} are due, as who looks first takes all. None of them records who did what and"
    " why. pgqueuer in batches of 100 is quicker than ours, because it writes four versions of rows for a job, of which"
    " the database holds none to another: the job is picked, then deleted, and a log gets a row for each. Ours writes"
    " seven, and the database holds each change to its edge, its predecessor and its head; each is digested before."
)

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
                for scene, contender in _in_turn(ours, peers, Scene(workers, due), dose):
                    found.setdefault((scene, contender.name), []).append(
                        _measured(contender, scene, dose)
                    )
            if due == dose.due[0]:
                _check(server)
    yield _leases(found)
    yield _audited(found)
    yield _latencies(found)


def _check(server: PostgresServer) -> None:
    """Nobody's rows have anything wrong with them."""
    store = open_store(server.url)
    assert not verify(store)
    store.dispose()


def _in_turn(
    ours: Sequence[Contender], peers: Sequence[Contender], scene: Scene, dose: Dose
) -> Iterator[tuple[Scene, Contender]]:
    for batch in dose.batches:
        for contender in ours:
            yield (
                evolve(scene, batch=batch),
                evolve(contender, asked={**contender.asked, "batch": batch}),
            )
    for contender in peers:
        yield scene, contender


def _measured(contender: Contender, scene: Scene, dose: Dose) -> Counted:
    due = min(scene.due, contender.most)
    contender.fill(due)
    counted = at_once(contender.asked, scene.workers, dose.seconds)
    assert 0 < counted.done <= due - contender.left() + contender.again, (
        contender.name,
        counted.done,
    )
    return counted


def _rows(found: Found, names: Sequence[str], batch: int) -> Iterator[Measured]:
    for (scene, name), counted in found.items():
        if name in names and scene.batch == batch:
            group = f"{scene}, {'one at a time' if batch == 1 else f'batches of {batch}'}"
            yield Measured(
                name=name, group=group, unit="/s", values=tuple(each.rate for each in counted)
            )


def _over(rows: Sequence[Measured], one: str, other: str) -> float:
    """How many times the other's rate, in the worst of the groups in which both are."""
    by_group = {(row.group, row.name): row for row in rows}
    pairs = ((row, by_group.get((row.group, other))) for row in rows if row.name == one)
    return min(row.over(beside) for row, beside in pairs if beside)


def _leases(found: Found) -> Table:
    names = (UNGUARDED, LIMIT, LEASED)
    many = tuple(_rows(found, names, MANY))
    return Table(
        name="queue-leases",
        title="Work claimed and completed, with nothing else written",
        description="Processes that begin together claim for a while what is due, each behind its last claim, and complete it:"
        " two transactions a batch, and nothing done between them. The *bare driver* sends the two statements that"
        " indelible was seen to send, prepared, each alone, on a connection in autocommit mode, to the same table."
        " *Unguarded* is a copy of the table with the same two indexes, and without a trigger, a check or a domain.",
        rows=(*many, *_rows(found, names, 1)),
        baseline=LEASED,
        goals=(
            Goal(
                promise=f"of the speed of the bare driver, batches of {MANY}",
                value=_over(many, LEASED, LIMIT),
                at_least=0.8,
            ),
        ),
    )


def _audited(found: Found) -> Table:
    peers = {name for _, name in found} - {UNGUARDED, LIMIT, LEASED, AUDITED}
    rows = tuple(_rows(found, (AUDITED, *peers), MANY))
    goals = tuple(
        Goal(promise=f"times as fast as {name}", value=_over(rows, AUDITED, name), at_least=1)
        for name in (queue_peers.PGQUEUER, queue_peers.PROCRASTINATE, queue_peers.DBOS)
        if name in peers
    )
    return Table(
        name="queue-audited",
        title="Work claimed and completed, with two changes of status",
        description=DESCRIPTION,
        rows=rows,
        baseline=AUDITED,
        goals=goals,
    )


def _latencies(found: Found) -> Table:
    rows = list[Measured]()
    for (scene, name), counted in found.items():
        if counted[0].claims:
            batch = "one at a time" if scene.batch == 1 else f"batches of {scene.batch}"
            for part in PARTS:
                taken = tuple(each.percentile(part) for each in counted)
                rows.append(
                    Measured(
                        name=f"{name}, p{part}", group=f"{scene}, {batch}", unit="ms", values=taken
                    )
                )
    latest = f"{LEASED}, p95"
    slowest = max(row.median for row in rows if row.name == latest)
    most = max(scene.due for scene, _ in found)
    return Table(
        name="queue-claims",
        title="How long a claim takes",
        description="What a worker waited for each claim in the runs above, its transaction and its COMMIT with it; of the"
        " audited one with the first change of status. Dramatiq and DBOS claim where it cannot be seen.",
        rows=tuple(rows),
        baseline=latest,
        goals=(
            Goal(
                promise=f"milliseconds at p95, up to {most:,} due, leases alone",
                value=slowest,
                at_most=LATEST_MILLISECONDS,
            ),
        ),
    )

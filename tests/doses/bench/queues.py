"""Measure tasks that several processes claim and complete: ours, the bare driver and others."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final

import psycopg
from attrs import evolve, frozen
from tests.doses.bench import queue_peers, queue_rows
from tests.doses.bench.queue_rows import AUDITED, LEASED, LIMIT, UNGUARDED, Contender
from tests.doses.bench.queue_tally import Counted, run_together
from tests.doses.bench.rounds import Dose, Goal, Measured, Table
from tests.testbed import Testbed

from indelible_service.embedded import PostgresServer
from indelible_sql import open_store, verify

MAX_ROUNDS: Final = 3
PERCENTILES: Final = (50, 95, 99)
MANY: Final = 100
MAX_CLAIM_MILLISECONDS: Final = 20


@frozen
class Scene:
    """The number of workers, due tasks, and tasks of a batch."""

    workers: int
    due: int
    batch: int = MANY

    def __str__(self) -> str:
        return f"{self.workers} workers, {self.due:,} due"

    @property
    def batch_text(self) -> str:
        """Return the size of a batch in words."""
        return "one at a time" if self.batch == 1 else f"batches of {self.batch}"


LEASES_DESCRIPTION: Final = (
    "Processes that start together claim due tasks for a while, each behind its last claim, and"
    " complete them: two single updates per batch and nothing between. The *bare driver* sends"
    " the two statements that indelible sends, prepared, each on a connection in autocommit mode,"
    " to the same table. *Unguarded* is a copy of the table with the same two indexes, without"
    " triggers, checks and domains."
)
AUDITED_DESCRIPTION: Final = (
    "As above, and each claim changes the status of a token to `generating`, each end to"
    " `uploading` with an upload that is due: two more rows of history per task, chained by their"
    " digests, in the transactions of the claim and of its end. The others do a job that does"
    " nothing, each as its documentation shows: procrastinate asynchronously, one job at a time;"
    " pgqueuer on asyncpg and uvloop, with its own batches of 10 and with batches of 100; Dramatiq"
    " with eight threads on a Redis that persists nothing; DBOS with a workflow without a step, of"
    f" which only {queue_peers.MAX_DBOS_JOBS:,} are due, because the first worker that polls takes"
    " all. None of them records who did what and why. pgqueuer in batches of 100 is faster than"
    " ours: it writes four row versions per job and checks none against another (the job is picked,"
    " then deleted, and a log gets a row for each). Ours writes seven, and the database checks each"
    " change against its edge, its predecessor and its head, after each was digested."
)
CLAIMS_DESCRIPTION: Final = (
    "The time of each claim in the runs above, with its transaction and its COMMIT; the audited one"
    " with the first change of status. The claims of Dramatiq and DBOS cannot be observed."
)

Results = Mapping[tuple[Scene, str], Sequence[Counted]]


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure all contenders in turns, in one database."""
    server = bed.postgresql()
    results: dict[tuple[Scene, str], list[Counted]] = {}
    with (
        psycopg.connect(server.admin_url, autocommit=True) as connection,
        queue_peers.peers(server, bed.file.parent, heavy=dose.heavy) as peers,
    ):
        ours = tuple(queue_rows.ours(server, connection))
        for due, workers in product(dose.due, dose.workers):
            for _ in range(min(dose.rounds, MAX_ROUNDS)):
                for scene, contender in _in_turn(ours, peers, Scene(workers, due), dose):
                    counted = _measure(contender, scene, dose)
                    results.setdefault((scene, contender.name), []).append(counted)
            if due == dose.due[0]:
                _check(server)

    yield _leases_table(results)
    yield _audited_table(results)
    yield _claims_table(results)


def _check(server: PostgresServer) -> None:
    """Verify the rows that all contenders have written."""
    store = open_store(server.url)
    assert verify(store) == ()
    store.dispose()


def _in_turn(
    ours: Sequence[Contender], peers: Sequence[Contender], scene: Scene, dose: Dose
) -> Iterator[tuple[Scene, Contender]]:
    for batch in dose.batches:
        for contender in ours:
            options = {**contender.options, "batch": batch}
            yield evolve(scene, batch=batch), evolve(contender, options=options)
    for contender in peers:
        yield scene, contender


def _measure(contender: Contender, scene: Scene, dose: Dose) -> Counted:
    due = min(scene.due, contender.max_due)
    contender.fill(due)
    counted = run_together(contender.options, scene.workers, dose.seconds)
    removed = due - contender.count_due()
    assert 0 < counted.completed <= removed + contender.max_repeated, (contender.name, counted)

    return counted


def _rates(results: Results, names: Sequence[str], batch: int) -> Iterator[Measured]:
    for (scene, name), counted in results.items():
        if name not in names or scene.batch != batch:
            continue
        rates = tuple(run.rate for run in counted)
        yield Measured(name=name, group=f"{scene}, {scene.batch_text}", unit="/s", values=rates)


def _lowest_ratio(rows: Sequence[Measured], one: str, other: str) -> float:
    """Return the ratio of two rates in the worst of the groups that have both."""
    by_key = {(row.group, row.name): row for row in rows}
    ratios: list[float] = []
    for row in rows:
        partner = by_key.get((row.group, other))
        if row.name == one and partner:
            ratios.append(row.over(partner))

    return min(ratios)


def _leases_table(results: Results) -> Table:
    names = (UNGUARDED, LIMIT, LEASED)
    many = tuple(_rates(results, names, MANY))
    goal = Goal(
        promise=f"of the speed of the bare driver, batches of {MANY}",
        value=_lowest_ratio(many, LEASED, LIMIT),
        at_least=0.8,
    )
    return Table(
        name="queue-leases",
        title="Tasks claimed and completed, with nothing else written",
        description=LEASES_DESCRIPTION,
        rows=(*many, *_rates(results, names, 1)),
        baseline=LEASED,
        goals=(goal,),
    )


def _audited_table(results: Results) -> Table:
    peers = {name for _, name in results} - {UNGUARDED, LIMIT, LEASED, AUDITED}
    rows = tuple(_rates(results, (AUDITED, *peers), MANY))
    goals: list[Goal] = []
    for name in (queue_peers.PGQUEUER, queue_peers.PROCRASTINATE, queue_peers.DBOS):
        if name in peers:
            ratio = _lowest_ratio(rows, AUDITED, name)
            goals.append(Goal(promise=f"times as fast as {name}", value=ratio, at_least=1))

    return Table(
        name="queue-audited",
        title="Tasks claimed and completed, with two changes of status",
        description=AUDITED_DESCRIPTION,
        rows=rows,
        baseline=AUDITED,
        goals=tuple(goals),
    )


def _claims_table(results: Results) -> Table:
    rows: list[Measured] = []
    for (scene, name), counted in results.items():
        if not counted[0].claims:
            continue
        group = f"{scene}, {scene.batch_text}"
        for percent in PERCENTILES:
            values = tuple(run.percentile(percent) for run in counted)
            label = f"{name}, p{percent}"
            rows.append(Measured(name=label, group=group, unit="ms", values=values))

    baseline = f"{LEASED}, p95"
    slowest = max(row.median for row in rows if row.name == baseline)
    most_due = max(scene.due for scene, _ in results)
    goal = Goal(
        promise=f"milliseconds at p95, up to {most_due:,} due, leases alone",
        value=slowest,
        at_most=MAX_CLAIM_MILLISECONDS,
    )
    return Table(
        name="queue-claims",
        title="The duration of a claim",
        description=CLAIMS_DESCRIPTION,
        rows=tuple(rows),
        baseline=baseline,
        goals=(goal,),
    )

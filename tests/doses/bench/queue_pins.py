"""Measure claims while another session holds an old snapshot, so that VACUUM removes no old row."""

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import psycopg
from tests.doses.bench.queue_rows import LeasedTasks
from tests.doses.bench.queue_tally import MILLISECONDS
from tests.doses.bench.queue_workers import Claim, claim_alone, run
from tests.doses.bench.rounds import Dose, Goal, Measured, Table
from tests.testbed import Testbed

from indelible.kernel.task_commands import CompleteTasks, complete_tasks
from indelible.kernel.tasks import Lease
from indelible_sql import SqlStore, open_store

MAX_ROUNDS: Final = 3
BATCH, CLAIMS = 100, 50  # tasks of a claim, and measured claims
HINTED, UNHINTED = "behind the last claim", "from the beginning"
PERCENTILES: Final = (50, 95)
MAX_RATIO: Final = 1.5
Key = tuple[str, str]  # group and name of a row


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure both ways in turns, before and after many tasks were completed."""
    server = bed.postgresql()
    store = open_store(server.url)
    values: dict[Key, list[float]] = {}
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        for number in range(min(dose.rounds, MAX_ROUNDS)):
            stages = {HINTED: f"hinted-{number}", UNHINTED: f"unhinted-{number}"}
            for stage in stages.values():
                tasks = LeasedTasks(connection, "indelible.", stage)
                tasks.fill(dose.finished[-1] + CLAIMS * BATCH)
            with psycopg.connect(server.admin_url) as other:
                other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                other.execute("SELECT 1 FROM indelible.tasks LIMIT 1")
                for key, milliseconds in _measure_round(store, stages, dose):
                    values.setdefault(key, []).append(milliseconds)
    store.dispose()

    rows: list[Measured] = []
    for (group, name), own in values.items():
        rows.append(Measured(name=name, group=group, unit="ms", values=tuple(own)))
    yield _table(rows)


def _measure_round(
    store: SqlStore, stages: Mapping[str, str], dose: Dose
) -> Iterator[tuple[Key, float]]:
    ways: dict[str, Iterator[float]] = {}
    for name, stage in stages.items():
        ways[name] = _claim_durations(store, stage, is_hinted=name == HINTED)

    done = 0
    for finished in dose.finished:
        for way in ways.values():
            deque(islice(way, (finished - done) // BATCH), maxlen=0)
        done = finished + CLAIMS * BATCH
        for name, way in ways.items():
            durations = sorted(islice(way, CLAIMS))
            for percent in PERCENTILES:
                group = f"{finished:,} finished, p{percent}"
                yield (group, name), durations[len(durations) * percent // 100]


def _claim_durations(store: SqlStore, stage: str, *, is_hinted: bool) -> Iterator[float]:
    """Yield the milliseconds of each claim; its tasks are completed before the next one."""
    last: Lease | None = None
    while True:
        started_at = time.perf_counter()
        leases = claim_alone(store, Claim(stage, BATCH, last if is_hinted else None))
        yield (time.perf_counter() - started_at) * MILLISECONDS
        run(store, complete_tasks, CompleteTasks(leases=leases))
        last = leases[-1]


def _table(rows: Sequence[Measured]) -> Table:
    medians: list[Measured] = []
    for row in rows:
        if row.name == HINTED and row.group.endswith(f"p{PERCENTILES[0]}"):
            medians.append(row)
    first, last = medians[0], medians[-1]
    goal = Goal(
        promise="times as long at the end as at the beginning",
        value=last.over(first),
        at_most=MAX_RATIO,
    )
    return Table(
        name="queue-pinned",
        title="A claim while another session holds an old snapshot",
        description=(
            "A session stays in a transaction of REPEATABLE READ in which it has read a row, so"
            f" that VACUUM may remove no completed row version: claims of {BATCH} after so many"
            " tasks were completed. A claim behind the last one skips all of them; one from the"
            " beginning scans them all."
        ),
        rows=tuple(rows),
        baseline=HINTED,
        goals=(goal,),
    )

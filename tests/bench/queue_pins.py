"""Claims while another session keeps an old snapshot, so that nothing of what is finished can be swept away."""

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import psycopg
from tests.bench.queue_rows import Leased
from tests.bench.queue_tally import MILLISECONDS
from tests.bench.queue_workers import Claim, claimed, run
from tests.bench.rounds import Dose, Goal, Measured, Table
from tests.chaos.testbed import Testbed

from indelible.kernel.tasks import Lease
from indelible_sql import SqlStore, open_store

ROUNDS: Final = 3
BATCH, CLAIMS = 100, 50  # how many are claimed at once, and how many claims are looked at
HINTED, UNHINTED = "behind the last claim", "from the beginning"
PARTS: Final = (50, 95)
MOST_TIMES: Final = 1.5


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Both ways in turns, after nothing and after much was finished; each round in stages of its own."""
    server, rows = bed.postgresql(), dict[tuple[str, str], list[float]]()
    store = open_store(server.url)
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        for number in range(min(dose.rounds, ROUNDS)):
            stages = {HINTED: f"hinted-{number}", UNHINTED: f"unhinted-{number}"}
            for stage in stages.values():
                Leased(connection, "indelible.", stage).fill(dose.finished[-1] + CLAIMS * BATCH)
            with psycopg.connect(server.admin_url) as other:
                other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                other.execute("SELECT 1 FROM indelible.tasks LIMIT 1")
                for key, taken in _round(store, stages, dose):
                    rows.setdefault(key, []).append(taken)
    store.dispose()
    yield _table(
        tuple(
            Measured(name=name, group=group, unit="ms", values=tuple(taken))
            for (group, name), taken in rows.items()
        )
    )


def _round(
    store: SqlStore, stages: Mapping[str, str], dose: Dose
) -> Iterator[tuple[tuple[str, str], float]]:
    ways = {name: _claims(store, stage, is_hinted=name == HINTED) for name, stage in stages.items()}
    done = 0
    for finished in dose.finished:
        for way in ways.values():
            deque(islice(way, (finished - done) // BATCH), maxlen=0)
        done = finished + CLAIMS * BATCH
        for name, way in ways.items():
            taken = sorted(islice(way, CLAIMS))
            for part in PARTS:
                yield (f"{finished:,} finished, p{part}", name), taken[len(taken) * part // 100]


def _claims(store: SqlStore, stage: str, *, is_hinted: bool) -> Iterator[float]:
    """How many milliseconds each claim takes; what is claimed is finished before the next."""
    last: Lease | None = None
    while True:
        begun = time.perf_counter()
        leases = run(store, claimed, Claim(stage, BATCH, last if is_hinted else None))
        yield (time.perf_counter() - begun) * MILLISECONDS
        run(store, lambda tx, leases: tx.tasks.complete(leases), leases)
        last = leases[-1]


def _table(rows: Sequence[Measured]) -> Table:
    first, latest = (
        next(row for row in order if row.name == HINTED and row.group.endswith(f"p{PARTS[0]}"))
        for order in (rows, rows[::-1])
    )
    return Table(
        name="queue-pinned",
        title="A claim while another session keeps an old snapshot",
        description="A session stays in a transaction of REPEATABLE READ in which it has read a row, so that no row version"
        f" that is finished may be swept away: claims of {BATCH} after so many have been finished since. A claim"
        " behind the last one passes none of them; one from the beginning passes them all.",
        rows=tuple(rows),
        baseline=HINTED,
        goals=(
            Goal(
                promise="times as long at the end as at the beginning",
                value=latest.over(first),
                at_most=MOST_TIMES,
            ),
        ),
    )

"""Measure captures: one at a time and in batches, next to the client, early and late in a space."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import count
from typing import Final

import psycopg
from attrs import evolve
from sqlalchemy import func, make_url, select
from tests.doses.bench.capture_drivers import (
    FEWEST_STEPS,
    SINGLE_STEPS,
    Driver,
    PsycopgDriver,
    SqliteDriver,
    Steps,
    capture_by_driver,
)
from tests.doses.bench.capture_rows import REASON
from tests.doses.bench.large_spaces import OURS, LargeSpace, copy_signals, create_space, unguarded
from tests.doses.bench.rounds import (
    MILLISECONDS,
    Act,
    Dose,
    Goal,
    Measured,
    Table,
    Way,
    measure_in_turns,
)
from tests.doses.bench.statements import connected
from tests.doses.bench.vector_functions import IN_PYTHON, PURE_PYTHON, with_functions
from tests.doses.chaos.testbed import Testbed

from indelible import captures
from indelible.testing.captures.scenarios import activate_algorithm_for
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS

BY_CLIENT: Final = "by the client, few statements"
STEP_BY_STEP: Final = "by the client, step by step"
ALONE, TOGETHER = "each its own transaction", "all in one transaction"
DIMENSION: Final = 256
SHORT_DIMENSION: Final = 32  # where signals are many
FEW_SIGNALS: Final = 1_000
FIRST_NUMBER: Final = 10**8  # of captures that the measured ones do not reach
MAX_ROUNDS: Final = 5
SLOWER: Final = 100  # so many times as slow as an edit
DESCRIPTION: Final = (
    "A capture with a key of its own, of a page that is new every other time, into a space of {}"
    " subspaces with vectors of {} numbers; each moves a centroid. The two *by the client* are one"
    " transaction of a bare driver too: they lock the space, read its centroids, compute by numpy,"
    " and write the same rows to the same guarded tables, with digests; `verify` finds no fault in"
    " them. *Few statements* sends {}; *step by step* sends each step by itself, with the driver's"
    " defaults."
)


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure a capture on both databases, batches, and large spaces."""
    database = bed.postgresql()
    with (
        capturing_store(database.url) as store,
        psycopg.connect(database.url) as one,
        psycopg.connect(database.url) as other,
    ):
        fast, plain = PsycopgDriver(one, is_fast=True), PsycopgDriver(other, is_fast=False)
        spaces = fill_spaces(store, dose, 3, owner_url=database.owner_url)
        measured = _measure(store, dose, spaces, fast, plain, FEWEST_STEPS)
        yield _postgresql_table(measured, dose)

    url = bed.sqlite()
    path = make_url(url).database or ""
    with (
        capturing_store(url) as store,
        _opened(url) as python_store,
        closing(connected(path)) as one,
        closing(connected(path)) as other,
    ):
        steps = evolve(FEWEST_STEPS, is_one_write=False)
        *spaces, python_space = fill_spaces(store, dose, 4)
        fast_sqlite, plain_sqlite = SqliteDriver(one), SqliteDriver(other)
        in_python = capture_by_store(python_store, python_space)
        slower = evolve(in_python, act=with_functions(PURE_PYTHON, in_python.act))
        measured = _measure(store, dose, spaces, fast_sqlite, plain_sqlite, steps, slower)
        yield _sqlite_table(measured, dose)

    yield _batches(bed, dose)
    yield _late(bed, dose)


@contextmanager
def capturing_store(url: str) -> Generator[SqlStore]:
    """Open a store with an active algorithm, and verify it at the end."""
    store = open_store(url)
    activate_algorithm_for(store)
    yield store
    assert verify(store) == ()
    store.dispose()


def capture_by_store(store: SqlStore, space: LargeSpace) -> Way:
    """Return a way that stores the next capture of a space at each call."""
    numbers = count()

    def capture() -> None:
        command = space.command(next(numbers))
        store.run(captures.capture_artifact, command, actor=MAYA, reason=REASON)

    return Way(capture, signal_counter(store, space))


def signal_counter(store: SqlStore, space: LargeSpace, divided_by: int = 1) -> Callable[[], int]:
    """Return a function that counts the signals of a space, in units of a batch."""
    is_in_space = SIGNALS.c.space_id == space.space_id
    query = select(func.count().label("signals")).where(is_in_space)

    def count_signals() -> int:
        rows = store.read(lambda tx: tx.session.rows(query, {}))
        return int(rows[0]["signals"]) // divided_by

    return count_signals


def fill_spaces(
    store: SqlStore, dose: Dose, number: int, owner_url: str = "", dimension: int = DIMENSION
) -> list[LargeSpace]:
    """Create spaces with one capture in each subspace; analyze the tables as their owner."""
    spaces = [create_space(store, dose.subspaces, dimension) for _ in range(number)]
    for space in spaces:
        for index in range(dose.subspaces):
            command = space.command(FIRST_NUMBER + index)
            store.run(captures.capture_artifact, command, actor=MAYA, reason=REASON)

    store.dispose()  # prepared plans were made for empty tables
    if owner_url:
        with psycopg.connect(owner_url, autocommit=True) as owner:
            owner.execute("ANALYZE")

    return spaces


def _measure(
    store: SqlStore,
    dose: Dose,
    spaces: list[LargeSpace],
    fast: Driver,
    plain: Driver,
    fewest: Steps,
    without_numpy: Way | None = None,
) -> Mapping[str, Measured]:
    own, few, single = spaces
    by_few = capture_by_driver(fast, fewest, few.scenario, few.vectors)
    by_single = capture_by_driver(plain, SINGLE_STEPS, single.scenario, single.vectors)
    ways = {
        BY_CLIENT: Way(by_few, signal_counter(store, few)),
        OURS: capture_by_store(store, own),
        STEP_BY_STEP: Way(by_single, signal_counter(store, single)),
    }
    if without_numpy is not None:
        ways[IN_PYTHON] = without_numpy
    return measure_in_turns(ways, dose)


@contextmanager
def _opened(url: str) -> Generator[SqlStore]:
    """Open a store once more."""
    store = open_store(url)
    yield store
    store.dispose()


def _postgresql_table(measured: Mapping[str, Measured], dose: Dose) -> Table:
    ours = measured[OURS]
    goals = (
        Goal(
            promise="of the speed of the same steps by the client",
            value=measured[BY_CLIENT].over(ours),
            at_least=0.6,
        ),
        Goal(
            promise="times as fast as step by step by the client",
            value=measured[STEP_BY_STEP].over(ours),
            at_least=1,
        ),
    )
    statements = "three queries and one write, prepared, with vectors as bytes"
    return Table(
        name="capture-postgresql",
        title="A capture on PostgreSQL",
        description=DESCRIPTION.format(dose.subspaces, DIMENSION, statements),
        rows=tuple(measured.values()),
        baseline=OURS,
        goals=goals,
    )


def _sqlite_table(measured: Mapping[str, Measured], dose: Dose) -> Table:
    description = DESCRIPTION.format(dose.subspaces, DIMENSION, "three queries and three writes")
    return Table(
        name="capture-sqlite",
        title="A capture on SQLite",
        description=(
            f"{description} SQLite computes by functions of the process: by numpy, which indelible"
            " does not need, and in pure Python."
        ),
        rows=tuple(measured.values()),
        baseline=OURS,
    )


def _batches(bed: Testbed, dose: Dose) -> Table:
    fewer = evolve(dose, rounds=min(dose.rounds, MAX_ROUNDS), times=max(1, dose.times // SLOWER))
    server = bed.postgresql()
    databases = {
        "PostgreSQL": (server.url, server.owner_url),
        "SQLite": (bed.sqlite(), ""),
    }
    rows: list[Measured] = []
    for name, (url, owner_url) in databases.items():
        with capturing_store(url) as store:
            alone, together = fill_spaces(store, dose, 2, owner_url)
            one_by_one = _repeat(capture_by_store(store, alone).act, dose.batch)
            in_one = _capture_batch(store, together, dose.batch)
            ways = {
                ALONE: Way(one_by_one, signal_counter(store, alone, dose.batch)),
                TOGETHER: Way(in_one, signal_counter(store, together, dose.batch)),
            }
            for measured in measure_in_turns(ways, fewer, name).values():
                rows.append(_per_second(measured, dose.batch))

    return Table(
        name="capture-batch",
        title=f"{dose.batch} captures, one by one and in one transaction",
        description=(
            "As above, by `store.run` and inside one `store.transaction`;"
            f" {dose.subspaces} subspaces."
        ),
        rows=tuple(rows),
        baseline=ALONE,
    )


def _repeat(act: Act, times: int) -> Act:
    def repeated() -> None:
        for _ in range(times):
            act()

    return repeated


def _capture_batch(store: SqlStore, space: LargeSpace, size: int) -> Act:
    numbers = count()

    def capture() -> None:
        with store.transaction(actor=MAYA, reason=REASON) as tx:
            for _ in range(size):
                captures.capture_artifact(tx, space.command(next(numbers)))

    return capture


def _per_second(measured: Measured, batch: int) -> Measured:
    rates = tuple(batch * MILLISECONDS / value for value in measured.values)
    return evolve(measured, unit="captures/s", values=rates)


def _late(bed: Testbed, dose: Dose) -> Table:
    fewer = evolve(dose, rounds=min(dose.rounds, MAX_ROUNDS))
    rows: list[Measured] = []
    goals: list[Goal] = []
    for database, many in (("PostgreSQL", dose.signals), ("SQLite", dose.signals // 10)):
        early_store, early_space = _large_space(bed, database, dose, FEW_SIGNALS)
        late_store, late_space = _large_space(bed, database, dose, many)
        ways = {
            f"at {FEW_SIGNALS:,} signals": capture_by_store(early_store, early_space),
            f"at {many:,} signals": capture_by_store(late_store, late_space),
        }
        early, late = measure_in_turns(ways, fewer, database).values()
        rows += (early, late)
        ratio = late.over(early)
        goals.append(Goal(promise=f"times as long, on {database}", value=ratio, at_most=1.15))
        early_store.dispose()
        late_store.dispose()

    return Table(
        name="capture-late",
        title=f"A capture into a space of {FEW_SIGNALS:,} signals, and of {dose.signals:,}",
        description=(
            f"Each space is in a database of its own and has {dose.subspaces} subspaces, with"
            f" vectors of {SHORT_DIMENSION} numbers, and ten signals for each artifact. The first"
            " captures are indelible's; the rest are copies of one of them with their own keys,"
            " inserted by COPY (on SQLite by INSERT) as the administrator, without triggers and"
            " foreign keys. Their digests are copies too: nothing is verified here."
        ),
        rows=tuple(rows),
        baseline=rows[0].name,
        goals=tuple(goals),
    )


def _large_space(
    bed: Testbed, database: str, dose: Dose, signals: int
) -> tuple[SqlStore, LargeSpace]:
    """Open a store with a space that has so many signals."""
    if database == "PostgreSQL":
        server = bed.postgresql()
        url, admin_url = server.url, server.admin_url
    else:
        url = admin_url = bed.sqlite()
    store = open_store(url)
    activate_algorithm_for(store)
    (space,) = fill_spaces(store, dose, 1, dimension=SHORT_DIMENSION)
    with unguarded(admin_url, ARTIFACTS, CENTROIDS, SIGNALS) as connection:
        copy_signals(connection, space, signals)

    return store, space

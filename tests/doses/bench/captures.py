"""Measure a capture early and late in a space."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Final

from attrs import evolve
from sqlalchemy import func, select
from tests.doses.bench.rounds import (
    Dose,
    Goal,
    Measured,
    Table,
    Way,
    measure_in_turns,
)
from tests.sql.large_spaces import (
    REASON,
    LargeSpace,
    copy_signals,
    create_space,
    unguarded,
)
from tests.testbed import Testbed

from indelible import captures
from indelible.testing.captures.scenarios import activate_algorithm_for
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS

SHORT_DIMENSION: Final = 32  # where signals are many
FEW_SIGNALS: Final = 1_000
FIRST_NUMBER: Final = 10**8  # of captures that the measured ones do not reach
MAX_ROUNDS: Final = 5


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


def signal_counter(store: SqlStore, space: LargeSpace) -> Callable[[], int]:
    """Return a function that counts the signals of a space."""
    is_in_space = SIGNALS.c.space_id == space.space_id
    query = select(func.count().label("signals")).where(is_in_space)

    def count_signals() -> int:
        rows = store.read(lambda tx: tx.session.rows(query, {}))
        return int(rows[0]["signals"])

    return count_signals


def fill_spaces(store: SqlStore, dose: Dose, number: int, dimension: int) -> list[LargeSpace]:
    """Create spaces with one capture in each subspace;"""
    spaces = [create_space(store, dose.subspaces, dimension) for _ in range(number)]
    for space in spaces:
        for index in range(dose.subspaces):
            command = space.command(FIRST_NUMBER + index)
            store.run(captures.capture_artifact, command, actor=MAYA, reason=REASON)

    store.dispose()  # prepared plans were made for empty tables
    return spaces


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure a capture into a space of few signals, and of many."""
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

    yield Table(
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
    (space,) = fill_spaces(store, dose, 1, SHORT_DIMENSION)
    with unguarded(admin_url, ARTIFACTS, CENTROIDS, SIGNALS) as connection:
        copy_signals(connection, space, signals)

    return store, space

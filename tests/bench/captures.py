"""A whole capture, one at a time and many at once, beside the same work in the client; early and late in a space."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import count
from typing import Final

import psycopg
from attrs import evolve
from sqlalchemy import func, make_url, select
from tests.bench import crowds
from tests.bench.by_driver import FEWEST, STEPS, ByPsycopg, BySqlite3, Driver, Stages, capturing
from tests.bench.by_hand import REASON
from tests.bench.crowds import OURS, Reading
from tests.bench.rounds import MILLISECONDS, Dose, Goal, Measured, Table, Way, measure_in_turns
from tests.bench.statements import connected
from tests.chaos.testbed import Testbed

from indelible import captures
from indelible.testing.captures.scenarios import activate_algorithm_for
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS

HAND: Final = "by hand, in one go"
STEPPED: Final = "by hand, step by step"
ALONE, TOGETHER = "each its own transaction", "all in one transaction"
DIMENSION: Final = 256
THIN: Final = 32  # of the vectors where signals are many
FEW: Final = 1_000
FIRST: Final = 10**8
TURNS: Final = 5
LONG: Final = 100  # captures take so many times as long as what else is acted as often
DESCRIPTION: Final = (
    "A capture with a key of its own, of a page that is new every other time, into a space of {} subspaces with"
    " vectors of {} numbers; each draws a centroid on. The two *by hand* are one transaction of a bare driver as well,"
    " lock the space, read its centroids, compute by numpy, and write the same rows to the same guarded tables, with"
    " digests: `verify` finds no fault in them. *In one go* sends {}; *step by step* sends each step by itself, as"
    " the driver does it unless it is told otherwise."
)


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """What a capture costs on both databases, and what a space answers."""
    database, url = bed.postgresql(), bed.sqlite()
    with (
        reading(database.url) as store,
        psycopg.connect(database.url) as one,
        psycopg.connect(database.url) as other,
    ):
        drivers = ByPsycopg(one, is_fast=True), ByPsycopg(other, is_fast=False)
        yield _on_postgresql(_taken(store, dose, *drivers, owner_url=database.owner_url), dose)
    path = make_url(url).database or ""
    with reading(url) as store, closing(connected(path)) as one, closing(connected(path)) as other:
        yield _on_sqlite(
            _taken(store, dose, BySqlite3(one), BySqlite3(other), evolve(FEWEST, fuses=False)), dose
        )
    yield _batches(bed, dose)
    yield _late(bed, dose)


@contextmanager
def reading(url: str) -> Generator[SqlStore]:
    """A store that takes captures; nothing is wrong with what it took."""
    store = open_store(url)
    activate_algorithm_for(store)
    yield store
    assert verify(store) == ()
    store.dispose()


def captured(store: SqlStore, reading: Reading) -> Way:
    """Each call keeps the space's next capture."""
    numbers = count()

    def once() -> None:
        command = reading.capture(next(numbers))
        store.run(captures.capture_artifact, command, actor=MAYA, reason=REASON)

    return Way(once, kept(store, reading))


def kept(store: SqlStore, reading: Reading, divided_by: int = 1) -> Callable[[], int]:
    """How many signals the space has by now."""
    asked = select(func.count().label("signals")).where(
        SIGNALS.c.space_id == reading.place.space_id
    )
    return lambda: (
        int(store.read(lambda tx: tx.session.rows(asked, {})[0]["signals"])) // divided_by
    )


def begun(
    store: SqlStore, dose: Dose, number: int, owner_url: str = "", dimension: int = DIMENSION
) -> list[Reading]:
    """So many spaces, each of whose subspaces has a capture; where there is an owner, the database knows its rows."""
    found = [crowds.space(store, dose.subspaces, dimension) for _ in range(number)]
    for reading in found:
        for part in range(dose.subspaces):  # numbers that the measured captures do not reach
            store.run(
                captures.capture_artifact, reading.capture(FIRST + part), actor=MAYA, reason=REASON
            )
    store.dispose()  # a plan that was made for empty tables would be kept
    if owner_url:
        with psycopg.connect(owner_url, autocommit=True) as owner:
            owner.execute("ANALYZE")
    return found


def _taken(
    store: SqlStore,
    dose: Dose,
    fast: Driver,
    plain: Driver,
    fewest: Stages = FEWEST,
    owner_url: str = "",
) -> Mapping[str, Measured]:
    own, hand, stepped = begun(store, dose, 3, owner_url)
    ways = {
        HAND: Way(capturing(fast, fewest, hand.place, hand.vectors), kept(store, hand)),
        OURS: captured(store, own),
        STEPPED: Way(capturing(plain, STEPS, stepped.place, stepped.vectors), kept(store, stepped)),
    }
    return measure_in_turns(ways, dose)


def _on_postgresql(found: Mapping[str, Measured], dose: Dose) -> Table:
    ours, hand, stepped = found[OURS], found[HAND], found[STEPPED]
    goals = (
        Goal(promise="of the speed of the same steps by hand", value=hand.over(ours), at_least=0.6),
        Goal(promise="times as fast as step by step by hand", value=stepped.over(ours), at_least=1),
    )
    how = "three statements that ask and one that writes, prepared, its vectors as bytes"
    return Table(
        name="capture-postgresql",
        title="A capture on PostgreSQL",
        description=DESCRIPTION.format(dose.subspaces, DIMENSION, how),
        rows=tuple(found.values()),
        baseline=OURS,
        goals=goals,
    )


def _on_sqlite(found: Mapping[str, Measured], dose: Dose) -> Table:
    how = "three statements that ask and three that write"
    return Table(
        name="capture-sqlite",
        title="A capture on SQLite",
        description=f"{DESCRIPTION.format(dose.subspaces, DIMENSION, how)} SQLite computes by functions of the process, in pure"
        " Python: numpy is nothing that indelible needs.",
        rows=tuple(found.values()),
        baseline=OURS,
    )


def _batches(bed: Testbed, dose: Dose) -> Table:
    rows = list[Measured]()
    some = evolve(dose, rounds=min(dose.rounds, TURNS), times=max(1, dose.times // LONG))
    server = bed.postgresql()
    for database, url, owner_url in (
        ("PostgreSQL", server.url, server.owner_url),
        ("SQLite", bed.sqlite(), ""),
    ):
        with reading(url) as store:
            alone, together = begun(store, dose, 2, owner_url)
            ways = {
                ALONE: Way(
                    _repeated(captured(store, alone).act, dose.batch),
                    kept(store, alone, dose.batch),
                ),
                TOGETHER: Way(
                    _batch(store, together, dose.batch), kept(store, together, dose.batch)
                ),
            }
            rows += (
                _a_second(each, dose.batch)
                for each in measure_in_turns(ways, some, database).values()
            )
    return Table(
        name="capture-batch",
        title=f"{dose.batch} captures, one by one and in one transaction",
        description=f"As above, by `store.run` and inside one `store.transaction`; {dose.subspaces} subspaces.",
        rows=tuple(rows),
        baseline=ALONE,
    )


def _repeated(act: Callable[[], object], times: int) -> Callable[[], None]:
    def once() -> None:
        for _ in range(times):
            act()

    return once


def _batch(store: SqlStore, reading: Reading, size: int) -> Callable[[], None]:
    numbers = count()

    def once() -> None:
        with store.transaction(actor=MAYA, reason=REASON) as tx:
            for _ in range(size):
                captures.capture_artifact(tx, reading.capture(next(numbers)))

    return once


def _a_second(found: Measured, batch: int) -> Measured:
    return evolve(
        found,
        unit="captures/s",
        values=tuple(batch * MILLISECONDS / taken for taken in found.values),
    )


def _late(bed: Testbed, dose: Dose) -> Table:
    rows, goals = list[Measured](), list[Goal]()
    for database, most in (("PostgreSQL", dose.signals), ("SQLite", dose.signals // 10)):
        few, many = (_read_in(bed, database, dose, number) for number in (FEW, most))
        ways = {f"at {FEW:,} signals": captured(*few), f"at {most:,} signals": captured(*many)}
        found = measure_in_turns(ways, evolve(dose, rounds=min(dose.rounds, TURNS)), database)
        early, late = found.values()
        rows += (early, late)
        goals.append(
            Goal(promise=f"times as long, on {database}", value=late.over(early), at_most=1.15)
        )
        for store, _ in (few, many):
            store.dispose()
    return Table(
        name="capture-late",
        title=f"A capture into a space of {FEW:,} signals, and of {dose.signals:,}",
        description=f"Each space is in a database of its own and has {dose.subspaces} subspaces, with vectors of {THIN}"
        " numbers, and ten signals for each artifact. The first captures are indelible's; the rest are copies of one"
        " of them with their own keys and places, put there by COPY (on SQLite by INSERT) with triggers and foreign"
        " keys lifted, by the one who may. Their digests are not their own: nothing is verified here.",
        rows=tuple(rows),
        baseline=rows[0].name,
        goals=tuple(goals),
    )


def _read_in(bed: Testbed, database: str, dose: Dose, number: int) -> tuple[SqlStore, Reading]:
    """A store with a space that has so many signals."""
    found = bed.postgresql() if database == "PostgreSQL" else None
    url = found.url if found else bed.sqlite()
    store = open_store(url)
    activate_algorithm_for(store)
    (reading,) = begun(store, dose, 1, dimension=THIN)
    with crowds.unguarded(
        found.admin_url if found else url, ARTIFACTS, CENTROIDS, SIGNALS
    ) as connection:
        crowds.signals(connection, reading, number)
    return store, reading

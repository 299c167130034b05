"""Measure the verification of a store of many concepts."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Final

from attrs import evolve
from tests.doses.bench.rounds import Dose, Goal, Measured, Table
from tests.doses.bench.statements import CONTENT, NOTE
from tests.feeds import wait_for_complete_feed
from tests.testbed import Testbed

from indelible import concepts
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore, open_store, seal, verify

MAX_ROUNDS: Final = 2
CONCEPTS_IN_TRANSACTION: Final = 500
PROGRAM: Final = Path(__file__).with_name("footprint.py")
MAX_VERIFY_SECONDS: Final = 30
DATABASES: Final = ("PostgreSQL", "SQLite")
UNSEALED: Final = "verify without a seal"
FIRST_SEAL: Final = "the first seal"
SEALED: Final = "verify with a seal"
OWN_EXPORT, FOREIGN_HISTORY = "an export of ours", "another system's history"


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure verification of many concepts."""
    rounds = range(min(dose.rounds, MAX_ROUNDS))
    verified: list[Measured] = []
    for database in DATABASES:
        store = open_store(_new_database(bed, database))
        fill_in_batches(store, dose.stored)
        verified += _verify_rows(store, database, rounds)
        store.dispose()

    yield _verify_table(tuple(verified), dose)


def fill_in_batches(store: SqlStore, count: int) -> None:
    """Create concepts with one version each, many in a transaction."""
    for first in range(0, count, CONCEPTS_IN_TRANSACTION):
        with store.transaction(actor=MAYA, reason=NOTE) as tx:
            for number in range(first, min(first + CONCEPTS_IN_TRANSACTION, count)):
                content = evolve(CONTENT, name=f"Concept {number}")
                concepts.create_concept(tx, concepts.CreateConcept(content=content))


def _verify_rows(store: SqlStore, database: str, rounds: Iterable[int]) -> Iterator[Measured]:
    """Measure verification without seals, the first seal, and verification with it."""
    wait_for_complete_feed(store)
    unsealed = tuple(_verify_seconds(store) for _ in rounds)
    started_at = perf_counter()
    assert seal(store, actor=MAYA, reason=NOTE) is not None
    sealing = (perf_counter() - started_at,)
    sealed = tuple(_verify_seconds(store) for _ in rounds)
    ways = {UNSEALED: unsealed, FIRST_SEAL: sealing, SEALED: sealed}
    for name, values in ways.items():
        yield Measured(name=name, group=database, unit="s", values=values)


def _verify_seconds(store: SqlStore) -> float:
    started_at = perf_counter()
    assert verify(store) == ()
    return perf_counter() - started_at


def _new_database(bed: Testbed, database: str) -> str:
    return bed.sqlite() if database == "SQLite" else bed.postgresql().url


def _verify_table(rows: tuple[Measured, ...], dose: Dose) -> Table:
    goals: list[Goal] = []
    for row in rows:
        promise = f"seconds for {row.name}, on {row.group}"
        goals.append(Goal(promise=promise, value=row.median, at_most=MAX_VERIFY_SECONDS))

    return Table(
        name="verify",
        title=f"`indelible verify` of {dose.stored:,} versions",
        description=(
            "Every change is read, its digest computed again, and its predecessor compared; every"
            " version and every head is compared with the change that made it. The first seal"
            " covers all changes; after it, `verify` compares it with them. A write does no work"
            " for seals."
        ),
        rows=rows,
        baseline=UNSEALED,
        goals=tuple(goals),
    )

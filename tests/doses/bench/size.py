"""Measure a store of many concepts: import, verification and memory."""

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from subprocess import run
from time import perf_counter
from typing import Final

from attrs import evolve
from tests.doses.bench.edits import fill_store
from tests.doses.bench.rounds import Dose, Goal, Measured, Table
from tests.doses.bench.statements import CONTENT, NOTE
from tests.doses.chaos.testbed import Testbed
from tests.feeds import wait_for_complete_feed

from indelible import concepts
from indelible.kernel import canonical_json
from indelible.testing.stores import BEGINNING, MAYA
from indelible_service.foreign_histories.importing import import_file
from indelible_sql import SqlStore, export_histories, open_store, seal, verify

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
    """Measure imports, then memory and verification with one concept and with many."""
    yield _imports(bed, dose)

    rounds = range(min(dose.rounds, MAX_ROUNDS))
    memory: list[Measured] = []
    verified: list[Measured] = []
    for database in DATABASES:
        for count in (1, dose.stored):
            url = _new_database(bed, database)
            store = open_store(url)
            fill_in_batches(store, count)
            name = "1 concept" if count == 1 else f"{count:,} concepts"
            sizes = tuple(footprint_mib(url) for _ in rounds)
            memory.append(Measured(name=name, group=database, unit="MiB", values=sizes))
            if count > 1:
                verified += _verify_rows(store, database, rounds)
            store.dispose()

    yield _memory_table(tuple(memory))
    yield _verify_table(tuple(verified), dose)


def fill_in_batches(store: SqlStore, count: int) -> None:
    """Create concepts with one version each, many in a transaction."""
    for first in range(0, count, CONCEPTS_IN_TRANSACTION):
        with store.transaction(actor=MAYA, reason=NOTE) as tx:
            for number in range(first, min(first + CONCEPTS_IN_TRANSACTION, count)):
                content = evolve(CONTENT, name=f"Concept {number}")
                concepts.create_concept(tx, concepts.CreateConcept(content=content))


def footprint_mib(url: str) -> float:
    """Return the peak memory of a process that uses a store, in MiB."""
    command = (sys.executable, PROGRAM, url)
    result = run(command, check=True, capture_output=True, text=True)
    return float(result.stdout) / 1024


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


def _imports(bed: Testbed, dose: Dose) -> Table:
    """Measure changes per second; each file is imported into a new database each time."""
    files = {OWN_EXPORT: _own_export(bed, dose), FOREIGN_HISTORY: BytesIO()}
    files[FOREIGN_HISTORY].writelines(_foreign_lines(dose.concepts))

    rates: dict[tuple[str, str], list[float]] = {}
    for _ in range(min(dose.rounds, MAX_ROUNDS)):
        for database in DATABASES:
            for name, file in files.items():
                rate = _import_rate(_new_database(bed, database), file, dose.concepts)
                rates.setdefault((database, name), []).append(rate)

    rows: list[Measured] = []
    for (database, name), values in rates.items():
        row = Measured(name=name, group=database, unit="changes/s", values=tuple(values))
        rows.append(row)
    return Table(
        name="import",
        title="Import",
        description=(
            f"`indelible import` of {dose.concepts:,} concepts with one version each, into a new"
            " database. The whole file is rehearsed before any of it is written, and each concept"
            " is a transaction of its own: every change is written twice and committed once."
        ),
        rows=tuple(rows),
        baseline=rows[0].name,
    )


def _own_export(bed: Testbed, dose: Dose) -> BytesIO:
    file = BytesIO()
    store = open_store(bed.sqlite())
    fill_store(store, dose.concepts)
    store.read(export_histories, file)
    store.dispose()

    return file


def _foreign_lines(count: int) -> Iterator[bytes]:
    for number in range(count):
        step = {
            "concept_id": f"c-{number}",
            "action": "create",
            "actor": MAYA,
            "reason": NOTE,
            "at": BEGINNING,
            "content": evolve(CONTENT, name=f"Concept {number}"),
        }
        yield f"{canonical_json(step)}\n".encode()


def _import_rate(url: str, file: BytesIO, expected: int) -> float:
    store = open_store(url)
    started_at = perf_counter()
    imported = import_file(store, file, by=MAYA)
    seconds = perf_counter() - started_at
    store.dispose()

    assert imported.changes == expected
    return imported.changes / seconds


def _new_database(bed: Testbed, database: str) -> str:
    return bed.sqlite() if database == "SQLite" else bed.postgresql().url


def _memory_table(rows: tuple[Measured, ...]) -> Table:
    return Table(
        name="memory",
        title="Memory",
        description=(
            "The peak memory of a process that opens a store, reads, edits, lists 1,000 concepts"
            " and follows the feed for 1,000 changes; Python and the libraries are most of it."
        ),
        rows=rows,
        baseline=rows[0].name,
    )


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

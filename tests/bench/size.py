"""What a store of many concepts costs: to import, to verify, and in memory."""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from subprocess import run
from time import perf_counter
from typing import Final

from attrs import evolve
from tests.bench.edits import fill_store
from tests.bench.rounds import Dose, Goal, Measured, Table
from tests.bench.statements import CONTENT, NOTE
from tests.chaos.testbed import Testbed

from indelible import concepts
from indelible.kernel import canonical_json
from indelible.testing.stores import BEGINNING, MAYA
from indelible_service.concepts_import import import_file
from indelible_sql import SqlStore, export_histories, open_store, verify

ROUNDS: Final = 2
AT_ONCE: Final = 500  # concepts that are prepared in one transaction
PROGRAM: Final = Path(__file__).with_name("footprint.py")
WORST_SECONDS: Final = 30
DATABASES: Final = ("PostgreSQL", "SQLite")


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Import, then verify and memory, of stores with one concept and with many."""
    yield _imports(bed, dose)
    rounds = range(min(dose.rounds, ROUNDS))
    memory, verified = list[Measured](), list[Measured]()
    for database in DATABASES:
        for count in (1, dose.stored):
            url = _address(bed, database)
            store = open_store(url)
            fill(store, count)
            held = tuple(footprint(url) for _ in rounds)
            memory.append(Measured(name=_concepts(count), group=database, unit="MiB", values=held))
            if count > 1:
                taken = tuple(_verified(store) for _ in rounds)
                verified.append(
                    Measured(name=_concepts(count), group=database, unit="s", values=taken)
                )
            store.dispose()
    yield _memory(tuple(memory))
    yield _verify(tuple(verified), dose)


def _concepts(count: int) -> str:
    return f"{count:,} concept{'s' * (count > 1)}"


def fill(store: SqlStore, count: int) -> None:
    """So many concepts, each with one version."""
    for first in range(0, count, AT_ONCE):
        with store.transaction(actor=MAYA, reason=NOTE) as tx:
            for number in range(first, min(first + AT_ONCE, count)):
                content = evolve(CONTENT, name=f"Concept {number}")
                concepts.create_concept(tx, concepts.CreateConcept(content=content))


def footprint(url: str) -> float:
    """The most memory that a process of its own held while it read, edited, listed and followed the feed, in MiB."""
    told = run((sys.executable, PROGRAM, url), check=True, capture_output=True, text=True)
    return float(told.stdout) / 1024


def _verified(store: SqlStore) -> float:
    begun = perf_counter()
    assert verify(store) == ()
    return perf_counter() - begun


def _imports(bed: Testbed, dose: Dose) -> Table:
    """Changes a second, each file into a new database each time."""
    ours, theirs = BytesIO(), BytesIO()
    source = open_store(bed.sqlite())
    fill_store(source, dose.concepts)
    source.read(export_histories, ours)
    source.dispose()
    theirs.writelines(_foreign(dose.concepts))
    taken: dict[tuple[str, str], list[float]] = {}
    for _ in range(min(dose.rounds, ROUNDS)):
        for database in DATABASES:
            for name, file in (("an export of ours", ours), ("another system's history", theirs)):
                rate = _rate(_address(bed, database), file, dose.concepts)
                taken.setdefault((database, name), []).append(rate)
    rows = tuple(
        Measured(name=name, group=database, unit="changes/s", values=tuple(found))
        for (database, name), found in taken.items()
    )
    return Table(
        name="import",
        title="Import",
        description=f"`indelible import` of {dose.concepts:,} concepts with one version each, into a new database. All of the"
        " file is rehearsed before any of it is written, and each concept is a transaction of its own: every"
        " change is written twice and committed once.",
        rows=rows,
        baseline=rows[0].name,
    )


def _foreign(count: int) -> Iterator[bytes]:
    for number in range(count):
        content = evolve(CONTENT, name=f"Concept {number}")
        step = {
            "concept_id": f"c-{number}",
            "action": "create",
            "actor": MAYA,
            "reason": NOTE,
            "at": BEGINNING,
        }
        yield f"{canonical_json({**step, 'content': content})}\n".encode()


def _rate(url: str, file: BytesIO, expected: int) -> float:
    store, begun = open_store(url), perf_counter()
    imported = import_file(store, file, by=MAYA)
    spent = perf_counter() - begun
    store.dispose()
    assert imported.changes == expected
    return imported.changes / spent


def _address(bed: Testbed, database: str) -> str:
    return bed.sqlite() if database == "SQLite" else bed.postgresql().url


def _memory(rows: tuple[Measured, ...]) -> Table:
    return Table(
        name="memory",
        title="Memory",
        description="The most that a process held which did nothing but open a store, read, edit, list 1,000 concepts and"
        " follow the feed for 1,000 changes; Python and the libraries are the most of it.",
        rows=rows,
        baseline=rows[0].name,
    )


def _verify(rows: tuple[Measured, ...], dose: Dose) -> Table:
    promise = f"seconds for {dose.stored:,} versions, on"
    goals = (
        Goal(promise=f"{promise} {row.group}", value=row.median, at_most=WORST_SECONDS)
        for row in rows
    )
    return Table(
        name="verify",
        title=f"`indelible verify` of {dose.stored:,} versions",
        description="Every change is read back, its digest made again, and its place compared with the one before it; every"
        " version and every head is compared with the change that made it.",
        rows=rows,
        baseline=rows[0].name,
        goals=tuple(goals),
    )

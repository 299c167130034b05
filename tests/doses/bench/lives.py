"""Measure an edit of a concept with few versions and of one with many: age may cost nothing."""

from collections.abc import Iterator
from typing import Final

from attrs import evolve
from tests.doses.bench.edits import change_counter, edit_command
from tests.doses.bench.rounds import Dose, Goal, Measured, Table, Way, measure_in_turns
from tests.doses.bench.statements import CONTENT, NOTE
from tests.testbed import Testbed

from indelible import concepts
from indelible.concepts import ConceptSaved
from indelible.testing.stores import MAYA, create
from indelible_sql import SqlStore, open_store

SHORT_LIFE: Final = 10
EDITS_IN_TRANSACTION: Final = 200
MAX_ROUNDS: Final = 5


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure both databases."""
    fewer = evolve(dose, rounds=min(dose.rounds, MAX_ROUNDS))
    rows: list[Measured] = []
    goals: list[Goal] = []
    for database, url in (("PostgreSQL", bed.postgresql().url), ("SQLite", bed.sqlite())):
        store = open_store(url)
        short, long = measure(store, fewer, database)
        store.dispose()
        rows += (short, long)
        ratio = long.over(short)
        goals.append(Goal(promise=f"times as long, on {database}", value=ratio, at_most=1.15))

    yield Table(
        name="lives",
        title=f"An edit of a concept with {SHORT_LIFE} versions, and with {dose.long_life:,}",
        description=(
            "Each edit is a whole one, as above. The short life is that of another concept in each"
            " round."
        ),
        rows=tuple(rows),
        baseline=rows[0].name,
        goals=tuple(goals),
    )


def measure(store: SqlStore, dose: Dose, database: str) -> tuple[Measured, Measured]:
    """Measure edits from version 10 on, of a new concept in each round, and of an old concept."""
    young = [create_with_versions(store, SHORT_LIFE) for _ in range(dose.rounds + 1)]
    old = create_with_versions(store, dose.long_life)
    ways = {
        f"from version {SHORT_LIFE:,}": _edit_in_turn(store, young, dose.times),
        f"from version {dose.long_life:,}": _edit_in_turn(
            store, [old], dose.times * (dose.rounds + 1)
        ),
    }
    short, long = measure_in_turns(ways, dose, database).values()
    return short, long


def create_with_versions(store: SqlStore, versions: int) -> ConceptSaved:
    """Create a concept with so many versions."""
    saved = create(store, CONTENT)
    while saved.version.version_number < versions:
        missing = versions - saved.version.version_number
        with store.transaction(actor=MAYA, reason=NOTE) as tx:
            for _ in range(min(EDITS_IN_TRANSACTION, missing)):
                saved = concepts.edit_concept(tx, edit_command(saved))

    return saved


def _edit_in_turn(store: SqlStore, saved: list[ConceptSaved], times: int) -> Way:
    """Return a way that edits the first concept so many times, then the next."""
    current = saved.copy()
    edits = 0

    def edit() -> None:
        nonlocal edits
        number = edits // times
        edits += 1
        command = edit_command(current[number])
        current[number] = store.run(concepts.edit_concept, command, actor=MAYA, reason=NOTE)

    counters = [change_counter(store, concept.concept.id) for concept in saved]
    return Way(edit, lambda: sum(count() for count in counters))

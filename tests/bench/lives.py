"""An edit of a concept with a short life and of one with a long life: what came before may cost nothing."""

from collections.abc import Iterator
from typing import Final

from attrs import evolve
from tests.bench.edits import edit_of, kept
from tests.bench.rounds import Dose, Goal, Measured, Table, Way, measure_in_turns
from tests.bench.statements import CONTENT, NOTE
from tests.chaos.testbed import Testbed

from indelible import concepts
from indelible.concepts import ConceptSaved
from indelible.testing.stores import MAYA, create
from indelible_sql import SqlStore, open_store

SHORT: Final = 10
AT_ONCE: Final = 200  # edits that are prepared in one transaction
ROUNDS: Final = 5


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Both databases."""
    rows, goals = list[Measured](), list[Goal]()
    for database, url in (("PostgreSQL", bed.postgresql().url), ("SQLite", bed.sqlite())):
        store = open_store(url)
        short, long = measured(store, evolve(dose, rounds=min(dose.rounds, ROUNDS)), database)
        rows += (short, long)
        goals.append(
            Goal(promise=f"times as long, on {database}", value=long.over(short), at_most=1.15)
        )
        store.dispose()
    yield Table(
        name="lives",
        title=f"An edit of a concept that has had {SHORT} versions, and of one that has had {dose.long_life:,}",
        description="Each edit is a whole one, as above. The short life is another concept's in each round.",
        rows=tuple(rows),
        baseline=rows[0].name,
        goals=tuple(goals),
    )


def measured(store: SqlStore, dose: Dose, database: str) -> tuple[Measured, Measured]:
    """The edits from version 10 on, of another concept in each round, and those from the long life's end on."""
    young = [create_with_versions(store, SHORT) for _ in range(dose.rounds + 1)]
    old = create_with_versions(store, dose.long_life)
    ways = {
        f"from version {SHORT:,}": _editing(store, young, dose.times),
        f"from version {dose.long_life:,}": _editing(store, [old], dose.times * (dose.rounds + 1)),
    }
    short, long = measure_in_turns(ways, dose, database).values()
    return short, long


def create_with_versions(store: SqlStore, versions: int) -> ConceptSaved:
    """A concept at this version."""
    saved = create(store, CONTENT)
    while saved.version.version_number < versions:
        with store.transaction(actor=MAYA, reason=NOTE) as tx:
            for _ in range(min(AT_ONCE, versions - saved.version.version_number)):
                saved = concepts.edit_concept(tx, edit_of(saved))
    return saved


def _editing(store: SqlStore, saved: list[ConceptSaved], times: int) -> Way:
    """Edits the first so many times, then the next."""
    now, left = saved.copy(), [times] * len(saved)

    def once() -> None:
        number = next(number for number, more in enumerate(left) if more)
        now[number] = store.run(
            concepts.edit_concept, edit_of(now[number]), actor=MAYA, reason=NOTE
        )
        left[number] -= 1

    counts = [kept(store, each.concept.id) for each in saved]
    return Way(once, lambda: sum(count() for count in counts))

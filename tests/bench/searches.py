"""What is nearest: of a space's subspaces, as each capture asks, and of its artifacts, as a reader does."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from typing import Any, Final, Self

import numpy as np
from attrs import evolve, field, frozen
from sqlalchemy import text
from tests.bench import crowds
from tests.bench.by_driver import Sends
from tests.bench.by_hand import REASON, Reals
from tests.bench.crowds import OURS, Reading
from tests.bench.rounds import Dose, Goal, Measured, Table, Way, measure_in_turns, seconds_of
from tests.bench.statements import Sent
from tests.chaos.testbed import Testbed
from tests.sql.drivers import watched

from indelible import captures
from indelible.testing.captures.scenarios import activate_algorithm_for
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore, index_spaces, open_store
from indelible_sql.captures.sqlite_functions import install
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SUBSPACES

DIMENSION: Final = 256
SIZES: Final = (10, 100, 1_000, 10_000)
PROMISED: Final = 100  # of which the two nearest are to be found within a millisecond
WANTED: Final = 10
IN_NUMPY: Final = "numpy, all vectors in memory"
BY_INDEX: Final = "indelible, by an index"
TO_MAKE, TO_KEEP = "to make the index", "to keep it: the table, the index, the vectors"
RECALLED: Final = 100  # questions
SEARCHED_EXACTLY: Final = {"exact_search_artifacts": "1000000"}
ON_POSTGRESQL, ON_SQLITE = "PostgreSQL", "SQLite"
TURNS, FEW_TURNS = 5, 3
SLOW: Final = 50  # searches take so many times as long as what else is acted as often
IN_A_ROUND: Final = 10_000  # subspaces
SIZES_OF: Final = text(
    "SELECT pg_table_size('indelible.artifacts'), CAST(sum(pg_relation_size(indexrelid)) AS bigint) FROM pg_index"
    " JOIN pg_class c ON c.oid = indexrelid WHERE relname LIKE 'artifacts\\_near\\_%'"
)


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Nearest subspaces, then nearest artifacts."""
    yield _nearest_two(bed, dose)
    yield _searches(bed, dose)


@frozen
class Opened:
    """A store that computes, and the address of whoever may lift its guards."""

    store: SqlStore
    admin_url: str

    def space(self) -> Reading:
        """A space with two subspaces."""
        return crowds.space(self.store, 2, DIMENSION)


@contextmanager
def _both(bed: Testbed) -> Generator[dict[str, Opened]]:
    database, url = bed.postgresql(), bed.sqlite()
    found = {
        ON_POSTGRESQL: Opened(open_store(database.url), database.admin_url),
        ON_SQLITE: Opened(open_store(url), url),
    }
    for each in found.values():
        activate_algorithm_for(each.store)
    yield found
    for each in found.values():
        each.store.dispose()


def _nearest_two(bed: Testbed, dose: Dose) -> Table:
    rows, goals = list[Measured](), list[Goal]()
    for size in (size for size in SIZES if size <= dose.artifacts):
        some = evolve(
            dose, rounds=min(dose.rounds, TURNS), times=max(1, min(dose.times, IN_A_ROUND // size))
        )
        with _both(bed) as stores, ExitStack() as stack:
            ways = {
                name: stack.enter_context(_asking(opened, size)) for name, opened in stores.items()
            }
            found = measure_in_turns(ways, some, f"of {size:,} subspaces")
        rows += found.values()
        if size == PROMISED:
            promise = f"milliseconds for {size} subspaces, on PostgreSQL"
            goals.append(Goal(promise=promise, value=found[ON_POSTGRESQL].median, at_most=1))
    return Table(
        name="capture-nearest",
        title="The two nearest subspaces",
        description="The one statement that a look ahead was seen to send, sent again and again by a bare driver, prepared,"
        f" with vectors of {DIMENSION} numbers, which PostgreSQL gets as bytes. PostgreSQL computes by pgvector, SQLite"
        " by functions of the process, in pure Python. Every subspace is looked at, and none is approximated. All but"
        " two subspaces of each space are copies of one, each with a centroid of its own, put there by COPY (on SQLite"
        " by INSERT) with triggers and foreign keys lifted, by the one who may.",
        rows=tuple(rows),
        baseline=ON_POSTGRESQL,
        goals=tuple(goals),
    )


@contextmanager
def _asking(opened: Opened, size: int) -> Generator[Way]:
    """Sends what a look ahead sends for its nearest two."""
    store, reading, answers = opened.store, opened.space(), [0]
    store.run(captures.capture_artifact, reading.capture(0), actor=MAYA, reason=REASON)
    with crowds.unguarded(opened.admin_url, SUBSPACES, CENTROIDS) as connection:
        crowds.subspaces(connection, reading, size - len(reading.parts))
    sent = _seen(store.own_url, reading)
    values = sent.values
    with store.engines.reader.connect() as connection:
        if connection.dialect.name == "sqlite":
            install(connection)
        driver: Any = connection.connection.driver_connection
        connection.detach()  # the store is given another one
        if connection.dialect.name != "sqlite":
            driver.autocommit = True
            driver.adapters.register_dumper(np.ndarray, Sends)
            values = {**values, "vector": np.asarray(values["vector"], np.float32)}
        with closing(driver.cursor()) as cursor:

            def once() -> None:
                cursor.execute(sent.text, values)
                answers[0] += len(cursor.fetchall()) == 2

            yield Way(once, partial(answers.__getitem__, 0))


def _seen(url: str, reading: Reading) -> Sent:
    store, found = open_store(url), list[Sent]()
    watched(store.engines.reader).before.append(
        lambda text, values: found.append(Sent(text, values))
    )
    store.read(captures.preview_margin, MAYA.id, reading.place.space_id, reading.vectors[0])
    store.dispose()
    (sent,) = (each for each in found if each.text.endswith("LIMIT 2"))
    return sent


def _searches(bed: Testbed, dose: Dose) -> Table:
    rows, goals = list[Measured](), list[Goal]()
    vectors = crowds.gathered(dose.artifacts, DIMENSION, seed=4)
    with _both(bed) as stores:
        for name, opened in stores.items():
            searched = Searched.of(opened, vectors)
            by_index = (
                searched.by_index(opened.admin_url, rows, dose) if name == ON_POSTGRESQL else None
            )
            ways = {
                OURS: Way(searched.by_store, searched.answers.__len__),
                IN_NUMPY: Way(searched.by_numpy, searched.exact.__len__),
            }
            if by_index:
                ways[BY_INDEX] = Way(by_index.by_store, by_index.answers.__len__)
            times = max(1, dose.times // SLOW) if name == ON_POSTGRESQL else 1
            rows += measure_in_turns(
                ways, evolve(dose, rounds=min(dose.rounds, FEW_TURNS), times=times), name
            ).values()
            promise = f"of the {WANTED} nearest are found, on {name}"
            goals.append(Goal(promise=promise, value=searched.recall(), at_least=1))
            if by_index:
                goals += _by_index(by_index, min(RECALLED, dose.artifacts))
                by_index.store.dispose()
    return Table(
        name="capture-search",
        title=f"The {WANTED} nearest of {dose.artifacts:,} artifacts",
        description=f"`search_artifacts`, with vectors of {DIMENSION} numbers round {crowds.TOPICS} topics, beside the exact"
        " answer by numpy, which has nothing but the vectors, in memory, all of length one. indelible looks at every"
        " artifact of the space, or at those to which the space's own HNSW index leads (decision 0045), and gives each"
        " that it finds whole. All but one are copies, each with a vector of its own, put there by COPY (on SQLite by"
        " INSERT) with triggers and foreign keys lifted, by the one who may. The index is made with the server's own"
        " `maintenance_work_mem`.",
        rows=tuple(rows),
        baseline=OURS,
        goals=tuple(goals),
    )


def _by_index(searched: "Searched", questions: int) -> Iterator[Goal]:
    """How well the index answers so many questions."""
    while len(searched.answers) < questions:
        searched.by_store()
    promise = f"of the {WANTED} nearest are found by the index, in {len(searched.answers)} searches"
    yield Goal(promise=promise, value=searched.recall(), at_least=0.95)
    given = min(map(len, searched.answers))
    yield Goal(promise=f"of {WANTED} wanted are given at least", value=given, at_least=WANTED)


@frozen
class Searched:
    """A space with many artifacts, and what was answered about it."""

    store: SqlStore
    reading: Reading
    ids: Sequence[str]
    vectors: Reals
    answers: list[Sequence[str]] = field(factory=list[Sequence[str]])
    exact: list[Sequence[str]] = field(factory=list[Sequence[str]])

    @classmethod
    def of(cls, opened: Opened, vectors: Reals) -> Self:
        """A store's space, fill_store."""
        reading = opened.space()
        command = reading.capture(0)
        first = opened.store.run(captures.capture_artifact, command, actor=MAYA, reason=REASON)
        opened.store.dispose()  # a plan that was made for empty tables would be kept
        with crowds.unguarded(opened.admin_url, ARTIFACTS) as connection:
            crowds.artifacts(connection, reading, vectors)
        ids = (first.artifact_id, *map(crowds.id_of, range(len(vectors))))
        known = np.vstack([np.asarray([command.embedding], np.float32), vectors])
        return cls(opened.store, reading, ids, known / np.linalg.norm(known, axis=1, keepdims=True))

    def by_index(self, owner_url: str, rows: list[Measured], dose: Dose) -> Self:
        """The same, searched by an index that is made now, with what that takes."""
        own = open_store(self.store.own_url)
        own.config.fetch, self.store.config.fetch = (
            lambda: {"exact_search_artifacts": "1"},
            SEARCHED_EXACTLY.copy,
        )
        self.store.config.invalidate()  # or the index would be used until the settings are looked at again
        taken = seconds_of(partial(index_spaces, own, owner_url))
        with own.engines.reader.connect() as connection:
            sizes = connection.execute(SIZES_OF).one()
        self.store.dispose()
        kept = {OURS: sizes[0], BY_INDEX: sizes[1], IN_NUMPY: self.vectors.nbytes}
        rows.append(Measured(name=OURS, group=TO_MAKE, unit="s", values=(taken,) * dose.rounds))
        for name, size in kept.items():
            rows.append(
                Measured(name=name, group=TO_KEEP, unit="MiB", values=(size / 2**20,) * dose.rounds)
            )
        return evolve(self, store=own, answers=[], exact=[])

    def by_store(self) -> None:
        """Ask the next question."""
        asked = self._asked(len(self.answers)).tolist()
        space_id = self.reading.place.space_id
        found = self.store.read(captures.search_artifacts, MAYA.id, space_id, asked, limit=WANTED)
        self.answers.append([each.artifact.id for each in found])

    def by_numpy(self) -> None:
        """Have numpy answer the next question."""
        self.exact.append(self._found(self._asked(len(self.exact))))

    def recall(self) -> float:
        """How many of the nearest the store found, of all that were to be found."""
        exact = [{*self._found(self._asked(number))} for number in range(len(self.answers))]
        found = sum(
            len(theirs.intersection(mine)) for mine, theirs in zip(self.answers, exact, strict=True)
        )
        return found / WANTED / len(exact)

    def _asked(self, number: int) -> Reals:
        asked: Reals = crowds.gathered(1, DIMENSION, seed=number + 100)[0]
        return asked

    def _found(self, wanted: Reals) -> Sequence[str]:
        near = self.vectors @ wanted
        first = np.argpartition(near, -WANTED)[-WANTED:]
        nearest: list[int] = first[np.argsort(-near[first])].tolist()
        return [self.ids[each] for each in nearest]

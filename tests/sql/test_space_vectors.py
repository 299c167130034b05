"""Searches by cached vectors return what searches without them return, whoever writes."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Final

import pytest
from attrs import define, evolve, field
from hypothesis import given
from hypothesis.strategies import integers, lists

from indelible import captures
from indelible.captures.entities.vectors import Vector, as_float32
from indelible.captures.errors import AlgorithmFailed
from indelible.captures.ports import ArtifactFilter
from indelible.captures.rules import vectors
from indelible.testing.captures.scenarios import CaptureScenario, activate_algorithm_for, space_of
from indelible.testing.stores import MAYA
from indelible_sql import SqlReading, SqlStore, SqlTransaction, open_store
from indelible_sql.captures import (
    formulas,
    numpy_vectors,
    space_vectors,
    sqlite_functions,
    sqlite_search,
)
from indelible_sql.captures.formulas import MIN_SELECTED_SUBSPACES
from indelible_sql.captures.signal_position import Position
from indelible_sql.captures.sqlite_search import SqliteSearch

WIDTH: Final = 8
LIMIT: Final = 4
URLS: Final = 9
STEPS: Final = 60
QUESTIONS: Final = 60
REASON: Final = "a test"
WRITE_ELSEWHERE: Final = """
import sys
from indelible import captures
from indelible.testing.captures.scenarios import CaptureScenario
from indelible_sql import open_store

store = open_store(sys.argv[1])
CaptureScenario(store, sys.argv[2]).capture([1.0] * 8, url="https://example.org/elsewhere")
store.dispose()
"""

Answer = Sequence[tuple[float, str]]


class RolledBackError(Exception):
    """Ends a transaction that must not commit."""


def point_of(random: Random) -> list[float]:
    """Return one of few directions, so that distances are often equal."""
    point = [float(random.randint(-1, 1)) for _ in range(WIDTH)]
    point[0] += 0.5  # never all zero
    return point


def exact_answer(tx: SqlReading | SqlTransaction, space_id: str, question: list[float]) -> Answer:
    """Compute the answer from the artifacts that the transaction sees, one after the other."""
    query = as_float32(question)
    ranked: list[tuple[float, str]] = []
    for artifact in tx.captures.search.artifacts_of(
        space_id, ArtifactFilter(), after="", limit=1_000
    ):
        ranked.append((vectors.vec_dist(artifact.vector, query), artifact.id))
    return sorted(ranked)[:LIMIT]


def check_search(tx: SqlReading | SqlTransaction, space_id: str, question: list[float]) -> None:
    """Compare the search of this transaction with one without a cache, and with the oracle."""
    matches = captures.search_artifacts(tx, "maya", space_id, question, limit=LIMIT)
    answer = [(match.distance, match.artifact.id) for match in matches]

    query = Vector(question).packed()
    uncached = SqliteSearch(tx.session, is_cached=False).nearest(space_id, query, LIMIT)
    assert answer == uncached == exact_answer(tx, space_id, question)


@define
class SharedFile:
    """Two stores with caches of their own on one file, as two processes have them."""

    path: Path
    stores: tuple[SqlStore, SqlStore]
    spaces: tuple[str, str]
    random: Random
    copies: list[bytes] = field(factory=list[bytes])

    def capture(self, store: SqlStore) -> None:
        """Save a new artifact, or move a known one."""
        space_id = self.random.choice(self.spaces)
        CaptureScenario(store, space_id).capture(point_of(self.random), url=self.url())

    def roll_back(self, store: SqlStore) -> None:
        """Save captures, search in the same transaction, and commit nothing."""
        space_id = self.random.choice(self.spaces)
        scenario = CaptureScenario(store, space_id)

        def fail(tx: SqlTransaction, _: object) -> None:
            for _ in range(self.random.randint(1, 3)):
                command = scenario.command(point_of(self.random), url=self.url())
                captures.capture_artifact(tx, command)
            check_search(tx, space_id, point_of(self.random))
            raise RolledBackError

        with pytest.raises(RolledBackError):
            store.run(fail, None, actor=MAYA, reason=REASON)

    def search(self, store: SqlStore) -> None:
        """Search in one of the spaces."""
        store.read(check_search, self.random.choice(self.spaces), point_of(self.random))

    def save(self, _: SqlStore) -> None:
        """Copy the file's content."""
        with closing(sqlite3.connect(self.path)) as source:
            self.copies.append(source.serialize())

    def restore(self, _: SqlStore) -> None:
        """Write an older content into the file, while both stores have it open."""
        if not self.copies:
            return
        with (
            closing(sqlite3.connect(":memory:")) as source,
            closing(sqlite3.connect(self.path)) as target,
        ):
            # SQLite reads no WAL file in memory: say in the header that there is none.
            content = bytearray(self.random.choice(self.copies))
            content[18:20] = b"\x01\x01"
            source.deserialize(bytes(content))
            source.backup(target)

    def url(self) -> str:
        """Return an address that may be known already."""
        return f"https://example.org/{self.random.randrange(URLS)}"

    def step(self) -> None:
        """Let one of the stores do something."""
        actions: tuple[Callable[[SqlStore], None], ...] = (
            self.search,
            self.capture,
            self.roll_back,
            self.save,
            self.restore,
        )
        (action,) = self.random.choices(actions, weights=(8, 6, 3, 1, 2))
        action(self.random.choice(self.stores))


@contextmanager
def shared_file(template: Path, folder: Path, seed: int = 0) -> Generator[SharedFile]:
    """Open a file twice, with two spaces."""
    path = Path(shutil.copy(template, folder / "shared.db"))
    first, second = open_store(f"sqlite:///{path}"), open_store(f"sqlite:///{path}")
    activate_algorithm_for(first)
    spaces = (
        space_of(first, dimension=WIDTH).space_id,
        space_of(second, dimension=WIDTH).space_id,
    )
    yield SharedFile(path, (first, second), spaces, Random(seed))  # noqa: S311 - no secrets
    first.dispose()
    second.dispose()


@pytest.mark.dose
@pytest.mark.parametrize("seed", range(8))
def test_interleaved_captures_and_searches_answer_like_a_search_without_a_cache(
    seed: int, template_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_search, "MAX_NEW_SIGNALS", 3)
    monkeypatch.setattr(sqlite_search, "BATCH_SIZE", 3)
    monkeypatch.setattr(space_vectors, "MAX_BLOCK_ROWS", 4)

    with shared_file(template_file, tmp_path, seed) as shared:
        for _ in range(STEPS):
            shared.step()


def cached_vectors(store: SqlStore, space_id: str) -> space_vectors.SpaceVectors | None:
    """Return the vectors of a space that a store has in memory."""
    cache = space_vectors.cache_of(store.engines.reader.pool)
    return cache.get(space_id, 4 * WIDTH)


def test_a_second_search_reads_no_vector_of_the_space_again(
    template_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shared_file(template_file, tmp_path) as shared:
        store, space_id = shared.stores[0], shared.spaces[0]
        shared.spaces = (space_id, space_id)
        for _ in range(5):
            shared.capture(store)
        store.read(captures.search_artifacts, "maya", space_id, [1.0] * WIDTH)
        monkeypatch.setattr(sqlite_search, "stored_vectors", None)

        shared.capture(store)
        CaptureScenario(store, space_id).capture([1.0] * WIDTH, url="https://example.org/new")
        (match, *_) = store.read(captures.search_artifacts, "maya", space_id, [1.0] * WIDTH)

    assert match.artifact.normalized_url == "https://example.org/new"


def test_an_older_view_is_not_answered_by_newer_vectors(
    template_file: Path, tmp_path: Path
) -> None:
    near, far = [1.0] * WIDTH, [-1.0] * WIDTH
    with shared_file(template_file, tmp_path) as shared:
        store, space_id = shared.stores[0], shared.spaces[0]
        scenario = CaptureScenario(store, space_id)

        def capture(vectors_by_url: list[list[float]]) -> None:
            for number, vector in enumerate(vectors_by_url):
                scenario.capture(vector, url=f"https://example.org/{number}")

        def search_twice(tx: SqlReading) -> None:
            check_search(tx, space_id, near)
            capture([far, near] * LIMIT)
            store.read(check_search, space_id, near)  # fills the cache from a newer view
            check_search(tx, space_id, near)

        capture([near, far] * LIMIT)
        store.read(search_twice)
        store.read(check_search, space_id, near)


def test_a_restored_file_that_grew_again_is_read_again(template_file: Path, tmp_path: Path) -> None:
    near, far = [1.0] * WIDTH, [-1.0] * WIDTH
    with shared_file(template_file, tmp_path) as shared:
        first, second = shared.stores
        space_id = shared.spaces[0]

        def capture(store: SqlStore, *points: list[float]) -> None:
            for number, point in enumerate(points):
                url = f"https://example.org/{number}"
                CaptureScenario(store, space_id).capture(point, url=url)

        capture(first, *[far] * 2 * LIMIT)
        shared.save(first)
        capture(first, *[near] * LIMIT, *[far] * LIMIT)
        first.read(check_search, space_id, near)

        shared.restore(first)
        capture(second, *[far] * LIMIT, *[near] * LIMIT)
        first.read(check_search, space_id, near)


@pytest.mark.dose
def test_captures_of_another_process_are_found(template_file: Path, tmp_path: Path) -> None:
    with shared_file(template_file, tmp_path) as shared:
        store, space_id = shared.stores[0], shared.spaces[0]
        shared.capture(store)
        store.read(check_search, space_id, [1.0] * WIDTH)

        arguments = (sys.executable, "-c", WRITE_ELSEWHERE, f"sqlite:///{shared.path}", space_id)
        subprocess.run(arguments, check=True, timeout=60)
        matches = store.read(captures.search_artifacts, "maya", space_id, [1.0] * WIDTH, limit=1)

    assert matches[0].artifact.normalized_url == "https://example.org/elsewhere"


def test_an_uncommitted_capture_never_reaches_the_cache(
    template_file: Path, tmp_path: Path
) -> None:
    with shared_file(template_file, tmp_path) as shared:
        store = shared.stores[0]
        shared.roll_back(store)

        for engine in (store.engines.reader, store.engines.writer):
            cache = space_vectors.cache_of(engine.pool)
            assert [cache.get(space_id, 4 * WIDTH) for space_id in shared.spaces] == [None, None]


def test_the_vectors_of_a_store_are_bounded(
    template_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact_bytes = 4 * WIDTH + space_vectors.ID_BYTES
    monkeypatch.setattr(space_vectors, "MAX_SPACE_VECTORS_BYTES", 5 * artifact_bytes)
    with shared_file(template_file, tmp_path) as shared:
        store = shared.stores[0]
        first, second = shared.spaces
        for number in range(3):
            for space_id in shared.spaces:
                url = f"https://example.org/{number}"
                CaptureScenario(store, space_id).capture([1.0] * WIDTH, url=url)

        store.read(check_search, first, [1.0] * WIDTH)
        assert cached_vectors(store, first) is not None
        store.read(check_search, second, [1.0] * WIDTH)
        assert cached_vectors(store, first) is None  # the other space took its room
        assert cached_vectors(store, second) is not None

        for number in range(3, 6):
            url = f"https://example.org/{number}"
            CaptureScenario(store, second).capture([1.0] * WIDTH, url=url)
            store.read(check_search, second, [1.0] * WIDTH)
        assert cached_vectors(store, second) is None  # it grew beyond the limit


def test_deleted_artifacts_are_searched_without_the_cache(
    template_file: Path, tmp_path: Path
) -> None:
    with shared_file(template_file, tmp_path, seed=2) as shared:
        store, space_id = shared.stores[0], shared.spaces[0]
        shared.spaces = (space_id, space_id)
        for _ in range(6):
            shared.capture(store)
        store.read(check_search, space_id, [1.0] * WIDTH)

        with closing(sqlite3.connect(shared.path)) as owner:
            for (name,) in owner.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'artifacts'"
            ).fetchall():
                owner.execute(f"DROP TRIGGER {name}")
            owner.execute("DELETE FROM artifacts")
            owner.commit()

        store.read(check_search, space_id, [1.0] * WIDTH)


def nearest_outcome(
    tx: SqlReading, space_id: str, question: list[float], named: str | None
) -> object:
    """Return the nearest subspace with its distances and margin, or the type of the error."""
    head = tx.captures.search.active_algorithm()
    assert head is not None
    try:
        return tx.captures.engine.find_nearest(head.entity, space_id, Vector(question), named)
    except AlgorithmFailed as error:
        return type(error)


@pytest.mark.slow
@pytest.mark.parametrize("damage", [None, bytes(4 * WIDTH), Vector((1.0, 2.0)).packed()])
def test_selected_subspaces_are_ranked_like_all(
    damage: bytes | None, template_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: list[int] = []

    def select_candidates(query: bytes, rows: Sequence[tuple[str, bytes]], limit: int) -> list[str]:
        selected = numpy_vectors.select_candidates(query, rows, limit)
        counts.append(len(selected))
        return selected

    by_numpy = evolve(sqlite_functions.vector_functions(), select=select_candidates)
    without_selection = evolve(by_numpy, select=None)
    random = Random(5)  # noqa: S311 - no secrets
    with shared_file(template_file, tmp_path) as shared:
        scenario = CaptureScenario(shared.stores[0], shared.spaces[0])
        named = [scenario.subspace(point_of(random), f"part {number}") for number in range(20)]
        named.append(scenario.subspace(None, "no seed"))
        for number in range(20):
            scenario.capture(point_of(random), url=f"https://example.org/{number}")
        if damage is not None:
            damage_a_centroid(shared.path, damage)

        def compare(tx: SqlReading) -> set[object]:
            outcomes: set[object] = set()
            for number in range(QUESTIONS):
                question = point_of(random)
                name = random.choice([None, *named])
                if number % 2:
                    name = None
                monkeypatch.setattr(formulas, "vector_functions", lambda: without_selection)
                expected = nearest_outcome(tx, scenario.space_id, question, name)
                monkeypatch.setattr(formulas, "vector_functions", lambda: by_numpy)
                assert nearest_outcome(tx, scenario.space_id, question, name) == expected
                outcomes.add(expected)
            return outcomes

        outcomes = shared.stores[0].read(compare)

    assert len(outcomes) > 1 or outcomes == {AlgorithmFailed}
    if damage is None:
        assert len(counts) == QUESTIONS
        assert min(counts) < MIN_SELECTED_SUBSPACES


def damage_a_centroid(path: Path, vector: bytes) -> None:
    """Replace the vector of a centroid as the holder of the file can."""
    with closing(sqlite3.connect(path)) as owner:
        owner.execute("PRAGMA ignore_check_constraints = ON")
        for (name,) in owner.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'centroids'"
        ).fetchall():
            owner.execute(f"DROP TRIGGER {name}")
        change = "UPDATE centroids SET vector = ? WHERE id = (SELECT min(id) FROM centroids)"
        owner.execute(change, (vector,))
        owner.commit()


@given(
    lists(lists(integers(-2, 2).map(float), min_size=3, max_size=3), min_size=1, max_size=40),
    lists(integers(-2, 2).map(float), min_size=3, max_size=3).filter(any),
    integers(1, 5),
)
def test_candidates_include_all_that_may_be_among_the_nearest(
    points: list[list[float]], question: list[float], limit: int
) -> None:
    query = Vector(question).packed()
    rows = [(f"{number:02}", Vector(point).packed()) for number, point in enumerate(points)]
    nearest = numpy_vectors.nearest(query, [rows], limit)
    position = Position(1, "signal")
    vectors_of_space = space_vectors.SpaceCache.load(position, len(query), [rows])

    selected = numpy_vectors.select_candidates(query, rows, limit)
    assert {id_ for _, id_ in nearest} <= set(vectors_of_space.candidates(query, limit))
    assert {id_ for _, id_ in nearest} <= set(selected)
    assert {id_ for id_, data in rows if not any(Vector.unpacked(data))} <= set(selected)

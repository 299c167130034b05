"""A store whose operator has decided nothing answers the first calls of captures.

Nothing is stored before the first space, so that an import into a new store changes nothing else.
"""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier

import pytest
from tests.feeds import changes, wait_for_complete_feed

from indelible import captures
from indelible.captures import CapturePolicy, DefaultEmbedding
from indelible.captures.handlers import DEFAULT_ACTOR, DEFAULT_ALGORITHM_ID
from indelible.memory import MemoryStore
from indelible.policy import Policy
from indelible.testing.captures.scenarios import (
    CaptureScenario,
    activate,
    change,
    code,
    registered,
)
from indelible.testing.stores import MAYA, AnyStore, do
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, export_histories, import_histories, open_store, verify

MODEL = "the-embedder"
DIMENSION = 3
DEFAULTS = Policy(
    captures=CapturePolicy(
        default_embedding=DefaultEmbedding(model=MODEL, dimension=DIMENSION),
        has_default_algorithm=True,
    )
)
CREATORS = 4
VECTOR = (1.0, 0.0, 0.0)


@pytest.fixture(params=["sqlite_url", pytest.param("database", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest) -> Generator[SqlStore]:
    """Open a store on a new database, with the defaults of the service."""
    location: str | PostgresServer = request.getfixturevalue(request.param)
    url = location if isinstance(location, str) else location.url
    opened = open_store(url, policy=DEFAULTS)
    yield opened
    opened.dispose()


def create_space(store: AnyStore, **fields: object) -> captures.Space:
    """Create a space that names nothing but these fields."""
    command = captures.CreateSpace(user_id="maya", name="reading", **fields)  # type: ignore[arg-type]  # fields of several types
    return do(store, captures.create_space, command).space


def check_first_calls(store: AnyStore) -> None:
    """Make the first calls, without any configuration before them."""
    space = create_space(store)
    scenario = CaptureScenario(store, space.id)

    assert (space.model, space.dimension) == (MODEL, DIMENSION)
    preview = scenario.read(captures.preview_margin, space.id, VECTOR)
    assert preview.nearest_subspace_id is None
    assert scenario.capture(VECTOR, embedding_model=MODEL).signal_id


@pytest.mark.slow
def test_the_first_space_capture_and_preview_need_no_configuration(store: SqlStore) -> None:
    assert changes(store) == ()
    check_first_calls(store)

    feed = changes(wait_for_complete_feed(store))
    actors = {change.actor for change in feed if change.lifecycle == captures.ALGORITHM.name}
    assert actors == {DEFAULT_ACTOR}
    assert [change.entity_id for change in feed].count(DEFAULT_ALGORITHM_ID) == 2
    assert verify(store) == ()

    create_space(store)
    assert len(changes(wait_for_complete_feed(store))) == len(feed) + 1


def test_the_model_store_answers_the_first_calls_too() -> None:
    check_first_calls(MemoryStore(policy=DEFAULTS))


def test_a_store_without_such_a_policy_is_left_alone(store: SqlStore) -> None:
    plain = open_store(store.own_url)
    create_space(plain, model=MODEL, dimension=DIMENSION)

    assert plain.read(captures.list_algorithms) == ()
    assert code(lambda: create_space(plain)) == "EMBEDDING_NOT_NAMED"
    plain.dispose()


def test_an_algorithm_of_an_operator_stays_the_only_one(store: SqlStore) -> None:
    saved = registered(store, "own-1", captures.SPHERICAL)
    space = create_space(store)
    scenario = CaptureScenario(store, space.id)

    assert code(lambda: scenario.capture(VECTOR, embedding_model=MODEL)) == "NO_ACTIVE_ALGORITHM"
    activate(store, saved)
    assert scenario.capture(VECTOR, embedding_model=MODEL).signal_id
    create_space(store)
    known = store.read(captures.list_algorithms)
    assert [saved.algorithm.id for saved in known] == ["own-1"]


def test_settings_of_an_operator_come_before_the_defaults(store: SqlStore) -> None:
    change(store, "embedding_dimension", "7")
    assert create_space(store).dimension == 7

    change(store, "embedding_model", '"another"')
    space = create_space(store)
    assert (space.model, space.dimension) == ("another", 7)


def test_a_default_dimension_belongs_to_its_model_only(store: SqlStore) -> None:
    assert code(lambda: create_space(store, model="another")) == "EMBEDDING_NOT_NAMED"
    assert create_space(store, dimension=2).dimension == 2


def test_the_defaults_are_not_used_while_settings_are_unreadable(store: SqlStore) -> None:
    def fail() -> dict[str, str]:
        raise OSError("no settings")

    store.config.fetch = fail
    store.config.invalidate()

    assert code(lambda: create_space(store)) == "CONFIG_UNAVAILABLE"


@pytest.mark.slow
def test_concurrent_first_spaces_activate_one_algorithm(store: SqlStore) -> None:
    all_ready = Barrier(CREATORS)

    def create(_: int) -> str:
        all_ready.wait(timeout=60)
        return create_space(store).id

    with ThreadPoolExecutor(CREATORS) as threads:
        ids = set(threads.map(create, range(CREATORS)))

    assert len(ids) == CREATORS
    feed = changes(wait_for_complete_feed(store))
    assert [change.entity_id for change in feed].count(DEFAULT_ALGORITHM_ID) == 2
    assert verify(store) == ()


def exported(store: SqlStore) -> bytes:
    """Return the export of a store."""
    file = BytesIO()
    store.read(export_histories, file)
    return file.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("has_own_algorithm", [False, True])
def test_an_import_into_a_new_store_has_the_same_bytes(
    store: SqlStore, sqlite: SqlStore, *, has_own_algorithm: bool
) -> None:
    source = open_store(sqlite.own_url, policy=DEFAULTS)
    if has_own_algorithm:
        activate(source, registered(source, DEFAULT_ALGORITHM_ID, captures.ANNEALED))
        change(source, "embedding_model", '"another"')
        change(source, "embedding_dimension", "3")
    space = create_space(source)
    CaptureScenario(source, space.id).capture(VECTOR, embedding_model=space.model)
    before = exported(source)
    source.dispose()

    import_histories(store, BytesIO(before), by=MAYA)

    assert exported(wait_for_complete_feed(store)) == before
    assert verify(store) == ()

"""Test concurrent captures: none is lost or doubled, and a changed setting takes effect."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event

import psycopg
import pytest
from tests.conftest import POLICY, folder
from tests.pgbouncer import ROTATION, pgbouncer
from tests.sql.conftest import code, opened
from tests.sql.shuffles import (
    ArtifactFields,
    centroid_problems,
    changed_by_rebuild,
    count_up,
    refusal_codes,
    shuffle,
)

from indelible import captures
from indelible.captures import ANNEALED
from indelible.memory import MemoryStore
from indelible.testing.captures.scenarios import (
    A,
    B,
    CaptureScenario,
    activate,
    activate_algorithm_for,
    change,
    place_in,
    worked,
)
from indelible.testing.stores import do
from indelible_service.embedded import APP, PostgresServer
from indelible_sql import Pool, SqlStore, install_algorithm, open_store, verify

CAPTURES = 1_000  # the arithmetic is the same on each release
CLIENTS = 2
ORDERS = 2
SCENARIO_SEED = 1
RECENT_CAPTURES = 60
NEW_VERSION = "oscl-2"
NEW_THRESHOLD = 0.75


@pytest.fixture
def owner_url(request: pytest.FixtureRequest, store: SqlStore) -> str:
    """Return the address of the owner of the store's schema."""
    if store.own_url.startswith("sqlite"):
        return store.own_url

    database: PostgresServer = request.getfixturevalue("database")
    return database.owner_url


def activate_new_version(store: SqlStore, owner_url: str) -> None:
    """Install and activate an algorithm version that computes other centroids."""
    activate_algorithm_for(
        store,
        NEW_VERSION,
        ANNEALED,
        install=lambda _, name: install_algorithm(store, name, owner_url),
    )


def commands_for_pages(
    scenario: CaptureScenario, embedding: tuple[float, ...]
) -> list[captures.CaptureArtifactCommand]:
    """Return the captures of twenty pages that have the same embedding."""
    return [
        scenario.command(embedding, url=f"https://example.org/{number}") for number in range(20)
    ]


@pytest.fixture(scope="module")
def expected_artifacts() -> tuple[ArtifactFields, ...]:
    """Return the artifacts of the captures in memory, in one more order."""
    memory = MemoryStore(policy=POLICY)
    (artifacts,) = shuffle(memory, CAPTURES, CLIENTS, 1, scenario_random()).artifacts
    return artifacts


def scenario_random() -> Random:
    """Return the random numbers that each database gets its captures from."""
    return Random(SCENARIO_SEED)  # noqa: S311 - no secret


@pytest.mark.dose
def test_a_thousand_captures_in_any_order_give_the_same_artifacts_on_both_databases(
    store: SqlStore,
    owner_url: str,
    expected_artifacts: tuple[ArtifactFields, ...],
    add_summary_line: Callable[[str], None],
) -> None:
    """Compare each database with the artifacts in memory, so a run may leave one of them out."""
    report = shuffle(store, CAPTURES, CLIENTS, ORDERS, scenario_random())
    name = "SQLite" if store.own_url.startswith("sqlite") else "PostgreSQL"
    add_summary_line(f"shuffles on {name}: {report}")

    assert report.problems == ()
    assert len(report.artifacts) == ORDERS
    for artifacts in report.artifacts:
        assert repr(artifacts) == repr(expected_artifacts)
    assert changed_by_rebuild(store, owner_url) == []


@pytest.mark.slow
def test_no_concurrent_capture_of_a_subspace_is_lost(store: SqlStore) -> None:
    assert count_up(store, 4, 10) == (40, 40)


@pytest.mark.slow
def test_an_algorithm_and_a_threshold_change_without_a_restart(
    store: SqlStore, owner_url: str
) -> None:
    capturing_store = open_store(store.own_url, policy=POLICY)
    capturing_store.config.ttl_seconds = 0.05
    scenario, *subspace_ids = worked(capturing_store)
    stop = Event()

    def capture_until_stopped(client: int) -> list[str]:
        codes: list[str] = []
        count = 0
        while not stop.is_set():
            command = scenario.command(
                (1.0, 0.01 * count, 0.3),
                url=f"https://example.org/{client}/{count}",
                capture_key=f"{client}-{count}",
            )
            codes += refusal_codes(capturing_store, [command], 1)
            count += 1
        return codes

    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(capture_until_stopped, client) for client in range(4)]
        activate_new_version(store, owner_url)
        change(store, "assignment_margin_threshold", str(NEW_THRESHOLD))
        versions_used = wait_for_new_settings(scenario)
        stop.set()
        codes_by_client = [client.result() for client in clients]

    assert codes_by_client == [[], [], [], []]
    assert versions_used <= {"oscl-1", NEW_VERSION}
    assert list(centroid_problems(scenario, subspace_ids)) == []
    assert verify(store) == ()
    capturing_store.dispose()


def wait_for_new_settings(scenario: CaptureScenario) -> set[str]:
    """Wait for a capture with the new version and threshold; return all versions used so far."""
    versions: set[str] = set()
    while True:
        signals: tuple[captures.Signal, ...] = scenario.read(
            captures.recent_captures, scenario.space_id, limit=RECENT_CAPTURES
        )
        for signal in signals:
            versions.add(signal.algorithm_id)
            if (signal.algorithm_id, signal.threshold) == (NEW_VERSION, NEW_THRESHOLD):
                return versions


@pytest.mark.slow
def test_the_old_algorithm_version_still_replays_the_old_centroid(
    store: SqlStore, owner_url: str
) -> None:
    scenario, subspace_id, *_ = worked(store)
    for number in range(5):
        scenario.capture((1.0, 0.1 * number, 0.1), url=f"https://example.org/{number}")
    old_centroid = scenario.read(captures.get_subspace, subspace_id).centroid
    activate_new_version(store, owner_url)

    replayed = scenario.read(captures.replay_centroid, subspace_id, algorithm_id="oscl-1")
    recomputed = scenario.read(captures.replay_centroid, subspace_id, algorithm_id=NEW_VERSION)

    assert replayed == old_centroid
    assert recomputed.vector != old_centroid.vector


def test_an_algorithm_that_the_owner_did_not_install_is_not_activated(
    postgresql: SqlStore,
) -> None:
    scenario = place_in(postgresql)
    command = captures.RegisterAlgorithm(algorithm_id=NEW_VERSION, formulas=ANNEALED)
    saved = do(postgresql, captures.register_algorithm, command)

    assert code(activate, postgresql, saved) == "ALGORITHM_NOT_INSTALLED"
    assert scenario.capture(A).algorithm_version == "oscl-1"


@pytest.mark.slow
def test_no_capture_fails_while_the_settings_cannot_be_read(
    database: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        opened(database.url) as store,
        psycopg.connect(database.owner_url, autocommit=True) as owner,
    ):
        scenario = place_in(store)
        change(store, "assignment_margin_threshold", "0.9")

        owner.execute(f"REVOKE SELECT ON indelible.settings FROM {APP}".encode())
        with caplog.at_level(logging.WARNING, logger="indelible.config"):
            check_captures_with_default_settings(store, scenario)
        margin = scenario.read(captures.preview_margin, scenario.space_id, A)
        owner.execute(f"GRANT SELECT ON indelible.settings TO {APP}".encode())
        store.config.invalidate()

        assert margin.updates_centroid is False  # the space has no centroid
        assert has_logged_fallback(caplog)
        assert scenario.read(captures.preview_margin, scenario.space_id, A) is not None
        assert not store.config.snapshot().error


def test_no_capture_fails_on_sqlite_while_the_settings_cannot_be_read(
    sqlite: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> dict[str, str]:
        raise OSError("no settings")

    scenario = place_in(sqlite)
    sqlite.config.fetch = fail
    with caplog.at_level(logging.WARNING, logger="indelible.config"):
        check_captures_with_default_settings(sqlite, scenario)

    assert has_logged_fallback(caplog)


def check_captures_with_default_settings(store: SqlStore, scenario: CaptureScenario) -> None:
    """Capture while settings are unreadable; a space without a model needs them and is refused."""
    store.config.invalidate()
    command = captures.CreateSpace(user_id="maya", name="guessed")

    assert refusal_codes(store, commands_for_pages(scenario, B), 4) == []
    assert store.config.snapshot().error
    fallback = ("assignment_margin_threshold", fallback_reason(store))
    assert store.config.fallbacks[fallback] > 0
    assert code(do, store, captures.create_space, command) == "CONFIG_UNAVAILABLE"
    assert scenario.read(captures.preview_margin, scenario.space_id, A) is not None


def fallback_reason(store: SqlStore) -> str:
    return "stale" if store.config.snapshot().texts is not None else "unreadable"


def has_logged_fallback(caplog: pytest.LogCaptureFixture) -> bool:
    return any("config fallback" in record.message for record in caplog.records)


@pytest.mark.slow
def test_captures_work_behind_a_pooler_in_transaction_mode(database: PostgresServer) -> None:
    with folder() as directory, pgbouncer(directory, database.port, ROTATION) as pooler:
        url = pooler.url(database.url)
        store = open_store(url, policy=POLICY, pool=Pool(prepare=False))
        scenario, subspace_id, *_ = worked(store)

        assert refusal_codes(store, commands_for_pages(scenario, A), 4) == []
        assert scenario.read(captures.get_subspace, subspace_id).centroid.seq == 20
        store.dispose()

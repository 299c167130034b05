"""Test concurrent captures: none is lost or doubled, and a changed setting takes effect."""

import ast
import inspect
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event

import psycopg
import pytest
from sqlalchemy import create_engine, make_url
from tests.chaos.shuffles import (
    changed_by_rebuild,
    count_up,
    count_up_naively,
    holes,
    refused,
    shuffle,
)
from tests.conftest import POLICY
from tests.sql.conftest import code, opened
from tests.sql.pooler import pooler_to

from indelible import captures
from indelible.captures import ANNEALED, MarginResult
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

pytestmark = pytest.mark.slow

CAPTURES, CLIENTS, ORDERS = 1_000, 2, 2
CHANGED_UNDER = 60


@pytest.fixture
def owner_url(request: pytest.FixtureRequest, store: SqlStore) -> str:
    """Return the address of the owner of the store's schema."""
    if store.own_url.startswith("sqlite"):
        return store.own_url
    database: PostgresServer = request.getfixturevalue("database")
    return database.owner_url


def test_a_thousand_captures_in_any_order_are_the_same_artifacts_on_both_databases(
    sqlite: SqlStore, postgresql: SqlStore, database: PostgresServer, tell: Callable[[str], None]
) -> None:
    shuffled = [
        shuffle(each, CAPTURES, CLIENTS, ORDERS, Random(1))  # noqa: S311 - a fixed seed
        for each in (sqlite, postgresql)
    ]
    for name, each in zip(("SQLite", "PostgreSQL"), shuffled, strict=True):
        tell(f"shuffles on {name}: {each}")

    assert [each.wrong for each in shuffled] == [(), ()]
    assert len({repr(order) for each in shuffled for order in each.artifacts}) == 1
    assert changed_by_rebuild(sqlite, sqlite.own_url) == []
    assert changed_by_rebuild(postgresql, database.owner_url) == []


def test_forty_of_forty_increments_survive(store: SqlStore) -> None:
    assert count_up(store, 4, 10) == (40, 40)


def test_a_client_that_reads_and_then_writes_loses_some_of_them(database: PostgresServer) -> None:
    engine = create_engine(database.admin_url, pool_size=4)

    assert count_up_naively(engine, 4, 10) < 40
    engine.dispose()


def test_an_algorithm_and_a_threshold_change_under_captures_without_a_restart(
    store: SqlStore, owner_url: str
) -> None:
    impatient = open_store(store.own_url, policy=POLICY)
    impatient.config.ttl_seconds = 0.05
    place, *parts = worked(impatient)
    stop = Event()

    def client(number: int) -> list[str]:
        wrong, count = list[str](), 0
        while not stop.is_set():
            said = {
                "url": f"https://example.org/{number}/{count}",
                "capture_key": f"{number}-{count}",
            }
            wrong += refused(impatient, [place.command((1.0, 0.01 * count, 0.3), **said)], 1)
            count += 1
        return wrong

    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(client, number) for number in range(4)]
        activate_algorithm_for(
            store, "oscl-2", ANNEALED, lambda _, name: install_algorithm(store, name, owner_url)
        )
        change(store, "assignment_margin_threshold", "0.75")
        seen = set[tuple[str, float]]()
        while ("oscl-2", 0.75) not in seen:
            seen |= {(each.algorithm_id, each.threshold) for each in recent(place)}
        stop.set()
        wrong = [code for each in clients for code in each.result()]

    assert wrong == []
    assert {name for name, _ in seen} <= {"oscl-1", "oscl-2"}
    assert list(holes(place, parts)) == []
    assert verify(store) == ()
    impatient.dispose()


def recent(place: CaptureScenario) -> tuple[captures.Signal, ...]:
    found: tuple[captures.Signal, ...] = place.read(
        captures.recent_captures, place.space_id, limit=CHANGED_UNDER
    )
    return found


def test_an_old_version_replays_the_old_centroid(store: SqlStore, owner_url: str) -> None:
    place, a, *_ = worked(store)
    for number in range(5):
        place.capture((1.0, 0.1 * number, 0.1), url=f"https://example.org/{number}")
    old = place.read(captures.get_subspace, a).centroid
    activate_algorithm_for(
        store, "oscl-2", ANNEALED, lambda _, name: install_algorithm(store, name, owner_url)
    )

    assert place.read(captures.replay_centroid, a, algorithm_id="oscl-1") == old
    assert place.read(captures.replay_centroid, a, algorithm_id="oscl-2").vector != old.vector


def test_a_version_that_the_owner_did_not_install_is_not_activated(postgresql: SqlStore) -> None:
    place = place_in(postgresql)
    command = captures.RegisterAlgorithm(algorithm_id="oscl-2", formulas=ANNEALED)
    saved = do(postgresql, captures.register_algorithm, command)

    assert code(activate, postgresql, saved) == "ALGORITHM_NOT_INSTALLED"
    assert place.capture(A).algorithm_version == "oscl-1"


def test_no_capture_fails_while_the_settings_cannot_be_read(
    database: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        opened(database.url) as store,
        psycopg.connect(database.owner_url, autocommit=True) as owner,
    ):
        place = place_in(store)
        change(store, "assignment_margin_threshold", "0.9")
        owner.execute(f"REVOKE SELECT ON indelible.settings FROM {APP}".encode())
        with caplog.at_level(logging.WARNING, logger="indelible.config"):
            shown = falls_back(store, place)
        owner.execute(f"GRANT SELECT ON indelible.settings TO {APP}".encode())
        store.config.invalidate()

        assert (
            shown.updates_centroid is False
        )  # a single reader, whose cache never saw the threshold
        assert [
            each.levelname for each in caplog.records if "config fallback" in each.message
        ] != []
        assert place.read(captures.preview_margin, place.space_id, A) is not None
        assert not store.config.snapshot().error


def test_no_capture_fails_while_a_reader_fails_on_sqlite(
    sqlite: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    place = place_in(sqlite)
    with caplog.at_level(logging.WARNING, logger="indelible.config"):
        sqlite.config.fetch = broken
        falls_back(sqlite, place)

    assert [each.levelname for each in caplog.records if "config fallback" in each.message] != []


def broken() -> dict[str, str]:
    raise OSError("no settings")


def falls_back(store: SqlStore, place: CaptureScenario) -> MarginResult:
    """Capture under an unreadable configuration, and say what a look ahead makes of it."""
    store.config.invalidate()
    commands = [place.command(B, url=f"https://example.org/{number}") for number in range(20)]
    command = captures.CreateSpace(user_id="maya", name="guessed")

    assert refused(store, commands, 4) == []
    assert store.config.snapshot().error
    assert store.config.fallbacks[("assignment_margin_threshold", reason(store))] > 0
    assert code(do, store, captures.create_space, command) == "CONFIG_UNAVAILABLE"
    found: MarginResult = place.read(captures.preview_margin, place.space_id, A)
    return found


def reason(store: SqlStore) -> str:
    return "stale" if store.config.snapshot().texts is not None else "unreadable"


def test_a_capture_needs_nothing_of_a_session_but_a_transaction(database: PostgresServer) -> None:
    url = make_url(database.url)
    address, named = (
        (database.host, database.port),
        {"user": str(url.username), "database": str(url.database)},
    )
    with pooler_to(address, **named, sessions=2) as pooler:
        plain = {"sslmode": "disable", "gssencmode": "disable"}
        through = (
            url.set(port=pooler.port).update_query_dict(plain).render_as_string(hide_password=False)
        )
        store = open_store(through, policy=POLICY, pool=Pool(prepare=False))
        place, a, *_ = worked(store)
        commands = [place.command(A, url=f"https://example.org/{number}") for number in range(20)]

        assert refused(store, commands, 4) == []
        assert place.read(captures.get_subspace, a).centroid.seq == 20
        store.dispose()


def test_the_handler_computes_nothing() -> None:
    tree = ast.parse(inspect.getsource(captures.capture_artifact))
    handle = ast.parse(inspect.getsource(captures.CaptureHandler))
    sums = [
        node
        for each in (tree, handle)
        for node in ast.walk(each)
        if isinstance(node, ast.BinOp | ast.Compare)
    ]

    assert [ast.unparse(each) for each in sums] == []

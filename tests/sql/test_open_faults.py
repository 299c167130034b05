"""Test the error codes of a store whose database cannot be opened, or only be read."""

import os
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import Any

import pytest
from sqlalchemy import make_url
from tests.conftest import POLICY, Loop, SyncFacade, copy_cluster, folder
from tests.databases import create_database
from tests.sql.conftest import code, opened
from tests.sql.faults import (
    as_admin,
    codes_of_all_access,
    create_in_block,
    execute_on_sqlite,
    set_on_database,
)

import indelible_sql.store.database
from indelible import concepts
from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import SqlStore, open_async_store, open_store
from indelible_sql.schema.admission import check_database

NOBODY = 65534  # the id of a user without rights


def test_a_server_that_does_not_listen_is_unreachable(unused_tcp_port: int, loop: Loop) -> None:
    url = f"postgresql://indelible_app@127.0.0.1:{unused_tcp_port}/indelible"
    with opened(url) as store:
        assert codes_of_all_access(store) == {"STORE_UNREACHABLE"}
        assert code(store.upgrade) == "STORE_UNREACHABLE"

    async_store = SyncFacade(open_async_store(url, policy=POLICY), loop)
    assert code(async_store.feed) == "STORE_UNREACHABLE"
    loop.wait(async_store.store.dispose())


@pytest.mark.slow
@pytest.mark.parametrize("database_name", ["sqlite_url", "database"])
def test_threads_that_begin_at_once_check_the_database_once(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, database_name: str
) -> None:
    target: str | PostgresServer = request.getfixturevalue(database_name)
    checks: list[int] = []

    def check_slowly(*arguments: Any) -> None:  # noqa: ANN401 - passed on
        checks.append(get_ident())
        time.sleep(0.05)  # so that every other thread comes meanwhile
        check_database(*arguments)

    monkeypatch.setattr(indelible_sql.store.database, "check_database", check_slowly)
    with (
        opened(target if isinstance(target, str) else target.url) as store,
        ThreadPoolExecutor(8) as threads,
    ):
        feeds = [threads.submit(store.feed) for _ in range(8)]

    assert [feed.result().changes for feed in feeds] == [()] * 8
    assert len(checks) == 1


@pytest.mark.slow
def test_threads_check_the_database_again_after_a_refusal(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'empty.db'}") as store, ThreadPoolExecutor(8) as threads:
        codes = [threads.submit(code, store.feed) for _ in range(8)]
        assert {each.result() for each in codes} == {"SCHEMA_OUT_OF_DATE"}

        store.upgrade()
        assert store.feed().changes == ()


def test_an_empty_database_is_out_of_date(server: PostgresServer, tmp_path: Path) -> None:
    empty = create_database(server, "an_empty_one")

    for url in (empty.url, f"sqlite:///{tmp_path / 'empty.db'}"):
        with opened(url) as store:
            assert codes_of_all_access(store) == {"SCHEMA_OUT_OF_DATE"}


def test_a_database_of_a_newer_version_is_refused_and_not_changed(
    database: PostgresServer, sqlite_url: str
) -> None:
    with as_admin(database) as admin:
        admin.execute("UPDATE indelible.indelible_version SET version_num = '9999'")
    execute_on_sqlite(sqlite_url, "UPDATE indelible_version SET version_num = '9999'")

    for url, owner_url in ((database.url, database.owner_url), (sqlite_url, None)):
        with opened(url) as store:
            assert codes_of_all_access(store) == {"SCHEMA_TOO_NEW"}
            assert code(store.upgrade, owner_url) == "SCHEMA_TOO_NEW"


@pytest.mark.slow
def test_a_database_that_lost_a_guard_is_damaged_and_refuses_all_access(
    database: PostgresServer, sqlite_url: str
) -> None:
    with as_admin(database) as admin:
        admin.execute("ALTER TABLE indelible.concepts DISABLE TRIGGER concepts_one_step")
    execute_on_sqlite(sqlite_url, "DROP TRIGGER concepts_one_step")

    for url in (database.url, sqlite_url):
        with opened(url) as store:
            assert codes_of_all_access(store) == {"SCHEMA_DAMAGED"}


def test_a_read_only_file_is_read_but_not_written(sqlite: SqlStore, sqlite_url: str) -> None:
    saved = create(sqlite)
    path = make_url(sqlite_url).database

    with opened(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert store.read(concepts.get_concept, saved.concept.id).seq == 1
        assert code(create, store) == "STORE_READ_ONLY"
        assert code(create_in_block, store) == "STORE_READ_ONLY"


def test_a_file_in_a_missing_directory_is_unreachable(tmp_path: Path) -> None:
    directory = tmp_path / "nowhere"

    with opened(f"sqlite:///{directory / 'concepts.db'}") as store:
        assert codes_of_all_access(store) == {"STORE_UNREACHABLE"}
        assert code(store.upgrade) == "STORE_UNREACHABLE"
    assert not directory.exists()


@contextmanager
def without_root() -> Generator[None]:
    """Give up the rights of root, for whom no file is read-only."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_file_in_a_read_only_directory_is_not_written(sqlite_url: str, tmp_path: Path) -> None:
    with opened(sqlite_url) as store:
        create(store)
    for path in tmp_path.iterdir():
        path.chmod(0o444)
    tmp_path.chmod(0o555)

    # Another user may be unable to read the files of the checkout: open the store before.
    with opened(sqlite_url) as store, without_root():
        code_of_create = code(create, store)
    tmp_path.chmod(0o755)

    assert code_of_create == "STORE_READ_ONLY"


@pytest.mark.slow
def test_a_read_only_server_is_read_but_not_written(database: PostgresServer) -> None:
    with opened(database.url) as store:
        saved = create(store)
    set_on_database(database, "default_transaction_read_only", "on")

    with opened(database.url) as store:
        assert store.read(concepts.get_concept, saved.concept.id).seq == 1
        assert code(create, store) == "STORE_READ_ONLY"
        assert code(create_in_block, store) == "STORE_READ_ONLY"


@pytest.mark.slow
def test_a_wrong_password_is_denied(cluster: Path) -> None:
    with (
        folder() as directory,
        postgres(copy_cluster(cluster, directory), durable=False, passwords=True) as server,
    ):
        wrong_url = make_url(server.url).set(password="wrong")  # noqa: S106 - it is refused
        wrong = wrong_url.render_as_string(hide_password=False)
        with opened(wrong) as store:
            assert codes_of_all_access(store) == {"ACCESS_DENIED"}
            assert code(store.upgrade, wrong) == "ACCESS_DENIED"

        with opened(server.url) as store:
            store.upgrade(server.owner_url)
            assert create(store).seq == 1


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://root@localhost/x",
        "duckdb:///x",
        "no address at all",
        "postgresql://maya@localhost:port/indelible",
    ],
)
def test_a_wrong_address_is_a_usage_error(url: str) -> None:
    assert code(open_store, url) == "WRONG_USE"

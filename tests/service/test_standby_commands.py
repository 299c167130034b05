"""`verify --standby` and `export --standby` read the standby alone, as new as the primary is."""

from collections.abc import Generator
from io import BytesIO
from pathlib import Path
from typing import Final

import psycopg
import pytest
from sqlalchemy import make_url
from tests.service.commands import error_code, run
from tests.sql.standbys import StreamingStandby, primary_with_standby

from indelible.kernel import StoreUnreachable
from indelible.kernel.keys import list_keys
from indelible.testing.stores import create, edit
from indelible_service.cli.standby import reading_standby
from indelible_service.hosts.modules import with_host_contexts
from indelible_sql import SqlStore, export_histories, open_store
from indelible_sql.store.standby import StandbyUnusable

READS_OF_HISTORY: Final = (
    "SELECT seq_scan + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'history'"
)
END_OTHERS: Final = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE usename = 'indelible_app' AND pid <> pg_backend_pid()"
)


@pytest.fixture(scope="module")
def standby(cluster: Path) -> Generator[StreamingStandby]:
    with primary_with_standby(cluster) as running:
        yield running


@pytest.fixture
def store(standby: StreamingStandby) -> Generator[SqlStore]:
    """Return the store of the primary and its standby, after a new change."""
    opened = open_store(standby.source.url, read_url=standby.url)
    edit(opened, create(opened))
    yield opened
    opened.dispose()


@pytest.fixture
def settings(standby: StreamingStandby) -> dict[str, str]:
    """Return the settings of the pair."""
    return {"DATABASE_URL": standby.source.url, "DATABASE_READ_URL": standby.url}


@pytest.fixture
def paused(standby: StreamingStandby, store: SqlStore) -> Generator[None]:
    """Let the standby not know the newest change."""
    standby.catch_up()
    standby.pause_replay()
    create(store)
    yield
    standby.resume_replay()


def refusal(command: str, settings: dict[str, str]) -> str:
    """Return the code with which a command that reads the standby ends."""
    return error_code(command, "--standby", settings=settings, exit_code=3)


def reads_of_history(admin_url: str) -> int:
    """Return how often a server has read the table, by all sessions that have ended."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        row = admin.execute(READS_OF_HISTORY).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.slow
@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("command", ["verify", "export"])
def test_the_standby_answers_and_the_primary_reads_no_history(
    command: str, standby: StreamingStandby, settings: dict[str, str]
) -> None:
    servers = (standby.source.admin_url, standby.admin_url)
    before = [reads_of_history(url) for url in servers]
    result = run(command, "--standby", settings=settings)
    after = [reads_of_history(url) for url in servers]

    assert result.exit_code == 0, result.output
    assert (after[0] == before[0], after[1] > before[1]) == (True, True)


@pytest.mark.slow
@pytest.mark.usefixtures("paused")
@pytest.mark.parametrize("command", ["verify", "export"])
def test_a_standby_that_stays_behind_is_an_error(
    command: str, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indelible_service.cli.standby.WAIT_SECONDS", 0.1)

    assert refusal(command, settings) == "STANDBY_UNUSABLE"


@pytest.mark.slow
@pytest.mark.parametrize("command", ["verify", "export"])
def test_another_server_than_a_standby_is_an_error(
    command: str, standby: StreamingStandby, settings: dict[str, str]
) -> None:
    stranger = make_url(standby.url).set(username="eve", password="no")  # noqa: S106 - of nobody
    primary = {**settings, "DATABASE_READ_URL": f"{standby.source.url}?connect_timeout=9"}
    unknown = {**settings, "DATABASE_READ_URL": stranger.render_as_string(hide_password=False)}

    assert refusal(command, primary) == "STANDBY_UNUSABLE"
    assert refusal(command, unknown) == "STORE_UNREACHABLE"


@pytest.mark.slow
@pytest.mark.usefixtures("store")
def test_standard_output_gets_the_same_bytes_as_a_file(
    settings: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "export"
    assert run("export", str(file), settings=settings).exit_code == 0
    result = run("export", "--standby", settings=settings)

    assert result.stdout_bytes == file.read_bytes()


class BreakingFile(BytesIO):
    """A file whose first bytes are the last that the standby sends."""

    def __init__(self, admin_url: str) -> None:
        super().__init__()
        self.admin_url = admin_url

    def write(self, data: bytes, /) -> int:  # type: ignore[override] # of any buffer
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(END_OTHERS)
        return super().write(data)


@pytest.mark.usefixtures("store")
def test_a_read_that_breaks_on_the_standby_is_not_finished_on_the_primary(
    standby: StreamingStandby, store: SqlStore
) -> None:
    with (
        reading_standby(store, reads_standby=True),
        pytest.raises(StoreUnreachable),
    ):
        store.read(export_histories, BreakingFile(standby.admin_url))
    with reading_standby(store, reads_standby=True), pytest.raises(StandbyUnusable):
        store.read(list_keys, limit=1)


def test_a_host_s_contexts_are_read_from_the_same_standby(store: SqlStore) -> None:
    assert store.standby is not None
    assert with_host_contexts(store, ()).standby is store.standby


@pytest.mark.parametrize("command", ["verify", "export"])
def test_a_standby_that_no_setting_names_is_refused(command: str, sqlite_url: str) -> None:
    settings = {"DATABASE_URL": sqlite_url}

    assert refusal(command, settings) == "NO_STANDBY"


def test_workers_that_share_a_snapshot_cannot_read_a_standby(settings: dict[str, str]) -> None:
    result = run("verify", "--standby", "--jobs", "2", settings=settings)

    assert (result.exit_code, result.stdout) == (2, "")

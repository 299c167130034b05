"""Real databases: a SQLite file, and a PostgreSQL that is our own child; each test has its own."""

import asyncio
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from redis import Redis
from sqlalchemy import Dialect, make_url
from sqlalchemy.event import listen
from sqlalchemy.util import greenlet_spawn
from tests.databases import create_database, lent_database
from tests.feeds import settled

from indelible.kernel.keys import KeyPolicy
from indelible.policy import Policy
from indelible.testing.stores import CountedIds, TickingClock
from indelible_service.embedded import PostgresServer, postgres, redis
from indelible_sql import AsyncSqlStore, SqlStore, open_async_store, open_store

POLICY = Policy(keys=KeyPolicy(pepper=b"a pepper for tests, 32 bytes long"))
TESTS = Path(__file__).parent
DATABASES = count(1)
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - memory that looks like a folder
HURRIED = {
    "autovacuum": "off",
    "client_connection_check_interval": "100ms",  # what a test leaves behind holds nobody up
    "jit": "off",
    "max_wal_size": "4GB",
    "shared_buffers": "32MB",
    "synchronous_commit": "off",
}
KEPT: dict[str, SqlStore] = {}
KEPT_AWAITED: dict[str, AsyncSqlStore] = {}
SERVER, REDIS = pytest.StashKey[str](), pytest.StashKey[str]()
settings.register_profile("gate", max_examples=30, deadline=None)
settings.register_profile("big", max_examples=2_000, deadline=None)  # with --hypothesis-profile=big
settings.load_profile("gate")
LINE = "a line for the end"
# These take longest: they come first, so that no process is left with one of them at the end.
LONG = (
    "test_mutation",
    "test_programs",
    "test_serving",
    "test_full",
    "test_stores",
    "test_embedded",
    "test_races",
    "test_attacks",
)
# Whole processes, servers and generated programs: with `-m ""`, as the gate runs them.
SLOW = {
    "adapters/evm/test_chain.py",
    "adapters/evm/test_contract.py",
    "adapters/evm/test_faults.py",
    "adapters/evm/test_paging.py",
    "adapters/evm/test_signatures.py",
    "adapters/test_wordllama.py",
    "bench/test_bench.py",
    "chain/test_kit.py",
    "chain/test_detection.py",
    "chaos/test_claims.py",
    "chaos/test_crashes.py",
    "chaos/test_faults.py",
    "chaos/test_labours.py",
    "docs/test_examples.py",
    "examples/test_loans.py",
    "examples/test_restore.py",
    "fuzz/test_attack.py",
    "fuzz/test_dose.py",
    "guards/test_attacks.py",
    "guards/test_flips.py",
    "guards/test_mutation.py",
    "guards/test_rebuild.py",
    "service/test_embedded.py",
    "service/test_full.py",
    "service/test_reading.py",
    "service/test_serving.py",
    "service/test_transfer.py",
    "service/test_working.py",
    "sql/test_captures.py",
    "sql/test_ceiling.py",
    "sql/test_captures_near.py",
    "sql/test_crashes.py",
    "sql/test_faults.py",
    "sql/test_long_walks.py",
    "sql/test_lost_commit.py",
    "sql/test_migrations.py",
    "sql/test_races.py",
    "sql/test_turns.py",
    "stateful/test_programs.py",
    "web/console/test_concepts.py",
    "web/console/test_spaces.py",
    "web/test_captures.py",
    "web/test_embedding.py",
    "web/test_generated.py",
    "web/test_hostile.py",
    "web/test_hostile_scenes.py",
    "web/test_spaces.py",
    "workers/test_wakeups.py",
    "workers/test_processes.py",
}


IN_MEMORY = os.access(SHARED_MEMORY, os.W_OK)
if IN_MEMORY:  # SQLite's files too: no test is about a disk
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(SHARED_MEMORY))
if os.environ.pop(
    "PYTHONDONTWRITEBYTECODE", None
):  # else twenty processes compile everything twenty times
    sys.dont_write_bytecode = False


@contextmanager
def folder() -> Generator[Path]:
    """A folder for a server's data, in memory where there is room."""
    with TemporaryDirectory(
        prefix="indelible-", dir=SHARED_MEMORY if IN_MEMORY else None
    ) as directory:
        yield Path(directory)


@pytest.fixture(scope="session")
def cluster() -> Generator[Path]:
    """The data of a server that was started and stopped: to copy it is quicker than to make it again."""
    with folder() as directory:
        with postgres(directory, durable=False):
            pass
        yield directory


def copied(cluster: Path, directory: Path) -> Path:
    """The directory, with the data in it and the account that it belongs to."""
    subprocess.run(("/bin/cp", "--archive", f"{cluster}/.", directory), check=True)
    return directory


@pytest.fixture(scope="session")
def server(cluster: Path, request: pytest.FixtureRequest) -> Generator[PostgresServer]:
    """A PostgreSQL that lives as long as the tests."""
    with (
        folder() as directory,
        postgres(copied(cluster, directory), durable=False, settings=HURRIED) as found,
    ):
        with psycopg.connect(found.url) as connection:
            request.config.stash[SERVER] = connection.info.parameter_status("server_version") or ""
        yield found


@pytest.fixture(scope="session")
def redis_url(request: pytest.FixtureRequest) -> Generator[str]:
    """A Redis that lives as long as the tests: our own child, or the one at INDELIBLE_TEST_REDIS_URL."""
    with ExitStack() as stack:
        url = (
            os.environ.get("INDELIBLE_TEST_REDIS_URL")
            or stack.enter_context(redis(stack.enter_context(folder()))).url
        )
        with Redis.from_url(url) as client:  # pyright: ignore[reportUnknownMemberType]
            said: Any = client.info("server")  # pyright: ignore[reportUnknownMemberType]
            request.config.stash[REDIS] = str(said["redis_version"])
        yield url


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say a line at the end of the output."""

    def say(line: str) -> None:
        record_property(LINE, line)

    return say


def pytest_itemcollected(item: pytest.Item) -> None:
    if item.path.relative_to(TESTS).as_posix() in SLOW:
        item.add_marker(pytest.mark.slow)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    return min(4, (os.cpu_count() or 1) + 1)  # many tests wait for a process of theirs


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # what was imported and collected stays to the end: nobody needs to look at it again and again


def pytest_sessionfinish(session: pytest.Session) -> None:
    output: dict[str, str] = getattr(
        session.config, "workeroutput", {}
    )  # of one of several processes
    for name, key in (("server", SERVER), ("redis", REDIS)):
        output[name] = session.config.stash.get(key, "")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - xdist's
    for name, key in (("server", SERVER), ("redis", REDIS)):
        if version := getattr(node, "workeroutput", {}).get(name):
            node.config.stash[key] = version


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    reports = [
        each
        for found in terminalreporter.stats.values()
        for each in found
        if isinstance(each, pytest.TestReport)
    ]
    told = {str(text) for each in reports for name, text in each.user_properties if name == LINE}
    versions = [
        f"{name} {config.stash.get(key, 'not started: no test asked for it')}"
        for name, key in (("PostgreSQL", SERVER), ("Redis", REDIS))
    ]
    for line in (*sorted(told), *versions):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def template(server: PostgresServer) -> PostgresServer:
    """A migrated database, to be copied."""
    made = create_database(server, "template_of_tests")
    store = open_store(made.url)
    store.upgrade(made.owner_url)
    store.dispose()
    return made


@pytest.fixture(scope="session")
def template_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    store = open_store(f"sqlite:///{path}")
    store.upgrade()
    store.dispose()
    return path


@pytest.fixture
def database(server: PostgresServer, template: PostgresServer) -> Generator[PostgresServer]:
    """A migrated PostgreSQL database of the test's own."""
    with lent_database(server, f"test_{next(DATABASES)}", template.url.rpartition("/")[2]) as lent:
        yield lent


@pytest.fixture
def sqlite_url(template_file: Path, tmp_path: Path) -> str:
    """A migrated SQLite file of the test's own."""
    return f"sqlite:///{shutil.copy(template_file, tmp_path / 'test.db')}"


@pytest.fixture
def sqlite(sqlite_url: str) -> Generator[SqlStore]:
    yield from opened(sqlite_url)


@pytest.fixture
def postgresql(database: PostgresServer) -> Generator[SqlStore]:
    yield from opened(database.url)


def opened(url: str, kind: str = "guarded") -> Generator[SqlStore]:
    """A store, of which the next one of its kind takes over what it has compiled, and that it was admitted."""
    name = f"{kind} {url.partition(':')[0]}"
    if name not in KEPT:
        KEPT[name] = open_store(lasting(url), policy=POLICY)
        lead(KEPT[name])
    yield moved(KEPT[name], url)
    KEPT[name].dispose()


def lasting(url: str) -> str:
    """An address in a folder that outlives the test's: a kept store asks for the one that it was opened with."""
    return f"sqlite:///{TESTS}/none.db" if url.startswith("sqlite") else url


def lead(store: SqlStore) -> None:
    """Let each new connection go to the address that the store has by then."""

    def turn(dialect: Dialect, _: object, arguments: list[str], options: dict[str, object]) -> None:
        database = make_url(store.own_url).database
        if dialect.name == "sqlite":
            arguments[:] = [str(database)]
        else:
            options["dbname"] = database

    for engine in (store.engines.writer, store.engines.reader):
        listen(engine, "do_connect", turn)


def moved(store: SqlStore, url: str) -> SqlStore:
    """The store at another address, where it counts from the beginning."""
    store.url, store.clock, store.ids = url, TickingClock(), CountedIds()
    store.config.invalidate()
    return store


class Loop:
    """An event loop in a thread, for tests that are not coroutines."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()

    def wait(self, work: object) -> object:
        future: Future[object] = asyncio.run_coroutine_threadsafe(work, self._loop)  # type: ignore[arg-type]
        return future.result()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Awaited:
    """An asyncio store that looks like a store, so that one suite runs on both."""

    def __init__(self, store: AsyncSqlStore, loop: Loop) -> None:
        self.store, self._loop = store, loop

    def run(self, *args: object, **kwargs: object) -> object:
        return self._loop.wait(self.store.run(*args, **kwargs))  # type: ignore[arg-type]

    def read(self, *args: object, **kwargs: object) -> object:
        return self._loop.wait(self.store.read(*args, **kwargs))  # type: ignore[arg-type]

    def feed(self, *, after: str = "", limit: int = 100) -> object:
        self._loop.wait(greenlet_spawn(settled, self.store.store))
        return self._loop.wait(self.store.feed(after=after, limit=limit))


@pytest.fixture(scope="session")
def loop() -> Generator[Loop]:
    found = Loop()
    yield found
    found.stop()


def awaited(url: str, loop: Loop) -> Generator[Awaited]:
    """A store of the loop's, which takes over as much."""
    name = url.partition(":")[0]
    if name not in KEPT_AWAITED:
        KEPT_AWAITED[name] = open_async_store(lasting(url), policy=POLICY)
        lead(KEPT_AWAITED[name].store)
    store = KEPT_AWAITED[name]
    moved(store.store, url)
    yield Awaited(store, loop)
    loop.wait(store.dispose())


@pytest.fixture
def async_sqlite(sqlite_url: str, loop: Loop) -> Generator[Awaited]:
    yield from awaited(sqlite_url, loop)


@pytest.fixture
def async_postgresql(database: PostgresServer, loop: Loop) -> Generator[Awaited]:
    yield from awaited(database.url, loop)

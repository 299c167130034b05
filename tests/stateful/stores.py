"""The five stores that a program is played on, each with a database of its own.

New engines would compile every statement again for every program. So the engines stay open, and
each program connects them to new databases.
"""

import shutil
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, cast

from attrs import define, evolve, field
from tests.conftest import POLICY, Loop, SyncFacade, redirect_to_own_url
from tests.databases import temporary_database
from tests.feeds import wait_for_complete_feed

from indelible.memory import MemoryStore
from indelible.policy import Policy
from indelible.testing.stores import BEGINNING, AnyStore, CountedIds
from indelible_service.embedded import PostgresServer
from indelible_sql import (
    Rebuilt,
    SqlStore,
    open_async_store,
    open_store,
    rebuild,
    verify,
)
from indelible_sql.schema.findings import Finding


class CommandClock:
    """A clock that advances by a minute with each command, and by a second with each call.

    Stores may read the clock more or less often in a command: the next one begins at one instant.
    """

    def __init__(self) -> None:
        self._now = BEGINNING

    def start_command(self, number: int) -> None:
        """Set the clock to the instant at which this command begins."""
        self._now = BEGINNING + number * timedelta(minutes=1)

    def now(self) -> datetime:
        """Return the next second."""
        self._now += timedelta(seconds=1)
        return self._now


class Engines(Protocol):
    """Engines that are connected to one database after the other."""

    def connect_to(self, url: str) -> None:
        """Connect to this database from now on."""

    def open(self, policy: Policy, clock: CommandClock, ids: CountedIds) -> AnyStore:
        """Return a store with empty caches."""
        ...

    def disconnect(self) -> None:
        """Close all connections."""


class ThreadEngines:
    """The engines of stores for threads."""

    def __init__(self, permanent_url: str) -> None:
        self._store = open_store(permanent_url, policy=POLICY)
        redirect_to_own_url(self._store)

    def connect_to(self, url: str) -> None:
        self._store.dispose()
        self._store.url = url

    def open(self, policy: Policy, clock: CommandClock, ids: CountedIds) -> SqlStore:
        return evolve(self._store, policy=policy, clock=clock, ids=ids)

    def disconnect(self) -> None:
        self._store.dispose()


class LoopEngines:
    """The engines of stores for an event loop."""

    def __init__(self, permanent_url: str, loop: Loop) -> None:
        self._loop = loop
        self._async_store = open_async_store(permanent_url, policy=POLICY)
        self._store = self._async_store.store
        redirect_to_own_url(self._store)

    def connect_to(self, url: str) -> None:
        self.disconnect()
        self._store.url = url

    def open(self, policy: Policy, clock: CommandClock, ids: CountedIds) -> AnyStore:
        store = evolve(self._store, policy=policy, clock=clock, ids=ids)
        store.config.spawn = self._store.config.spawn
        async_store = evolve(self._async_store, store=store)
        return cast("AnyStore", SyncFacade(async_store, self._loop))

    def disconnect(self) -> None:
        self._loop.wait(self._async_store.dispose())


@define
class MemoryPlayer:
    """The store in memory, which is the oracle."""

    store: MemoryStore
    clock: CommandClock
    name: str = "memory"

    def reopen(self) -> None:
        """Do nothing: a new store would have no rows."""

    def settle(self) -> None:
        """Do nothing: the feed is always complete."""

    def check(self) -> tuple[tuple[Finding, ...], tuple[Rebuilt, ...]]:
        """Return nothing: there are no rows to verify or to rebuild."""
        return (), ()


@define(kw_only=True)
class SqlPlayer:
    """A store in a database, and other engines with which the database is checked."""

    name: str
    url: str
    owner_url: str | None = None
    policy: Policy
    engines: Engines
    checking_engines: ThreadEngines
    clock: CommandClock = field(factory=CommandClock)
    ids: CountedIds = field(factory=CountedIds)
    store: AnyStore = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.reopen()

    def reopen(self) -> None:
        """Open the store as a new process would: with new connections and empty caches."""
        self.engines.connect_to(self.url)
        self.store = self.engines.open(self.policy, self.clock, self.ids)

    def settle(self) -> None:
        """Wait until the feed is complete."""
        wait_for_complete_feed(self._open_to_check())

    def check(self) -> tuple[tuple[Finding, ...], tuple[Rebuilt, ...]]:
        """Return the findings of `verify` and the results of `rebuild`."""
        store = self._open_to_check()
        return verify(store), rebuild(store, self.owner_url)

    def close(self) -> None:
        """Close all connections."""
        self.engines.disconnect()
        self.checking_engines.disconnect()

    def _open_to_check(self) -> SqlStore:
        self.checking_engines.connect_to(self.url)
        return self.checking_engines.open(POLICY, self.clock, CountedIds())


Player = MemoryPlayer | SqlPlayer


class Stage:
    """The engines of all stores, and the migrated databases that are copied for each program."""

    def __init__(
        self, server: PostgresServer, template: str, template_file: Path, loop: Loop
    ) -> None:
        self._server = server
        self._template = template
        self._template_file = template_file

        file_url = f"sqlite:///{template_file}"
        self._checking_sqlite = ThreadEngines(file_url)
        self._checking_postgresql = ThreadEngines(server.url)
        self._sqlite: dict[str, Engines] = {
            "SQLite": ThreadEngines(file_url),
            "SQLite, awaited": LoopEngines(file_url, loop),
        }
        self._postgresql: dict[str, Engines] = {
            "PostgreSQL": ThreadEngines(server.url),
            "PostgreSQL, awaited": LoopEngines(server.url, loop),
        }

    @contextmanager
    def players(self, *, four_eyes: bool) -> Generator[tuple[Player, ...]]:
        """Yield the five empty stores; the first is memory, the oracle."""
        policy = evolve(POLICY, concepts=evolve(POLICY.concepts, four_eyes=four_eyes))
        clock = CommandClock()
        oracle = MemoryStore(policy=policy, clock=clock, ids=CountedIds())
        players: list[Player] = [MemoryPlayer(oracle, clock)]
        with ExitStack() as stack:
            parent = self._template_file.parent
            directory = Path(stack.enter_context(TemporaryDirectory(dir=parent)))
            for name, engines in self._sqlite.items():
                player = self._sqlite_player(name, engines, policy, directory / f"{name}.db")
                stack.callback(player.close)
                players.append(player)
            for name, engines in self._postgresql.items():
                database = temporary_database(self._server, "program", self._template)
                player = self._postgresql_player(
                    name, engines, policy, stack.enter_context(database)
                )
                stack.callback(player.close)
                players.append(player)

            yield tuple(players)

    def _sqlite_player(self, name: str, engines: Engines, policy: Policy, path: Path) -> SqlPlayer:
        shutil.copy(self._template_file, path)
        return SqlPlayer(
            name=name,
            url=f"sqlite:///{path}",
            policy=policy,
            engines=engines,
            checking_engines=self._checking_sqlite,
        )

    def _postgresql_player(
        self, name: str, engines: Engines, policy: Policy, database: PostgresServer
    ) -> SqlPlayer:
        return SqlPlayer(
            name=name,
            url=database.url,
            owner_url=database.owner_url,
            policy=policy,
            engines=engines,
            checking_engines=self._checking_postgresql,
        )

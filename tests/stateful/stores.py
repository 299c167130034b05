"""The five stores that a program runs on.

Each store has databases of its own, and can be closed and opened again.
"""

import shutil
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from attrs import define, evolve, field, frozen
from tests.conftest import POLICY, Awaited, Loop
from tests.databases import temporary_database
from tests.feeds import settled

from indelible.memory import MemoryStore
from indelible.policy import Policy
from indelible.testing.stores import AnyStore, CountedIds, TickingClock
from indelible_service.embedded import PostgresServer
from indelible_sql import Rebuilt, open_async_store, open_store, rebuild, verify
from indelible_sql.maintenance.findings import Finding

NUMBERS = count(1)
Opener = Callable[[], AbstractContextManager[AnyStore]]


@define
class Side:
    """One store of a program: where it is, and how to open it."""

    name: str
    store: AnyStore = field(init=False)
    clock: TickingClock
    _open: Opener
    url: str | None = None
    owner_url: str | None = None
    _opened: ExitStack = field(factory=ExitStack, init=False)

    def reopen(self) -> None:
        """The store as another process would find it."""
        self.close()
        self.store = self._opened.enter_context(self._open())

    def close(self) -> None:
        """Let all connections go."""
        self._opened.close()

    def settle(self) -> None:
        """Wait until its feed is whole."""
        if self.url is not None:
            store = open_store(self.url, policy=POLICY)
            settled(store)
            store.dispose()

    def checked(self) -> tuple[tuple[Finding, ...], tuple[Rebuilt, ...]]:
        """What `verify` finds, and what `rebuild` does; nothing in memory."""
        if self.url is None:
            return (), ()
        store = open_store(self.url, policy=POLICY, clock=self.clock)
        try:
            return verify(store), rebuild(store, self.owner_url)
        finally:
            store.dispose()


@frozen
class Templates:
    """Migrated databases to copy, and the loop that awaits the awaited stores."""

    server: PostgresServer
    database: str
    file: Path
    loop: Loop

    @contextmanager
    def sides(self, *, four_eyes: bool) -> Generator[tuple[Side, ...]]:
        """The five stores, empty and open; memory, the oracle, is the first."""
        policy = evolve(POLICY, concepts=evolve(POLICY.concepts, four_eyes=four_eyes))
        with ExitStack() as stack:
            directory = Path(stack.enter_context(TemporaryDirectory(dir=self.file.parent)))
            found = (
                in_memory(policy),
                *(
                    self._on_sqlite(directory / f"{is_async}.db", policy, is_async=is_async)
                    for is_async in (0, 1)
                ),
                *(
                    self._on_postgresql(
                        stack.enter_context(self._copied()), policy, is_async=is_async
                    )
                    for is_async in (0, 1)
                ),
            )
            for side in found:
                stack.callback(side.close)
                side.reopen()
            yield found

    def _on_sqlite(self, path: Path, policy: Policy, *, is_async: int) -> Side:
        url = f"sqlite:///{shutil.copy(self.file, path)}"
        return self._side(("SQLite", "SQLite, awaited")[is_async], url, policy, is_async=is_async)

    def _on_postgresql(self, database: PostgresServer, policy: Policy, *, is_async: int) -> Side:
        name = ("PostgreSQL", "PostgreSQL, awaited")[is_async]
        return evolve(
            self._side(name, database.url, policy, is_async=is_async), owner_url=database.owner_url
        )

    def _side(self, name: str, url: str, policy: Policy, *, is_async: int) -> Side:
        clock, ids = TickingClock(), CountedIds()

        def opener() -> AbstractContextManager[AnyStore]:
            if is_async:
                return awaited(self.loop, url, policy, clock, ids)
            return called(url, policy, clock, ids)

        return Side(name, clock, opener, url)

    def _copied(self) -> AbstractContextManager[PostgresServer]:
        return temporary_database(self.server, f"program_{next(NUMBERS)}", self.database)


def in_memory(policy: Policy) -> Side:
    """The oracle, which keeps its tables when it is opened again."""
    clock = TickingClock()
    store = MemoryStore(policy=policy, clock=clock, ids=CountedIds())
    return Side("memory", clock, lambda: nullcontext(store))


@contextmanager
def called(url: str, policy: Policy, clock: TickingClock, ids: CountedIds) -> Generator[AnyStore]:
    """A store for threads."""
    store = open_store(url, policy=policy, clock=clock, ids=ids)
    yield store
    store.dispose()


@contextmanager
def awaited(
    loop: Loop, url: str, policy: Policy, clock: TickingClock, ids: CountedIds
) -> Generator[AnyStore]:
    """A store for an event loop, which is waited for."""
    store = open_async_store(url, policy=policy, clock=clock, ids=ids)
    yield cast("AnyStore", Awaited(store, loop))
    loop.wait(store.dispose())

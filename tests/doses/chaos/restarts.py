"""Stop or kill a server in the middle of commands, and start it again."""

import os
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from signal import SIGKILL
from tempfile import TemporaryDirectory
from threading import Event, Thread

from attrs import define, field
from tests.conftest import HAS_SHARED_MEMORY, SHARED_MEMORY
from tests.doses.chaos.fault_runs import FaultCase, FaultReport, run_under_fault
from tests.doses.chaos.open_stores import StoreUnderTest, open_for_test

from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import open_store

MAX_PAUSE_SECONDS = 0.15  # from one start to the next end
ALLOWED_CODES = frozenset({"STORE_UNREACHABLE", "STORE_BUSY", "STALE", "OUTCOME_UNKNOWN"})


@define(eq=False)
class Server:
    """A PostgreSQL that is restarted at the same address."""

    directory: Path
    settings: Mapping[str, str] = field(factory=dict[str, str])
    restarts: int = 0
    _stack: ExitStack = field(factory=ExitStack, init=False)
    _port: int | None = field(default=None, init=False)

    def start(self) -> PostgresServer:
        """Start the server."""
        running = self._stack.enter_context(
            postgres(self.directory, port=self._port, durable=False, settings=self.settings)
        )
        self._port = running.port
        return running

    def stop(self, *, is_killed: bool) -> None:
        """Stop the server in order, or kill it."""
        if is_killed:
            lock_file = self.directory / "data" / "postmaster.pid"
            pid = int(lock_file.read_text().splitlines()[0])
            os.kill(pid, SIGKILL)

        self._stack.close()


def restart(chance: Random, rounds: int) -> tuple[FaultReport, int]:
    """Run commands while the server restarts; return the report and the number of restarts."""
    parent = SHARED_MEMORY if HAS_SHARED_MEMORY else None
    with TemporaryDirectory(prefix="indelible-", dir=parent) as directory:
        server = Server(Path(directory))
        running = server.start()
        try:
            store = open_store(running.url)
            store.upgrade(running.owner_url)
            store.dispose()
            with open_for_test(running) as tested:
                report = run_under_fault(tested, _restart_case(server), chance, rounds)
            return report, server.restarts
        finally:
            server.stop(is_killed=False)


def _restart_case(server: Server) -> FaultCase:
    @contextmanager
    def fault(_: StoreUnderTest, chance: Random) -> Generator[None]:
        over = Event()

        def restart_repeatedly() -> None:
            while not over.wait(chance.uniform(0, MAX_PAUSE_SECONDS)):
                server.stop(is_killed=chance.random() < 0.5)
                server.start()
                server.restarts += 1

        thread = Thread(target=restart_repeatedly)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    return FaultCase(
        fault=fault, allowed_codes=ALLOWED_CODES, proof=frozenset({"STORE_UNREACHABLE"})
    )

"""A server that stops and starts in the middle of commands: in order, or because it was killed."""

import os
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from signal import SIGKILL
from tempfile import TemporaryDirectory
from threading import Event, Thread

from attrs import define, field
from tests.chaos.places import Place, place_on
from tests.chaos.suffering import Kind, Suffered, suffer
from tests.conftest import SHARED_MEMORY

from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import open_store

LONGEST_PAUSE_SECONDS = 0.15  # from one start to the next end
TOLD = frozenset({"STORE_UNREACHABLE", "STORE_BUSY", "STALE", "OUTCOME_UNKNOWN"})


@define(eq=False)
class Server:
    """A PostgreSQL of our own, always at the same address."""

    directory: Path
    restarts: int = 0
    _stack: ExitStack = field(factory=ExitStack, init=False)
    _port: int | None = field(default=None, init=False)

    def start(self) -> PostgresServer:
        """The server, running."""
        found = self._stack.enter_context(postgres(self.directory, port=self._port, durable=False))
        self._port = found.port
        return found

    def stop(self, *, is_killed: bool) -> None:
        """End it, in order or with all its children at once."""
        if is_killed:
            pid = int((self.directory / "data" / "postmaster.pid").read_text().partition("\n")[0])
            os.kill(pid, SIGKILL)
        self._stack.close()


def restart(chance: Random, rounds: int) -> tuple[Suffered, int]:
    """Commands while the server is ended and started again; and how often it was."""
    place_of_data = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="indelible-", dir=place_of_data) as directory:
        server = Server(Path(directory))
        found = server.start()
        try:
            store = open_store(found.url)
            store.upgrade(found.owner_url)
            store.dispose()
            with place_on(found) as place:
                return suffer(place, _restarting(server), chance, rounds), server.restarts
        finally:
            server.stop(is_killed=False)


def _restarting(server: Server) -> Kind:
    @contextmanager
    def fault(_: Place, chance: Random) -> Generator[None]:
        over = Event()

        def again() -> None:
            while not over.wait(chance.uniform(0, LONGEST_PAUSE_SECONDS)):
                server.stop(is_killed=chance.random() < 0.5)
                server.start()
                server.restarts += 1

        thread = Thread(target=again)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    return Kind(fault=fault, told=TOLD, proof=frozenset({"STORE_UNREACHABLE"}))

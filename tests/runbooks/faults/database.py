"""Faults of the database, in a real installation."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread
from typing import Final
from urllib.error import URLError

from tests.runbooks.real import RealInstallation, real_installation
from tests.runbooks.scenarios import scenario
from tests.service.processes import get
from tests.stopped import stopped

CLIENTS: Final = 12
OUTAGE_SECONDS: Final = 5  # after the operator has begun
UP: Final = "indelible_database_up"
FREE: Final = 'indelible_database_connection_pool_available{pool="reader"}'


@scenario(
    "36-database-down",
    "DatabaseDown",
    "DatabasePoolLow",
    bed=real_installation,
    ends_by_itself=True,
)
def the_server_hangs_and_requests_take_all_connections(
    installation: RealInstallation,
) -> Iterator[None]:
    assert get(installation.address, "/v1/concepts", installation.key)[0] == 200
    with ExitStack() as fault:
        fault.enter_context(clients_of(installation))
        fault.enter_context(stopped(installation.database.child))
        installation.look_until(
            lambda: installation.value(UP) == 0 and installation.value(FREE) == 0
        )
        # Whoever runs the machine lets the server continue, and the clients get their answers.
        installation.after(OUTAGE_SECONDS, fault.close)

        yield

        installation.join()
    assert get(installation.address, "/v1/concepts", installation.key)[0] == 200


@contextmanager
def clients_of(installation: RealInstallation) -> Generator[None]:
    """Let clients ask again and again until the block ends."""
    is_over = Event()

    def ask() -> None:
        while not is_over.is_set():
            with suppress(URLError, ConnectionError):
                get(installation.address, "/v1/concepts", installation.key)

    threads = [Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()

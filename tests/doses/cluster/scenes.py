"""A cluster with all that writes to it: clients of the API, writers by the library, and workers."""

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest.mock import patch

import psycopg
from attrs import frozen
from tests.conftest import folder
from tests.doses.chaos.http_clients import Client, Load
from tests.doses.chaos.installations import (
    CREATE_UNITS,
    Installation,
    UnitsByStage,
    enqueue_units,
    until_stopped,
)
from tests.doses.chaos.instances import InstanceUnderTest, connect, create_space, free_port
from tests.doses.chaos.servers import KillableRedis, Server
from tests.doses.cluster.clusters import Cluster, running_cluster
from tests.doses.cluster.writers import ApiSender, Journal, LibrarySender, LibraryWriter

from indelible.kernel import OutcomeUnknown
from indelible_service.embedded.postgresql import ADMIN, OWNER
from indelible_sql import Pool, SqlStore, open_store
from indelible_sql.kernel.outcome import was_committed
from indelible_sql.store import own_transaction

LIBRARY: Final = "library"
API: Final = "API"
WRITERS: Final = 3  # over the library, and as many over the API
WORKERS: Final = 2
LEASE_SECONDS: Final = 10
STATEMENT_SECONDS: Final = 10
WRITER_PAUSE_SECONDS: Final = 0.05  # at most, between two requests of a writer
UNITS_PER_FAILOVER: Final = 10
SECONDS_PER_FAILOVER: Final = 20  # an estimate, by which units become due
WRITABLE: Final = "?target_session_attrs=read-write"


@frozen(eq=False, kw_only=True)
class Scene:
    """A cluster with everything that writes to it, and the files of the journal."""

    cluster: Cluster
    instance: InstanceUnderTest
    installation: Installation
    enqueued: UnitsByStage
    clients: Sequence[Client]
    loads: Mapping[str, Load]
    lookups: Counter[str]  # of the library's writers, by outcome
    intents: Path
    answers: Path

    def wait_for_answers(self, count: int) -> None:
        """Wait until each writer has got so many more answers. Raises: NotInTime."""
        goals = {client.name: client.answers + count for client in self.clients}

        def have_answers() -> bool:
            return all(
                client.answers >= goals[client.name] or not client.thread.is_alive()
                for client in self.clients
            )

        self.cluster.wait_for(have_answers, "no answers")

    def abandon(self) -> None:
        """Let no writer wait any longer."""
        for load in self.loads.values():
            load.is_abandoned = True

    def stop_writers(self) -> None:
        """Let all writers get their last answers."""
        for load in self.loads.values():
            load.stopping.set()
        for client in self.clients:
            client.thread.join()


@contextmanager
def running_scene(failovers: int, chance: Random) -> Generator[Scene]:
    """Run a cluster, the API, workers and writers during the block."""
    with (
        folder() as nodes,
        folder() as directory,
        running_cluster(nodes) as cluster,
        _running_installation(cluster, directory) as installation,
        _running_api(cluster, directory) as instance,
        _open_library(cluster) as store,
        closing(Journal(directory / "intents")) as intents,
        closing(Journal(directory / "answers")) as answers,
        counted_lookups() as lookups,
    ):
        seconds = failovers * SECONDS_PER_FAILOVER
        enqueued = enqueue_units(installation.url, failovers * UNITS_PER_FAILOVER, seconds)
        for number in range(WORKERS):
            installation.start(f"worker {number}")

        space_id = create_space(instance)
        loads = {name: Load(answers, space_id, WRITER_PAUSE_SECONDS) for name in (LIBRARY, API)}
        library = LibrarySender(store, intents)
        clients: list[Client] = []
        for number in range(WRITERS):
            writer = LibraryWriter(f"{LIBRARY}-{number}", library, loads[LIBRARY], _own(chance))
            api = ApiSender(connect(instance), intents)
            clients += [writer, Client(f"client-{number}", api, loads[API], _own(chance))]
        for client in clients:
            client.start()
        yield Scene(
            cluster=cluster,
            instance=instance,
            installation=installation,
            enqueued=enqueued,
            clients=clients,
            loads=loads,
            lookups=lookups,
            intents=intents.path,
            answers=answers.path,
        )


@contextmanager
def counted_lookups() -> Generator[Counter[str]]:
    """Count the look-ups of lost replies in this process by their outcomes."""
    outcomes = Counter[str]()

    def count(*arguments: Any) -> bool:  # noqa: ANN401 - those of the look-up
        try:
            is_committed = was_committed(*arguments)
        except OutcomeUnknown:
            outcomes["unknown"] += 1
            raise
        outcomes["committed" if is_committed else "not committed"] += 1
        return is_committed

    with patch.object(own_transaction, "was_committed", count):
        yield outcomes


def _own(chance: Random) -> Random:
    """Return the source of chance of one writer."""
    return Random(chance.random())  # noqa: S311 - no secret


@contextmanager
def _running_installation(cluster: Cluster, directory: Path) -> Generator[Installation]:
    """Yield an installation of workers on the cluster, with a Redis and the tables of its units."""
    store = open_store(cluster.url())
    store.upgrade(cluster.url(OWNER))
    store.dispose()
    with psycopg.connect(cluster.url(ADMIN, options=WRITABLE), autocommit=True) as admin:
        admin.execute(CREATE_UNITS)
        admin.execute("GRANT SELECT, INSERT ON public.units TO indelible_app")

    redis = KillableRedis(directory)
    redis.start()
    installation = Installation(
        directory=directory,
        url=cluster.url(options=WRITABLE),
        owner_url=cluster.url(OWNER),
        broker=redis,
        postgresql=Server(directory),  # never started: the cluster is in its place
        lease_seconds=LEASE_SECONDS,
    )
    with until_stopped(installation, redis):
        yield installation


@contextmanager
def _running_api(cluster: Cluster, directory: Path) -> Generator[InstanceUnderTest]:
    """Run an instance on the cluster, whose API the clients call."""
    variables = {
        "DATABASE_URL": cluster.url(),
        "INDELIBLE_OWNER_URL": cluster.url(OWNER),
        "INDELIBLE_STATEMENT_SECONDS": str(STATEMENT_SECONDS),
    }
    own = directory / "instance"
    own.mkdir()
    instance = InstanceUnderTest(own, is_full=False, port=free_port(), variables=variables)
    try:
        instance.start()
        instance.wait_until_ready()
        yield instance
    finally:
        instance.end()


@contextmanager
def _open_library(cluster: Cluster) -> Generator[SqlStore]:
    """Open the store of the writers by the library."""
    store = open_store(cluster.url(), pool=Pool(statement_seconds=STATEMENT_SECONDS))
    try:
        yield store
    finally:
        store.dispose()

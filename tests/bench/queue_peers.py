"""What is due to the others' workers, put into their own tables as their own means would put it."""

import asyncio
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
import dramatiq
import procrastinate
import psycopg
from attrs import define
from dbos import DBOSClient, run_dbos_database_migrations
from dramatiq.brokers.redis import RedisBroker
from pgqueuer import Queries
from tests.bench.queue_others import JOB, QUEUE, VERSION
from tests.bench.queue_rows import Contender, counting

from indelible_service.embedded import PostgresServer, redis

THEIRS: Final = "tests.bench.queue_others"
AT_ONCE: Final = 5_000
MOST_OF_DBOS: Final = 1_500
AGAIN: Final = 100  # a worker of Dramatiq has sixteen at hand
PROCRASTINATE: Final = "procrastinate"
PGQUEUER, PGQUEUER_MANY = "pgqueuer, batches of 10", "pgqueuer, batches of 100"
DRAMATIQ, DBOS = "Dramatiq on Redis", "DBOS"


@define
class Table:
    """A table of the others, of whose rows those that are due are counted."""

    connection: psycopg.Connection[Any]
    due: str

    def left(self) -> int:
        """How many are due."""
        return counting(self.connection, f"SELECT count(*) FROM {self.due}")()

    def swept(self) -> None:
        """Let what was finished cost as little as it can."""
        self.connection.execute(f"VACUUM (ANALYZE) {self.due.partition(' ')[0]}".encode())


@contextmanager
def peers(
    server: PostgresServer, directory: Path, *, heavy: bool
) -> Generator[tuple[Contender, ...]]:
    """Each with tables of its own in the database of ours; those that take long to begin only if so wished."""
    with (
        psycopg.connect(server.admin_url, autocommit=True) as connection,
        redis(directory, settings={"appendonly": "no"}) as kept_nowhere,
    ):
        found = (_procrastinate(server, connection), *_pgqueuer(server, connection))
        others = (_dramatiq(kept_nowhere.url), _dbos(server, connection)) if heavy else ()
        yield (*found, *others)


def _procrastinate(server: PostgresServer, connection: psycopg.Connection[Any]) -> Contender:
    with procrastinate.App(
        connector=procrastinate.SyncPsycopgConnector(conninfo=server.admin_url)
    ).open() as app:
        app.schema_manager.apply_schema()
    table = Table(connection, "procrastinate_jobs WHERE status = 'todo'")

    def fill(number: int) -> None:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " SELECT 'default', %s, '{}' FROM generate_series(1, %s)",
            (JOB, number - table.left()),
        )
        table.swept()

    asked = {"program": THEIRS, "way": "procrastinate", "url": server.admin_url}
    return Contender(name=PROCRASTINATE, asked=asked, fill=fill, left=table.left)


def _pgqueuer(server: PostgresServer, connection: psycopg.Connection[Any]) -> Iterator[Contender]:
    table = Table(connection, "pgqueuer WHERE status = 'queued'")

    async def add(number: int) -> None:
        opened = await asyncpg.connect(server.admin_url)
        queries = Queries.from_asyncpg_connection(opened)
        if not await queries.has_table("pgqueuer"):
            await queries.install()
        for begun in range(0, number, AT_ONCE):
            many = min(AT_ONCE, number - begun)
            await queries.enqueue([JOB] * many, [None] * many, [0] * many)
        await opened.close()

    def fill(number: int) -> None:
        asyncio.run(add(number - table.left()))
        table.swept()

    asyncio.run(add(0))
    for name, batch in ((PGQUEUER, 10), (PGQUEUER_MANY, 100)):
        asked = {"program": THEIRS, "way": "pgqueuer", "url": server.admin_url, "batch": batch}
        yield Contender(name=name, asked=asked, fill=fill, left=table.left)


def _dramatiq(url: str) -> Contender:
    broker = RedisBroker(url=url)
    client: Any = broker.client

    def fill(number: int) -> None:
        waiting, pipeline = f"dramatiq:{QUEUE}", client.pipeline(transaction=False)
        for _ in range(number - left()):
            message: dramatiq.Message[None] = dramatiq.Message(
                queue_name=QUEUE, actor_name=JOB, args=(), kwargs={}, options={}
            )
            message.options["redis_message_id"] = message.message_id
            pipeline.hset(
                f"{waiting}.msgs", message.message_id, message.encode()
            )  # what the broker's own script does
            pipeline.rpush(waiting, message.message_id)
            if len(pipeline) >= AT_ONCE:
                pipeline.execute()
        pipeline.execute()

    def left() -> int:
        return int(client.llen(f"dramatiq:{QUEUE}"))

    asked = {"program": THEIRS, "way": "dramatiq", "redis_url": url}
    return Contender(name=DRAMATIQ, asked=asked, fill=fill, left=left, again=AGAIN)


def _dbos(server: PostgresServer, connection: psycopg.Connection[Any]) -> Contender:
    run_dbos_database_migrations(server.admin_url)
    table = Table(connection, "dbos.workflow_status WHERE status = 'ENQUEUED'")
    client = DBOSClient(system_database_url=server.admin_url)
    copied = (
        "INSERT INTO {0} SELECT (jsonb_populate_record(one, jsonb_build_object("
        "'workflow_uuid', one.workflow_uuid || n))).* FROM {0} AS one, generate_series(2, %s) AS n"
    )

    def fill(number: int) -> None:
        connection.execute(
            "TRUNCATE dbos.workflow_status CASCADE"
        )  # also what was claimed, and will not be done
        connection.execute("TRUNCATE dbos.workflow_input")
        client.enqueue({"queue_name": QUEUE, "workflow_name": JOB, "app_version": VERSION})
        for each in ("dbos.workflow_status", "dbos.workflow_input"):
            connection.execute(copied.format(each).encode(), (number,))
        table.swept()

    asked = {"program": THEIRS, "way": "dbos", "url": server.admin_url}
    return Contender(name=DBOS, asked=asked, fill=fill, left=table.left, most=MOST_OF_DBOS)

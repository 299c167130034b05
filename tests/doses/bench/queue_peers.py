"""Jobs for the workers of other libraries, inserted into their own tables in their own way."""

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
from tests.doses.bench.queue_others import JOB, QUEUE, VERSION
from tests.doses.bench.queue_rows import Contender, counter

from indelible_service.embedded import PostgresServer, redis

PROGRAM: Final = "tests.doses.bench.queue_others"
CHUNK: Final = 5_000  # jobs that are inserted at once
MAX_DBOS_JOBS: Final = 1_500
MAX_REPEATED: Final = 100  # a worker of Dramatiq prefetches sixteen messages
PROCRASTINATE: Final = "procrastinate"
PGQUEUER, PGQUEUER_MANY = "pgqueuer, batches of 10", "pgqueuer, batches of 100"
DRAMATIQ, DBOS = "Dramatiq on Redis", "DBOS"

INSERT_PROCRASTINATE_JOBS: Final = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args)
SELECT 'default', %s, '{}'
FROM generate_series(1, %s)
"""
COPY_DBOS_ROWS: Final = """
INSERT INTO {0}
SELECT (jsonb_populate_record(
    one, jsonb_build_object('workflow_uuid', one.workflow_uuid || n))).*
FROM {0} AS one, generate_series(2, %s) AS n
"""


@define
class Table:
    """A table of another library, with the condition for due jobs."""

    connection: psycopg.Connection[Any]
    name: str
    condition: str

    def count_due(self) -> int:
        """Count the due jobs."""
        return counter(
            self.connection, f"SELECT count(*) FROM {self.name} WHERE {self.condition}"
        )()

    def vacuum(self) -> None:
        """Remove finished rows, so that they cost as little as possible."""
        self.connection.execute(f"VACUUM (ANALYZE) {self.name}".encode())


@contextmanager
def peers(
    server: PostgresServer, directory: Path, *, heavy: bool
) -> Generator[tuple[Contender, ...]]:
    """Set up the other libraries in our database; `heavy` includes those that start slowly."""
    with (
        psycopg.connect(server.admin_url, autocommit=True) as connection,
        redis(directory, settings={"appendonly": "no"}) as redis_server,
    ):
        contenders = [_procrastinate(server, connection), *_pgqueuer(server, connection)]
        if heavy:
            contenders += [_dramatiq(redis_server.url), _dbos(server, connection)]
        yield tuple(contenders)


def _procrastinate(server: PostgresServer, connection: psycopg.Connection[Any]) -> Contender:
    connector = procrastinate.SyncPsycopgConnector(conninfo=server.admin_url)
    with procrastinate.App(connector=connector).open() as app:
        app.schema_manager.apply_schema()
    table = Table(connection, "procrastinate_jobs", "status = 'todo'")

    def fill(number: int) -> None:
        connection.execute(INSERT_PROCRASTINATE_JOBS, (JOB, number - table.count_due()))
        table.vacuum()

    options = {"program": PROGRAM, "way": "procrastinate", "url": server.admin_url}
    return Contender(name=PROCRASTINATE, options=options, fill=fill, count_due=table.count_due)


def _pgqueuer(server: PostgresServer, connection: psycopg.Connection[Any]) -> Iterator[Contender]:
    table = Table(connection, "pgqueuer", "status = 'queued'")

    async def add(number: int) -> None:
        driver = await asyncpg.connect(server.admin_url)
        queries = Queries.from_asyncpg_connection(driver)
        if not await queries.has_table("pgqueuer"):
            await queries.install()
        for start in range(0, number, CHUNK):
            size = min(CHUNK, number - start)
            await queries.enqueue([JOB] * size, [None] * size, [0] * size)
        await driver.close()

    def fill(number: int) -> None:
        asyncio.run(add(number - table.count_due()))
        table.vacuum()

    asyncio.run(add(0))
    for name, batch in ((PGQUEUER, 10), (PGQUEUER_MANY, 100)):
        options = {"program": PROGRAM, "way": "pgqueuer", "url": server.admin_url, "batch": batch}
        yield Contender(name=name, options=options, fill=fill, count_due=table.count_due)


def _dramatiq(url: str) -> Contender:
    broker = RedisBroker(url=url)
    client: Any = broker.client
    queue = f"dramatiq:{QUEUE}"

    def count_due() -> int:
        return int(client.llen(queue))

    def fill(number: int) -> None:
        pipeline = client.pipeline(transaction=False)
        for _ in range(number - count_due()):
            message: dramatiq.Message[None] = dramatiq.Message(
                queue_name=QUEUE, actor_name=JOB, args=(), kwargs={}, options={}
            )
            message.options["redis_message_id"] = message.message_id
            # The script of the broker does the same.
            pipeline.hset(f"{queue}.msgs", message.message_id, message.encode())
            pipeline.rpush(queue, message.message_id)
            if len(pipeline) >= CHUNK:
                pipeline.execute()
        pipeline.execute()

    options = {"program": PROGRAM, "way": "dramatiq", "redis_url": url}
    return Contender(
        name=DRAMATIQ,
        options=options,
        fill=fill,
        count_due=count_due,
        max_repeated=MAX_REPEATED,
    )


def _dbos(server: PostgresServer, connection: psycopg.Connection[Any]) -> Contender:
    run_dbos_database_migrations(server.admin_url)
    table = Table(connection, "dbos.workflow_status", "status = 'ENQUEUED'")
    client = DBOSClient(system_database_url=server.admin_url)

    def fill(number: int) -> None:
        # This also removes jobs that were claimed and will never be done.
        connection.execute("TRUNCATE dbos.workflow_status CASCADE")
        connection.execute("TRUNCATE dbos.workflow_input")
        client.enqueue({"queue_name": QUEUE, "workflow_name": JOB, "app_version": VERSION})
        for name in ("dbos.workflow_status", "dbos.workflow_input"):
            connection.execute(COPY_DBOS_ROWS.format(name).encode(), (number,))
        table.vacuum()

    options = {"program": PROGRAM, "way": "dbos", "url": server.admin_url}
    return Contender(
        name=DBOS, options=options, fill=fill, count_due=table.count_due, max_due=MAX_DBOS_JOBS
    )

"""Due tasks for each of our contenders, inserted by SQL, and their count."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from attrs import define, frozen
from tests.doses.bench.queue_tally import Options
from tests.sql.large_spaces import unguarded

from indelible import tokens
from indelible.kernel import Change, canonical_json
from indelible.policy import Policy
from indelible.testing.stores import MAYA
from indelible.tokens import Author, Repositories, Token
from indelible.tokens.rules.tasks import GENERATE_STAGE, UPLOAD_STAGE, TokenPolicy
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.kernel.task_tables import TASKS
from indelible_sql.schema.database_time import DATABASE_TIME_FUNCTION
from indelible_sql.schema.tables import HISTORY
from indelible_sql.tokens.tables import TOKENS

DUE_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
WALLET: Final = f"0x{'ab' * 20}"
PROGRAM: Final = "tests.doses.bench.queue_workers"
COPIED_TOKEN_ID: Final = 2_000_000_000  # of the token that all others are copies of
REASON: Final = "to be claimed"
WITH_STAGES: Final = Policy(tokens=TokenPolicy(stages=(GENERATE_STAGE, UPLOAD_STAGE)))
UNGUARDED: Final = "bare driver, unguarded"
LIMIT: Final = "bare driver, guarded"
LEASED: Final = "indelible, leases alone"
AUDITED: Final = "indelible, audited"

# The columns of the unguarded copies, of which a domain is replaced by its type.
PLAIN_COLUMNS: Final = """
SELECT string_agg(format(
    '%%I::%%I.%%I%%s', column_name, udt_schema, udt_name,
    CASE udt_name WHEN 'text' THEN ' COLLATE "C"' ELSE '' END
), ', ' ORDER BY ordinal_position)
FROM information_schema.columns
WHERE table_schema = 'indelible' AND table_name = %s
"""
UNGUARDED_TABLES: Final = ("tasks", "stages")
UNGUARDED_KEYS: Final = (
    """
    ALTER TABLE unguarded.tasks
        SET (fillfactor = 60),
        ADD PRIMARY KEY (stage, entity_id),
        ALTER COLUMN priority SET DEFAULT 2
    """,
    """
    CREATE INDEX ON unguarded.tasks (stage, priority, due_at, entity_id)
    WHERE due_at IS NOT NULL
    """,
    """
    CREATE INDEX ON unguarded.tasks (stage, finished_at, entity_id)
    WHERE finished_at IS NOT NULL
    """,
    "ALTER TABLE unguarded.stages ADD PRIMARY KEY (id)",
)
NUMBERED_ID: Final = "lpad(n::text, 36, '0')"  # as long as our ids, and in the same order
INSERT_TASKS: Final = f"""
INSERT INTO {{schema}}tasks (stage, entity_id, due_at, fence, attempts)
SELECT %s, {NUMBERED_ID}, %s + n * interval '1 ms', 0, 0
FROM generate_series(%s::bigint, %s) AS n
"""


@frozen(kw_only=True)
class Contender:
    """Workers that claim and complete tasks, with the way to add tasks and to count them.

    At most `max_due` tasks may be due. At most `max_repeated` may be done twice, because a worker
    can end before it has acknowledged them.
    """

    name: str
    options: Options
    fill: Callable[[int], object]
    count_due: Callable[[], int]
    max_due: int = 10**9
    max_repeated: int = 0


def counter(connection: psycopg.Connection[Any], statement: str) -> Callable[[], int]:
    """Return a function that runs a statement and returns its count."""

    def count() -> int:
        row = connection.execute(statement.encode()).fetchone()
        return int(row[0]) if row else 0

    return count


@define
class LeasedTasks:
    """The tasks of one stage, in our table or in the unguarded copy."""

    connection: psycopg.Connection[Any]
    schema: str
    stage: str
    inserted: int = 0

    def count_due(self) -> int:
        """Count the due tasks."""
        condition = f"stage = '{self.stage}' AND due_at IS NOT NULL"
        statement = f"SELECT count(*) FROM {self.schema}tasks WHERE {condition}"
        return counter(self.connection, statement)()

    def fill(self, number: int) -> None:
        """Insert tasks until so many are due; new ones are due after the others."""
        missing = number - self.count_due()
        values = (self.stage, DUE_AT, self.inserted + 1, self.inserted + missing)
        self.connection.execute(INSERT_TASKS.format(schema=self.schema).encode(), values)
        self.inserted += missing
        self.connection.execute(f"VACUUM (ANALYZE) {self.schema}tasks".encode())


# Copy the first change of a token: the numbers differ, and so do the digests.
COPY_CHANGES: Final = """
INSERT INTO indelible.history (
    lifecycle, entity_id, seq, action, from_state, to_state, adds_version, version,
    actor, reason, at, data, prev_hash, hash)
SELECT
    lifecycle, {ids}, seq, action, from_state, to_state, adds_version, version,
    actor, reason, at, jsonb_set(data, '{{token_id}}', to_jsonb(n)), prev_hash,
    encode(sha256(convert_to(
        replace(replace($1, $2, {ids}), '"token_id":{first}', '"token_id":' || n), 'UTF8')), 'hex')
FROM indelible.history, generate_series($3::bigint, $4) AS n
WHERE entity_id = $2 AND seq = 1
"""
INSERT_TOKENS: Final = """
INSERT INTO indelible.tokens_s0 (
    id, status, seq, hash, created_at, updated_at, token_id, author_id, mint_timestamp,
    generation_attempts)
SELECT
    entity_id, to_state, seq, hash, at, at, (data ->> 'token_id')::numeric, data ->> 'author_id',
    (data ->> 'mint_timestamp')::timestamptz, 0
FROM indelible.history, generate_series($1::bigint, $2) AS n
WHERE entity_id = {ids} AND lifecycle = 'token'
"""
INSERT_GENERATE_TASKS: Final = """
INSERT INTO indelible.tasks (stage, entity_id, due_at, fence, attempts)
SELECT 'generate', {ids}, mint_timestamp, 0, 0
FROM indelible.tokens_s0, generate_series($1::bigint, $2) AS n
WHERE id = {ids}
"""


@define
class TokenTasks:
    """Tokens whose generation is due, each with its first change."""

    server: PostgresServer
    connection: psycopg.Connection[Any]
    digested_text: str  # of the first change of the copied token
    copied_id: str
    inserted: int = 0

    @classmethod
    def create(cls, server: PostgresServer, connection: psycopg.Connection[Any]) -> "TokenTasks":
        """Create the token that all others are copies of, through the store."""
        store = open_store(server.url, policy=WITH_STAGES)
        with store.transaction(actor=MAYA, reason=REASON) as tx:
            now = tx.clock.now()
            repositories = Repositories.over(tx)
            author = Author.create("create", now=now, id=tx.ids.new(), wallet_address=WALLET)
            author = repositories.authors.add(author)
            token = Token.create(
                "detect",
                now=now,
                id=tx.ids.new(),
                token_id=COPIED_TOKEN_ID,
                author_id=author.id,
                mint_timestamp=DUE_AT,
            )
            token = repositories.tokens.add(token)
        (change,) = store.read(tokens.token_history, COPIED_TOKEN_ID)
        store.dispose()

        return cls(server, connection, digested_text(change), token.id)

    def count_due(self) -> int:
        """Count the tokens that wait for their generation."""
        condition = f"stage = '{GENERATE_STAGE}' AND due_at IS NOT NULL"
        statement = f"SELECT count(*) FROM indelible.tasks WHERE {condition}"
        return counter(self.connection, statement)()

    def fill(self, number: int) -> None:
        """Insert tokens until so many wait."""
        missing = number - self.count_due()
        numbers = (self.inserted + 1, self.inserted + missing)
        statements = (
            (COPY_CHANGES, (self.digested_text, self.copied_id, *numbers)),
            (INSERT_TOKENS, numbers),
            (INSERT_GENERATE_TASKS, numbers),
        )
        with unguarded(self.server.admin_url, TOKENS, HISTORY, TASKS) as connection:
            driver: Any = connection.connection.driver_connection
            with psycopg.RawCursor[Any](driver) as cursor:
                for statement, values in statements:
                    text = statement.format(ids=NUMBERED_ID, first=COPIED_TOKEN_ID)
                    cursor.execute(text.encode(), values)
                    assert cursor.rowcount == missing
        self.inserted += missing


def digested_text(change: Change) -> str:
    """Return the text that the digest of a change covers."""
    return canonical_json(change.covered_values())


def ours(server: PostgresServer, connection: psycopg.Connection[Any]) -> Iterator[Contender]:
    """Yield the bare driver without and with guards, then our leases, alone and audited."""
    _create_unguarded_tables(connection)

    bare = {"program": PROGRAM, "way": "bare", "url": server.url}
    leased = {"program": PROGRAM, "way": "leased", "url": server.url}
    options_by_name = {
        UNGUARDED: {
            **bare,
            "bare_url": server.admin_url,
            "schema": "unguarded.",
            "stage": "leased",
        },
        LIMIT: {**bare, "bare_url": server.url, "schema": "indelible.", "stage": "bare"},
        LEASED: {**leased, "schema": "indelible.", "stage": "leased"},
    }
    for name, options in options_by_name.items():
        tasks = LeasedTasks(connection, options["schema"], options["stage"])
        yield Contender(name=name, options=options, fill=tasks.fill, count_due=tasks.count_due)

    token_tasks = TokenTasks.create(server, connection)
    yield Contender(
        name=AUDITED,
        options={"program": PROGRAM, "way": "audited", "url": server.url},
        fill=token_tasks.fill,
        count_due=token_tasks.count_due,
    )


def _create_unguarded_tables(connection: psycopg.Connection[Any]) -> None:
    connection.execute("CREATE SCHEMA unguarded")
    for table in UNGUARDED_TABLES:
        ((columns,),) = connection.execute(PLAIN_COLUMNS, (table,)).fetchall()
        query = f"SELECT {columns} FROM indelible.{table}"
        connection.execute(f"CREATE TABLE unguarded.{table} AS {query} WITH NO DATA".encode())
    for statement in UNGUARDED_KEYS:
        connection.execute(statement.encode())
    function = DATABASE_TIME_FUNCTION.replace(f"{SCHEMA}.", "unguarded.")
    connection.execute(function.encode())

"""What is due to each contender, put there by the databases' own means, and how much of it is left."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from attrs import asdict, define, frozen
from attrs.filters import exclude
from tests.bench.crowds import unguarded
from tests.bench.queue_tally import Asked

from indelible import tokens
from indelible.kernel import Change, canonical_json
from indelible.testing.stores import MAYA
from indelible.tokens import Author, Repositories, Token
from indelible.tokens.rules import GENERATE
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store
from indelible_sql.kernel.tasks import TASKS
from indelible_sql.schema.tables import HISTORY
from indelible_sql.tokens.tables import TOKENS

DUE: Final = datetime(2026, 1, 1, tzinfo=UTC)
WALLET: Final = f"0x{'ab' * 20}"
OURS: Final = "tests.bench.queue_workers"
FIRST: Final = 2_000_000_000  # the number of the token of which all others are copies
WHY: Final = "to be claimed"
UNGUARDED: Final = "bare driver, unguarded"
LIMIT: Final = "bare driver, guarded"
LEASED: Final = "indelible, leases alone"
AUDITED: Final = "indelible, audited"
PLAIN: Final[Mapping[str, str]] = {
    "work": 'stage::text, entity_id::text COLLATE "C", due_at::timestamptz, lease_owner::text,'
    " lease_until::timestamptz, fence::bigint, attempts::bigint, dead_reason::text",
    "stages": "id::text, status::text",
}
MADE: Final = (
    "ALTER TABLE unguarded.tasks SET (fillfactor = 60), ADD PRIMARY KEY (stage, entity_id)",
    "CREATE INDEX ON unguarded.tasks (stage, due_at, entity_id) WHERE due_at IS NOT NULL",
    "ALTER TABLE unguarded.stages ADD PRIMARY KEY (id)",
)
IDS: Final = "lpad(n::text, 36, '0')"  # as long as ours, and as much in order


@frozen(kw_only=True)
class Contender:
    """Who claims and completes, what its workers are told, how more is made due, and how much is left."""

    name: str
    asked: Asked
    fill: Callable[[int], object]
    left: Callable[[], int]
    most: int = 10**9  # that may be due to one who takes all there is
    again: int = (
        0  # that may be done, and be due again because a worker ended before it had said so
    )


def counting(connection: psycopg.Connection[Any], statement: str) -> Callable[[], int]:
    """What the statement counts, each time."""

    def count() -> int:
        found = connection.execute(statement.encode()).fetchone()
        return int(found[0]) if found else 0

    return count


@define
class Leased:
    """Rows of one stage of ours, or of a copy of their table, and whoever claims them."""

    connection: psycopg.Connection[Any]
    place: str
    stage: str
    made: int = 0

    def left(self) -> int:
        """How many are due."""
        due = f"SELECT count(*) FROM {self.place}tasks WHERE stage = '{self.stage}' AND due_at IS NOT NULL"
        return counting(self.connection, due)()

    def fill(self, number: int) -> None:
        """Let so many be due, the new ones after all that are there."""
        missing = number - self.left()
        self.connection.execute(
            f"INSERT INTO {self.place}tasks (stage, entity_id, due_at, fence, attempts)"
            f" SELECT %s, {IDS}, %s + n * interval '1 ms', 0, 0 FROM generate_series(%s::bigint, %s) AS n".encode(),
            (self.stage, DUE, self.made + 1, self.made + missing),
        )
        self.made += missing
        self.connection.execute(f"VACUUM (ANALYZE) {self.place}tasks".encode())


COPIED: Final = (
    """
INSERT INTO indelible.history (lifecycle, entity_id, seq, action, from_state, to_state, adds_version, version,
  actor, reason, at, data, prev_hash, hash)
SELECT lifecycle, {ids}, seq, action, from_state, to_state, adds_version, version, actor, reason, at,
  jsonb_set(data, '{{token_id}}', to_jsonb(n)), prev_hash,
  encode(sha256(convert_to(replace(replace($1, $2, {ids}), '"token_id":{first}', '"token_id":' || n), 'UTF8')), 'hex')
FROM indelible.history, generate_series($3::bigint, $4) AS n WHERE entity_id = $2 AND seq = 1
""",
    """
INSERT INTO indelible.tokens_s0 (id, status, seq, hash, created_at, updated_at, token_id, author_id, mint_timestamp,
  generation_attempts)
SELECT entity_id, to_state, seq, hash, at, at, (data ->> 'token_id')::bigint, data ->> 'author_id',
  (data ->> 'mint_timestamp')::timestamptz, 0
FROM indelible.history, generate_series($1::bigint, $2) AS n WHERE entity_id = {ids} AND lifecycle = 'token'
""",
    """
INSERT INTO indelible.tasks (stage, entity_id, due_at, fence, attempts)
SELECT 'generate', {ids}, mint_timestamp, 0, 0
FROM indelible.tokens_s0, generate_series($1::bigint, $2) AS n WHERE id = {ids}
""",
)


@define
class Tokens:
    """Tokens whose generation is due, each with the change that gave birth to it."""

    server: PostgresServer
    connection: psycopg.Connection[Any]
    said: str  # the text of the first one's birth, as its digest was taken
    first: str
    made: int = 0

    @classmethod
    def over(cls, server: PostgresServer, connection: psycopg.Connection[Any]) -> "Tokens":
        """The first, as the store has made it."""
        store = open_store(server.url)
        with store.transaction(actor=MAYA, reason=WHY) as tx:
            now, seven = tx.clock.now(), Repositories.over(tx)
            author = seven.authors.add(
                Author.create("create", now=now, id=tx.ids.new(), wallet_address=WALLET)
            )
            said = {"token_id": FIRST, "author_id": author.id, "mint_timestamp": DUE}
            token = seven.tokens.add(Token.create("detect", now=now, id=tx.ids.new(), **said))
        (change,) = store.read(tokens.token_history, FIRST)
        store.dispose()
        return cls(server, connection, text_of(change), token.id)

    def left(self) -> int:
        """How many wait for their generation."""
        return counting(self.connection, f"SELECT count(*) FROM {place_of(GENERATE)}")()

    def fill(self, number: int) -> None:
        """Let so many wait."""
        missing = number - self.left()
        given = ((self.said, self.first), (), ())
        with unguarded(self.server.admin_url, TOKENS, HISTORY, TASKS) as connection:
            driver: Any = connection.connection.driver_connection
            with psycopg.RawCursor[Any](driver) as cursor:
                for text, beside in zip(COPIED, given, strict=True):
                    written = text.format(ids=IDS, first=FIRST).encode()
                    cursor.execute(written, (*beside, self.made + 1, self.made + missing))
                    assert cursor.rowcount == missing
        self.made += missing


def place_of(stage: str) -> str:
    """The rows of a stage that are due."""
    return f"indelible.tasks WHERE stage = '{stage}' AND due_at IS NOT NULL"


def text_of(change: Change) -> str:
    """What a change's digest is taken of."""
    return canonical_json(asdict(change, recurse=False, filter=exclude("hash")))


def ours(server: PostgresServer, connection: psycopg.Connection[Any]) -> Iterator[Contender]:
    """The bare driver with guards and without, ours with leases alone, and ours with changes of status."""
    connection.execute("CREATE SCHEMA unguarded")
    for table in PLAIN:
        copied = f"CREATE TABLE unguarded.{table} AS SELECT {PLAIN[table]} FROM indelible.{table} WITH NO DATA"
        connection.execute(copied.encode())
    for statement in MADE:
        connection.execute(statement.encode())
    bare = {"program": OURS, "way": "bare", "url": server.url, "bare_url": server.url}
    asked = {
        UNGUARDED: {**bare, "bare_url": server.admin_url, "place": "unguarded.", "stage": "leased"},
        LIMIT: {**bare, "place": "indelible.", "stage": "bare"},
        LEASED: {
            "program": OURS,
            "way": "leased",
            "url": server.url,
            "place": "indelible.",
            "stage": "leased",
        },
    }
    for name, each in asked.items():
        rows = Leased(connection, each["place"], each["stage"])
        yield Contender(name=name, asked=each, fill=rows.fill, left=rows.left)
    rows_of_tokens = Tokens.over(server, connection)
    yield Contender(
        name=AUDITED,
        asked={"program": OURS, "way": "audited", "url": server.url},
        fill=rows_of_tokens.fill,
        left=rows_of_tokens.left,
    )

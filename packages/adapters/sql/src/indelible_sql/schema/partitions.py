"""History in hash partitions of PostgreSQL: the shape of a store, chosen when it is created.

The migrations create history as one table. Right after the first of them, while it is empty, it is
replaced by a partitioned table with the same columns, keys, indexes and guards, which are read from
the database: so the declarations know one shape. Later revisions run on both.

All changes of an aggregate are in one partition. Three things are of this shape alone:

- A unique index of a partitioned table contains the column that selects the partition, so that the
  database does not compare positions of two partitions. The guard of positions draws each from
  the sequence itself, and refuses a given one. `history_positions` is one table with one key, to
  which each row of history adds its position.
- PostgreSQL copies triggers for rows to the partitions. A trigger for statements fires for the
  table that a statement names, so each partition has those of the parent.
- The application's role may not write to a partition: it writes to the parent.

Decision: docs/design/history-in-partitions.md
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from attrs import frozen
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    inspect,
    text,
)

from indelible.kernel import Conflict, Invalid
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.engine.session_settings import deparsing
from indelible_sql.schema.columns import in_schema, quoted
from indelible_sql.schema.feed import FLOOR_SETTING, STATEMENT_FLOOR_SETTING
from indelible_sql.schema.guard import Guard, statements

PARTITIONED: Final = "postgresql_partitioned"  # a shape; the others are named by their dialect
MIN_PARTITIONS: Final = 2
# One page of the feed locks the table and 7 indexes of each partition until its transaction ends.
MAX_PARTITIONS: Final = 16
PARTITIONS_ATTRIBUTE: Final = "history_partitions"  # of Alembic's configuration
PARTITION_COLUMN: Final = "entity_id"
POSITION_GUARD: Final = "history_no_position"
POSITION_KEEPER: Final = "history_takes_position"
FEED_INDEX: Final = "history_feed"  # the key that no position has twice, in both shapes
# Every position of history. Only this shape has the table.
POSITIONS: Final = Table(
    "history_positions",
    MetaData(),
    Column("position", BigInteger),
    PrimaryKeyConstraint("position", name=FEED_INDEX),
    schema=SCHEMA,
)
# The keys whose violations name a partition's own index, by the columns after the parent's name.
KEYS: Final = ("history_seq", "history_revision")

KIND: Final = text(
    """
    SELECT relkind::text
    FROM pg_class
    WHERE relnamespace = to_regnamespace(:schema) AND relname = 'history'
    """
)
PARTITIONS: Final = text(
    """
    SELECT c.relname
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass(:history)
    ORDER BY c.relname
    """
)
# The number of partitions that the store was created with: one may be detached since.
MODULUS: Final = text(
    r"""
    SELECT max(CAST(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'modulus (\d+)') AS integer))
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass(:history)
    """
)
# Keys of history itself: first those at which others point.
OWN_KEYS: Final = text(
    """
    SELECT conname, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint
    WHERE conrelid = to_regclass(:history) AND contype IN ('p', 'u', 'f')
    ORDER BY contype = 'f', conname
    """
)
KEYS_OF_OTHERS: Final = text(
    """
    SELECT conname, conrelid::regclass::text AS owner, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint
    WHERE confrelid = to_regclass(:history) AND conrelid <> confrelid AND contype = 'f'
    ORDER BY owner, conname
    """
)
INDEXES: Final = text(
    """
    SELECT pg_get_indexdef(indexrelid)
    FROM pg_index
    WHERE indrelid = to_regclass(:history)
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
      AND indexrelid <> to_regclass(:feed_index)
    ORDER BY indexrelid
    """
)
TRIGGERS: Final = text(
    """
    SELECT tgname, pg_get_triggerdef(oid) AS definition
    FROM pg_trigger
    WHERE tgrelid = to_regclass(:history) AND NOT tgisinternal
    ORDER BY tgname
    """
)
# Triggers for statements that a table has, with their definitions for that table.
STATEMENT_TRIGGERS: Final = text(
    """
    SELECT tgname, pg_get_triggerdef(oid) AS definition
    FROM pg_trigger
    WHERE tgrelid = to_regclass(:table) AND NOT tgisinternal AND tgtype & 1 = 0
    ORDER BY tgname
    """
)
KEY_INDEX: Final = text(
    """
    SELECT child.relname
    FROM pg_inherits i
    JOIN pg_class child ON child.oid = i.inhrelid
    JOIN pg_index x ON x.indexrelid = child.oid
    WHERE i.inhparent = to_regclass(:key) AND x.indrelid = to_regclass(:table)
    """
)

# SECURITY DEFINER: the application's role may not draw from the sequence. A position that a session
# keeps in its cache, or of a sequence that was set back, may be behind the end of the feed.
DRAW_POSITION: Final = f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.{POSITION_GUARD}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog AS $$ BEGIN
  IF NEW.position IS NOT NULL THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  NEW.position := nextval('{SCHEMA}.history_position_seq');
  IF (NEW.position > current_setting('{STATEMENT_FLOOR_SETTING}')::bigint) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
""".strip()
# An AFTER trigger sees the row as it is stored, whatever other triggers made of it. The position
# must be one that the transaction may have drawn: the feed waits for those above its floor.
KEEP_POSITION: Final = (
    f"""
CREATE FUNCTION {SCHEMA}.{POSITION_KEEPER}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog AS $$ BEGIN
  IF (
    NEW.position > current_setting('{FLOOR_SETTING}')::bigint
    AND NEW.position <= currval('{SCHEMA}.history_position_seq')
  ) IS NOT TRUE THEN
    RAISE check_violation USING
      MESSAGE = '{POSITION_GUARD}', CONSTRAINT = '{POSITION_GUARD}', TABLE = TG_TABLE_NAME;
  END IF;
  INSERT INTO {SCHEMA}.{POSITIONS.name} VALUES (NEW.position);
  RETURN NULL;
END $$
""".strip(),
    (
        f"CREATE TRIGGER {POSITION_KEEPER} AFTER INSERT ON {SCHEMA}.history\n"
        f"FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.{POSITION_KEEPER}()"
    ),
    f"ALTER TABLE {SCHEMA}.history ENABLE ALWAYS TRIGGER {POSITION_KEEPER}",
    f"REVOKE EXECUTE ON FUNCTION {SCHEMA}.{POSITION_KEEPER}() FROM PUBLIC",
)
POSITIONS_TABLE: Final = (
    f"CREATE TABLE {SCHEMA}.{POSITIONS.name} (position bigint CONSTRAINT {FEED_INDEX} PRIMARY KEY)"
)
POSITIONS_GUARDS: Final = (
    # The trigger of history inserts at a depth of 1.
    Guard(
        table=POSITIONS,
        rule="no_insert",
        event="INSERT",
        fires_before=True,
        row_filter="pg_trigger_depth() = 0",
    ),
    Guard(table=POSITIONS, rule="no_update", event="UPDATE"),
    Guard(table=POSITIONS, rule="no_delete", event="DELETE"),
    Guard(table=POSITIONS, rule="no_truncate", event="TRUNCATE"),
)
EMPTY_COPY: Final = f"""
CREATE TABLE {SCHEMA}.history (
  LIKE {SCHEMA}.history_before INCLUDING CONSTRAINTS INCLUDING DEFAULTS INCLUDING GENERATED
    INCLUDING STORAGE
) PARTITION BY HASH ({PARTITION_COLUMN})
""".strip()


@frozen
class PartitionsOutOfRange(Invalid):
    """The number of partitions of history is too small or too large."""

    message: ClassVar[str] = (
        f"History cannot have {{number}} partitions, expected {MIN_PARTITIONS} to {MAX_PARTITIONS}."
    )
    number: int


@frozen
class PartitionsUnsupported(Invalid):
    """SQLite has no partitions."""

    message: ClassVar[str] = "SQLite has no partitions: create the store on PostgreSQL."


@frozen
class PartitionsFixed(Conflict):
    """The number of partitions is chosen when a store is created, and never changes."""

    message: ClassVar[str] = (
        "The store has {actual} partitions of history, expected {expected}: export it into a new "
        "store."
    )
    actual: int
    expected: int


def partition_names(connection: Connection, schema: str) -> Sequence[str]:
    """Return the names of the partitions of history, none where it is one table."""
    history = f"{quoted(connection, schema)}.history"
    return connection.scalars(PARTITIONS, {"history": history}).all()


def closed_tables(connection: Connection, schema: str) -> Sequence[str]:
    """Return the tables of this shape alone, to which the application's role writes nothing."""
    if shape_of(connection, schema) != PARTITIONED:
        return ()
    return (POSITIONS.name, *partition_names(connection, schema))


def shape_of(connection: Connection, schema: str) -> str:
    """Return the shape that a store has, by which its digests and its snapshot are named."""
    dialect = connection.dialect.name
    if dialect == "sqlite":
        return dialect

    kind = connection.scalar(KIND, {"schema": quoted(connection, schema)})
    return PARTITIONED if kind == "p" else dialect


def check_number(connection: Connection, schema: str | None, number: int) -> None:
    """Refuse a number of partitions that the store cannot get.

    Raises: PartitionsUnsupported, PartitionsOutOfRange, PartitionsFixed.
    """
    if schema is None:
        raise PartitionsUnsupported
    if not MIN_PARTITIONS <= number <= MAX_PARTITIONS:
        raise PartitionsOutOfRange(number)
    if not inspect(connection).has_table("history", schema=schema):
        return

    actual = 1
    if shape_of(connection, schema) == PARTITIONED:
        history = f"{quoted(connection, schema)}.history"
        actual = connection.scalar(MODULUS, {"history": history}) or number
    if actual != number:
        raise PartitionsFixed(actual, number)


def partition_history(connection: Connection, schema: str, number: int) -> None:
    """Replace history, which is empty, by a table with this number of partitions."""
    history = {
        "history": f"{quoted(connection, schema)}.history",
        "feed_index": f"{quoted(connection, schema)}.{FEED_INDEX}",
    }
    with deparsing(connection):
        own_keys = connection.execute(OWN_KEYS, history).all()
        keys_of_others = connection.execute(KEYS_OF_OTHERS, history).all()
        indexes = connection.scalars(INDEXES, history).all()
        triggers = connection.execute(TRIGGERS, history).all()

    def run(statement: str) -> None:
        connection.exec_driver_sql(in_schema(connection, schema, statement))

    run(f"ALTER TABLE {SCHEMA}.history RENAME TO history_before")
    run(EMPTY_COPY)
    run(f"DROP TABLE {SCHEMA}.history_before CASCADE")
    run(f"CREATE SEQUENCE {SCHEMA}.history_position_seq OWNED BY {SCHEMA}.history.position")
    for statement in _partitions(number):
        run(statement)

    run(DRAW_POSITION)
    run(f"REVOKE EXECUTE ON FUNCTION {SCHEMA}.{POSITION_GUARD}() FROM PUBLIC")
    run(f"CREATE INDEX history_order ON {SCHEMA}.history (position)")
    for index in indexes:
        connection.exec_driver_sql(index)
    for key in own_keys:
        run(f"ALTER TABLE {SCHEMA}.history ADD CONSTRAINT {key.conname} {key.definition}")
    for key in keys_of_others:
        connection.exec_driver_sql(
            f"ALTER TABLE {key.owner} ADD CONSTRAINT {key.conname} {key.definition}"
        )
    for trigger in triggers:
        connection.exec_driver_sql(trigger.definition)
        run(f"ALTER TABLE {SCHEMA}.history ENABLE ALWAYS TRIGGER {trigger.tgname}")
    for statement in (POSITIONS_TABLE, *statements(POSITIONS_GUARDS, "postgresql"), *KEEP_POSITION):
        run(statement)


def _partitions(number: int) -> Iterator[str]:
    for remainder in range(number):
        yield (
            f"CREATE TABLE {SCHEMA}.history_p{remainder:02} PARTITION OF {SCHEMA}.history"
            f" FOR VALUES WITH (MODULUS {number}, REMAINDER {remainder})"
        )


def complete_partitions(connection: Connection, schema: str) -> None:
    """Give each partition the triggers for statements and the names of keys of the parent.

    A revision changes the parent alone; PostgreSQL passes on everything else.
    """
    for name in partition_names(connection, schema):
        _copy_statement_triggers(connection, schema, name)
        _name_keys(connection, schema, name)


def _copy_statement_triggers(connection: Connection, schema: str, partition: str) -> None:
    prefix = quoted(connection, schema)
    with deparsing(connection):
        declared = _statement_triggers(connection, f"{prefix}.history")
        stored = _statement_triggers(connection, f"{prefix}.{partition}")

    of_partition = f'"{schema}"."{partition}"'
    for name in stored.keys() - declared.keys():
        connection.exec_driver_sql(f"DROP TRIGGER {name} ON {of_partition}")
    for name, definition in declared.items():
        expected = definition.replace(f'"{schema}"."history" ', f"{of_partition} ", 1)
        if stored.get(name) == expected:
            continue
        if name in stored:
            connection.exec_driver_sql(f"DROP TRIGGER {name} ON {of_partition}")
        connection.exec_driver_sql(expected)
        connection.exec_driver_sql(f"ALTER TABLE {of_partition} ENABLE ALWAYS TRIGGER {name}")


def _statement_triggers(connection: Connection, table: str) -> dict[str, str]:
    rows = connection.execute(STATEMENT_TRIGGERS, {"table": table}).all()
    return {row.tgname: row.definition for row in rows}


def _name_keys(connection: Connection, schema: str, partition: str) -> None:
    """Name each key's index of a partition after the key, so that a violation tells which."""
    prefix = quoted(connection, schema)
    for key in KEYS:
        values = {"key": f"{prefix}.{key}", "table": f"{prefix}.{partition}"}
        stored = connection.scalar(KEY_INDEX, values)
        expected = f"{partition}_{key.removeprefix('history_')}"
        # The digest of the schema tells of one that is missing.
        if stored is not None and stored != expected:
            connection.exec_driver_sql(f'ALTER INDEX {prefix}."{stored}" RENAME TO {expected}')

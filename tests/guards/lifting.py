"""Drop guards of PostgreSQL for one attack, and tell which other guard refuses it then."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from tests.guards.guard_names import REFUSALS, guard_of, unique_key_name
from tests.guards.raw_database import Statement, check_deferred_keys, run

from indelible_sql.contexts import CATALOG
from indelible_sql.schema.tables import HISTORY, REVISION_COLUMNS, HeadHistoryKey

HISTORY_KEY_COLUMNS = ["lifecycle", "entity_id", "seq"]


def _dependent_guards() -> dict[str, tuple[str, ...]]:
    """Map each guard to those that cannot exist without it.

    They are the foreign keys that point at a unique key, and the primary keys whose column may be
    NULL once its NOT NULL is gone.
    """
    dependent: dict[str, list[str]] = {
        "history.position generated": ["history_no_position"],
        "history_position_not_null": ["history.position generated", "history_position"],
    }
    for table in CATALOG.tables:
        for foreign_key in table.foreign_key_constraints:
            columns = [element.column.name for element in foreign_key.elements]
            target = unique_key_name(foreign_key.referred_table, columns)
            dependent.setdefault(target, []).append(str(foreign_key.name))
        for constraint in table.constraints:
            if isinstance(constraint, HeadHistoryKey):
                dependent.setdefault(HISTORY_KEY, []).append(str(constraint.name))
        key_columns = table.primary_key.columns.keys()
        primary_key = str(table.primary_key.name or f"{table.name}_pkey")
        if table is HISTORY:
            key_columns, primary_key = HISTORY_KEY_COLUMNS, "history_seq"
        for column in key_columns:
            dependent[f"{table.name}_{column}_not_null"] = [primary_key]
    return {guard: tuple(sorted(names)) for guard, names in dependent.items()}


HISTORY_KEY = unique_key_name(HISTORY, list(REVISION_COLUMNS))
DEPENDENT_GUARDS: Mapping[str, Sequence[str]] = _dependent_guards()
# Every guard with its kind and the statement that drops it.
DROPS = text(
    """
    SELECT
      'trigger' AS kind,
      tgname AS guard,
      format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass) AS drop
    FROM pg_trigger
    JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal
      AND c.relnamespace = 'indelible'::regnamespace

    UNION ALL
    SELECT
      contype::text,
      conname,
      format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', c.oid::regclass, conname)
    FROM pg_constraint
    JOIN pg_class c ON c.oid = conrelid
    WHERE connamespace = 'indelible'::regnamespace
      AND relname <> 'indelible_version'

    UNION ALL
    SELECT
      'domain',
      conname,
      format('ALTER DOMAIN %s DROP CONSTRAINT %I', contypid::regtype, conname)
    FROM pg_constraint
    WHERE connamespace = 'indelible'::regnamespace
      AND contypid <> 0

    UNION ALL
    SELECT
      'generated',
      relname || '.' || attname || ' generated',
      format(
        'ALTER TABLE %s ALTER %I DROP %s',
        c.oid::regclass,
        attname,
        CASE WHEN attidentity = '' THEN 'EXPRESSION' ELSE 'IDENTITY' END
      )
    FROM pg_attribute
    JOIN pg_class c ON c.oid = attrelid
    WHERE c.relnamespace = 'indelible'::regnamespace
      AND relkind = 'r'
      AND (attidentity <> '' OR attgenerated <> '')

    UNION ALL
    SELECT
      'index',
      relname,
      format('DROP INDEX %s', i.oid::regclass)
    FROM pg_index
    JOIN pg_class i ON i.oid = indexrelid
    WHERE relnamespace = 'indelible'::regnamespace
      AND indisunique
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.oid)
    """
)
# Kinds of guards that are rules: triggers, foreign keys, checks and domains.
RULES = ("trigger", "f", "c", "domain")
PRIVILEGE = re.compile(r"(INSERT|UPDATE|DELETE|TRUNCATE) on (\w+)|TEMP on temporary")


def with_dependent(guards: Collection[str]) -> tuple[str, ...]:
    """Return the guards, each after those that cannot exist without it."""
    ordered: list[str] = []
    for guard in guards:
        dependent = with_dependent(DEPENDENT_GUARDS.get(guard, ()))
        for name in (*dependent, guard):
            if name not in ordered:
                ordered.append(name)
    return tuple(ordered)


class Lifting(Protocol):
    """A guarded database from which guards can be removed for one attack."""

    @property
    def guards(self) -> Collection[str]:
        """Return the names of all guards."""
        ...

    def order(self, without: Collection[str]) -> tuple[str, ...]:
        """Return what to sort by, so that attacks without the same guards follow each other."""
        ...

    def refusing_guard(self, statements: Sequence[Statement], without: Collection[str]) -> str:
        """Return the guard that refuses the statements without some guards; '' if none does."""
        ...

    def close(self) -> None:
        """Close the connection; all guards are there again."""
        ...


class PostgresLifting:
    """A PostgreSQL database; guards are dropped in a transaction that is rolled back.

    The transaction lasts until other guards are left out than last time: each attack has a
    savepoint.
    """

    def __init__(self, engine: Engine, role: str) -> None:
        self._engine = engine
        self._role = role
        self._connection: Connection | None = None
        self._without: tuple[str, ...] = ()
        with engine.connect() as connection:
            rows = connection.execute(DROPS).all()
        self._drops = {row.guard: row.drop for row in rows}

    @property
    def guards(self) -> Collection[str]:
        return self._drops

    def order(self, without: Collection[str]) -> tuple[str, ...]:
        return tuple(sorted(without))

    def refusing_guard(self, statements: Sequence[Statement], without: Collection[str]) -> str:
        connection = self._connection_without(with_dependent(without))
        savepoint = connection.begin_nested()
        try:
            run(connection, statements)
            check_deferred_keys(connection)
        except REFUSALS as error:
            return guard_of(error)
        else:
            return ""
        finally:
            savepoint.rollback()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._engine.dispose()

    def _connection_without(self, guards: tuple[str, ...]) -> Connection:
        """Return a connection in a transaction without the guards."""
        if self._connection is None:
            self._connection = self._engine.connect()
        elif guards == self._without:
            return self._connection

        self._connection.rollback()
        self._without = guards
        for guard in guards:
            self._drop(self._connection, guard)
        self._connection.exec_driver_sql(f"SET LOCAL ROLE {self._role}")
        return self._connection

    def _drop(self, connection: Connection, guard: str) -> None:
        """Drop the guard; a missing privilege is a guard too, and is granted."""
        privilege = PRIVILEGE.fullmatch(guard)
        if privilege is not None:
            self._grant(connection, *privilege.groups())
        elif guard in self._drops:  # A dependent guard may exist on SQLite only.
            connection.exec_driver_sql(self._drops[guard])

    def _grant(self, connection: Connection, verb: str | None, table: str | None) -> None:
        """Grant a privilege on a table, or TEMP on the database without a verb."""
        if verb is None:
            database = self._engine.url.database
            connection.exec_driver_sql(f"GRANT TEMP ON DATABASE {database} TO {self._role}")
            return

        verbs = "INSERT, UPDATE" if verb == "UPDATE" else verb  # An upsert needs both.
        connection.exec_driver_sql(f"GRANT {verbs} ON indelible.{table} TO {self._role}")


def drop_rules(connection: Connection) -> None:
    """Drop every trigger, foreign key, check and rule of a domain; keys and NOT NULL stay."""
    for row in connection.execute(DROPS).all():
        if row.kind in RULES:
            connection.exec_driver_sql(row.drop)

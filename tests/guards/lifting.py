"""Lift guards on PostgreSQL, and find out which other guard refuses an attack then."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from sqlalchemy import (
    Connection,
    Engine,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)
from tests.guards.arena import REFUSALS, Statement, guard_of, run, settle_keys

from indelible_sql.contexts import CATALOG
from indelible_sql.schema.tables import HISTORY, REVISION_COLUMNS, HeadHistoryKey


def _key_name(table: Table, columns: list[str]) -> str:
    """Return the name of the unique key with these columns."""
    for constraint in table.constraints:
        if not isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            continue
        if [column.name for column in constraint.columns] == columns:
            return str(constraint.name or f"{table.name}_pkey")

    raise LookupError(table.name, columns)


def _dependent_guards() -> dict[str, tuple[str, ...]]:
    """Map each guard to those that cannot stand without it.

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
            target = _key_name(foreign_key.referred_table, columns)
            dependent.setdefault(target, []).append(str(foreign_key.name))
        for constraint in table.constraints:
            if isinstance(constraint, HeadHistoryKey):
                dependent.setdefault(HISTORY_KEY, []).append(str(constraint.name))
        if table is HISTORY:
            continue
        for column in table.primary_key.columns:
            primary_key = str(table.primary_key.name or f"{table.name}_pkey")
            dependent[f"{table.name}_{column.name}_not_null"] = [primary_key]
    return {guard: tuple(sorted(names)) for guard, names in dependent.items()}


HISTORY_KEY = _key_name(HISTORY, list(REVISION_COLUMNS))
DEPENDENT_GUARDS: Mapping[str, Sequence[str]] = _dependent_guards()
DROPS = text(
    """
    SELECT 'trigger' AS kind, tgname AS guard,
      format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass) AS drop
    FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND c.relnamespace = 'indelible'::regnamespace
    UNION ALL
    SELECT contype::text, conname,
      format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', c.oid::regclass, conname)
    FROM pg_constraint JOIN pg_class c ON c.oid = conrelid
    WHERE connamespace = 'indelible'::regnamespace AND relname <> 'indelible_version'
    UNION ALL
    SELECT 'domain', conname,
      format('ALTER DOMAIN %s DROP CONSTRAINT %I', contypid::regtype, conname)
    FROM pg_constraint WHERE connamespace = 'indelible'::regnamespace AND contypid <> 0
    UNION ALL
    SELECT 'generated', relname || '.' || attname || ' generated', format(
      'ALTER TABLE %s ALTER %I DROP %s', c.oid::regclass, attname,
      CASE WHEN attidentity = '' THEN 'EXPRESSION' ELSE 'IDENTITY' END)
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    WHERE c.relnamespace = 'indelible'::regnamespace AND relkind = 'r'
      AND (attidentity <> '' OR attgenerated <> '')
    UNION ALL
    SELECT 'index', relname, format('DROP INDEX %s', i.oid::regclass)
    FROM pg_index JOIN pg_class i ON i.oid = indexrelid
    WHERE relnamespace = 'indelible'::regnamespace AND indisunique
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.oid)
    """
)
RULES = ("trigger", "f", "c", "domain")
PRIVILEGE = re.compile(r"(INSERT|UPDATE|DELETE|TRUNCATE) on (\w+)|TEMP on temporary")


def with_dependent(guards: Collection[str]) -> tuple[str, ...]:
    """The guards, each after those that cannot stand without it."""
    found: dict[str, None] = {}
    for guard in guards:
        found |= dict.fromkeys((*with_dependent(DEPENDENT_GUARDS.get(guard, ())), guard))
    return tuple(found)


class Lifting(Protocol):
    """A guarded database from which guards can be taken for the length of one attack."""

    @property
    def guards(self) -> Collection[str]:
        """The names of all."""
        ...

    def refusal(self, statements: Sequence[Statement], without: Collection[str]) -> str:
        """The guard that refuses when some are gone, '' where none does."""
        ...


class PostgresLifting:
    """Guards are dropped, and the attack is run, in a transaction that is rolled back."""

    def __init__(self, engine: Engine, role: str) -> None:
        self._engine, self._role = engine, role

    @cached_property
    def _drops(self) -> dict[str, str]:
        with self._engine.connect() as connection:
            return {row.guard: row.drop for row in connection.execute(DROPS)}

    @property
    def guards(self) -> Collection[str]:
        return self._drops

    def refusal(self, statements: Sequence[Statement], without: Collection[str]) -> str:
        with self._engine.connect() as connection:
            try:
                for guard in with_dependent(without):
                    self._drop(connection, guard)
                connection.exec_driver_sql(f"SET LOCAL ROLE {self._role}")
                run(connection, statements)
                settle_keys(connection)
            except REFUSALS as error:
                return guard_of(error)
            return ""

    def _drop(self, connection: Connection, guard: str) -> None:
        granted = PRIVILEGE.fullmatch(guard)
        if granted is None:
            connection.exec_driver_sql(
                self._drops.get(guard, "SELECT")
            )  # SQLite has guards of its own
        elif granted[2] is None:
            connection.exec_driver_sql(
                f"GRANT TEMP ON DATABASE {self._engine.url.database} TO {self._role}"
            )
        else:
            verb = granted[1].replace("UPDATE", "INSERT, UPDATE")  # an upsert needs both
            connection.exec_driver_sql(f"GRANT {verb} ON indelible.{granted[2]} TO {self._role}")


def drop_rules(connection: Connection) -> None:
    """Every trigger, foreign key, check and domain rule, for good; keys and NOT NULL stay."""
    for row in connection.execute(DROPS).all():
        if row.kind in RULES:
            connection.exec_driver_sql(row.drop)

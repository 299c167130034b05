"""PostgreSQL with guards left out: what then gets through, and what else holds."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from tests.guards.arena import REFUSALS, Statement, guard_of, run, settle_keys

from indelible_sql.contexts import CATALOG
from indelible_sql.schema.tables import HISTORY

# What cannot stand without a guard goes first: keys that point at a unique one, the key whose column may be NULL.
HANGING: Mapping[str, Sequence[str]] = {
    "lifecycle_edges_edge": ("history_edge",),
    "history_place": ("history_predecessor", *(f"{head.name}_shown" for head in CATALOG.heads)),
    "spaces_pkey": ("subspaces_space", "artifacts_space", "signals_space"),
    "subspaces_pkey": ("centroids_subspace", "signals_subspace"),
    "algorithms_pkey": ("signals_algorithm",),
    "artifacts_pkey": ("signals_of_artifact",),
    "signals_artifact": ("artifacts_signal",),
    "signals_applied": ("centroids_signal",),
    "authors_pkey": ("tokens_s0_author",),
    "mint_events_pkey": ("tokens_s0_mint",),
    "tokens_s0_pkey": ("image_generation_jobs_token", "ipfs_upload_records_token"),
    "tasks_pkey": ("task_attempts_task",),
    "concepts_pkey": ("concept_versions_concept",),
    "concept_versions_number": ("concept_versions_previous",),
    "concept_versions_named": ("concepts_version",),
    "concept_warnings_number": ("concepts_warnings",),
    "concept_versions_instant": ("concept_warnings_version",),
    "history.position generated": ("history_no_position",),
    "history_position_not_null": ("history.position generated", "history_position"),
} | {
    f"{table.name}_{column.name}_not_null": (str(table.primary_key.name or f"{table.name}_pkey"),)
    for table in CATALOG.tables
    if table is not HISTORY
    for column in table.primary_key.columns
}
DROPS = text(
    """
    SELECT 'trigger' AS kind, tgname AS guard, format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass) AS drop
    FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND c.relnamespace = 'indelible'::regnamespace
    UNION ALL
    SELECT contype::text, conname,
      format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', c.oid::regclass, conname)
    FROM pg_constraint JOIN pg_class c ON c.oid = conrelid
    WHERE connamespace = 'indelible'::regnamespace AND relname <> 'indelible_version'
    UNION ALL
    SELECT 'domain', conname, format('ALTER DOMAIN %s DROP CONSTRAINT %I', contypid::regtype, conname)
    FROM pg_constraint WHERE connamespace = 'indelible'::regnamespace AND contypid <> 0
    UNION ALL
    SELECT 'generated', relname || '.' || attname || ' generated', format(
      'ALTER TABLE %s ALTER %I DROP %s', c.oid::regclass, attname,
      CASE WHEN attidentity = '' THEN 'EXPRESSION' ELSE 'IDENTITY' END)
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    WHERE c.relnamespace = 'indelible'::regnamespace AND relkind = 'r' AND (attidentity <> '' OR attgenerated <> '')
    UNION ALL
    SELECT 'index', relname, format('DROP INDEX %s', i.oid::regclass)
    FROM pg_index JOIN pg_class i ON i.oid = indexrelid
    WHERE relnamespace = 'indelible'::regnamespace AND indisunique
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.oid)
    """
)
RULES = ("trigger", "f", "c", "domain")
PRIVILEGE = re.compile(r"(INSERT|UPDATE|DELETE|TRUNCATE) on (\w+)|TEMP on temporary")


def with_hanging(guards: Collection[str]) -> tuple[str, ...]:
    """The guards, each after those that cannot stand without it."""
    found: dict[str, None] = {}
    for guard in guards:
        found |= dict.fromkeys((*with_hanging(HANGING.get(guard, ())), guard))
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
                for guard in with_hanging(without):
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

"""Facts that a database states about the schema: one line each, and one digest over all."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, Final, Self

from attrs import frozen
from sqlalchemy import Connection, bindparam, text

from indelible.kernel.conditions import NamesActor
from indelible_sql.engine.session_settings import deparsing
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.columns import in_schema, prefix_of
from indelible_sql.schema.database_time import DATABASE_TIME
from indelible_sql.schema.feed import FEED_END_FUNCTION_NAME
from indelible_sql.schema.json_rules import IS_WITHIN

# How the names of guards on history begin that a host's lifecycle may have too.
SHARED_PREFIXES: Final = (
    "history_needs_",
    "history_keeps_fields_of_",
    "history_declares_data_of_",
    "history_names_",
    "history_retired_of_",
)


def _has_shared_prefix(column: str) -> str:
    """Return the condition that the name of a guard begins with one of the prefixes."""
    patterns = (prefix.replace("_", "\\_") for prefix in SHARED_PREFIXES)
    return " OR ".join(f"{column} LIKE '{pattern}%' ESCAPE '\\'" for pattern in patterns)


SQLITE_FACTS = text(
    f"""
    SELECT type || ' ' || name || ': ' || coalesce(sql, '')
    FROM sqlite_master
    WHERE tbl_name IN :names
      AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
      AND (
        tbl_name <> 'history'
        OR name IN :guards
        OR NOT ({_has_shared_prefix("name")})
      )
    UNION ALL
    SELECT 'edge ' || lifecycle || ' ' || from_state || ' ' || action
      || ' ' || to_state || ' ' || adds_version
    FROM lifecycle_edges
    WHERE lifecycle IN :lifecycles
    """
).bindparams(
    bindparam("names", expanding=True),
    bindparam("guards", expanding=True),
    bindparam("lifecycles", expanding=True),
)

POSTGRESQL_FACTS = f"""
    WITH ours AS (
      SELECT c.*
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = :schema AND c.relname = ANY(:names)
    ),
    our_triggers AS (
      SELECT t.*
      FROM ours o
      JOIN pg_trigger t ON t.tgrelid = o.oid
      WHERE o.relname <> 'history'
        OR t.tgname = ANY(:guards)
        OR NOT ({_has_shared_prefix("t.tgname")})
    ),
    facts AS (
      SELECT 'table ' || relname || ' ' || relkind::text || relpersistence::text
        || ' ' || relrowsecurity::text || ' ' || relhasrules::text AS fact
      FROM ours
      UNION ALL
      SELECT 'column ' || o.relname || '.' || a.attname
        || ' ' || format_type(a.atttypid, a.atttypmod)
        || ' ' || CASE WHEN a.attnotnull THEN 'required ' ELSE '' END
        || a.attidentity::text || a.attgenerated::text
        || coalesce(' ' || pg_get_expr(d.adbin, d.adrelid), '')
      FROM ours o
      JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = o.oid AND d.adnum = a.attnum
      UNION ALL
      SELECT 'constraint ' || o.relname || '.' || k.conname
        || ' ' || pg_get_constraintdef(k.oid)
        || ' ' || k.convalidated::text
        || ' ' || coalesce(to_jsonb(k) ->> 'conenforced', 'true')
      FROM ours o
      JOIN pg_constraint k ON k.conrelid = o.oid
      WHERE k.contype <> 'n'
      UNION ALL
      SELECT 'index ' || pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid::text
      FROM ours o
      JOIN pg_index i ON i.indrelid = o.oid
      JOIN pg_class x ON x.oid = i.indexrelid
      JOIN pg_am m ON m.oid = x.relam
      WHERE m.amname <> 'hnsw' OR NOT x.relname LIKE ANY(:optional_indexes)
      UNION ALL
      SELECT 'trigger ' || tgenabled::text || ' ' || pg_get_triggerdef(oid)
      FROM our_triggers
      WHERE NOT tgisinternal
      UNION ALL
      SELECT 'key trigger ' || o.relname || ' ' || k.conname
        || ' ' || t.tgtype::text || ' ' || t.tgenabled::text
      FROM ours o
      JOIN pg_trigger t ON t.tgrelid = o.oid
      JOIN pg_constraint k ON k.oid = t.tgconstraint
      WHERE t.tgisinternal AND k.conrelid IN (SELECT oid FROM ours)
      UNION ALL
      SELECT 'function ' || p.proname || ' ' || p.prosrc || ' ' || p.prosecdef::text
        || ' ' || coalesce(p.proconfig::text, '')
      FROM pg_proc p
      JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname = :schema
        AND (p.proname = ANY(:functions) OR p.oid IN (SELECT tgfoid FROM our_triggers))
      UNION ALL
      SELECT 'domain ' || t.typname || ' ' || format_type(t.typbasetype, t.typtypmod)
        || ' ' || coalesce(
          (SELECT collname FROM pg_collation WHERE oid = t.typcollation), ''
        )
        || ' ' || coalesce(
          pg_get_constraintdef(k.oid) || ' ' || k.convalidated::text, 'no rule'
        )
      FROM pg_type t
      JOIN pg_namespace n ON n.oid = t.typnamespace
      LEFT JOIN pg_constraint k ON k.contypid = t.oid
      WHERE n.nspname = :schema AND t.typtype = 'd' AND coalesce(k.contype, 'c') <> 'n'
      UNION ALL
      SELECT 'rule ' || pg_get_ruledef(r.oid)
      FROM ours o
      JOIN pg_rewrite r ON r.ev_class = o.oid
      UNION ALL
      SELECT 'inherits ' || o.relname || ' ' || i.inhparent::regclass
      FROM ours o
      JOIN pg_inherits i ON o.oid IN (i.inhrelid, i.inhparent)
      UNION ALL
      SELECT 'edge ' || lifecycle || ' ' || from_state || ' ' || action
        || ' ' || to_state || ' ' || adds_version
      FROM indelible.lifecycle_edges
      WHERE lifecycle = ANY(:lifecycles)
    )
    SELECT replace(replace(fact, quote_ident(:schema) || '.', ''), :prefix, '') AS fact
    FROM facts
"""


@frozen
class FactNames:
    """The names of what a release reads facts of.

    A host's own lifecycle has guards on history, which are compared with its declaration elsewhere.
    """

    tables: tuple[str, ...]
    guards: tuple[str, ...]
    lifecycles: tuple[str, ...]
    functions: tuple[str, ...]
    optional_indexes: tuple[str, ...]

    @classmethod
    def of(cls, catalog: Catalog) -> Self:
        """Return the names of a catalog."""
        functions = [DATABASE_TIME, IS_WITHIN, FEED_END_FUNCTION_NAME]
        optional_indexes: list[str] = []
        for context in catalog.contexts:
            functions += context.functions
            optional_indexes += context.optional_indexes

        return cls(
            tables=tuple(table.name for table in catalog.tables),
            guards=tuple(_history_guards(catalog)),
            lifecycles=tuple(lifecycle.name for lifecycle in catalog.heads.values()),
            functions=tuple(functions),
            optional_indexes=tuple(optional_indexes),
        )


def _history_guards(catalog: Catalog) -> Iterator[str]:
    """Yield the names of the catalog's guards on history that begin with a shared prefix."""
    needs, keeps_fields, declares_data, names_actor, _ = SHARED_PREFIXES
    for context in catalog.contexts:
        for mapping in context.mappings:
            for prefix in (needs, keeps_fields, declares_data):
                yield f"{prefix}{mapping.table.name}"
            for condition in mapping.entity.conditions:
                if isinstance(condition, NamesActor):
                    yield f"{names_actor}{condition.field}"


def facts(connection: Connection, schema: str, catalog: Catalog) -> tuple[str, ...]:
    """Return what the database states about the catalog's tables, in the order of the texts."""
    return facts_about(connection, schema, FactNames.of(catalog))


def facts_about(connection: Connection, schema: str, names: FactNames) -> tuple[str, ...]:
    """Return what the database states about these names, in the order of the texts."""
    values: dict[str, Any] = {
        "names": list(names.tables),
        "guards": list(names.guards),
        "lifecycles": list(names.lifecycles),
    }
    if connection.dialect.name == "sqlite":
        rows = connection.execute(SQLITE_FACTS, values).all()
        return tuple(sorted(row[0] for row in rows))

    statement = text(in_schema(connection, schema, POSTGRESQL_FACTS))
    values["schema"] = schema
    values["prefix"] = prefix_of(connection, schema)
    values["functions"] = list(names.functions)
    values["optional_indexes"] = list(names.optional_indexes)
    with deparsing(connection):
        rows = connection.execute(statement, values).all()
    return tuple(sorted(row[0] for row in rows))


def facts_digest(lines: Iterable[str]) -> str:
    """Return the SHA-256 of the facts, in hex."""
    return sha256("\n".join(lines).encode()).hexdigest()

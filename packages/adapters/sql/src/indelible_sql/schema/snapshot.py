"""Facts that a database states about the schema: one line each, and one digest over all."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, text

from indelible_sql.engine.session_settings import deparsing
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.columns import in_schema, prefix_of
from indelible_sql.schema.partition_facts import facts_of_shape
from indelible_sql.schema.partitions import PARTITIONED, POSITIONS, partition_names, shape_of
from indelible_sql.schema.schema_names import SHARED_PREFIXES, FactNames


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

# PostgreSQL 14 calls the triggers internal that it has copied to partitions, and has no triggers of
# keys on a partitioned table itself, where none would fire.
POSTGRESQL_FACTS = f"""
    WITH partitions AS (
      SELECT inhrelid AS oid
      FROM pg_inherits
      WHERE inhparent = to_regclass('indelible.history')
    ),
    ours AS (
      SELECT c.*
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = :schema AND c.relname = ANY(:names)
      UNION ALL
      SELECT c.*
      FROM partitions p
      JOIN pg_class c ON c.oid = p.oid
    ),
    our_triggers AS (
      SELECT t.*
      FROM ours o
      JOIN pg_trigger t ON t.tgrelid = o.oid
      WHERE NOT (o.relname = 'history' OR o.relispartition)
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
      WHERE k.contype <> 'n' AND k.confrelid NOT IN (SELECT oid FROM partitions)
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
      WHERE NOT tgisinternal OR tgparentid <> 0 AND tgconstraint = 0
      UNION ALL
      SELECT 'key trigger ' || o.relname || ' ' || coalesce(parent.conname, k.conname)
        || ' ' || t.tgtype::text || ' ' || t.tgenabled::text
      FROM ours o
      JOIN pg_trigger t ON t.tgrelid = o.oid
      JOIN pg_constraint k ON k.oid = t.tgconstraint
      LEFT JOIN pg_constraint parent ON parent.oid = k.conparentid
      WHERE t.tgisinternal
        AND k.conrelid IN (SELECT oid FROM ours)
        AND o.relkind <> 'p'
      UNION ALL
      SELECT 'sequence ' || c.relname || ' ' || format_type(s.seqtypid, NULL)
        || ' increment ' || s.seqincrement || ' from ' || s.seqmin || ' to ' || s.seqmax
        || ' cache ' || s.seqcache || ' cycle ' || s.seqcycle::text
      FROM ours o
      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = o.oid
      JOIN pg_sequence s ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid
      JOIN pg_class c ON c.oid = s.seqrelid
      WHERE d.deptype IN ('a', 'i')
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
      WHERE o.relkind <> 'p'
      UNION ALL
      SELECT 'partition ' || o.relname
        || ' ' || coalesce(pg_get_partkeydef(o.oid), pg_get_expr(o.relpartbound, o.oid))
      FROM ours o
      WHERE o.relkind = 'p' OR o.relispartition
      UNION ALL
      SELECT 'edge ' || lifecycle || ' ' || from_state || ' ' || action
        || ' ' || to_state || ' ' || adds_version
      FROM indelible.lifecycle_edges
      WHERE lifecycle = ANY(:lifecycles)
    )
    SELECT replace(replace(fact, quote_ident(:schema) || '.', ''), :prefix, '') AS fact
    FROM facts
"""


def facts(connection: Connection, schema: str, catalog: Catalog) -> tuple[str, ...]:
    """Return what the database states about the catalog's tables, in the order of the texts."""
    return facts_about(connection, schema, catalog.names.facts)


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
    if shape_of(connection, schema) == PARTITIONED:
        values["names"].append(POSITIONS.name)
    values["schema"] = schema
    values["prefix"] = prefix_of(connection, schema)
    values["functions"] = list(names.functions)
    values["optional_indexes"] = list(names.optional_indexes)
    with deparsing(connection):
        rows = connection.execute(statement, values).all()
    lines = [str(row[0]) for row in rows]
    return tuple(sorted(facts_of_shape(lines, partition_names(connection, schema))))


def facts_digest(lines: Iterable[str]) -> str:
    """Return the SHA-256 of the facts, in hex."""
    return sha256("\n".join(lines).encode()).hexdigest()

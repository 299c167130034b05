"""The page of the database: domains, tables, keys and guards on both databases."""

from collections.abc import Iterable, Iterator

from docs.generators.markdown import cell, coded, page, table
from sqlalchemy import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.task_tables import TASKS
from indelible_sql.projects import CONTEXT as PROJECTS
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.ddl import DIALECTS
from indelible_sql.schema.guard import NEVER, Guard
from indelible_sql.schema.tables import REVISION_COLUMNS, HeadHistoryKey

LEAD = """
This page is generated from the same declarations as the migrations' frozen SQL:
`indelible_sql/schema/tables.py` and the module `tables` of each context. On PostgreSQL everything
is in the schema `indelible`, or in the one that `INDELIBLE_SCHEMA` names. You may read these
tables; a release may change them. [Guards](guards.md) lists an attack that each guard refuses,
and [why a status is a foreign key](../explanation/why-state-is-a-foreign-key.md) explains the
design. On PostgreSQL `history` has one more column, `txid` (xid8): the transaction that wrote the
row. Its trigger `history_holds_feed` lets each writer hold the end of the feed, which the function
`feed_end` returns.

![The tables, and the keys between them](../drawings/schema.svg)
"""
SCHEMA_LEAD = """
A project is one row of `projects`, and each attempt to build it one row of `jobs`. Prompts,
specifications and output are records of their own: a row is added once and never changed. Each
change of a project or job is a row of `history` too. [The database](reference/database.md) lists
all tables and the rules of the types, and [Guards](reference/guards.md) an attack that each guard
refuses.

The seed's names are columns, or follow from columns:

| seed | here |
| --- | --- |
| `projectId`, `jobId` | `projects.id`, `jobs.id` |
| `prompts_history` | the rows of `project_prompts` in the order of `number` |
| `architecture_spec` | `job_specs.architecture_spec`, with its digest in both tables |
| `logs`, `warnings` | the rows of `job_outputs` in the order of `number`, one list after another |
| `completedAt` | `jobs.completed_at` |
| `error` | `jobs.failure_reason` |
"""
DOMAINS_LEAD = """
The format of a column: a domain on PostgreSQL, a CHECK named `<table>_<column>_rule` on SQLite.
`{0}` is the value.
"""
DIALECT_NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
HIDDEN_CHECKS = ("_rule", "_rowid")  # written for every domain and every table


def database_page() -> str:
    """Return the page with everything that a migrated database contains."""
    parts = [LEAD.lstrip(), "## Domains\n", DOMAINS_LEAD.lstrip(), domains_table()]
    for own_table in CATALOG.tables:
        parts += _table_section(own_table)

    return page("The database", *parts)


def schema_page() -> str:
    """Return seed 003's page of the database: the tables of projects and jobs."""
    parts = [SCHEMA_LEAD.lstrip()]
    for own_table in (*PROJECTS.heads, *PROJECTS.records):
        parts += _table_section(own_table)

    return page("The schema of projects and jobs", *parts)


def domains_table() -> str:
    """Return a table of the domains."""
    rows: list[tuple[str, ...]] = []
    for domain in CATALOG.domains:
        native = domain.native.compile(dialect=DIALECTS["postgresql"])
        cells = (domain.name, native, domain.rule, domain.sqlite_rule)
        rows.append(tuple(coded(text) for text in cells))

    return table(("domain", "over", "rule on PostgreSQL", "rule on SQLite"), rows)


def _table_section(own_table: Table) -> Iterator[str]:
    columns = [column_row(column) for column in own_table.columns]

    yield f"## {own_table.name}\n"
    yield f"{table_kind(own_table)}\n"
    yield table(("column", "type", "required", "generated"), columns)
    yield table(("key or check", "rule"), sorted(constraint_rows(own_table)))
    yield table(("guard", "event", "on", "refused unless"), guard_rows(own_table))


def table_kind(own_table: Table) -> str:
    """Return one sentence on the kind of the table."""
    if own_table in CATALOG.heads:
        lifecycle = CATALOG.heads[own_table].name
        return f"Heads of the lifecycle `{lifecycle}`: a row is an aggregate after its last change."
    if own_table in CATALOG.records:
        return "Records: a row is inserted once and never updated or deleted."
    if own_table is TASKS:
        return "Tasks: a row is inserted once; each claim increases its fence."
    return "The edges of every lifecycle; only a migration changes them."


def column_row(column: "Column[object]") -> tuple[str, ...]:
    """Return a column's name, type, whether it is required, and how it is generated."""
    required = "" if column.nullable else "yes"
    return coded(column.name), column_type(column), required, coded(generated_by(column))


def column_type(column: "Column[object]") -> str:
    """Return the name of the domain, or the type on PostgreSQL."""
    if isinstance(column.type, Domain):
        return column.type.name
    return column.type.compile(dialect=DIALECTS["postgresql"]).lower()


def generated_by(column: "Column[object]") -> str:
    """Return the expression of a generated column, 'identity', or ''."""
    if column.computed is not None:
        return str(column.computed.sqltext)
    return "identity" if column.identity else ""


def constraint_rows(own_table: Table) -> Iterator[tuple[str, ...]]:
    """Yield the keys, checks and indexes, except the checks of domains."""
    for constraint in own_table.constraints:
        rule = constraint_rule(constraint)
        if rule and constraint.name:
            yield coded(str(constraint.name)), rule
    for index in own_table.indexes:
        yield coded(str(index.name)), f"index on {column_list(index.columns.keys())}"


def constraint_rule(constraint: Constraint) -> str:
    """Return what a key or check demands, or '' for a hidden one."""
    if isinstance(constraint, PrimaryKeyConstraint):
        return f"primary key {column_list(constraint.columns.keys())}"
    if isinstance(constraint, UniqueConstraint):
        return f"unique {column_list(constraint.columns.keys())}"
    if isinstance(constraint, ForeignKeyConstraint):
        return foreign_key_rule(constraint)
    if isinstance(constraint, HeadHistoryKey):
        columns = column_list(constraint.revision_columns)
        return f"{columns} is in `history` {column_list(REVISION_COLUMNS)}, at COMMIT"
    is_hidden = str(constraint.name).endswith(HIDDEN_CHECKS)
    if isinstance(constraint, CheckConstraint) and not is_hidden:
        return coded(str(constraint.sqltext))
    return ""


def foreign_key_rule(key: ForeignKeyConstraint) -> str:
    """Return the columns of a foreign key and what they refer to."""
    columns = column_list(key.column_keys)
    target = column_list(element.column.name for element in key.elements)
    when = ", at COMMIT" if key.deferrable else ""

    return f"{columns} is in `{key.referred_table.name}` {target}{when}"


def column_list(columns: Iterable[str]) -> str:
    """Return the columns in parentheses."""
    return f"({', '.join(columns)})"


def guard_rows(own_table: Table) -> Iterator[tuple[str, ...]]:
    """Yield the triggers of the table, those on both databases first."""
    guards_by_name: dict[str, dict[str, Guard]] = {}
    for dialect in DIALECTS:
        for guard in CATALOG.guards(dialect):
            if guard.table is own_table:
                guards_by_name.setdefault(guard.name, {})[dialect] = guard

    for name in sorted(guards_by_name, key=lambda name: (-len(guards_by_name[name]), name)):
        guards = guards_by_name[name]
        guard = guards.get("postgresql") or guards["sqlite"]
        is_on_both = len(guards) == len(DIALECTS)
        databases = "both" if is_on_both else DIALECT_NAMES[next(iter(guards))]
        is_never_allowed = guard.condition == NEVER
        condition = "never allowed" if is_never_allowed else coded(cell(guard.condition))
        yield coded(name), guard.event, databases, condition

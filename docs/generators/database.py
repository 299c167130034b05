"""The page of the database: domains, tables, columns, keys and checks."""

from collections.abc import Iterable, Iterator

from docs.generators.markdown import coded, page, table
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
from indelible_sql.kernel.settings import SETTINGS
from indelible_sql.kernel.task_tables import TASKS
from indelible_sql.projects import CONTEXT as PROJECTS
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.ddl import DIALECTS
from indelible_sql.schema.tables import EDGES, REVISION_COLUMNS, HeadHistoryKey

LEAD = """
This page is generated from the declarations that the first migration builds:
`indelible_sql/schema/tables.py` and the module `tables` of each context. It lists the columns of
each table, and its keys and checks; [why a status is a foreign
key](../../explanation/why-state-is-a-foreign-key.md) explains the design, and [what the database
refuses](../../explanation/what-the-database-refuses.md) the triggers. The SQL of everything is in
`packages/adapters/sql/schema.snapshot.sql`, and for SQLite in
`packages/adapters/sql/schema.snapshot.sqlite.sql`. The tables of projects have [a page of their
own](../../DATABASE_SCHEMA.md).

You may read these tables; a release may change them. On PostgreSQL everything is in the schema
`indelible`, or in the one that `INDELIBLE_SCHEMA` names, and `history` has one more column, `txid`
(xid8): the transaction that wrote the row. Its trigger `history_holds_feed` lets each writer hold
the end of the feed, which the function `feed_end` returns.

![The tables, and the keys between them](drawings/schema.svg)
"""
HEADS_LEAD = """
## Columns of every head

A table of heads begins with these columns; its primary key is `id`. In some tables the number of
the version has another name, such as `current_version`. At COMMIT, the lifecycle, id, seq, status,
version and hash are a row of `history` (the key `<table>_history`). `created_at` equals
`updated_at` after the first change, and is before it after each later one (`<table>_times`).
"""
SCHEMA_LEAD = """
A project is one row of `projects`, and each attempt to build it one row of `jobs`. Prompts,
specifications and output are records of their own: a row is added once and never changed. Each
change of a project or job is a row of `history` too. The reference page *The database*, which the
documentation build writes, lists the other tables and the rules of the types.

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
SHARED_COLUMNS = (
    "id",
    "lifecycle",
    "status",
    "seq",
    "version",
    "hash",
    "created_at",
    "updated_at",
)
SHARED_CONSTRAINTS = ("_pkey", "_history", "_times")
HIDDEN_CHECKS = ("_rule", "_rowid")  # written for every domain and every table


def database_page() -> str:
    """Return the page of all tables but those of projects, which have a page of their own."""
    parts = [LEAD.lstrip(), "## Domains\n", DOMAINS_LEAD.lstrip(), domains_table()]
    parts += [HEADS_LEAD.lstrip(), _lines(_shared_column_lines())]
    elsewhere = (*PROJECTS.heads, *PROJECTS.records)
    for own_table in CATALOG.tables:
        if own_table not in elsewhere:
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
    columns = [column for column in own_table.columns if not is_shared(column)]

    yield f"## {own_table.name}\n"
    yield f"{table_kind(own_table)}\n"
    if columns:
        yield "Columns:\n"
        yield _lines(column_line(column) for column in columns)
    rules = sorted(constraint_lines(own_table))
    if rules:
        yield "Keys and checks:\n"
        yield _lines(rules)


def _lines(lines: Iterable[str]) -> str:
    """Return a list in Markdown."""
    return "".join(f"- {line}\n" for line in lines)


def _shared_column_lines() -> Iterator[str]:
    """Yield the columns that each head has."""
    for column in SETTINGS.columns:
        if is_shared(column):
            yield column_line(column)


def is_shared(column: "Column[object]") -> bool:
    """Return whether a column is one that each head has."""
    return column.table in CATALOG.heads and column.name in SHARED_COLUMNS


def table_kind(own_table: Table) -> str:
    """Return one sentence on the kind of the table."""
    if own_table in CATALOG.heads:
        lifecycle = CATALOG.heads[own_table].name
        return f"Heads of the lifecycle `{lifecycle}`: a row is an aggregate after its last change."
    if own_table in CATALOG.records and own_table in CATALOG.prunable_tables:
        return "Operational rows: one is inserted once, never updated, and deleted when it is old."
    if own_table in CATALOG.records:
        return "Records: a row is inserted once and never updated or deleted."
    if own_table is TASKS:
        return "Tasks: a row is inserted once; each claim increases its fence."
    if own_table is EDGES:
        return "The edges of every lifecycle; only a migration changes them."
    return "Rows that change as their guards allow, without a lifecycle."


def column_line(column: "Column[object]") -> str:
    """Return a column with its type, whether it is required, and how it is generated."""
    parts = [column_type(column)]
    if not column.nullable:
        parts.append("required")
    generated = generated_by(column)
    if generated:
        parts.append(coded(generated))

    return f"{coded(column.name)}: {', '.join(parts)}"


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


def constraint_lines(own_table: Table) -> Iterator[str]:
    """Yield the keys, checks and indexes, except those of domains and of every head."""
    shared = {f"{own_table.name}{suffix}" for suffix in SHARED_CONSTRAINTS}
    for constraint in own_table.constraints:
        name = str(constraint.name)
        rule = constraint_rule(constraint)
        is_listed = own_table not in CATALOG.heads or name not in shared
        if rule and constraint.name and is_listed:
            yield f"{coded(name)}: {rule}"
    for index in own_table.indexes:
        yield f"{coded(str(index.name))}: index on {column_list(index.columns.keys())}"


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

"""The schema as it is declared: domains, tables, keys and guards, of both databases."""

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
from indelible_sql.kernel.tasks import TASKS
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.ddl import DIALECTS
from indelible_sql.schema.guards import NEVER, Guard
from indelible_sql.schema.tables import REVISION_COLUMNS, HeadHistoryKey

LEAD = (
    "Written from the declarations (`indelible_sql/schema/tables.py`, `indelible_sql/concepts/store.py`, `indelible_sql/kernel/keys.py`),"
    " from which the migrations' frozen SQL was written too. On PostgreSQL all of it is in the schema `indelible`, or"
    " the one that `INDELIBLE_SCHEMA` names. Rely on it for reading; a release may change it. What each guard refuses,"
    " measured: [guards](guards.md). Why it is so: [why a status is a foreign"
    " key](../explanation/why-state-is-a-foreign-key.md). PostgreSQL's `history` has one column more, `txid` (xid8):"
    " the transaction that wrote the row, which the feed is ordered by.\n\n"
    "![The tables, and the keys between them](../drawings/schema.svg)\n"
)
DOMAINS_LEAD = (
    "A column's own shape: a domain on PostgreSQL, a CHECK named `<table>_<column>_rule` on SQLite; `{0}` is the"
    " value.\n"
)


def database_page() -> str:
    """Everything that a migrated database holds."""
    parts = (part for each in CATALOG.tables for part in table_part(each))
    return page("The database", LEAD, "## Domains\n", DOMAINS_LEAD, domains_table(), *parts)


def domains_table() -> str:
    """The shapes of columns."""
    rows = [
        (coded(each.name), coded(native(each)), coded(each.rule), coded(each.sqlite_rule))
        for each in CATALOG.domains
    ]
    return table(("domain", "over", "rule on PostgreSQL", "rule on SQLite"), rows)


def native(domain: Domain) -> str:
    """The type under a domain."""
    return domain.native.compile(dialect=DIALECTS["postgresql"])


def table_part(each: Table) -> Iterator[str]:
    """One table: its kind, columns, keys and guards."""
    yield f"## {each.name}\n"
    yield f"{kind_of(each)}\n"
    yield table(
        ("column", "type", "required", "made by the database"),
        [column_row(own) for own in each.columns],
    )
    yield table(("key or check", "says"), sorted(constraint_rows(each)))
    yield table(("guard", "event", "on", "refused unless"), guard_rows(each))


def kind_of(each: Table) -> str:
    """Whether it is a head, a record, or the edges."""
    if each in CATALOG.heads:
        return f"The head of the lifecycle `{CATALOG.heads[each].name}`: a row shows an entity as its last change left it."
    if each in CATALOG.records:
        return "Records: a row is inserted once, and neither updated nor deleted."
    if each is TASKS:
        return "Work: a row is made once, then claimed, finished or buried where it stands, under a fence that only rises."
    return "The legal steps of every lifecycle; only a migration opens it."


def column_row(column: "Column[object]") -> tuple[str, ...]:
    """A column, as both databases have it."""
    kind = column.type
    name = (
        kind.name
        if isinstance(kind, Domain)
        else kind.compile(dialect=DIALECTS["postgresql"]).lower()
    )
    made = (
        str(column.computed.sqltext)
        if column.computed is not None
        else "counts"
        if column.identity
        else ""
    )
    return coded(column.name), name, "" if column.nullable else "yes", coded(made)


def constraint_rows(each: Table) -> Iterator[tuple[str, ...]]:
    """The keys and checks, without those that a domain gives."""
    for constraint in each.constraints:
        says = said(constraint)
        if says and constraint.name:
            yield coded(str(constraint.name)), says
    for index in each.indexes:
        yield coded(str(index.name)), f"index on {names(index.columns.keys())}"


def said(constraint: Constraint) -> str:
    """What a key or check demands."""
    if isinstance(constraint, PrimaryKeyConstraint):
        return f"primary key {names(constraint.columns.keys())}"
    if isinstance(constraint, UniqueConstraint):
        return f"unique {names(constraint.columns.keys())}"
    if isinstance(constraint, ForeignKeyConstraint):
        there = names(key.column.name for key in constraint.elements)
        when = ", at COMMIT" if constraint.deferrable else ""
        return f"{names(constraint.column_keys)} is in `{constraint.referred_table.name}` {there}{when}"
    if isinstance(constraint, HeadHistoryKey):
        shown, recorded = names(constraint.revision_columns), names(REVISION_COLUMNS)
        return f"{shown} is in `history` {recorded}, at COMMIT"
    if isinstance(constraint, CheckConstraint) and not str(constraint.name).endswith(
        ("_rule", "_rowid")
    ):
        return coded(str(constraint.sqltext))
    return ""


def names(columns: Iterable[str]) -> str:
    """Columns in their order."""
    return f"({', '.join(columns)})"


def guard_rows(each: Table) -> Iterator[tuple[str, ...]]:
    """The triggers that stand on the table, those of both databases first."""
    by_name: dict[str, dict[str, Guard]] = {}
    for dialect in DIALECTS:
        for guard in CATALOG.guards(dialect):
            if guard.table is each:
                by_name.setdefault(guard.name, {})[dialect] = guard
    for name in sorted(by_name, key=lambda name: (-len(by_name[name]), name)):
        found = by_name[name]
        guard = found.get("postgresql") or found["sqlite"]
        where = (
            "both"
            if len(found) == len(DIALECTS)
            else {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[next(iter(found))]
        )
        holds = "never allowed" if guard.condition == NEVER else coded(cell(guard.condition))
        yield coded(name), guard.event, where, holds

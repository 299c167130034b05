"""Name the guard that refused a statement, from the error of the database.

A guard is a trigger, a constraint, a rule of a domain, a generated column or a privilege.
"""

import re

import psycopg
from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.exc import DBAPIError

from indelible_sql.contexts import CATALOG

REFUSALS = (DBAPIError, psycopg.Error)
TABLE_BY_NAME = {table.name: table for table in CATALOG.tables}
# SQLite's messages, and the names of the guards in them.
SQLITE_MESSAGES = (
    (re.compile(r"CHECK constraint failed: (\w+)"), r"\1"),
    (re.compile(r"NOT NULL constraint failed: (\w+)\.(\w+)"), r"\1_\2_not_null"),
    (re.compile(r"cannot store \w+ value in \w+ column (\w+)\.\w+"), r"\1 STRICT"),
    (re.compile(r"table (\w+) has no column named rowid"), r"\1 WITHOUT ROWID"),
    (re.compile(r"(foreign key mismatch) - .*"), r"\1"),
)
GENERATED_COLUMN = re.compile(
    r"cannot (?:INSERT into|UPDATE) generated column \"(\w+)\""
    r"|cannot insert a non-DEFAULT value into column \"(\w+)\""
    r"|column \"(\w+)\" can only be updated to DEFAULT"
)
DENIED = re.compile(r"permission denied (?:for table|to create) (\w+)(?: .*)?")
TRIGGER_FUNCTION = re.compile(r"PL/pgSQL function (?:\w+\.)?(\w+)\(\)")
TARGET = re.compile(r"(?:INTO|UPDATE|COPY) (?:\w+\.)?(\w+)")


def guard_of(error: DBAPIError | psycopg.Error) -> str:
    """Return the name of the guard that refused the statement of the error."""
    if isinstance(error, DBAPIError):
        cause = error.orig
        statement = error.statement or ""
    else:
        cause = error
        statement = "COPY"

    generated = GENERATED_COLUMN.match(str(cause))
    if generated is not None:
        (column,) = filter(None, generated.groups())
        return f"{TARGET.findall(statement)[0]}.{column} generated"
    if isinstance(cause, psycopg.Error):
        return _postgresql_guard(cause, statement)

    return _sqlite_guard(str(cause))


def _sqlite_guard(message: str) -> str:
    for pattern, name in SQLITE_MESSAGES:
        match = pattern.fullmatch(message)
        if match is not None:
            return match.expand(name)

    if message.startswith("UNIQUE constraint failed: "):
        columns = message.partition(": ")[2].split(", ")
        table = columns[0].partition(".")[0]
        return unique_key_name(
            TABLE_BY_NAME[table], [column.partition(".")[2] for column in columns]
        )

    return message.removesuffix(" constraint failed")


def unique_key_name(table: Table, columns: list[str]) -> str:
    """Return the name of the table's unique key or unique index with these columns.

    Of several partial indexes with the same columns it is the first by name.
    """
    for constraint in table.constraints:
        if not isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            continue
        if constraint.columns.keys() == columns:
            return str(constraint.name or f"{table.name}_pkey")

    names: list[str] = []
    for index in table.indexes:
        if index.unique and index.columns.keys() == columns:
            names.append(str(index.name))
    if names:
        return min(names)

    raise LookupError(table.name, columns)


def _postgresql_guard(error: psycopg.Error, statement: str) -> str:
    diagnostics = error.diag
    if diagnostics.constraint_name:
        return diagnostics.constraint_name
    if diagnostics.sqlstate == psycopg.errors.NotNullViolation.sqlstate:
        return f"{diagnostics.table_name}_{diagnostics.column_name}_not_null"

    function = TRIGGER_FUNCTION.match(diagnostics.context or "")
    if function is not None:
        return function[1]

    denied = DENIED.match(diagnostics.message_primary or "")
    if denied is not None:
        return f"{privilege(statement)} on {denied[1]}"

    return str(diagnostics.message_primary)


def privilege(statement: str) -> str:
    """Return the privilege that a role needs to run the statement."""
    verb = statement.split(maxsplit=1)[0].upper()
    if "DO UPDATE" in statement:
        return "UPDATE"
    if verb == "MERGE":
        return "UPDATE" if "UPDATE" in statement else "DELETE"

    return {"COPY": "INSERT", "CREATE": "TEMP"}.get(verb, verb)

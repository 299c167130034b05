"""Illegal transactions: a recorded one with one thing changed."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from attrs import field, frozen
from sqlalchemy import Column, Table, UniqueConstraint
from tests.guards.raw import Raw, Statement
from tests.guards.tapes import INSERT, UPDATE, Row, Transaction, Write, key_names
from tests.guards.values import MALFORMED, UNUSED, kind_of
from tests.json_cases import small_cases

from indelible_sql.contexts import CATALOG
from indelible_sql.schema.columns import Domain, JsonDomain
from indelible_sql.schema.tables import HISTORY, writable_columns

LEFT_OUT: Final = "a row left out"
MALFORMED_VALUE: Final = "a malformed value"
TOO_LARGE: Final = "a JSON value beyond a limit"
OTHER_VALUE: Final = "another value"
TRUE_CHANGE: Final = "another value, which its change repeats"
UNDECLARED: Final = "an edge that is not declared"
MADE_BY_DATABASE: Final = "a value that the database makes"
UNKNOWN_KEY: Final = "a key that the data of no change have"
REPLACED: Final = "a row that replaces another"
REWRITTEN: Final = "a stored row rewritten"
GAP: Final = "a step over a number"
KINDS: Final = frozenset(
    {
        LEFT_OUT,
        MALFORMED_VALUE,
        TOO_LARGE,
        OTHER_VALUE,
        TRUE_CHANGE,
        UNDECLARED,
        MADE_BY_DATABASE,
        UNKNOWN_KEY,
        REPLACED,
        REWRITTEN,
        GAP,
    }
)


@frozen(eq=False)
class Attack:
    """Other values of the writes of a transaction, in the driver's form; it may leave one out."""

    kind: str
    name: str
    values: Mapping[Write, Row] = field(factory=dict[Write, Row])
    left_out: Write | None = None
    prefix: str = ""

    def statements(self, raw: Raw, rest: Transaction) -> list[Statement]:
        """Return the statements of the rest of a transaction, as the attack changes it."""
        statements: list[Statement] = []
        for write in rest:
            if write is not self.left_out:
                values = self.values.get(write, {})
                prefix = self.prefix if write in self.values else ""
                statements.append(raw.statement(write, values, prefix))
        return statements


def attacks_on(write: Write, transaction: Transaction, raw: Raw) -> Iterator[Attack]:
    """Yield the attacks that change a write of a transaction, with those that it belongs to."""
    change = change_of(write, transaction)
    step = write.event if change is None else f"{change.row['from_state']} {change.row['action']}"
    yield Attack(LEFT_OUT, f"{write.table.name}, {step}", left_out=write)

    for column in write.table.columns:
        name = f"{write.table.name}.{column.name}"
        if column not in writable_columns(write.table):
            if write.event == INSERT:
                yield Attack(MADE_BY_DATABASE, name, {write: {column.name: 7}})
            continue
        for number, value in enumerate(_malformed_values(column, raw)):
            yield Attack(MALFORMED_VALUE, f"{name} {number}", {write: {column.name: value}})
        if isinstance(column.type, JsonDomain):
            for limit, case in small_cases(column.type.limits, kind_of(column.type)).items():
                yield Attack(TOO_LARGE, f"{name} {limit}", {write: {column.name: case.beyond}})
        for form, value in other_values(column, write.row[column.name], raw):
            stored = {write: {column.name: value}}
            yield Attack(OTHER_VALUE, f"{name} {form}, {step}", stored)
            if change is not None and change is not write and column.name in change.row["data"]:
                true = _with_data(change, column, value, raw)
                yield Attack(TRUE_CHANGE, f"{name} {form}, {step}", {**stored, change: true})

    if change is write:
        unknown = raw.stored(HISTORY.c.data, {**write.row["data"], "zzz": 1})
        yield Attack(UNKNOWN_KEY, str(write.row["lifecycle"]), {write: {"data": unknown}})
    elif change is not None:
        yield from _undeclared_edges(write, change)
    yield from _gaps(write, transaction)


def _gaps(head: Write, transaction: Transaction) -> Iterator[Attack]:
    """Yield a step over a number, in a derived head and in the record that moves it."""
    for rule in chain.from_iterable(derived.rules for derived in CATALOG.derived_heads):
        if rule.head is not head.table:
            continue
        for record in transaction:
            if record.table is rule.record and all(
                record.row[rule.columns[name]] == head.row[name] for name in ("id", "seq")
            ):
                number = head.row["seq"] + 1
                values = {head: {"seq": number}, record: {rule.columns["seq"]: number}}
                yield Attack(GAP, f"{head.table.name}.seq, {head.event}", values)


def change_of(write: Write, transaction: Transaction) -> Write | None:
    """Return the change that belongs to a write of a head or of history."""
    if write.table is HISTORY:
        return write
    lifecycle = CATALOG.heads.get(write.table)
    if lifecycle is None:
        return None
    key = (lifecycle.name, write.row["id"], write.row["seq"])
    for other in transaction:
        row = other.row
        if other.table is HISTORY and (row["lifecycle"], row["entity_id"], row["seq"]) == key:
            return other
    return None


def _malformed_values(column: Column[Any], raw: Raw) -> Iterator[object]:
    if not column.nullable:
        yield None
    if isinstance(column.type, Domain):
        for value in MALFORMED.get(column.type, ()):
            yield value if isinstance(value, str) else raw.stored(column, value)


def other_values(column: Column[Any], value: object, raw: Raw) -> Iterator[tuple[str, object]]:
    """Yield well-formed values of a column, in the driver's form."""
    if value is not None and column.nullable:
        yield "emptied", None
    if isinstance(value, int) and not isinstance(value, bool):
        yield "more", raw.stored(column, value + 1)
        yield "less", raw.stored(column, value - 1)
        return
    other = UNUSED.get(column.type) if isinstance(column.type, Domain) else "other"
    if other is not None:
        yield ("filled" if value is None else "other"), raw.stored(column, other)


def _with_data(change: Write, column: Column[Any], value: object, raw: Raw) -> Row:
    """Return the data of a change that has another value of a field."""
    data = {**change.row["data"], column.name: value}
    return {"data": raw.stored(HISTORY.c.data, data)}


def _undeclared_edges(head: Write, change: Write) -> Iterator[Attack]:
    """Yield other states after the action, and other actions to the state, in both rows."""
    lifecycle = CATALOG.heads[head.table]
    row = change.row
    edges = {(edge.from_state, edge.action, str(edge.to_state)) for edge in lifecycle.known_edges}
    before = str(row["from_state"])
    steps = [(row["action"], state) for state in sorted({state for _, _, state in edges})]
    steps += [
        (action, str(row["to_state"])) for action in sorted({action for _, action, _ in edges})
    ]
    steps += [("jump", str(row["to_state"])), (row["action"], "NOWHERE")]
    for action, state in steps:
        if (before, action, state) not in edges:
            values = {head: {"status": state}, change: {"action": action, "to_state": state}}
            yield Attack(UNDECLARED, f"{lifecycle.name}: {before} {action} {state}", values)


def replacements(write: Write, stored: Sequence[Row], raw: Raw) -> Iterator[Attack]:
    """Yield the forms of an insert or a step that take the unique values of a stored row."""
    for name, columns in _unique_keys(write.table):
        for row in stored:
            if any(
                row[column] != write.row[column] and row[column] is not None for column in columns
            ):
                values = {
                    column: raw.stored(write.table.c[column], row[column]) for column in columns
                }
                yield Attack(REPLACED, name, {write: values}, prefix=raw.replacing())
                break


def _unique_keys(table: Table) -> Iterator[tuple[str, list[str]]]:
    yield f"{table.name}_pkey", key_names(table)
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield str(constraint.name), constraint.columns.keys()
    for index in table.indexes:
        if index.unique:
            yield str(index.name), index.columns.keys()


def rewrites(table: Table, row: Row, raw: Raw) -> Iterator[tuple[str, Statement]]:
    """Yield changes of a stored row that belong to no transaction of the library."""
    stored = Write(table, UPDATE, row, row)
    for column in writable_columns(table):
        for form, value in other_values(column, row[column.name], raw):
            yield (
                f"{table.name}.{column.name} {form}",
                raw.statement(stored, {column.name: value}),
            )
    yield f"{table.name}, deleted", raw.statement(Write(table, "delete", row))
    yield f"{table.name}, inserted again", raw.statement(Write(table, INSERT, row))
    yield from raw.rewrites(table, row)

"""Raw SQL against the table of a host's context, which its guards refuse."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import fields, frozen
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from indelible.kernel.appends import appended_types
from indelible.kernel.conditions import presence_in
from indelible.kernel.contexts import AnyContext
from indelible.kernel.difference_rules import different_fields
from indelible.kernel.json_limits import JsonLimitExceeded
from indelible_sql.engine.connections import enable_foreign_keys
from indelible_sql.engine.errors import GuardViolation, fault_of
from indelible_sql.schema.own_records import table_name
from indelible_sql.schema.tables import EDGES, HISTORY

LATER: Final = "'2999-01-01T00:00:00.000000+00:00'"
STEP: Final = f"seq = seq + 1, updated_at = {LATER}"
STEPPED: Final = ("seq", "updated_at")


@frozen(kw_only=True)
class Outcome:
    """The attacks that the database has accepted, and those that it has found no row for.

    `refused` has the guard or the key that refused each of the others, and `faulty` those that
    failed with another error, which proves nothing.
    """

    accepted: tuple[str, ...]
    refused: Mapping[str, str]
    without_rows: tuple[str, ...]
    faulty: tuple[str, ...]


def attacks_on(context: AnyContext, prefix: str) -> tuple[str, ...]:
    """Return statements that change rows of a context, or its history, past the library.

    `prefix` is that of indelible's own tables, such as `indelible.`. The table needs an aggregate
    in each state: a statement without a row proves nothing.
    """
    return (
        *_on_columns(context),
        *_on_states(context),
        *_on_fields(context),
        *_on_versions(context),
        *_on_rows(context),
        *_on_history(context, prefix),
        *_on_records(context),
    )


def _on_columns(context: AnyContext) -> Iterator[str]:
    """Yield an update of each column: without a step, emptied, and unchanged with a step."""
    table = context.name
    for name in _columns(context):
        if name == "id":
            continue
        yield f"UPDATE {table} SET {name} = {name}"
        if name in STEPPED:
            yield f"UPDATE {table} SET {name} = NULL"
            continue
        yield f"UPDATE {table} SET {name} = NULL, {STEP}"
        yield f"UPDATE {table} SET {name} = {name}, {STEP}"
    yield f"UPDATE {table} SET id = 'other', {STEP}"
    yield f"UPDATE {table} SET seq = seq - 1, updated_at = {LATER}"


def _on_states(context: AnyContext) -> Iterator[str]:
    """Yield a step to each state to which no edge leads."""
    lifecycle = context.aggregate.lifecycle
    states = sorted({str(edge.to_state) for edge in lifecycle.edges})
    edges = {(edge.from_state, str(edge.to_state)) for edge in lifecycle.edges}
    for before in states:
        where = f"WHERE status = '{before}'"
        for after in states:
            if (before, after) not in edges:
                yield f"UPDATE {context.name} SET status = '{after}', {STEP} {where}"
        yield f"UPDATE {context.name} SET status = 'NOWHERE', {STEP} {where}"


def _on_fields(context: AnyContext) -> Iterator[str]:
    """Yield a step that empties what a state requires, and one that takes a unique value."""
    entity, table = context.aggregate, context.name
    for state in sorted({str(edge.to_state) for edge in entity.lifecycle.edges}):
        for name, is_present in presence_in(entity.conditions, state).items():
            if is_present:
                yield f"UPDATE {table} SET {name} = NULL, {STEP} WHERE status = '{state}'"
    for reference in entity.references:
        yield f"UPDATE {table} SET {reference.field} = 'no-such-id', {STEP}"
    for claim in different_fields(entity.conditions):
        is_set = f"WHERE {claim.other} IS NOT NULL"
        yield f"UPDATE {table} SET {claim.field} = {claim.other}, {STEP} {is_set}"
    for rule in entity.one_per_parent:
        name = rule.parent_field
        taken = f"(SELECT min({name}) FROM {table})"
        yield f"UPDATE {table} SET {name} = {taken}, {STEP} WHERE {name} > {taken}"


def _on_versions(context: AnyContext) -> Iterator[str]:
    """Yield a step with another number of a version, and steps with other content in one."""
    rule = context.aggregate.numbered_versions
    if rule is None:
        return
    table = context.name
    for number in (f"{rule.field} + 1", f"{rule.field} + 2", f"{rule.field} - 1", "0", "-1"):
        yield f"UPDATE {table} SET {rule.field} = {number}, {STEP}"
        yield f"UPDATE {table} SET {rule.field} = {number}"
    for name in rule.counted_fields:
        text = f"CAST({name} AS text)"  # a flag and a JSON value have no order
        stored = f"FROM {table} WHERE {name} IS NOT NULL ORDER BY {text} DESC LIMIT 1"
        last = f"(SELECT {text} {stored})"
        yield f"UPDATE {table} SET {name} = (SELECT {name} {stored}), {STEP} WHERE {text} < {last}"


def _on_rows(context: AnyContext) -> Iterator[str]:
    """Yield deletes and copies of rows."""
    table = context.name
    columns = _columns(context)
    names = ", ".join(columns)
    renamed = ", ".join("'copy'" if name == "id" else name for name in columns)
    yield f"DELETE FROM {table}"
    yield f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}"
    yield f"INSERT INTO {table} ({names}) SELECT {renamed} FROM {table} LIMIT 1"


def _on_records(context: AnyContext) -> Iterator[str]:
    """Yield changes, deletions and copies of the rows that actions append."""
    entity = context.aggregate
    for record in appended_types(entity.bulk_records):
        table = table_name(record, entity)
        names = ["entity_id", "seq", *(attribute.name for attribute in fields(record))]
        for name in names:
            yield f"UPDATE {table} SET {name} = {name}"
        yield f"DELETE FROM {table}"
        columns = ", ".join(names)
        yield f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}"
        # A row more of a change, one of a change to come, of no aggregate, and of the last change.
        for links in (
            {"number": "number + 100000"},
            {"seq": "seq + 100000"},
            {"entity_id": "'no-such-id'"},
            {"seq": "last_seq", "number": "number + 100000"},
            {"seq": "last_seq + 1"},
        ):
            values = ", ".join(links.get(name, name) for name in names)
            heads = f"SELECT id AS last_id, seq AS last_seq FROM {context.name}"
            rows = f"{table} JOIN ({heads}) AS last ON last_id = entity_id"
            yield f"INSERT INTO {table} ({columns}) SELECT {values} FROM {rows} LIMIT 1"
        for reference in record.references:
            yield f"UPDATE {table} SET {reference.field} = 'no-such-id'"


def _on_history(context: AnyContext, prefix: str) -> Iterator[str]:
    """Yield statements that rewrite the history of a context, or its edges."""
    lifecycle = context.aggregate.lifecycle
    history, edges = f"{prefix}{HISTORY.name}", f"{prefix}{EDGES.name}"
    where = f"WHERE lifecycle = '{lifecycle.name}'"
    yield f"DELETE FROM {history} {where}"
    for column in HISTORY.columns:
        if column.computed is None and column.identity is None:
            yield f"UPDATE {history} SET {column.name} = {column.name} {where}"
    yield f"UPDATE {history} SET reason = 'another', actor = 'user:other' {where}"
    yield f"DELETE FROM {edges} {where}"
    yield f"UPDATE {edges} SET to_state = '{lifecycle.edges[0].to_state}' {where}"
    state = lifecycle.edges[0].to_state
    yield f"INSERT INTO {edges} VALUES ('{lifecycle.name}', '{state}', 'jump', '{state}', 0)"


def attack(owner_url: str, attacks: Sequence[str]) -> Outcome:
    """Run each attack in a transaction of its own, as the owner of the tables."""
    engine: Engine = create_engine(owner_url)
    enable_foreign_keys(engine)
    accepted: list[str] = []
    refused: dict[str, str] = {}
    faulty: list[str] = []
    without_rows: list[str] = []
    for statement in attacks:
        try:
            with engine.begin() as connection:
                rows = _rows_of(connection, statement)
        except DBAPIError as error:
            fault = fault_of(error)
            if isinstance(fault, GuardViolation | JsonLimitExceeded):
                refused[statement] = str(getattr(fault, "guard", "") or fault.code)
            else:
                faulty.append(f"{statement}: {error.orig}")
            continue
        (accepted if rows else without_rows).append(statement)
    engine.dispose()
    return Outcome(
        accepted=tuple(accepted),
        refused=refused,
        without_rows=tuple(without_rows),
        faulty=tuple(faulty),
    )


def _rows_of(connection: Connection, statement: str) -> int:
    """Run a statement, and return the number of rows that it has changed."""
    return connection.execute(text(statement)).rowcount


def _columns(context: AnyContext) -> list[str]:
    """Return the columns that a program can write."""
    names = [attribute.name for attribute in fields(context.aggregate)]
    return ["id", "seq", "hash", *(name for name in names if name != "id")]

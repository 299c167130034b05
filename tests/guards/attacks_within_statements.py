"""Illegal writes on SQLite by what a statement does besides itself: nested updates and REPLACE."""

import re
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Index, Table, UniqueConstraint, column, insert, text, update
from sqlalchemy import table as lite_table
from tests.guards.attack_parts import Kind, Write, change_row
from tests.guards.attacks_on_breakers import nested_count
from tests.guards.attacks_on_hung_threads import nested_report
from tests.guards.attacks_on_rates import nested_permits
from tests.guards.attacks_on_retention import nested_mark
from tests.guards.attacks_on_subjects import nested_silence
from tests.guards.attacks_on_subscribers import nested_move
from tests.guards.raw_database import Statement
from tests.guards.situation import Situation
from tests.guards.task_rows import EXPIRED, update_task
from tests.guards.writes import Step, following_change, step_writes, update_head

from indelible.kernel import Change
from indelible_sql.captures.tables import ARTIFACTS
from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.task_tables import PRUNED_STAGES, TASKS
from indelible_sql.schema.guards import history_key
from indelible_sql.schema.tables import HISTORY, writable_columns

HEADS = tuple(CATALOG.heads)
STAGED = "staged"  # a TEMP table with the changes that a trigger writes
# The columns of history that a head repeats, by the head's columns.
HEAD_COLUMNS = {"status": "to_state", "seq": "seq", "hash": "hash", "updated_at": "at"}
CHANGE_COLUMNS = ", ".join(written.name for written in writable_columns(HISTORY))


def stage_changes(*changes: Change) -> Iterator[Statement]:
    """Yield the statements that put changes into a TEMP table."""
    yield text(f"CREATE TEMP TABLE {STAGED} AS SELECT * FROM main.history WHERE FALSE")

    columns = [column(written.name, written.type) for written in writable_columns(HISTORY)]
    staged = lite_table(STAGED, *columns)
    for change in changes:
        yield insert(staged).values(change_row(change))


def nested_step(head: Table, change: Change) -> str:
    """Return the SQL by which a trigger writes a staged change and its head."""
    columns = dict(HEAD_COLUMNS)
    counter = head.c[history_key(head).counter]
    if counter.computed is None:
        columns[counter.name] = "version"

    row = f"(SELECT {', '.join(columns.values())} FROM {STAGED} WHERE seq = {change.seq})"
    return (
        f"UPDATE {head.name} SET ({', '.join(columns)}) = {row} WHERE id = NEW.id;"
        f" INSERT INTO history ({CHANGE_COLUMNS})"
        f" SELECT {CHANGE_COLUMNS} FROM {STAGED} WHERE seq = {change.seq};"
    )


def trigger_before_update(table: Table, body: str) -> Statement:
    """Return the TEMP trigger that runs SQL before each update of a table."""
    return text(f"CREATE TEMP TRIGGER nested BEFORE UPDATE ON main.{table.name} BEGIN {body} END")


def _overtaken_step(head: Table) -> Write:
    """Return a step in which a trigger takes the step and a further one: the head would go back."""

    def write(s: Situation) -> Sequence[Statement]:
        step = s.steps[head.name]
        further = _further_change(head, step)
        body = nested_step(head, step.change) + nested_step(head, further)
        staged = stage_changes(step.change, further)
        return *staged, trigger_before_update(head, body), update_head(step.change)

    return write


def _further_change(head: Table, step: Step) -> Change:
    """Return a change by an edge from the step's state; by the step's own edge if there is none."""
    for edge in CATALOG.heads[head].edges:
        if edge.from_state == step.change.to_state and not edge.adds_version:
            action, state = edge.action, str(edge.to_state)
            return following_change(step.change, action=action, to_state=state)

    return following_change(step.change)


def _counted_on(table: Table, counter: str) -> Write:
    """Return an update of all rows in which a trigger updates the same row too."""
    key = [column.name for column in table.primary_key.columns]
    is_same = " AND ".join(f"{name} = NEW.{name}" for name in key)
    body = f"UPDATE {table.name} SET {counter} = {counter} + 1 WHERE {is_same};"
    return lambda _: (
        trigger_before_update(table, body),
        update(table).values({counter: table.c[counter] + 1}),
    )


def _nested_claim() -> Sequence[Statement]:
    """Return an extension of a lease in which a trigger claims the task: its fence would sink."""
    body = (
        "UPDATE tasks SET fence = 2, attempts = 2, lease_owner = 'user:noor'"
        f" WHERE entity_id = '{EXPIRED}' AND fence = 1;"
    )
    return (
        trigger_before_update(TASKS, body),
        update_task(EXPIRED, lease_until=TASKS.c.lease_until),
    )


def _nested_updates() -> Iterator[tuple[str, Write]]:
    for head in HEADS:
        yield f"a step in {head.name} that a nested step overtakes", _overtaken_step(head)
        yield f"{head.name}: seq counted on twice", _counted_on(head, "seq")
    for derived in CATALOG.derived_heads:
        table = derived.table
        yield f"{table.name}: seq counted on twice", _counted_on(table, "seq")

    yield "a fence counted on twice", _counted_on(TASKS, "fence")
    yield "a kept fence counted on twice", _counted_on(PRUNED_STAGES, "fence")
    yield "a lease that a nested claim overtakes", lambda _: _nested_claim()
    yield "permits taken within a take", lambda _: nested_permits()
    yield "outages counted within a count", lambda _: nested_count()
    yield "hung threads reported within a report", lambda _: nested_report()
    yield "a silence changed within a change", lambda _: nested_silence()
    yield "deleted rows counted within a count", lambda _: nested_mark()
    yield "a cursor moved within a move", lambda _: nested_move()


def _replacing_updates() -> Iterator[tuple[str, Write]]:
    """Yield, for each unique key of each head, an update that takes the key of the stored row."""
    for head in HEADS:
        for name, columns in _changeable_keys(head):
            yield f"{head.name}: {name} taken by OR REPLACE", _taken(head, columns)

    yield "artifacts: artifacts_normalized_url taken by OR REPLACE", _taken_address


def _taken_address(s: Situation) -> Sequence[Statement]:
    address = s.captures.second_visit.artifact["normalized_url"]
    return (update(ARTIFACTS).prefix_with("OR REPLACE").values(normalized_url=address),)


def _taken(head: Table, columns: Sequence[str]) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        birth, step = s.births[head.name], s.steps[head.name]
        stored = {**step.row, "status": step.change.from_state}
        values = {name: stored[name] for name in columns}
        steal = update(head).prefix_with("OR REPLACE").where(head.c.id == birth.change.entity_id)
        return *step_writes(birth), steal.values(values)

    return write


def _changeable_keys(head: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the name and columns of each unique key, with those that a partial index looks at."""
    keys: list[UniqueConstraint | Index] = []
    keys += [key for key in head.constraints if isinstance(key, UniqueConstraint)]
    keys += [index for index in head.indexes if index.unique]
    for key in sorted(keys, key=lambda key: str(key.name)):
        names = {column.name for column in key.columns}
        if isinstance(key, Index):
            predicate = str(key.dialect_options["sqlite"]["where"])
            names.update(set(re.findall(r"\w+", predicate)) & set(head.columns.keys()))
        if "id" not in names:
            yield str(key.name), tuple(sorted(names))


WITHIN_STATEMENTS: Mapping[str, Kind] = {
    "an update within an update": dict(_nested_updates()),
    "UPDATE OR REPLACE": dict(_replacing_updates()),
}

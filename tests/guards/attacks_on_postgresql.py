"""Illegal writes in the SQL of PostgreSQL: TRUNCATE, MERGE, COPY and TEMP tables."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Table, text
from tests.guards.attack_parts import (
    Kind,
    Write,
    advance_impostor,
    approval_writes,
    change_row,
    edge_row,
    further_step,
    reviewed_head_row,
)
from tests.guards.attacks_on_breakers import COPIED_REFUSALS
from tests.guards.attacks_on_payloads import COPIED_PAYLOADS, PAYLOADS_ON_POSTGRESQL
from tests.guards.raw_sql import copied, overriding, raw
from tests.guards.situation import (
    Situation,
)
from tests.guards.subscriber_rows import move_cursor, restart_cursor
from tests.guards.writes import following_change, insert_change, update_head

from indelible.kernel import Change
from indelible_sql.concepts.tables import CONCEPTS, VERSIONS, WARNINGS
from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.keys import KEYS
from indelible_sql.kernel.task_tables import TASKS
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS, writable_columns
from indelible_sql.tokens.tables import TOKENS


def _following_publication(s: Situation) -> Change:
    """Return the publication that follows the approval."""
    return following_change(s.approve, action="publish", to_state="PUBLISHED")


def _in_every_situation(statement: str) -> Write:
    return lambda _: (text(statement),)


def _merge(table: Table, action: str) -> Write:
    """Return a MERGE that takes the action on every row."""
    return _in_every_situation(
        f"MERGE INTO {table} USING (SELECT 1) AS one ON TRUE WHEN MATCHED THEN {action}"
    )


def _truncations() -> Iterator[tuple[str, Write]]:
    for table in CATALOG.tables:
        yield f"{table.name}, truncated", _in_every_situation(f"TRUNCATE {table} CASCADE")


def _updates_of_no_row() -> Iterator[tuple[str, Write]]:
    for record in CATALOG.records:
        column = list(record.columns)[1].name
        statement = f"UPDATE {record} SET {column} = NULL WHERE FALSE"
        yield f"no row of {record.name}, updated", _in_every_situation(statement)


def _merges() -> Iterator[tuple[str, Write]]:
    heads = [*CATALOG.heads]
    heads += [derived.table for derived in CATALOG.derived_heads]
    for head in heads:
        yield f"{head.name}, merged", _merge(head, "UPDATE SET seq = seq + 2")
    for record in CATALOG.records:
        column = writable_columns(record)[-1].name
        yield f"{record.name}, merged", _merge(record, f"UPDATE SET {column} = {column}")

    for table in CATALOG.tables:
        yield f"{table.name}, merged away", _merge(table, "DELETE")


MERGED: Kind = {
    **dict(_merges()),
    "a concept's status, merged": _merge(CONCEPTS, "UPDATE SET status = 'PUBLISHED'"),
    "a key's owner, merged": _merge(KEYS, "UPDATE SET owner = 'user:eve'"),
    "a token's status, merged": _merge(TOKENS, "UPDATE SET status = 'revealed'"),
    "a fence, merged": _merge(TASKS, "UPDATE SET fence = 0"),
    "an edge, merged": _merge(EDGES, "UPDATE SET to_state = 'PUBLISHED'"),
}
COPIED: Kind = {
    "a change, copied in": lambda s: (copied(HISTORY, change_row(s.approve)),),
    "a change without a reason, copied in": lambda s: (
        update_head(s.approve),
        copied(HISTORY, change_row(s.approve), reason=" "),
    ),
    "a version, copied in": lambda s: (copied(VERSIONS, s.version),),
    "warnings, copied in": lambda s: (copied(WARNINGS, s.warnings),),
    "a receipt, copied in twice": lambda s: (
        copied(RECEIPTS, s.receipt),
        copied(RECEIPTS, s.receipt),
    ),
    "a concept, copied in": lambda s: (copied(CONCEPTS, {**reviewed_head_row(s), "id": "new"}),),
    "an edge, copied in": lambda _: (copied(EDGES, edge_row("PUBLISHED", "undo", "DRAFT")),),
}
CHOSEN_POSITIONS: Kind = {
    "a position": lambda s: approval_writes(s, position=99),
    "a position, overriding": lambda s: (
        update_head(s.approve),
        overriding(HISTORY, change_row(s.approve), position="99"),
    ),
    "a position below zero, overriding": lambda s: (
        update_head(s.approve),
        overriding(HISTORY, change_row(s.approve), position="-1"),
    ),
    "a position, taken twice": lambda s: (
        update_head(s.approve),
        overriding(HISTORY, change_row(s.approve), position="99"),
        update_head(_following_publication(s)),
        overriding(HISTORY, change_row(_following_publication(s)), position="99"),
    ),
    "a position that was drawn before its statement": lambda s: (
        text("SELECT nextval('indelible.history_position_seq')"),
        update_head(s.approve),
        overriding(
            HISTORY,
            change_row(s.approve),
            position="currval('indelible.history_position_seq')",
        ),
    ),
    "a position that was drawn before its statement, under a low floor": lambda s: (
        text("SELECT nextval('indelible.history_position_seq')"),
        text("SELECT set_config('indelible.feed_floor', '0', true)"),
        text("SELECT set_config('indelible.statement_floor', '0', true)"),
        update_head(s.approve),
        overriding(
            HISTORY,
            change_row(s.approve),
            position="currval('indelible.history_position_seq')",
        ),
    ),
    "no position": lambda s: (
        update_head(s.approve),
        overriding(HISTORY, change_row(s.approve), position="NULL"),
    ),
    "no transaction": lambda s: (
        update_head(s.approve),
        overriding(HISTORY, change_row(s.approve), txid="NULL"),
    ),
    "a position, copied in": lambda s: (
        update_head(s.approve),
        copied(HISTORY, change_row(s.approve), position=99),
    ),
    "a transaction": lambda s: (
        update_head(s.approve),
        overriding(HISTORY, change_row(s.approve), txid="'3'"),
    ),
    "a transaction in the future": lambda s: (
        update_head(s.approve),
        overriding(HISTORY, change_row(s.approve), txid="'99999999'"),
    ),
    "a transaction, copied in": lambda s: (
        update_head(s.approve),
        copied(HISTORY, change_row(s.approve), txid="3"),
    ),
}
IMPOSTORS: Kind = {
    "a TEMP table with the name of a head": lambda s: (
        text("CREATE TEMP TABLE concepts AS SELECT * FROM indelible.concepts"),
        *advance_impostor("pg_temp", s),
        insert_change(s.approve),
    ),
    "a TEMP table found first": lambda s: (
        text("SET LOCAL search_path = pg_temp, indelible"),
        text("CREATE TEMP TABLE keys AS SELECT * FROM indelible.keys"),
        text(
            f"UPDATE keys SET seq = 2, hash = '{s.revoke.hash}',"
            f" status = 'REVOKED', updated_at = '{s.revoke.at}'"
        ),
        insert_change(s.revoke),
    ),
    "a TEMP table of edges": lambda s: (
        text("CREATE TEMP TABLE lifecycle_edges AS SELECT * FROM indelible.lifecycle_edges"),
        text("SET LOCAL search_path = pg_temp, indelible"),
        text("INSERT INTO lifecycle_edges VALUES ('concept', 'REVIEW', 'skip', 'PUBLISHED', 0)"),
        *approval_writes(s, action="skip", to_state="PUBLISHED"),
    ),
}
LAST_CURSOR = "(SELECT last_value FROM indelible.history_position_seq) || '.' || repeat('b', 16)"
BEHIND_THE_END: Kind = {
    "a cursor moved to a change that is not committed": lambda s: (
        *approval_writes(s),
        move_cursor(feed_cursor=raw(LAST_CURSOR)),
    ),
    "a cursor moved to the newest change of two": lambda s: (
        *approval_writes(s),
        *further_step(s.approve, action="publish", to_state="PUBLISHED"),
        move_cursor(feed_cursor=raw(LAST_CURSOR)),
    ),
    "a subscriber restarted at a change that is not committed": lambda s: (
        *approval_writes(s),
        restart_cursor(feed_cursor=raw(LAST_CURSOR)),
    ),
}
ON_POSTGRESQL: Mapping[str, Kind] = {
    "a record truncated": dict(_truncations()),
    "a record updated or deleted": dict(_updates_of_no_row()),
    "a MERGE": MERGED,
    "a COPY": {**COPIED, **COPIED_PAYLOADS, **COPIED_REFUSALS},
    "a payload forged": PAYLOADS_ON_POSTGRESQL,
    "a chosen position": CHOSEN_POSITIONS,
    "a cursor behind the end of the feed": BEHIND_THE_END,
    "a TEMP table or trigger": IMPOSTORS,
}

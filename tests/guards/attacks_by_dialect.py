"""Illegal writes that need the syntax of one database."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Table, text, update
from tests.guards.arena import Statement
from tests.guards.attacks_on_columns import HEADS_OF_ONE, TYPES, birth_row
from tests.guards.attacks_on_tokens import REPLACED_TOKENS
from tests.guards.captured import captured
from tests.guards.kinds import Kind, Write, edge, new_edge, row, shown, step
from tests.guards.minted import NEW_WORK
from tests.guards.raw import by_rowid, copied, overriding, replacing
from tests.guards.situation import Situation, after, answer, born, keep, log, move, remark

from indelible.kernel import Change, instant_text
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS
from indelible_sql.concepts.tables import CONCEPTS, VERSIONS, WARNINGS
from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.keys import KEYS
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS
from indelible_sql.tokens.tables import TOKENS

LARGEST = 2**63 - 1
HEAD = {"id": "new", "status": "ACTIVE", "seq": 1, "hash": "b" * 64}


def posing(schema: str, s: Situation) -> Iterator[Statement]:
    """Yield legal updates of a head of the same name in another schema."""
    yield text(
        f"UPDATE {schema}.concepts SET seq = 4, hash = '{s.approve.hash}', status = 'APPROVED'"
    )
    yield text(f"UPDATE {schema}.concepts SET updated_at = '{instant_text(s.approve.at)}'")


def _by_rowid(head: Table) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        return (by_rowid(head, {**birth_row(s, head), **HEAD}, 1),)

    return write


REPLACED: Kind = {
    "a change, replaced": lambda s: (replacing(log(s.reviewed, reason="another")),),
    "a change, replaced by position": lambda s: (
        move(s.approve),
        replacing(log(s.approve, position=1)),
    ),
    "a change, replaced by rowid": lambda s: (
        move(s.approve),
        by_rowid(HISTORY, row(s.approve), 1),
    ),
    "a change, replaced with all keys deferred": lambda s: (
        text("PRAGMA defer_foreign_keys = ON"),
        replacing(log(s.reviewed, reason="another")),
    ),
    "a version, replaced": lambda s: (replacing(keep(s.kept, name="Rate")),),
    "a version, replaced by id": lambda s: (
        move(s.edit),
        replacing(keep(s.version, id=s.kept["id"])),
        remark(s.warnings),
        log(s.edit),
    ),
    "a version, replaced by rowid": lambda s: (
        move(s.edit),
        by_rowid(VERSIONS, s.version, 1),
        remark(s.warnings),
        log(s.edit),
    ),
    "remarks, replaced": lambda s: (
        replacing(remark(s.warnings, version_number=2, computed_at=s.kept["created_at"])),
    ),
    "remarks, replaced by rowid": lambda s: (
        move(s.edit),
        keep(s.version),
        by_rowid(WARNINGS, s.warnings, 1),
        log(s.edit),
    ),
    "a receipt, replaced": lambda s: (replacing(answer(s.receipt, key="order-1")),),
    "a receipt, replaced by rowid": lambda s: (by_rowid(RECEIPTS, s.receipt, 1),),
    "a concept, replaced by its birth": lambda s: (
        replacing(born(s.create, id=s.reviewed.entity_id)),
    ),
    "a concept, replaced by rowid": lambda s: (by_rowid(CONCEPTS, {**shown(s), "id": "new"}, 1),),
    "a key, replaced by rowid": lambda s: (by_rowid(KEYS, {**s.key, **HEAD}, 1),),
    **{f"{head.name}, replaced by rowid": _by_rowid(head) for head in HEADS_OF_ONE},
    "an artifact, replaced by rowid": lambda s: (by_rowid(ARTIFACTS, s.captures.new.artifact, 1),),
    "a centroid, replaced by rowid": lambda s: (by_rowid(CENTROIDS, s.captures.new.centroid, 1),),
    "a signal, replaced by rowid": lambda s: (
        *captured(s.captures.again)[:2],
        by_rowid(SIGNALS, s.captures.again.signal, 1),
    ),
    "work, replaced by rowid": lambda _: (by_rowid(TASKS, NEW_WORK, 1),),
    "an attempt, replaced by rowid": lambda s: (by_rowid(TASK_ATTEMPTS, s.minted.attempt, 1),),
    "an edge, replaced by rowid": lambda _: (
        by_rowid(EDGES, edge("DRAFT", "skip", "PUBLISHED"), 1),
    ),
    "a concept, replaced by another": lambda s: (
        update(CONCEPTS)
        .prefix_with("OR REPLACE")
        .where(CONCEPTS.c.id == s.reviewed.entity_id)
        .values(id=s.published.entity_id),
    ),
    "a key, replaced by its birth": lambda s: (
        replacing(born(s.grant, **s.key, id=s.granted.entity_id)),
    ),
    "an edge, replaced": lambda _: (
        replacing(new_edge("concept", "DRAFT", "submit", "PUBLISHED", 0)),
    ),
}
PLACED: Kind = {
    "a position far ahead": lambda s: step(s, position=99),
    "the last position there is": lambda s: step(s, position=LARGEST),
    "a position before the first": lambda s: step(s, position=0),
    "a position below zero": lambda s: step(s, position=-1),
    "a position that is taken": lambda s: step(s, position=1),
    "a rowid below zero": lambda s: (move(s.approve), by_rowid(HISTORY, row(s.approve), -7)),
    "a version's rowid below zero": lambda s: (
        move(s.edit),
        by_rowid(VERSIONS, s.version, -7),
        remark(s.warnings),
        log(s.edit),
    ),
    "remarks' rowid below zero": lambda s: (
        move(s.edit),
        keep(s.version),
        by_rowid(WARNINGS, s.warnings, -7),
        log(s.edit),
    ),
    "a signal's rowid below zero": lambda s: (
        *captured(s.captures.again)[:2],
        by_rowid(SIGNALS, s.captures.again.signal, -7),
    ),
    "a receipt's rowid below zero": lambda s: (by_rowid(RECEIPTS, s.receipt, -7),),
}
SQLITE_IMPOSTORS: Kind = {
    "a TEMP table in the head's place": lambda s: (
        text("CREATE TEMP TABLE concepts AS SELECT * FROM main.concepts"),
        *posing("temp", s),
        log(s.approve),
    ),
    "a TEMP table of edges": lambda s: (
        text("CREATE TEMP TABLE lifecycle_edges AS SELECT * FROM main.lifecycle_edges"),
        text(
            "INSERT INTO temp.lifecycle_edges VALUES ('concept', 'REVIEW', 'skip', 'PUBLISHED', 0)"
        ),
        *step(s, action="skip", to_state="PUBLISHED"),
    ),
    "a TEMP trigger that ignores guards": lambda s: (
        text(
            "CREATE TEMP TRIGGER hush AFTER INSERT ON main.history BEGIN SELECT RAISE(IGNORE); END"
        ),
        log(s.approve),
    ),
    "a TEMP trigger that lets a head go back": lambda s: (
        text(
            "CREATE TEMP TRIGGER hush AFTER UPDATE ON main.concepts BEGIN SELECT RAISE(IGNORE); END"
        ),
        move(s.approve, seq=1),
    ),
    "a TEMP trigger that takes the head back": lambda s: (
        text(
            "CREATE TEMP TRIGGER undo AFTER INSERT ON main.history BEGIN"
            " UPDATE concepts SET seq = seq - 1, status = 'DRAFT' WHERE id = NEW.entity_id; END"
        ),
        move(s.approve),
        log(s.approve),
    ),
    "a TEMP trigger that rewrites the change": lambda s: (
        text(
            "CREATE TEMP TRIGGER bend AFTER INSERT ON main.history BEGIN"
            " UPDATE history SET reason = 'another' WHERE position = NEW.position; END"
        ),
        move(s.approve),
        log(s.approve),
    ),
}
ON_SQLITE: Mapping[str, Kind] = {
    "INSERT OR REPLACE": {**REPLACED, **REPLACED_TOKENS},
    "a chosen position": PLACED,
    "an impostor": SQLITE_IMPOSTORS,
    "a value of another type": TYPES,
}


def publishing(s: Situation) -> Change:
    return after(s.approve, action="publish", to_state="PUBLISHED")


def truncated(table: Table) -> Statement:
    return text(f"TRUNCATE {table} CASCADE")


def no_row(table: Table) -> Statement:
    return text(f"UPDATE {table} SET {list(table.columns)[1].name} = NULL WHERE FALSE")


def merge(table: Table, action: str) -> Statement:
    return text(f"MERGE INTO {table} USING (SELECT 1) AS one ON TRUE WHEN MATCHED THEN {action}")


def in_any_case(statement: Statement) -> Write:
    return lambda _: (statement,)


TRUNCATED: Kind = {
    f"{table.name}, truncated": in_any_case(truncated(table)) for table in CATALOG.tables
}
UPDATED: Kind = {
    f"no row of {table.name}, updated": in_any_case(no_row(table))
    for table in (HISTORY, VERSIONS, WARNINGS, RECEIPTS, TASK_ATTEMPTS)
}
MERGED: Kind = {
    "a change, merged": lambda _: (merge(HISTORY, "UPDATE SET reason = 'another'"),),
    "history, merged away": lambda _: (merge(HISTORY, "DELETE"),),
    "a version, merged": lambda _: (merge(VERSIONS, "UPDATE SET name = 'Rate'"),),
    "remarks, merged away": lambda _: (merge(WARNINGS, "DELETE"),),
    "a concept, merged": lambda _: (merge(CONCEPTS, "UPDATE SET status = 'PUBLISHED'"),),
    "a concept, merged away": lambda _: (merge(CONCEPTS, "DELETE"),),
    "a key, merged": lambda _: (merge(KEYS, "UPDATE SET owner = 'user:eve'"),),
    "a receipt, merged": lambda _: (merge(RECEIPTS, "UPDATE SET result = '{}'"),),
    "work, merged away": lambda _: (merge(TASKS, "DELETE"),),
    "a fence, merged": lambda _: (merge(TASKS, "UPDATE SET fence = 0"),),
    "a token, merged": lambda _: (merge(TOKENS, "UPDATE SET status = 'revealed'"),),
    "an edge, merged": lambda _: (merge(EDGES, "UPDATE SET to_state = 'PUBLISHED'"),),
}
COPIED: Kind = {
    "a change, copied in": lambda s: (copied(HISTORY, row(s.approve)),),
    "a change without a reason, copied in": lambda s: (
        move(s.approve),
        copied(HISTORY, row(s.approve), reason=" "),
    ),
    "a version, copied in": lambda s: (copied(VERSIONS, s.version),),
    "remarks, copied in": lambda s: (copied(WARNINGS, s.warnings),),
    "a receipt, copied in twice": lambda s: (
        copied(RECEIPTS, s.receipt),
        copied(RECEIPTS, s.receipt),
    ),
    "a concept, copied in": lambda s: (copied(CONCEPTS, {**shown(s), "id": "new"}),),
    "an edge, copied in": lambda _: (copied(EDGES, edge("PUBLISHED", "undo", "DRAFT")),),
}
NUMBERED: Kind = {
    "a position": lambda s: step(s, position=99),
    "a position, overriding": lambda s: (
        move(s.approve),
        overriding(HISTORY, row(s.approve), position="99"),
    ),
    "a position below zero, overriding": lambda s: (
        move(s.approve),
        overriding(HISTORY, row(s.approve), position="-1"),
    ),
    "a position for two": lambda s: (
        move(s.approve),
        overriding(HISTORY, row(s.approve), position="99"),
        move(publishing(s)),
        overriding(HISTORY, row(publishing(s)), position="99"),
    ),
    "no position": lambda s: (
        move(s.approve),
        overriding(HISTORY, row(s.approve), position="NULL"),
    ),
    "no transaction": lambda s: (move(s.approve), overriding(HISTORY, row(s.approve), txid="NULL")),
    "a position, copied in": lambda s: (
        move(s.approve),
        copied(HISTORY, row(s.approve), position=99),
    ),
    "a transaction": lambda s: (move(s.approve), overriding(HISTORY, row(s.approve), txid="'3'")),
    "a transaction to come": lambda s: (
        move(s.approve),
        overriding(HISTORY, row(s.approve), txid="'99999999'"),
    ),
    "a transaction, copied in": lambda s: (
        move(s.approve),
        copied(HISTORY, row(s.approve), txid="3"),
    ),
}
POSTGRESQL_IMPOSTORS: Kind = {
    "a TEMP table in the head's place": lambda s: (
        text("CREATE TEMP TABLE concepts AS SELECT * FROM indelible.concepts"),
        *posing("pg_temp", s),
        log(s.approve),
    ),
    "a TEMP table found first": lambda s: (
        text("SET LOCAL search_path = pg_temp, indelible"),
        text("CREATE TEMP TABLE keys AS SELECT * FROM indelible.keys"),
        text(
            f"UPDATE keys SET seq = 2, hash = '{s.revoke.hash}',"
            f" status = 'REVOKED', updated_at = '{s.revoke.at}'"
        ),
        log(s.revoke),
    ),
    "a TEMP table of edges": lambda s: (
        text("CREATE TEMP TABLE lifecycle_edges AS SELECT * FROM indelible.lifecycle_edges"),
        text("SET LOCAL search_path = pg_temp, indelible"),
        text("INSERT INTO lifecycle_edges VALUES ('concept', 'REVIEW', 'skip', 'PUBLISHED', 0)"),
        *step(s, action="skip", to_state="PUBLISHED"),
    ),
}
ON_POSTGRESQL: Mapping[str, Kind] = {
    "a record truncated": TRUNCATED,
    "a record updated": UPDATED,
    "a MERGE": MERGED,
    "a COPY": COPIED,
    "a chosen position": NUMBERED,
    "an impostor": POSTGRESQL_IMPOSTORS,
}

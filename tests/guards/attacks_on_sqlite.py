"""Illegal writes in the SQL of SQLite: INSERT OR REPLACE, rowids and TEMP objects."""

from collections.abc import Mapping

from sqlalchemy import text, update
from tests.guards.attack_parts import (
    Kind,
    advance_impostor,
    approval_writes,
    change_row,
    edge_row,
    insert_edge,
)
from tests.guards.attacks_on_breakers import REPLACED_BREAKERS
from tests.guards.attacks_on_columns import TYPES
from tests.guards.attacks_on_heads import REPLACED_HEADS
from tests.guards.attacks_on_hung_threads import REPLACED_REPORTS
from tests.guards.attacks_on_payloads import REPLACED_PAYLOADS
from tests.guards.attacks_on_payments import REPLACED_PAYMENTS
from tests.guards.attacks_on_projects import REPLACED_PROJECTS
from tests.guards.attacks_on_rates import REPLACED_BUCKETS
from tests.guards.attacks_on_references import REPLACED_CONTESTS
from tests.guards.attacks_on_retention import REPLACED_MARKS
from tests.guards.attacks_on_runbooks import REPLACED_STEPS
from tests.guards.attacks_on_seals import REPLACED_SEALS
from tests.guards.attacks_on_subjects import REPLACED_SUBJECTS
from tests.guards.attacks_on_subscribers import REPLACED_CURSORS
from tests.guards.attacks_on_tasks import REPLACED_TASKS
from tests.guards.attacks_on_tokens import REPLACED_TOKENS
from tests.guards.attacks_on_values import UNSTORABLE
from tests.guards.attacks_within_statements import WITHIN_STATEMENTS
from tests.guards.capture_rows import capture_writes
from tests.guards.raw_sql import by_rowid, replacing
from tests.guards.situation import (
    insert_receipt,
    insert_version,
    insert_warnings,
)
from tests.guards.task_rows import NEW_TASK, PRUNED_ROW
from tests.guards.writes import insert_change, update_head

from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS
from indelible_sql.concepts.tables import CONCEPTS, VERSIONS, WARNINGS
from indelible_sql.kernel.task_tables import PRUNED_STAGES, TASK_ATTEMPTS, TASKS
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS

REPLACED: Kind = {
    "a change, replaced": lambda s: (replacing(insert_change(s.reviewed, reason="another")),),
    "a change, replaced by position": lambda s: (
        update_head(s.approve),
        replacing(insert_change(s.approve, position=1)),
    ),
    "a change, replaced by rowid": lambda s: (
        update_head(s.approve),
        by_rowid(HISTORY, change_row(s.approve), 1),
    ),
    "a change, replaced with all keys deferred": lambda s: (
        text("PRAGMA defer_foreign_keys = ON"),
        replacing(insert_change(s.reviewed, reason="another")),
    ),
    "a version, replaced": lambda s: (replacing(insert_version(s.stored_version, name="Rate")),),
    "a version, replaced by id": lambda s: (
        update_head(s.edit),
        replacing(insert_version(s.version, id=s.stored_version["id"])),
        insert_warnings(s.warnings),
        insert_change(s.edit),
    ),
    "a version, replaced by rowid": lambda s: (
        update_head(s.edit),
        by_rowid(VERSIONS, s.version, 1),
        insert_warnings(s.warnings),
        insert_change(s.edit),
    ),
    "warnings, replaced": lambda s: (
        replacing(
            insert_warnings(
                s.warnings, version_number=2, computed_at=s.stored_version["created_at"]
            )
        ),
    ),
    "warnings, replaced by rowid": lambda s: (
        update_head(s.edit),
        insert_version(s.version),
        by_rowid(WARNINGS, s.warnings, 1),
        insert_change(s.edit),
    ),
    "a receipt, replaced": lambda s: (replacing(insert_receipt(s.receipt, key="order-1")),),
    "a receipt, replaced by rowid": lambda s: (by_rowid(RECEIPTS, s.receipt, 1),),
    "an artifact, replaced by rowid": lambda s: (
        by_rowid(ARTIFACTS, s.captures.first_visit.artifact, 1),
    ),
    "a centroid, replaced by rowid": lambda s: (
        by_rowid(CENTROIDS, s.captures.first_visit.centroid, 1),
    ),
    "a signal, replaced by rowid": lambda s: (
        *capture_writes(s.captures.second_visit)[:2],
        by_rowid(SIGNALS, s.captures.second_visit.signal, 1),
    ),
    "a task, replaced by rowid": lambda _: (by_rowid(TASKS, NEW_TASK, 1),),
    "a kept fence, replaced by rowid": lambda _: (by_rowid(PRUNED_STAGES, PRUNED_ROW, 1),),
    "an attempt, replaced by rowid": lambda s: (by_rowid(TASK_ATTEMPTS, s.attempt, 1),),
    "an edge, replaced by rowid": lambda _: (
        by_rowid(EDGES, edge_row("DRAFT", "skip", "PUBLISHED"), 1),
    ),
    "a concept, replaced by another": lambda s: (
        update(CONCEPTS)
        .prefix_with("OR REPLACE")
        .where(CONCEPTS.c.id == s.reviewed.entity_id)
        .values(id=s.published.entity_id),
    ),
    "an edge, replaced": lambda _: (
        replacing(insert_edge("concept", "DRAFT", "submit", "PUBLISHED", 0)),
    ),
}
CHOSEN_POSITIONS: Kind = {
    "a position far ahead": lambda s: approval_writes(s, position=99),
    "the largest position": lambda s: approval_writes(s, position=2**63 - 1),
    "a position before the first": lambda s: approval_writes(s, position=0),
    "a position below zero": lambda s: approval_writes(s, position=-1),
    "a position that is taken": lambda s: approval_writes(s, position=1),
    "a rowid below zero": lambda s: (
        update_head(s.approve),
        by_rowid(HISTORY, change_row(s.approve), -7),
    ),
    "a version's rowid below zero": lambda s: (
        update_head(s.edit),
        by_rowid(VERSIONS, s.version, -7),
        insert_warnings(s.warnings),
        insert_change(s.edit),
    ),
    "warnings' rowid below zero": lambda s: (
        update_head(s.edit),
        insert_version(s.version),
        by_rowid(WARNINGS, s.warnings, -7),
        insert_change(s.edit),
    ),
    "a signal's rowid below zero": lambda s: (
        *capture_writes(s.captures.second_visit)[:2],
        by_rowid(SIGNALS, s.captures.second_visit.signal, -7),
    ),
    "a receipt's rowid below zero": lambda s: (by_rowid(RECEIPTS, s.receipt, -7),),
}
IMPOSTORS: Kind = {
    "a TEMP table with the name of a head": lambda s: (
        text("CREATE TEMP TABLE concepts AS SELECT * FROM main.concepts"),
        *advance_impostor("temp", s),
        insert_change(s.approve),
    ),
    "a TEMP table of edges": lambda s: (
        text("CREATE TEMP TABLE lifecycle_edges AS SELECT * FROM main.lifecycle_edges"),
        text(
            "INSERT INTO temp.lifecycle_edges VALUES ('concept', 'REVIEW', 'skip', 'PUBLISHED', 0)"
        ),
        *approval_writes(s, action="skip", to_state="PUBLISHED"),
    ),
    "a TEMP trigger that ignores guards": lambda s: (
        text(
            "CREATE TEMP TRIGGER hush AFTER INSERT ON main.history BEGIN SELECT RAISE(IGNORE); END"
        ),
        insert_change(s.approve),
    ),
    "a TEMP trigger that lets a head go back": lambda s: (
        text(
            "CREATE TEMP TRIGGER hush AFTER UPDATE ON main.concepts BEGIN SELECT RAISE(IGNORE); END"
        ),
        update_head(s.approve, seq=1),
    ),
    "a TEMP trigger that moves the head back": lambda s: (
        text(
            "CREATE TEMP TRIGGER undo AFTER INSERT ON main.history BEGIN"
            " UPDATE concepts SET seq = seq - 1, status = 'DRAFT' WHERE id = NEW.entity_id; END"
        ),
        update_head(s.approve),
        insert_change(s.approve),
    ),
    "a TEMP trigger that rewrites the change": lambda s: (
        text(
            "CREATE TEMP TRIGGER bend AFTER INSERT ON main.history BEGIN"
            " UPDATE history SET reason = 'another' WHERE position = NEW.position; END"
        ),
        update_head(s.approve),
        insert_change(s.approve),
    ),
}
ON_SQLITE: Mapping[str, Kind] = {
    "INSERT OR REPLACE": {
        **REPLACED,
        **REPLACED_HEADS,
        **REPLACED_TOKENS,
        **REPLACED_PROJECTS,
        **REPLACED_CONTESTS,
        **REPLACED_PAYMENTS,
        **REPLACED_STEPS,
        **REPLACED_TASKS,
        **REPLACED_SEALS,
        **REPLACED_BUCKETS,
        **REPLACED_BREAKERS,
        **REPLACED_REPORTS,
        **REPLACED_CURSORS,
        **REPLACED_SUBJECTS,
        **REPLACED_MARKS,
        **REPLACED_PAYLOADS,
    },
    "a chosen position": CHOSEN_POSITIONS,
    "a TEMP table or trigger": IMPOSTORS,
    "a value of another type": TYPES,
    "a value that PostgreSQL cannot store": UNSTORABLE,
    **WITHIN_STATEMENTS,
}

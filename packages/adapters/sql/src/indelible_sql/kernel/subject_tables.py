"""The table of subjects: what must succeed again and again, since when, and how long ago it did.

Decision: docs/design/operations.md
"""

from collections.abc import Iterator

from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint

from indelible.kernel.silence import MAX_SILENCE_SECONDS, SubjectKind
from indelible_sql.schema.columns import IDENTIFIER, INSTANT, NATURAL, required
from indelible_sql.schema.database_time import database_now
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.guards import fixed_columns_guard, undeletable_guards
from indelible_sql.schema.sqlite_guards import value_guards
from indelible_sql.schema.tables import table

_KINDS = ", ".join(repr(kind.value) for kind in SubjectKind)

SUBJECTS = table(
    "watched_subjects",
    required("kind", IDENTIFIER),
    required("stage", IDENTIFIER),
    required("entity_id", IDENTIFIER),
    Column("longest_silence_seconds", NATURAL),  # NULL: its success is stored and not missed
    required("known_since", INSTANT),
    Column("succeeded_at", INSTANT),  # of pruned tasks, or of what is no task
    PrimaryKeyConstraint("kind", "stage", "entity_id", name="watched_subjects_pkey"),
    CheckConstraint(f"kind IN ({_KINDS})", name="watched_subjects_kind_known"),
    CheckConstraint(
        f"longest_silence_seconds BETWEEN 1 AND {MAX_SILENCE_SECONDS}",
        name="watched_subjects_silence_bounded",
    ),
    has_rowid=False,
)


def subject_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of subjects: a success only rises, and none is in the future."""
    now = database_now(dialect)
    yield from undeletable_guards(SUBJECTS, dialect)
    yield fixed_columns_guard(SUBJECTS, ["kind", "stage", "entity_id", "known_since"])
    yield Guard(
        table=SUBJECTS,
        rule="known_by_now",
        event="INSERT",
        condition=(
            f"NEW.known_since <= {now} AND (NEW.succeeded_at IS NULL OR NEW.succeeded_at <= {now})"
        ),
    )
    yield Guard(
        table=SUBJECTS,
        rule="success_rises",
        event="UPDATE OF succeeded_at",
        condition=rising_success(dialect),
    )
    if dialect == "sqlite":
        yield from value_guards(SUBJECTS, "INSERT", "UPDATE")


def rising_success(dialect: str) -> str:
    """Return the condition that a last success is not lost, lowered, or in the future."""
    return (
        "NEW.succeeded_at IS NOT NULL"
        " AND (OLD.succeeded_at IS NULL OR NEW.succeeded_at >= OLD.succeeded_at)"
        f" AND (NEW.succeeded_at = OLD.succeeded_at OR NEW.succeeded_at <= {database_now(dialect)})"
    )

"""The subjects of the situation, and raw writes of subjects."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Insert, Update, insert, update
from tests.guards.task_rows import NOW

from indelible.app import WriteTx
from indelible.kernel.silence import Subject
from indelible_sql.kernel.subject_tables import SUBJECTS

WATCHED: Final = "watched"  # a stage that has never succeeded
BACKUP: Final = "backup"  # has succeeded
NEW_SUBJECT: Final[Mapping[str, object]] = {
    "kind": "stage",
    "stage": "new",
    "entity_id": "new",
    "longest_silence_seconds": 60,
    "known_since": NOW,
    "succeeded_at": None,
}


def add_subjects(tx: WriteTx) -> None:
    """Declare two stages, and store the success of a backup."""
    tx.subjects.declare((Subject.of_stage(WATCHED, 60), Subject.of_stage("work", 60)))
    tx.subjects.record_success(Subject.of_backup(60))


def insert_subject(**columns: object) -> Insert:
    """Return the insert of a new subject, with some columns changed."""
    return insert(SUBJECTS).values({**NEW_SUBJECT, **columns})


def update_subject(stage: str, /, **columns: object) -> Update:
    """Return an update of a stored subject."""
    return update(SUBJECTS).where(SUBJECTS.c.stage == stage).values(**columns)

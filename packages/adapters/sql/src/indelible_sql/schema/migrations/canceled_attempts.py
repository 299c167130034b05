"""The records of cancellations, for the revision before tasks could be canceled.

They become records of deaths, with new digests. PostgreSQL computes them in the revision's own
statements. SQLite has no digest, so a program computes them; the statements then continue from the
table that this module makes.
"""

from typing import Final

from alembic import op
from sqlalchemy import Connection

from indelible.kernel.json import digest
from indelible.kernel.tasks import AttemptOutcome

BATCH: Final = 1_000
COPY: Final = "CREATE TABLE downgraded_attempts AS SELECT * FROM task_attempts"
READ: Final = """
    SELECT rowid, stage, entity_id, fence, actor, reason, at, request_id
    FROM downgraded_attempts
    WHERE outcome = ? AND rowid > ?
    ORDER BY rowid
    LIMIT ?
"""
CHANGE: Final = "UPDATE downgraded_attempts SET outcome = ?, hash = ? WHERE rowid = ?"


def prepare_attempts() -> None:
    """Copy the attempts of a SQLite database, with deaths instead of cancellations."""
    if op.get_context().dialect.name == "sqlite":
        _copy(op.get_bind())


def _copy(connection: Connection) -> None:
    connection.exec_driver_sql(COPY)
    last = 0
    while True:
        values = (AttemptOutcome.CANCELED.value, last, BATCH)
        rows = connection.exec_driver_sql(READ, values).all()
        if not rows:
            return

        last = rows[-1][0]
        changes: list[tuple[str, str, int]] = []
        for rowid, stage, entity_id, fence, *others in rows:
            outcome = AttemptOutcome.DEAD.value
            content = [stage, entity_id, fence, outcome, *others]
            changes.append((outcome, digest(content), rowid))
        connection.exec_driver_sql(CHANGE, changes)

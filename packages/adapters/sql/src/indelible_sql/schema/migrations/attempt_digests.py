"""The digests of attempts that were recorded before attempts had digests.

PostgreSQL computes them in the revision's own statements. SQLite has no digest, so a program
computes them; the statements then continue from the table that this module makes.
"""

from typing import Final

from alembic import context, op
from sqlalchemy import Connection

from indelible.kernel import UsageError
from indelible.kernel.json import digest

BATCH: Final = 1_000
COPY: Final = (
    "CREATE TABLE digested_attempts AS SELECT task_attempts.*, NULL AS hash FROM task_attempts"
)
READ: Final = """
    SELECT rowid, stage, entity_id, fence, outcome, actor, reason, at, request_id
    FROM digested_attempts
    WHERE rowid > ?
    ORDER BY rowid
    LIMIT ?
"""
FILL: Final = "UPDATE digested_attempts SET hash = ? WHERE rowid = ?"


def prepare_attempts() -> None:
    """Copy the attempts of a SQLite database with their digests, for the revision's statements.

    Raises:
        UsageError: The statements are printed, for a database that may have attempts.
    """
    if op.get_context().dialect.name != "sqlite":
        return
    if not context.is_offline_mode():
        _copy(op.get_bind())
    elif context.get_starting_revision_argument() is not None:
        raise UsageError(
            "this upgrade of SQLite cannot be printed, because a program computes the digests of"
            " attempts: run `indelible db upgrade`"
        )


def _copy(connection: Connection) -> None:
    connection.exec_driver_sql(COPY)
    last = 0
    while True:
        rows = connection.exec_driver_sql(READ, (last, BATCH)).all()
        if not rows:
            return

        last = rows[-1][0]
        hashes = [(digest(list(values)), rowid) for rowid, *values in rows]
        connection.exec_driver_sql(FILL, hashes)

"""Make the COMMIT of a transaction that changes nothing wait for the synchronous standbys."""

from typing import Final

from sqlalchemy import text

from indelible_sql.engine.session import Session

# A line of the log, which no table and no index stores. The COMMIT behind it waits until the
# standbys have all that was committed before.
EMIT_MESSAGE: Final = text(
    "SELECT pg_logical_emit_message(true, 'indelible', CAST('' AS text)) AS position"
)


def wait_for_standbys(session: Session) -> None:
    """Let the COMMIT of this transaction wait for the standbys that a write would wait for.

    What a transaction reads may be on this server alone: a server that crashes or is stopped shows
    commits that were still waiting for their standby. A failover takes them back, so they must not
    be reported as done before. SQLite has no standbys.
    """
    if not session.is_sqlite:
        session.rows(EMIT_MESSAGE, {})

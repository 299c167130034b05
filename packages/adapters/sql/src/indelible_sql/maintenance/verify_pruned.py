"""Compare the marks of deletions with the history of the settings that allow deletions."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from attrs import frozen
from sqlalchemy import select

from indelible.kernel.retention import (
    MAX_CLOCK_DIFFERENCE,
    RETENTIONS,
    OperationalTable,
    permitted_cutoff,
)
from indelible.kernel.settings import SETTING
from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Session
from indelible_sql.kernel.pruned_tables import PRUNED_TABLES
from indelible_sql.kernel.row_checks import decode_row, rows
from indelible_sql.schema.database_time import DatabaseNow, IsStandby
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.tables import HISTORY

_TIME: Final = select(DatabaseNow().label("now"), IsStandby().label("is_standby"))
NOTHING_ALLOWED: Final = "rows were deleted, and no retention ever allowed it"


@frozen(kw_only=True)
class Deletions:
    """The recorded deletions from a table, as far as a retention allowed them.

    Rows before `cutoff` may be missing, and `sealed_rows` rows that a seal lists. `fault` says what
    is wrong with the record, '' if nothing is.
    """

    cutoff: datetime | None
    sealed_rows: int
    fault: str = ""


def read_deletions(session: Session) -> Mapping[str, Deletions]:
    """Return the recorded deletions by the names of their tables."""
    deletions: dict[str, Deletions] = {}
    for stored in rows(session, PRUNED_TABLES, ("table_name",)):
        name = str(stored["table_name"])
        try:
            mark = decode_row(session, PRUNED_TABLES, stored)
            table = OperationalTable(name)
        except UNREADABLE as error:
            deletions[name] = Deletions(cutoff=None, sealed_rows=0, fault=f"unreadable: {error}")
            continue
        deletions[name] = _as_allowed(
            mark["pruned_before"], mark["deleted_sealed_rows"], _permitted_cutoff(session, table)
        )

    return deletions


def deletion_findings(deletions: Mapping[str, Deletions]) -> Iterator[Finding]:
    """Yield a finding for each mark that no recorded retention ever allowed."""
    for name, recorded in deletions.items():
        if recorded.fault:
            yield Finding(
                fault=Fault.SEAL,
                table=PRUNED_TABLES.name,
                entity_id=name,
                detail=recorded.fault,
            )


def _as_allowed(before: datetime, sealed_rows: int, allowed: datetime | None) -> Deletions:
    if allowed is None:
        return Deletions(cutoff=None, sealed_rows=sealed_rows, fault=NOTHING_ALLOWED)
    if before > allowed:
        fault = f"rows before {before} were deleted, and retentions allowed it before {allowed}"
        return Deletions(cutoff=allowed, sealed_rows=sealed_rows, fault=fault)

    return Deletions(cutoff=before, sealed_rows=sealed_rows)


def _permitted_cutoff(session: Session, table: OperationalTable) -> datetime | None:
    """Return the latest time before which the recorded retentions ever let rows be deleted."""
    conditions = (
        HISTORY.c.lifecycle == SETTING.name,
        HISTORY.c.entity_id == RETENTIONS[table].setting,
    )
    changes: list[tuple[datetime, str]] = []
    for stored in rows(session, HISTORY, ("seq",), *conditions):
        try:
            change = decode_row(session, HISTORY, stored)
        except UNREADABLE:
            continue  # the check of the history reports it
        changes.append((change["at"], str(change["data"].get("value", ""))))

    return permitted_cutoff(changes, _latest_time(session))


def _latest_time(session: Session) -> datetime:
    """Return the latest time of the database that stored the marks.

    A standby reads the clock of its own machine, which may be behind that of its primary.
    """
    (row,) = session.rows(_TIME, {})
    now: datetime = row["now"]
    return now + MAX_CLOCK_DIFFERENCE if row["is_standby"] else now

"""The statements of hung threads."""

from sqlalchemy import bindparam, delete, insert, select, update

from indelible.kernel.hung_threads import MAX_HUNG_REPORTS
from indelible_sql.kernel.hung_thread_tables import HUNG_THREADS
from indelible_sql.schema.columns import IDENTIFIER, INSTANT, NATURAL
from indelible_sql.schema.database_time import DatabaseNow

_COLUMNS = HUNG_THREADS.c
_VALUES = {
    "threads": bindparam("new_threads", type_=NATURAL),
    "since": bindparam("new_since", type_=INSTANT),
    "expires_at": bindparam("new_expires_at", type_=INSTANT),
}
_STAGE = bindparam("report_stage", type_=IDENTIFIER)
_PROCESS = bindparam("report_process", type_=IDENTIFIER)

LIVE_REPORTS = (
    select(HUNG_THREADS)
    .where(_COLUMNS.expires_at > bindparam("now", type_=INSTANT))
    .order_by(_COLUMNS.stage, _COLUMNS.process)
    .limit(MAX_HUNG_REPORTS)
)
LIVE_REPORTS_OF_STAGE = LIVE_REPORTS.where(_COLUMNS.stage == _STAGE)
# A process is the only writer of its rows.
UPDATE_REPORT = (
    update(HUNG_THREADS)
    .where(_COLUMNS.stage == _STAGE, _COLUMNS.process == _PROCESS)
    .values(**_VALUES)
)
INSERT_REPORT = insert(HUNG_THREADS).values(stage=_STAGE, process=_PROCESS, **_VALUES)
# The guard compares with the same clock.
DELETE_EXPIRED = delete(HUNG_THREADS).where(_COLUMNS.expires_at <= DatabaseNow())

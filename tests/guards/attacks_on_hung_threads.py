"""Illegal writes to the reports of hung threads: only an expired one is deleted."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Delete, Insert, Update, delete, insert, text, update
from tests.guards.attack_parts import Kind
from tests.guards.attacks_on_rates import NEVER
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import by_rowid, raw, replacing
from tests.guards.task_rows import ENDED_PROCESS, HUNG_PROCESS, HUNG_STAGE, LIVE_UNTIL

from indelible.testing.stores import BEGINNING
from indelible_sql.kernel.hung_thread_tables import HUNG_THREADS

NEW_REPORT: Mapping[str, object] = {
    "stage": HUNG_STAGE,
    "process": "new",
    "threads": 1,
    "since": BEGINNING,
    "expires_at": LIVE_UNTIL,
}
# Well-formed for a comparison of characters.
IMPOSSIBLE_INSTANT = "2026-02-31T00:00:00.000000+00:00"


def insert_report(**columns: object) -> Insert:
    """Return the insert of a new report, with some columns changed."""
    return insert(HUNG_THREADS).values({**NEW_REPORT, **columns})


def update_report(**columns: object) -> Update:
    """Return an update of the live report."""
    return update(HUNG_THREADS).where(HUNG_THREADS.c.process == HUNG_PROCESS).values(**columns)


def delete_report(process: str) -> Delete:
    """Return the deletion of a process's report."""
    return delete(HUNG_THREADS).where(HUNG_THREADS.c.process == process)


def nested_report() -> Sequence[Statement]:
    """Return a renewal in which a trigger stores another number, which would be lost."""
    body = "UPDATE hung_threads SET threads = 9 WHERE process = NEW.process;"
    trigger = f"CREATE TEMP TRIGGER nested BEFORE UPDATE ON main.hung_threads BEGIN {body} END"
    return text(trigger), update_report(threads=2)


LEGAL_ON_HUNG_THREADS: Kind = {
    "hung threads are reported": lambda _: (insert_report(),),
    "a report is renewed": lambda _: (update_report(threads=2, expires_at=LIVE_UNTIL),),
    "a report ends": lambda _: (update_report(expires_at=BEGINNING),),
    "an expired report is deleted": lambda _: (delete_report(ENDED_PROCESS),),
}
ON_HUNG_THREADS: Mapping[str, Kind] = {
    "a report of hung threads broken": {
        "a live report deleted": lambda _: (delete_report(HUNG_PROCESS),),
        "a report of another process": lambda _: (update_report(process="new"),),
        "a report of another stage": lambda _: (update_report(stage="new"),),
        "a second report of a process": lambda _: (insert_report(process=HUNG_PROCESS),),
        "a report until 2999": lambda _: (insert_report(expires_at=NEVER),),
        "a report that is renewed until 2999": lambda _: (update_report(expires_at=NEVER),),
        "a report of no thread": lambda _: (insert_report(threads=0),),
        "a report renewed for no thread": lambda _: (update_report(threads=0),),
        "a report of more threads than a process has": lambda _: (insert_report(threads=1_001),),
        "a report renewed for 2^63 threads": lambda _: (update_report(threads=2**63 - 1),),
        "a report that expires before it begins": lambda _: (
            insert_report(since=LIVE_UNTIL, expires_at=BEGINNING),
        ),
    },
}
# INSERT OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_REPORTS: Kind = {
    "a report of hung threads, replaced": lambda _: (
        replacing(insert_report(process=HUNG_PROCESS)),
    ),
    "a report, replaced by rowid": lambda _: (by_rowid(HUNG_THREADS, NEW_REPORT, 1),),
    "a report that began on February 31": lambda _: (
        update_report(since=raw(f"'{IMPOSSIBLE_INSTANT}'")),
    ),
}

"""The checks of `verify` on contests, beside those of all heads, records and bulk records."""

from collections.abc import Iterator

from indelible_sql.contests import statements
from indelible_sql.contests.tables.entries import ENTRIES
from indelible_sql.contests.tables.feeds import FETCHES
from indelible_sql.contests.tables.logs import EVENTS
from indelible_sql.contests.tables.runs import LINES, RUNS
from indelible_sql.engine.session import Session
from indelible_sql.kernel.row_checks import describe
from indelible_sql.schema.findings import Fault, Finding


def contest_findings(session: Session) -> Iterator[Finding]:
    """Compare entries with their contests, events with their faults, and runs with their lines."""
    detail = "fee_minor, currency or place_number: not one of the contest's"
    yield from describe(session, Fault.HEAD, ENTRIES, statements.OTHER_FEES, detail)

    detail = "payload_digest: no payload has it"
    yield from describe(session, Fault.RECORD, EVENTS, statements.EVENTS_WITHOUT_PAYLOAD, detail)
    yield from describe(session, Fault.RECORD, FETCHES, statements.FETCHES_WITHOUT_PAYLOAD, detail)

    detail = "fault_count: not the number of its faults"
    yield from describe(session, Fault.RECORD, EVENTS, statements.MISCOUNTED_EVENTS, detail)

    detail = "its lines do not add up to its amounts"
    yield from describe(session, Fault.HEAD, RUNS, statements.UNBALANCED_RUNS, detail)

    detail = "not of an active entry of the run's contest, as it was paid"
    yield from describe(session, Fault.RECORD, LINES, statements.FOREIGN_LINES, detail)

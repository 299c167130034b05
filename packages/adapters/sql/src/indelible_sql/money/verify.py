"""The checks of `verify` on money, beside those of all heads, records and bulk records."""

from collections.abc import Iterator

from indelible_sql.engine.session import Session
from indelible_sql.maintenance.findings import Fault, Finding, describe
from indelible_sql.money.statements import ledger, payments, payouts
from indelible_sql.money.tables import (
    ACCOUNTS,
    CHARGES,
    JOBS,
    MOVEMENTS,
    RECONCILIATIONS,
    STRIPE_EVENTS,
    TRANSFERS,
)


def money_findings(session: Session) -> Iterator[Finding]:
    """Compare accounts and movements with postings, and transfers and jobs with their lines.

    What Stripe has received or sent must be in the ledger. The changes of a charge and a transfer
    are stored before the movement, so that no guard can require it.
    """
    detail = "balance_minor: not the sum of its postings"
    yield from describe(session, Fault.HEAD, ACCOUNTS, ledger.MISBALANCED, detail)

    detail = "posting_count or total_minor: not those of its postings"
    yield from describe(session, Fault.HEAD, MOVEMENTS, ledger.INCONSISTENT, detail)

    detail = "payload_digest: no payload has it"
    yield from describe(session, Fault.HEAD, STRIPE_EVENTS, payments.EVENTS_WITHOUT_PAYLOAD, detail)

    detail = "discrepancy_count: not the number of its discrepancies"
    yield from describe(
        session, Fault.HEAD, RECONCILIATIONS, payments.MISCOUNTED_RECONCILIATIONS, detail
    )

    detail = "line_count or amount_minor: not those of its lines"
    yield from describe(session, Fault.HEAD, TRANSFERS, payouts.MISCOUNTED_TRANSFERS, detail)

    detail = "paid, but no movement has booked it"
    yield from describe(session, Fault.HEAD, CHARGES, payments.UNBOOKED_CHARGES, detail)

    detail = "completed, but its movement has not paid each of its lines"
    yield from describe(session, Fault.HEAD, TRANSFERS, payouts.UNPAID_TRANSFERS, detail)

    detail = "complete, but its transfers are others or not terminal"
    yield from describe(session, Fault.HEAD, JOBS, payouts.UNFINISHED_JOBS, detail)

"""The checks of `verify` on money, beside those of all heads, records and bulk records."""

from collections.abc import Iterator

from indelible_sql.engine.session import Session
from indelible_sql.kernel.row_checks import describe
from indelible_sql.money.statements import ledger, payments, payouts
from indelible_sql.money.tables.inbox import RECONCILIATIONS, STRIPE_EVENTS
from indelible_sql.money.tables.ledger import ACCOUNTS, MOVEMENTS
from indelible_sql.money.tables.payments import CHARGES, DISPUTES, REFUNDS
from indelible_sql.money.tables.payouts import JOBS, PAYEES, TRANSFERS
from indelible_sql.schema.findings import Fault, Finding


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

    detail = "refunded_minor: not the sum of its refunds"
    yield from describe(session, Fault.HEAD, CHARGES, payments.MISCOUNTED_REFUNDS, detail)

    detail = "not a refund of money that its charge has received"
    yield from describe(session, Fault.HEAD, REFUNDS, payments.REFUNDS_WITHOUT_PAYMENT, detail)

    detail = "number: not the next one of its charge"
    yield from describe(session, Fault.HEAD, REFUNDS, payments.REFUNDS_OUT_OF_ORDER, detail)

    detail = "withdrawn or given back, but no movement has booked it"
    yield from describe(session, Fault.HEAD, DISPUTES, payments.UNBOOKED_DISPUTES, detail)

    yield from _payout_findings(session)


def _payout_findings(session: Session) -> Iterator[Finding]:
    """Compare transfers, payees and jobs with movements, history and each other."""
    detail = "completed, but its movement has not paid each of its lines"
    yield from describe(session, Fault.HEAD, TRANSFERS, payouts.UNPAID_TRANSFERS, detail)

    detail = "reversed_minor: not the sum that movements have reversed"
    yield from describe(session, Fault.HEAD, TRANSFERS, payouts.UNBOOKED_REVERSALS, detail)

    detail = "approved_by: not the actor of its approval"
    yield from describe(session, Fault.HEAD, TRANSFERS, payouts.FORGED_APPROVALS, detail)

    detail = "destination_set_by: not the actor who has attached the destination"
    yield from describe(session, Fault.HEAD, PAYEES, payouts.FORGED_DESTINATIONS, detail)

    detail = "complete, but its transfers are others or not terminal"
    yield from describe(session, Fault.HEAD, JOBS, payouts.UNFINISHED_JOBS, detail)

    detail = "transfer_count or total_minor: not those that its settlement owes"
    yield from describe(session, Fault.HEAD, JOBS, payouts.JOBS_OF_OTHER_SUMS, detail)

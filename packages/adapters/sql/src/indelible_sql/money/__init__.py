"""Money in SQL: the ledger, payments, the inbox of Stripe's events, and payouts."""

from typing import Any

from indelible.money.rules.stages import STAGE_LIFECYCLES
from indelible_sql.money.guards import all_guards
from indelible_sql.money.rows import (
    COVERED_ROWS,
    DISCREPANCY_ROWS,
    EVENT_HEADS,
    LINE_ROWS,
    POSTING_ROWS,
    REFUND_HEADS,
    TRANSFER_HEADS,
)
from indelible_sql.money.store import SqlMoney
from indelible_sql.money.tables.heads import HEADS
from indelible_sql.money.tables.inbox import DISCREPANCIES, EVENT_ATTEMPTS, STRIPE_EVENTS
from indelible_sql.money.tables.ledger import COVERED_ITEMS, POSTINGS
from indelible_sql.money.tables.payments import REFUND_ATTEMPTS, REFUNDS
from indelible_sql.money.tables.payouts import TRANSFER_ATTEMPTS, TRANSFER_LINES, TRANSFERS
from indelible_sql.money.verify import money_findings
from indelible_sql.schema.sql_context import SqlContext
from indelible_sql.schema.value_columns import FLAG, SUM_MINOR


def _open(tx: Any) -> SqlMoney:
    return SqlMoney(tx.session)


CONTEXT = SqlContext(
    name="money",
    heads=HEADS,
    records=(
        POSTINGS,
        COVERED_ITEMS,
        REFUND_ATTEMPTS,
        EVENT_ATTEMPTS,
        DISCREPANCIES,
        TRANSFER_LINES,
        TRANSFER_ATTEMPTS,
    ),
    record_head_rules=(
        *REFUND_HEADS.record_head_rules(),
        *EVENT_HEADS.record_head_rules(),
        *TRANSFER_HEADS.record_head_rules(),
    ),
    digests={
        REFUNDS: REFUND_HEADS.digests(),
        STRIPE_EVENTS: EVENT_HEADS.digests(),
        TRANSFERS: TRANSFER_HEADS.digests(),
    },
    bulk=(POSTING_ROWS, COVERED_ROWS, DISCREPANCY_ROWS, LINE_ROWS),
    stages=STAGE_LIFECYCLES,
    guards=all_guards,
    domains=(FLAG, SUM_MINOR),
    verify=money_findings,
    open_reader=_open,
    open_writer=_open,
)

"""Money in SQL: the ledger, payments, the inbox of Stripe's events, and payouts."""

from typing import Any

from indelible.money.rules.stages import STAGE_LIFECYCLES
from indelible_sql.money.guards import all_guards
from indelible_sql.money.rows import MAPPINGS
from indelible_sql.money.store import SqlMoney
from indelible_sql.money.verify import money_findings
from indelible_sql.schema.sql_context import SqlContext
from indelible_sql.schema.value_columns import FLAG, SUM_MINOR


def _open(tx: Any) -> SqlMoney:
    return SqlMoney(tx.session)


CONTEXT = SqlContext(
    name="money",
    mappings=MAPPINGS,
    stages=STAGE_LIFECYCLES,
    guards=all_guards,
    domains=(FLAG, SUM_MINOR),
    verify=money_findings,
    open_reader=_open,
    open_writer=_open,
)

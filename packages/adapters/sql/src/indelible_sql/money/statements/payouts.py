"""The statements of transfers and payout jobs."""

from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from indelible.kernel import Lifecycle
from indelible.money.entities.payees import PAYEE
from indelible.money.entities.values import MovementKind
from indelible.money.lifecycle.payouts import (
    OPEN_TRANSFER,
    TRANSFER,
    PayoutJobStatus,
    TransferStatus,
)
from indelible.money.rules.ledger.payouts import PAYOUT_PREFIX, SETTLEMENT_PREFIX
from indelible_sql.engine.session import Query
from indelible_sql.money.statements.parts import in_states, number, total
from indelible_sql.money.tables.ledger import MOVEMENTS, PAYABLE_PREFIX, POSTINGS
from indelible_sql.money.tables.payouts import (
    JOBS,
    PAYEES,
    TRANSFER_LINES,
    TRANSFERS,
)
from indelible_sql.schema.columns import IDENTIFIER, INSTANT, ORDINAL
from indelible_sql.schema.tables import HISTORY

_limit: BindParameter[Any] = bindparam("limit")
_until = bindparam("until", type_=INSTANT)
_one: ColumnClause[Any] = literal_column("1")
_first_change = _one

# Which transfer pays an owed line?
OF_OWED_LINE: Final[Query] = (
    select(TRANSFERS)
    .join(TRANSFER_LINES, TRANSFER_LINES.c.entity_id == TRANSFERS.c.id)
    .where(
        TRANSFER_LINES.c.owed_movement_id == bindparam("movement_id", type_=IDENTIFIER),
        TRANSFER_LINES.c.owed_number == bindparam("number", type_=ORDINAL),
    )
)

# What is the sum of the transfers whose owed lines no movement has paid?
_is_paid = (
    select(_one)
    .where(
        POSTINGS.c.owed_movement_id == TRANSFER_LINES.c.owed_movement_id,
        POSTINGS.c.owed_number == TRANSFER_LINES.c.owed_number,
    )
    .exists()
)
UNPAID_SUMS: Final[Query] = (
    select(
        TRANSFERS.c.reference,
        TRANSFERS.c.currency,
        func.count().label("transfers"),
        total(TRANSFERS.c.amount_minor).label("amount_minor"),
    )
    .select_from(TRANSFERS)
    .join(
        TRANSFER_LINES,
        and_(
            TRANSFER_LINES.c.entity_id == TRANSFERS.c.id,
            TRANSFER_LINES.c.seq == _first_change,
            TRANSFER_LINES.c.number == literal_column("1"),
        ),
    )
    .where(~_is_paid)
    .group_by(TRANSFERS.c.reference, TRANSFERS.c.currency)
    .order_by(TRANSFERS.c.reference, TRANSFERS.c.currency)
)

# Which transfers have another number or sum of lines than they name?
_of_transfer = TRANSFER_LINES.c.entity_id == TRANSFERS.c.id
_line_count = select(func.count()).where(_of_transfer).scalar_subquery()
_line_sum = select(total(TRANSFER_LINES.c.amount_minor)).where(_of_transfer).scalar_subquery()
MISCOUNTED_TRANSFERS: Final[Query] = (
    select(TRANSFERS.c.id, TRANSFERS.c.seq)
    .where(or_(TRANSFERS.c.line_count != _line_count, TRANSFERS.c.amount_minor != _line_sum))
    .order_by(TRANSFERS.c.id)
)

# Which complete jobs have a transfer that is not terminal, or other transfers than they count?
_of_job = TRANSFERS.c.job_id == JOBS.c.id
_transfer_count = select(func.count()).where(_of_job).scalar_subquery()
_transfer_sum = select(total(TRANSFERS.c.amount_minor)).where(_of_job).scalar_subquery()
_has_open = select(_one).where(_of_job, in_states(TRANSFERS.c.status, OPEN_TRANSFER)).exists()
UNFINISHED_JOBS: Final[Query] = (
    select(JOBS.c.id, JOBS.c.seq)
    .where(JOBS.c.status == PayoutJobStatus.COMPLETE.value)
    .where(
        or_(
            _has_open,
            number(JOBS.c.transfer_count) != _transfer_count,
            number(JOBS.c.total_minor) != _transfer_sum,
        )
    )
    .order_by(JOBS.c.id)
)

# Which jobs count other parties or money than their settlement owes?
_of_settlement = and_(
    MOVEMENTS.c.key == literal_column(f"'{SETTLEMENT_PREFIX}'").op("||")(JOBS.c.id),
    MOVEMENTS.c.kind == MovementKind.SETTLEMENT.value,
)
_account_kind = func.substr(
    POSTINGS.c.credit_account_id, _one, literal_column(str(len(PAYABLE_PREFIX)))
)
_is_owed = and_(
    POSTINGS.c.entity_id == MOVEMENTS.c.id,
    _account_kind == literal_column(f"'{PAYABLE_PREFIX}'"),
)
_owed_parties = select(func.count(POSTINGS.c.party.distinct())).where(_is_owed)
_owed_sum = select(total(POSTINGS.c.amount_minor)).where(_is_owed)
_counts_owed = (
    select(_one)
    .where(
        _of_settlement,
        MOVEMENTS.c.reference == JOBS.c.reference,
        MOVEMENTS.c.currency == JOBS.c.currency,
        _owed_parties.correlate(MOVEMENTS).scalar_subquery() == JOBS.c.transfer_count,
        _owed_sum.correlate(MOVEMENTS).scalar_subquery() == number(JOBS.c.total_minor),
    )
    .exists()
)
JOBS_OF_OTHER_SUMS: Final[Query] = (
    select(JOBS.c.id, JOBS.c.seq).where(~_counts_owed).order_by(JOBS.c.id)
)

# Which completed transfers have a line that their own movement has not paid?
_movement_id = (
    select(MOVEMENTS.c.id)
    .where(MOVEMENTS.c.key == literal_column(f"'{PAYOUT_PREFIX}'").op("||")(TRANSFERS.c.id))
    .scalar_subquery()
)
_is_paid_by_own = (
    select(_one)
    .where(
        POSTINGS.c.owed_movement_id == TRANSFER_LINES.c.owed_movement_id,
        POSTINGS.c.owed_number == TRANSFER_LINES.c.owed_number,
        POSTINGS.c.entity_id == _movement_id.correlate(TRANSFERS),
    )
    .exists()
)
_has_unpaid = select(_one).where(_of_transfer, ~_is_paid_by_own).exists()
UNPAID_TRANSFERS: Final[Query] = (
    select(TRANSFERS.c.id, TRANSFERS.c.seq)
    .where(TRANSFERS.c.status == TransferStatus.COMPLETED.value, _has_unpaid)
    .order_by(TRANSFERS.c.id)
)

# Which transfers have another sum of reversals than their movements?
_payout = MOVEMENTS.alias("payout")
_reversal = MOVEMENTS.alias("reversal")
_booked = (
    select(total(POSTINGS.c.amount_minor))
    .select_from(_payout)
    .join(POSTINGS, POSTINGS.c.reversed_movement_id == _payout.c.id)
    .join(_reversal, _reversal.c.id == POSTINGS.c.entity_id)
    .where(
        _payout.c.key == literal_column(f"'{PAYOUT_PREFIX}'").op("||")(TRANSFERS.c.id),
        _reversal.c.kind == MovementKind.PAYOUT_REVERSED.value,
    )
    .scalar_subquery()
)
UNBOOKED_REVERSALS: Final[Query] = (
    select(TRANSFERS.c.id, TRANSFERS.c.seq)
    .where(number(TRANSFERS.c.reversed_minor) != _booked)
    .order_by(TRANSFERS.c.id)
)


def _named_other(head: Table, column: str, lifecycle: Lifecycle[Any], action: str) -> Query:
    """Select the heads whose column names somebody else than who took the action last."""
    change = HISTORY.alias("change")
    actor = (
        select(change.c.actor)
        .where(
            change.c.lifecycle == lifecycle.name,
            change.c.entity_id == head.c.id,
            change.c.action == action,
        )
        .order_by(change.c.seq.desc())
        .limit(_one)
        .scalar_subquery()
    )
    return (
        select(head.c.id, head.c.seq)
        .where(head.c[column].is_not(None), head.c[column].is_distinct_from(actor))
        .order_by(head.c.id)
    )


FORGED_APPROVALS: Final = _named_other(TRANSFERS, "approved_by", TRANSFER, "approve")
FORGED_DESTINATIONS: Final = _named_other(PAYEES, "destination_set_by", PAYEE, "attach")

"""Illegal writes to accounts, movements, postings and covered items.

Those that are generated for every head, column and record come in addition.
"""

from collections.abc import Callable, Mapping, Sequence

from attrs import evolve
from sqlalchemy import Table, delete, insert, select, update
from tests.guards.attack_parts import Kind, Write
from tests.guards.contest_steps import with_record
from tests.guards.money_rows import FEE, OTHER, REFERENCE, SETTLED, WON, fee_of, mirrored_top_up
from tests.guards.money_steps import (
    MoneySituation,
    MoneyStep,
    account_step,
    movement_writes,
    posting_writes,
)
from tests.guards.project_rows import record_of
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import NULL, raw
from tests.guards.situation import Situation
from tests.guards.writes import (
    Step,
    following_change,
    head_write,
    insert_change,
    step_writes,
    update_head,
)

from indelible.money.entities.ids import movement_id
from indelible_sql.money.tables.ledger import ACCOUNTS, COVERED_ITEMS, MOVEMENTS, POSTINGS
from indelible_sql.schema.tables import writable_columns

StepOf = Callable[[MoneySituation], MoneyStep]

ANN_FEE = movement_id(fee_of("ann").key)
SETTLEMENT = movement_id(SETTLED)
NEW_FEE = movement_id(fee_of("eve", OTHER).key)
MILLION = 1_000_000
STRIPE = "stripe_balance:-:USD"
ESCROW = f"escrow:{OTHER}:USD"


def _fee(s: MoneySituation) -> MoneyStep:
    return s.fee


def _payout(s: MoneySituation) -> MoneyStep:
    return s.payout


def _reversal(s: MoneySituation) -> MoneyStep:
    return s.reversal


def _moved(step_of: StepOf, **columns: object) -> Write:
    """Return a movement with some columns of its head changed."""
    return lambda s: movement_writes(step_of(s.money), **columns)


def _posted(step_of: StepOf, **columns: object) -> Write:
    """Return a movement with some columns of its first posting changed."""
    return lambda s: posting_writes(step_of(s.money), **columns)


def _account(step_of: StepOf, **columns: object) -> Write:
    """Return a movement with some columns of its first account changed."""
    return lambda s: step_writes(account_step(step_of(s.money)), **columns)


def _opened(**columns: object) -> Write:
    """Return the opening of an account, with some columns changed."""
    return lambda s: step_writes(s.money.account, **columns)


def _noted(**columns: object) -> Write:
    """Return a note, with some columns of its movement changed."""
    return lambda s: step_writes(s.money.note, **columns)


def _without_postings(s: Situation) -> Sequence[Statement]:
    """Return a movement without its posting."""
    step = account_step(s.money.fee)
    records = [record for record in step.records if record.table is not POSTINGS]
    return head_write(step), *records, insert_change(step.change)


def _twice_posted(s: Situation) -> Sequence[Statement]:
    """Return a movement with its posting under two numbers."""
    step = account_step(s.money.fee)
    index = [record.table for record in step.records].index(POSTINGS)
    second = step.records[index].values(number=2)
    records = [*step.records[: index + 1], second, *step.records[index + 1 :]]
    return head_write(step), *records, insert_change(step.change)


def _without_second_account(s: Situation) -> Sequence[Statement]:
    """Return a movement that changes only one of its two accounts."""
    step = evolve(s.money.fee, accounts=s.money.fee.accounts[:1])
    return movement_writes(step)


def _accounts_alone(*indices: int) -> Write:
    """Return the changes of some accounts whose movement is never stored."""

    def write(s: Situation) -> Sequence[Statement]:
        writes: list[Statement] = []
        for index in indices:
            account = s.money.fee.accounts[index]
            writes += [head_write(account), insert_change(account.change)]
        return writes

    return write


def _posting_later(s: Situation) -> Sequence[Statement]:
    """Return a posting of a movement that is stored."""
    posting = record_of(account_step(s.money.fee), POSTINGS)
    return (posting.values(entity_id=ANN_FEE, number=2),)


def _account_after_movement(s: Situation) -> Sequence[Statement]:
    """Return the movement before its accounts."""
    step = s.money.fee
    return (
        head_write(step.movement),
        *(head_write(account) for account in step.accounts),
        *step.movement.records,
        insert_change(step.movement.change),
        *(insert_change(account.change) for account in step.accounts),
    )


def _account_left(s: Situation) -> Sequence[Statement]:
    """Return two changes of an account, the first one by a movement that is never stored."""
    account = s.money.fee.accounts[0]
    following = following_change(account.change)
    return (
        head_write(account),
        insert_change(account.change),
        update_head(following, debited_minor=0, credited_minor=0),
        insert_change(following),
    )


def _raised(account: Step, movement: str) -> Sequence[Statement]:
    """Return a change that raises an account by a million under a movement."""
    columns = {
        **account.row,
        "last_movement_id": movement,
        "debited_minor": MILLION,
        "credited_minor": 0,
        "balance_minor": raw(f"balance_minor + {MILLION}"),
    }
    return update_head(account.change, **columns), insert_change(account.change)


def _stripe_account(step: MoneyStep) -> Step:
    """Return the change of the balance at Stripe in a movement."""
    (account,) = (each for each in step.accounts if each.change.entity_id == STRIPE)
    return account


def _after(step: MoneyStep, account: Step, growth_minor: int) -> MoneyStep:
    """Return a movement whose change of the balance at Stripe follows another one of it."""
    own = _stripe_account(step)
    following = Step(
        change=following_change(account.change),
        row={**own.row, "balance_minor": raw(f"balance_minor + {growth_minor}")},
    )
    others = [each for each in step.accounts if each is not own]
    return evolve(step, accounts=(following, *others))


def _raised_before(movement: str) -> Write:
    """Return a fee whose account was raised under a movement before."""

    def write(s: Situation) -> Sequence[Statement]:
        account = _stripe_account(s.money.fee)
        fee = _after(s.money.fee, account, FEE)
        return *_raised(account, movement), *movement_writes(fee)

    return write


def _left_before_change(s: Situation) -> Sequence[Statement]:
    """Return a fee that raises an account, which a payout changes before the fee's own change."""
    fee, account = s.money.fee, _stripe_account(s.money.fee)
    (escrow,) = (each for each in fee.accounts if each is not account)
    payout = _after(s.money.payout, account, -WON["bob"])
    left, payable = payout.accounts
    return (
        *_raised(account, fee.movement.change.entity_id),
        *step_writes(escrow),
        head_write(fee.movement),
        *fee.movement.records,
        *step_writes(left),
        insert_change(fee.movement.change),
        *step_writes(payable),
        *step_writes(payout.movement),
    )


def _covered(**columns: object) -> Write:
    return lambda s: with_record(s.money.settlement, COVERED_ITEMS, **columns)


def _copied(table: Table, **changed: str) -> Write:
    """Return the insert of a copy of all rows, with other values in some columns."""
    columns = writable_columns(table)
    values = [raw(changed[column.name]) if column.name in changed else column for column in columns]
    return lambda _: (insert(table).from_select(columns, select(*values)),)


LEGAL_ON_MONEY: Kind = {
    "a fee is posted": lambda s: movement_writes(s.money.fee),
    "an owed line is paid": lambda s: movement_writes(s.money.payout),
    "a payout is reversed in part": lambda s: (
        *movement_writes(s.money.reversal),
        *step_writes(s.money.reversed),
    ),
    "a reversal is mirrored": lambda s: movement_writes(s.money.mirror),
    "a settlement covers an item": lambda s: step_writes(s.money.settlement),
}

# With foreign keys off, SQLite accepts what names a movement, a payload or a job to come.
WITHOUT_MOVEMENT: Mapping[str, Kind] = {
    "a head of money without what it names": {
        "an escrow that changes alone": _accounts_alone(0),
        "a balance that changes alone": _accounts_alone(1),
        "two accounts that change alone": _accounts_alone(0, 1),
        "an event whose payload is missing": lambda s: step_writes(
            s.births["stripe_events"], payload_digest="b" * 64
        ),
        "a transfer whose job is missing": lambda s: step_writes(
            s.births["transfers"], job_id="nothing", settlement_id="nothing"
        ),
    },
}

# Well-formed but wrong values, which no database can refuse.
LIES_ON_MONEY: Kind = {
    "a fee of another party": _posted(_fee, party="ann"),
    "a movement with another source": _moved(_fee, source="nobody"),
}

ON_MONEY: Mapping[str, Kind] = {
    "a rule of accounts broken": {
        "an account whose balance stays": _account(_fee, balance_minor=0),
        "an account with one minor unit more": _account(_fee, balance_minor=FEE + 1),
        "an account that is debited more": _account(_fee, debited_minor=1),
        "an account that is credited less": _account(_fee, credited_minor=FEE - 1),
        "an account with a negative debit": _account(_fee, debited_minor=-1, balance_minor=FEE + 1),
        "an account with a negative credit": _account(_fee, credited_minor=-1, balance_minor=-1),
        "an account that would be negative": _account(
            _fee, credited_minor=0, debited_minor=FEE, balance_minor=-FEE
        ),
        "an account with another movement": _account(_fee, last_movement_id="nothing"),
        "an account with a stored movement": _account(_fee, last_movement_id=ANN_FEE),
        "an account without its movement's id": _account(_fee, last_movement_id=NULL),
        "an account that changes after its movement": _account_after_movement,
        "an account that leaves a movement that is not stored": _account_left,
        "an account that leaves a movement before its change": _left_before_change,
        "an account that is raised twice by one movement": _raised_before(NEW_FEE),
        "an account that is raised by a movement that is never stored": _raised_before("ghost"),
        "an account that opens with money": _opened(balance_minor=1),
        "an account that opens with a debit": _opened(debited_minor=1),
        "an account that opens with a movement": _opened(last_movement_id=ANN_FEE),
        "an account of an unknown kind": _opened(kind="wallet", id="wallet:new:USD"),
        "an account with another id than its fields": _opened(id="escrow:other:USD"),
        "an escrow without a reference": _opened(reference=NULL, id="escrow:-:USD"),
        "a balance with a reference": _opened(kind="stripe_balance", id="stripe_balance:new:USD"),
        "balances raised": lambda _: (
            update(ACCOUNTS).values(balance_minor=raw("balance_minor + 1")),
        ),
    },
    "a rule of movements broken": {
        "a movement without a posting": _without_postings,
        "a movement with its posting twice": _twice_posted,
        "a movement that changes one account": _without_second_account,
        "a movement with a higher sum": _moved(_fee, total_minor=FEE + 1),
        "a movement with a lower sum": _moved(_fee, total_minor=FEE - 1),
        "a movement with more postings": _moved(_fee, posting_count=2),
        "a movement with fewer postings": _moved(_fee, posting_count=0, total_minor=0),
        "a movement in another currency": _moved(_fee, currency="EUR"),
        "a movement of another reference": _moved(_fee, reference=REFERENCE),
        "a movement of no reference": _moved(_fee, reference=NULL),
        "a movement of an unknown kind": _moved(_fee, kind="GIFT"),
        "a movement under a stored fact": _moved(_fee, fact_key=fee_of("ann").fact_key),
        "a movement under a stored key": _moved(_fee, key=fee_of("ann").key),
        "a fee that is a settlement": _moved(_fee, kind="SETTLEMENT"),
        "a fee that mirrors": _moved(_fee, reverses=ANN_FEE),
        "a note with money": _noted(total_minor=1),
        "a note with a posting": _noted(total_minor=1, posting_count=1),
        "a note that is a fee": _noted(kind="ENTRY_FEE"),
        "a mirror of nothing named": _moved(lambda s: s.mirror, reverses=NULL),
        "a mirror of a settlement": _moved(lambda s: s.mirror, reverses=SETTLEMENT),
        "a mirror of another movement": _moved(lambda s: s.mirror, reverses=ANN_FEE),
        "a mirror that credits another account": lambda s: movement_writes(s.money.wrong_mirror),
        "a mirror of what Stripe has reported": lambda s: movement_writes(s.money.fee_mirror),
        "a mirror by a report of what Stripe has reported": _moved(
            lambda s: s.fee_mirror, source="evt-1"
        ),
        "a mirror by the one who has proposed it": lambda s: movement_writes(s.money.own_mirror),
        "a mirror by a report of what the platform has decided": _moved(
            lambda s: s.own_mirror, source="evt-1"
        ),
        "a second mirror": _moved(lambda s: s.mirror, reverses=mirrored_top_up()),
        "movements with another sum": lambda _: (
            update(MOVEMENTS).values(total_minor=raw("total_minor + 1")),
        ),
    },
    "a rule of postings broken": {
        "a posting of a stored movement": _posting_later,
        "a posting of nothing": _posted(_fee, amount_minor=0),
        "a posting of a negative amount": _posted(_fee, amount_minor=-FEE),
        "a posting with a higher amount": _posted(_fee, amount_minor=FEE + 1),
        "a posting with a lower amount": _posted(_fee, amount_minor=FEE - 1),
        "a posting to and from one account": _posted(_fee, debit_account_id=ESCROW),
        "a posting from no account": _posted(_fee, debit_account_id="nothing"),
        "a posting to no account": _posted(_fee, credit_account_id="nothing"),
        "a posting to an account of another movement": _posted(
            _fee, credit_account_id=f"escrow:{REFERENCE}:USD"
        ),
        "a posting the wrong way": _posted(_fee, debit_account_id=ESCROW, credit_account_id=STRIPE),
        "a posting of another movement": _posted(_fee, entity_id=ANN_FEE),
        "a posting with half a line": _posted(_fee, owed_movement_id=SETTLEMENT),
        "a posting with half a reversal": _posted(_fee, reversal_ref="trr_9"),
        "a fee that pays a line": _posted(_fee, owed_movement_id=SETTLEMENT, owed_number=2),
        "a fee that reverses a line": _posted(
            _fee, reversed_movement_id=SETTLEMENT, reversed_number=1, reversal_ref="trr_9"
        ),
        "a payout of no line": _posted(_payout, owed_movement_id=NULL, owed_number=NULL),
        "a payout of a line that is paid": _posted(_payout, owed_number=1),
        "a payout of another's line": _posted(_payout, owed_number=3),
        "a payout to another party": _posted(_payout, party="cat"),
        "a payout of a line to come": _posted(_payout, owed_number=9),
        "a payout of a posting that owes nothing": _posted(_payout, owed_movement_id=ANN_FEE),
        "a reversal to nobody": _posted(_reversal, party=NULL),
        "a reversal to another party": _posted(_reversal, party="bob"),
        "a reversal that was recorded": _posted(_reversal, reversal_ref="trr_1"),
        "a reversal of a line that is no payout": _posted(
            _reversal, reversed_movement_id=SETTLEMENT
        ),
        "postings with another amount": lambda _: (update(POSTINGS).values(amount_minor=1),),
        "postings, deleted": lambda _: (delete(POSTINGS),),
        "postings under other numbers": _copied(POSTINGS, number="number + 100"),
    },
    "a rule of covered items broken": {
        "an item that is covered": _covered(item=f"{REFERENCE}-ann"),
        "an item of another settlement": _covered(entity_id=SETTLEMENT),
        "an item under a number too high": _covered(number=9),
        "covered items, deleted": lambda _: (delete(COVERED_ITEMS),),
    },
}

"""The checks of a movement before it is stored. Handlers and the memory store both make them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from attrs import frozen

from indelible.money.entities.ledger import Account, Movement, Posting
from indelible.money.entities.lines import LedgerLine, OwedLine
from indelible.money.entities.values import (
    NOT_REVERSIBLE,
    REVERSED_BY_OPERATORS,
    AccountKind,
    MovementKind,
)
from indelible.money.errors.ledger import (
    LedgerUnbalanced,
    MovementHasEvidence,
    MovementNotReversible,
    OwedLinePaid,
    PayoutLineReversed,
    PostingRefused,
)
from indelible.money.rules.ledger.drafts import OPERATOR, AccountSums, account_sums

PAYABLE = AccountKind.WINNER_PAYABLE


@frozen
class AccountStep:
    """An account before and after a movement."""

    before: Account
    after: Account


def check_movement(
    movement: Movement, postings: Sequence[Posting], steps: Mapping[str, AccountStep]
) -> None:
    """Check that a movement, its postings and its accounts have the same sums.

    Raises:
        LedgerUnbalanced: A sum or a number differs.
        PostingRefused: A posting does not fit the movement or its accounts.
    """
    _check_sum(movement, "posting_count", len(postings), movement.posting_count)
    total_minor = sum([posting.amount_minor for posting in postings])
    _check_sum(movement, "total_minor", total_minor, movement.total_minor)

    sums = account_sums(postings)
    _check_sum(movement, "accounts", len(sums), len(steps))
    for account_id, account_sum in sums.items():
        if account_id not in steps:
            raise LedgerUnbalanced(movement.key, account_id, 1, 0)
        _check_step(movement, steps[account_id], account_sum)
    for posting in postings:
        _check_posting(movement, posting, steps)


def check_step(step: AccountStep) -> None:
    """Check that an account grows by the sums that it names, in one movement.

    Raises:
        LedgerUnbalanced: The balance does not follow from the one before.
    """
    sums = AccountSums(
        debited_minor=step.after.debited_minor, credited_minor=step.after.credited_minor
    )
    expected = step.before.balance_minor + sums.balance_minor(step.after.kind.side)
    if step.after.balance_minor != expected:
        key = step.after.last_movement_id or ""
        raise LedgerUnbalanced(key, step.after.id, expected, step.after.balance_minor)


def check_owed_line(movement: Movement, posting: Posting, line: OwedLine) -> None:
    """Check that a posting pays a whole owed line of its party that is not paid.

    Raises:
        OwedLinePaid: Another posting has paid the line.
        PostingRefused: The line is another party's, or has another amount.
    """
    if line.paid_by is not None:
        raise OwedLinePaid(line.movement_id, line.number)
    _require(movement, posting, "party", line.party, posting.party)
    _require(movement, posting, "amount_minor", line.amount_minor, posting.amount_minor)
    _require(movement, posting, "reference", line.reference, movement.reference)
    _require(movement, posting, "currency", line.currency, movement.currency)


def check_reversed_line(
    movement: Movement, posting: Posting, line: LedgerLine, reversals: Iterable[LedgerLine]
) -> None:
    """Check that a posting reverses no more of a payout line than is left of it.

    Raises:
        PayoutLineReversed: Less is left, or the same reversal has reversed the line before.
        PostingRefused: The line is another party's.
    """
    _require(movement, posting, "party", line.posting.party, posting.party)
    _require(movement, posting, "reference", line.movement.reference, movement.reference)
    _require(movement, posting, "currency", line.movement.currency, movement.currency)
    available_minor = line.posting.amount_minor
    is_repeated = False
    for earlier in reversals:
        available_minor -= earlier.posting.amount_minor
        is_repeated = is_repeated or earlier.posting.reversal_ref == posting.reversal_ref
    if is_repeated or posting.amount_minor > available_minor:
        raise PayoutLineReversed(
            line.movement.id,
            line.posting.number,
            posting.reversal_ref or "",
            available_minor,
            posting.amount_minor,
        )


def check_reversible_by_operators(movement: Movement) -> None:
    """Check that operators may take a movement back.

    Raises:
        MovementNotReversible: The movement is a settlement or a note.
        MovementHasEvidence: The movement books what Stripe has reported.
    """
    if movement.kind in NOT_REVERSIBLE:
        raise MovementNotReversible(movement.id, "a movement that can be reversed", movement.kind)
    # Stripe's report, and not an operator, has reversed a refund that a bank returned.
    is_by_report = movement.kind is MovementKind.REVERSAL and movement.source != OPERATOR
    if is_by_report or movement.kind not in REVERSED_BY_OPERATORS:
        raise MovementHasEvidence(movement.id, movement.kind, movement.source)


def check_distinct_lines(postings: Iterable[Posting]) -> None:
    """Check that no two postings of a movement pay, or reverse, the same line.

    Raises:
        OwedLinePaid, PayoutLineReversed: Two do.
    """
    paid: set[tuple[str, int]] = set()
    reversed_lines: set[tuple[str, int]] = set()
    for posting in postings:
        owed, payout = posting.owed_line, posting.reversed_line
        if owed is not None and owed in paid:
            raise OwedLinePaid(*owed)
        if payout is not None and payout in reversed_lines:
            raise PayoutLineReversed(*payout, posting.reversal_ref or "", 0, posting.amount_minor)
        if owed is not None:
            paid.add(owed)
        if payout is not None:
            reversed_lines.add(payout)


def _check_step(movement: Movement, step: AccountStep, sums: AccountSums) -> None:
    account = step.after
    check_step(step)
    _check_sum(movement, f"{account.id} debits", sums.debited_minor, account.debited_minor)
    _check_sum(movement, f"{account.id} credits", sums.credited_minor, account.credited_minor)
    if account.last_movement_id != movement.id:
        _refuse(movement, 0, "last_movement_id", movement.id, account.last_movement_id)
    if account.currency != movement.currency:
        _refuse(movement, 0, "currency", movement.currency, account.currency)
    if account.kind.has_reference and account.reference != movement.reference:
        _refuse(movement, 0, "reference", movement.reference, account.reference)


def _check_posting(movement: Movement, posting: Posting, steps: Mapping[str, AccountStep]) -> None:
    """Check that a posting names a line exactly where it moves what winners are owed."""
    is_payout = steps[posting.debit_account_id].after.kind is PAYABLE
    is_owed = steps[posting.credit_account_id].after.kind is PAYABLE
    if is_payout != (posting.owed_line is not None):
        expected = "an owed line" if is_payout else "no owed line"
        _refuse(movement, posting.number, "owed_movement_id", expected, posting.owed_line)
    if is_owed and posting.party is None:
        _refuse(movement, posting.number, "party", "the party that is owed", None)
    if posting.reversed_line is not None and not is_owed:
        _refuse(
            movement,
            posting.number,
            "reversed_movement_id",
            "no payout line",
            posting.reversed_line,
        )


def _check_sum(movement: Movement, name: str, expected: int, actual: int) -> None:
    if actual != expected:
        raise LedgerUnbalanced(movement.key, name, expected, actual)


def _require(
    movement: Movement, posting: Posting, name: str, expected: object, actual: object
) -> None:
    if actual != expected:
        _refuse(movement, posting.number, name, expected, actual)


def _refuse(
    movement: Movement, number: int, name: str, expected: object, actual: object
) -> NoReturn:
    raise PostingRefused(movement.key, number, name, str(expected), str(actual))

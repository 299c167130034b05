"""The guards of accounts, of movements and of their postings.

A movement is stored in this order: the accounts that it changes, each once; the movement; its
postings; its change. Each guard refuses what does not follow from the step before.
"""

from collections.abc import Callable, Iterator

from indelible.money.entities.ledger import Account, Movement
from indelible.money.entities.values import DEBIT_KINDS, NOTES, REVERSED_BY_OPERATORS, MovementKind
from indelible.money.lifecycle.ledger import MOVEMENT
from indelible.money.lifecycle.payments import RefundStatus
from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.rules.ledger.drafts import OPERATOR
from indelible.money.rules.ledger.payments import refund_succeeded_key
from indelible.money.rules.ledger.payouts import FAILURE_PREFIX, reversal_proposed_key
from indelible_sql.money.tables.ledger import ACCOUNTS, MOVEMENTS, POSTINGS, is_payable
from indelible_sql.money.tables.payments import REFUNDS
from indelible_sql.money.tables.payouts import TRANSFERS
from indelible_sql.schema.bulk import INSERTED
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.conditions import equal_or_null
from indelible_sql.schema.entity_conditions import entity_guards
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.tables import HISTORY

PROPOSED_PREFIX = reversal_proposed_key("")
TRANSFER_SOURCE = "transfer:"
FAILED_STATES = (TransferStatus.FAILED_TERMINAL, TransferStatus.RETRYABLE)
# Returns a condition on a posting, by the row's name in the statement and the dialect.
Condition = Callable[[str, str], str]


def ledger_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of accounts, of movements and of their postings for a dialect."""
    yield from entity_guards(ACCOUNTS, Account, dialect)
    yield _balance_guard()
    yield _new_movement_guard(dialect)
    yield _left_movement_guard(dialect)
    yield from entity_guards(MOVEMENTS, Movement, dialect)
    yield _mirror_guard(dialect)
    yield _note_guard(dialect)
    yield _second_person_guard(dialect)
    yield _postings_guard("of_accounts", "", _is_of_accounts, dialect)
    yield _postings_guard("pays_line", "owed_movement_id", _pays_line, dialect)
    yield _postings_guard("reverses_line", "reversed_movement_id", _reverses_line, dialect)
    yield _sum_guard(dialect)


def _balance_guard() -> Guard:
    """Refuse a balance that does not grow by what was debited and credited."""
    return Guard(
        table=ACCOUNTS,
        rule="balance",
        event="UPDATE",
        condition=(
            "NEW.balance_minor - OLD.balance_minor = CASE"
            f" WHEN NEW.kind IN ({quoted(DEBIT_KINDS)})"
            " THEN NEW.debited_minor - NEW.credited_minor"
            " ELSE NEW.credited_minor - NEW.debited_minor END"
        ),
        is_long=True,
    )


def _new_movement_guard(dialect: str) -> Guard:
    """Refuse a change of an account by a movement that is stored already."""
    movements = qualified_name(MOVEMENTS, dialect)
    return Guard(
        table=ACCOUNTS,
        rule="new_movement",
        event="UPDATE",
        condition=(
            f"NOT EXISTS (SELECT 1 FROM {movements} AS movement"
            " WHERE movement.id = NEW.last_movement_id)"
        ),
    )


def _left_movement_guard(dialect: str) -> Guard:
    """Refuse another change of an account before the change of its last movement is stored.

    That change compares the sums of all accounts that name the movement: one that has left it
    would not be compared.
    """
    history = qualified_name(HISTORY, dialect)
    return Guard(
        table=ACCOUNTS,
        rule="left_movement",
        event="UPDATE",
        condition=(
            "OLD.last_movement_id IS NULL"
            f" OR EXISTS (SELECT 1 FROM {history} AS posted"
            f" WHERE posted.lifecycle = '{MOVEMENT.name}'"
            " AND posted.entity_id = OLD.last_movement_id AND posted.seq = 1)"
        ),
        row_filter="OLD.last_movement_id IS NOT NULL",
    )


def _mirror_guard(dialect: str) -> Guard:
    """Refuse a mirror of a movement that has none, or that it does not mirror as a whole.

    Operators take back what the platform has decided, after a proposal. What Stripe has reported
    is taken back by the opposite report only: a refund that succeeded has failed after all.
    """
    movements = qualified_name(MOVEMENTS, dialect)
    by_operators = (
        f"NEW.source = '{OPERATOR}' AND original.kind IN ({quoted(REVERSED_BY_OPERATORS)})"
        f" AND (original.kind <> '{MovementKind.REVERSAL}' OR original.source = '{OPERATOR}')"
        f" AND EXISTS (SELECT 1 FROM {movements} AS proposal"
        f" WHERE proposal.key = '{PROPOSED_PREFIX}' || NEW.reverses)"
    )
    prefix, suffix = refund_succeeded_key("|").split("|")
    refund_id = (
        f"substr(original.key, {len(prefix) + 1},"
        f" length(original.key) - {len(prefix) + len(suffix)})"
    )
    by_report = (
        f"NEW.source <> '{OPERATOR}' AND original.kind = '{MovementKind.REFUND_SUCCEEDED}'"
        f" AND EXISTS (SELECT 1 FROM {qualified_name(REFUNDS, dialect)} AS refund"
        f" WHERE refund.id = {refund_id} AND refund.status = '{RefundStatus.FAILED}')"
    )
    return Guard(
        table=MOVEMENTS,
        rule="mirrors",
        event="INSERT",
        condition=(
            "NEW.reverses IS NULL"
            f" OR EXISTS (SELECT 1 FROM {movements} AS original WHERE original.id = NEW.reverses"
            " AND original.currency = NEW.currency AND original.total_minor = NEW.total_minor"
            " AND original.posting_count = NEW.posting_count"
            f" AND ({by_operators} OR {by_report}))"
        ),
        row_filter="NEW.reverses IS NOT NULL",
    )


def _note_guard(dialect: str) -> Guard:
    """Refuse a note that is about nothing: no failed attempt of a transfer, and no movement."""
    is_failure = (
        f"NEW.kind = '{MovementKind.PAYOUT_FAILED}'"
        f" AND EXISTS (SELECT 1 FROM {qualified_name(TRANSFERS, dialect)} AS transfer"
        f" WHERE transfer.id = substr(NEW.source, {len(TRANSFER_SOURCE) + 1})"
        f" AND NEW.source = '{TRANSFER_SOURCE}' || transfer.id"
        f" AND NEW.key = '{FAILURE_PREFIX}' || transfer.id || ':'"
        " || CAST(transfer.attempt_number AS text)"
        f" AND transfer.status IN ({quoted(FAILED_STATES)})"
        " AND transfer.reference = NEW.reference AND transfer.currency = NEW.currency)"
    )
    is_proposal = (
        f"NEW.kind = '{MovementKind.REVERSAL_PROPOSED}' AND NEW.source = '{OPERATOR}'"
        f" AND EXISTS (SELECT 1 FROM {qualified_name(MOVEMENTS, dialect)} AS proposed"
        f" WHERE proposed.id = substr(NEW.key, {len(PROPOSED_PREFIX) + 1})"
        f" AND NEW.key = '{PROPOSED_PREFIX}' || proposed.id"
        f" AND proposed.kind IN ({quoted(REVERSED_BY_OPERATORS)})"
        f" AND {equal_or_null('proposed.reference', 'NEW.reference', dialect)}"
        " AND proposed.currency = NEW.currency)"
    )
    is_note = f"NEW.kind IN ({quoted(NOTES)})"
    return Guard(
        table=MOVEMENTS,
        rule="notes_fact",
        event="INSERT",
        condition=f"NOT ({is_note}) OR NEW.fact_key IS NULL AND ({is_failure} OR {is_proposal})",
        row_filter=is_note,
    )


def _second_person_guard(dialect: str) -> Guard:
    """Refuse an operator's reversal by the one who has proposed it."""
    movements = qualified_name(MOVEMENTS, dialect)
    is_movement = f"NEW.lifecycle = '{MOVEMENT.name}'"
    return Guard(
        table=HISTORY,
        rule="second_person_reverses",
        event="INSERT",
        condition=(
            f"NOT ({is_movement})"
            f" OR NOT EXISTS (SELECT 1 FROM {movements} AS movement"
            f" JOIN {movements} AS proposal"
            f" ON proposal.key = '{PROPOSED_PREFIX}' || movement.reverses"
            f" JOIN {qualified_name(HISTORY, dialect)} AS proposed"
            f" ON proposed.lifecycle = '{MOVEMENT.name}' AND proposed.entity_id = proposal.id"
            " AND proposed.seq = 1"
            f" WHERE movement.id = NEW.entity_id AND movement.source = '{OPERATOR}'"
            " AND movement.reverses IS NOT NULL AND proposed.actor = NEW.actor)"
        ),
        row_filter=is_movement,
    )


def _is_of_accounts(row: str, dialect: str) -> str:
    """Return the condition that both accounts of a posting name its movement as their last."""
    conditions: list[str] = []
    for side in ("debit", "credit"):
        conditions.append(
            f"EXISTS (SELECT 1 FROM {qualified_name(ACCOUNTS, dialect)} AS account"
            f" WHERE account.id = {row}.{side}_account_id"
            f" AND account.last_movement_id = {row}.entity_id)"
        )

    return " AND ".join(conditions)


def _pays_line(row: str, dialect: str) -> str:
    """Return the condition that a payout pays a whole owed line of its party."""
    return (
        f"EXISTS (SELECT 1 FROM {qualified_name(POSTINGS, dialect)} AS line"
        f" WHERE line.entity_id = {row}.owed_movement_id AND line.seq = 1"
        f" AND line.number = {row}.owed_number AND line.party = {row}.party"
        f" AND line.amount_minor = {row}.amount_minor"
        f" AND line.credit_account_id = {row}.debit_account_id)"
    )


def _reverses_line(row: str, dialect: str) -> str:
    """Return the condition that a posting reverses no more of a payout line than is left."""
    postings = qualified_name(POSTINGS, dialect)
    # SQLite checks a row before it is stored, PostgreSQL after the statement.
    own_amount = f" + {row}.amount_minor" if dialect == "sqlite" else ""
    reversed_minor = (
        f"(SELECT coalesce(sum(earlier.amount_minor), 0) FROM {postings} AS earlier"
        f" WHERE earlier.reversed_movement_id = {row}.reversed_movement_id"
        f" AND earlier.reversed_number = {row}.reversed_number){own_amount}"
    )
    return (
        f"EXISTS (SELECT 1 FROM {postings} AS line"
        f" WHERE line.entity_id = {row}.reversed_movement_id AND line.seq = 1"
        f" AND line.number = {row}.reversed_number AND line.owed_movement_id IS NOT NULL"
        f" AND line.party = {row}.party AND line.debit_account_id = {row}.credit_account_id"
        f" AND line.amount_minor >= {reversed_minor})"
    )


def _postings_guard(rule: str, column: str, condition_of: Condition, dialect: str) -> Guard:
    """Return the guard that refuses a posting unless it fulfills a condition.

    Only the postings with a value in `column` are checked, all of them if it is ''. PostgreSQL
    checks all postings of a statement in one join.
    """
    if dialect == "sqlite":
        condition = condition_of("NEW", dialect)
        if column:
            condition = f"NEW.{column} IS NULL OR {condition}"
        return Guard(table=POSTINGS, rule=rule, event="INSERT", condition=condition)

    is_checked = f"posting.{column} IS NOT NULL AND " if column else ""
    condition = condition_of("posting", dialect)
    return Guard(
        table=POSTINGS,
        rule=rule,
        event="INSERT",
        condition=(
            f"NOT EXISTS (SELECT 1 FROM {INSERTED} AS posting"
            f" WHERE {is_checked}({condition}) IS NOT TRUE)"
        ),
        inserted_rows=INSERTED,
    )


def _sum_guard(dialect: str) -> Guard:
    """Refuse a movement whose postings are not those that it, its accounts or its original count.

    The change comes after the postings, or in one statement with them.
    """
    postings = qualified_name(POSTINGS, dialect)
    lines = f"FROM {postings} AS line WHERE line.entity_id = movement.id"
    adds_up = (
        f"movement.posting_count = (SELECT count(*) {lines})"
        f" AND movement.total_minor = (SELECT coalesce(sum(line.amount_minor), 0) {lines})"
    )
    is_action = (
        f"NEW.action = CASE WHEN movement.kind = '{MovementKind.SETTLEMENT}' THEN 'settle'"
        " WHEN movement.posting_count = 0 THEN 'note' ELSE 'post' END"
    )
    is_movement = f"NEW.lifecycle = '{MOVEMENT.name}'"
    return Guard(
        table=HISTORY,
        rule="balances_movement",
        event="INSERT",
        condition=(
            f"NOT ({is_movement})"
            f" OR EXISTS (SELECT 1 FROM {qualified_name(MOVEMENTS, dialect)} AS movement"
            f" WHERE movement.id = NEW.entity_id AND {adds_up}"
            f" AND {_has_no_other_account(lines, dialect)} AND {is_action}"
            f" AND (movement.reverses IS NULL OR {_mirrors_postings(dialect)}))"
        ),
        row_filter=is_movement,
    )


def _mirrors_postings(dialect: str) -> str:
    """Return the condition that each posting of a mirror takes back the one with its number.

    The accounts are exchanged. A mirror that debits what winners are owed pays the posting's line,
    and one that credits it reverses the posting. The numbers of postings are compared before.
    """
    postings = qualified_name(POSTINGS, dialect)
    pays = "line.owed_movement_id = original.entity_id AND line.owed_number = original.number"
    reverses = (
        "line.reversed_movement_id = original.entity_id AND line.reversed_number = original.number"
    )
    takes_back = (
        "line.debit_account_id = original.credit_account_id"
        " AND line.credit_account_id = original.debit_account_id"
        " AND line.amount_minor = original.amount_minor"
        f" AND {equal_or_null('line.party', 'original.party', dialect)}"
        f" AND (line.owed_movement_id IS NULL OR {pays})"
        f" AND ({reverses} OR NOT ({is_payable('line.credit_account_id')}))"
    )

    return (
        f"NOT EXISTS (SELECT 1 FROM {postings} AS line"
        f" LEFT JOIN {postings} AS original ON original.entity_id = movement.reverses"
        " AND original.seq = 1 AND original.number = line.number"
        f" WHERE line.entity_id = movement.id AND ({takes_back}) IS NOT TRUE)"
    )


def _has_no_other_account(lines: str, dialect: str) -> str:
    """Return the condition that the accounts of a movement count its postings, `lines`."""
    side_sums: list[str] = []
    for side in ("debit", "credit"):
        side_sums.append(
            f"account.{side}ed_minor = (SELECT coalesce(sum(line.amount_minor), 0) {lines}"
            f" AND line.{side}_account_id = account.id)"
        )
    is_of_movement = (
        "account.currency = movement.currency"
        " AND (account.reference IS NULL OR account.reference = movement.reference)"
        f" AND {' AND '.join(side_sums)}"
    )

    return (
        f"NOT EXISTS (SELECT 1 FROM {qualified_name(ACCOUNTS, dialect)} AS account"
        f" WHERE account.last_movement_id = movement.id AND ({is_of_movement}) IS NOT TRUE)"
    )

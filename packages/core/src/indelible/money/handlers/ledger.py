"""Post movements. Nothing else writes accounts, movements and postings."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from indelible.kernel import Head, digest
from indelible.kernel.aggregates import change_for
from indelible.kernel.history import Update
from indelible.money.commands.ledger import Settle
from indelible.money.commands.results import MovementPosted
from indelible.money.entities.ledger import Account, Movement, Posting
from indelible.money.entities.values import MovementKind
from indelible.money.errors.ledger import ItemCovered, LedgerDuplicateEntry
from indelible.money.errors.payouts import PayoutAlreadyScheduled
from indelible.money.handlers.saving import save
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.repositories.ledger import question_of_fact, question_of_key
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.ledger.checks import (
    AccountStep,
    check_distinct_lines,
    check_movement,
    check_owed_line,
    check_reversed_line,
)
from indelible.money.rules.ledger.drafts import (
    OPERATOR,
    AccountKey,
    AccountSums,
    MovementDraft,
    account_sums,
)
from indelible.money.rules.ledger.payouts import guarantee_topup, mirror


def post_movement(
    tx: MoneyWrite, draft: MovementDraft, *, occurred_at: datetime | None = None
) -> MovementPosted:
    """Post a movement, or return the one that has its key or its fact already.

    Raises:
        LedgerDuplicateEntry: The key or the fact is taken by a movement with other content.
        BalanceNegative: An account that must not be negative would be.
        PostingRefused: A posting does not fit the line that it names.
        OwedLinePaid, PayoutLineReversed: The line that a posting names is used up.
        ItemCovered: An item was settled before.
    """
    # Under the lock, since another transaction may post it while this one waits for the accounts.
    locked, existing, covering = tx.read_together(
        lambda: tx.money.accounts.lock_all([key.id for key in draft.accounts]),
        lambda: _find_existing(tx, draft),
        lambda: tx.money.movements.joins.covering_any(draft.items),
    )
    if existing is not None:
        return _require_same_content(tx, draft, existing)

    heads = _with_new_accounts(tx, draft, locked)
    now = tx.clock.now()
    movement = _movement_of(draft, occurred_at=occurred_at or now, now=now)
    # A line that is paid is the reason to name, before the balance that it leaves too small.
    _check_lines(tx, draft, movement)
    _check_items(covering)
    return _post(tx, draft, movement, heads)


def settle(tx: MoneyWrite, command: Settle) -> MovementPosted:
    """Post a settlement, after the platform has filled the escrow up where it must."""
    if command.top_up_minor > 0:
        top_up = guarantee_topup(
            settlement_id=command.settlement_id,
            reference=command.reference,
            amount_minor=command.top_up_minor,
            currency=command.currency,
        )
        post_movement(tx, top_up)
    return post_movement(tx, command.draft)


def reverse(tx: MoneyWrite, movement: Movement, *, source: str = OPERATOR) -> MovementPosted:
    """Post the mirror of a movement, or return the one that it has.

    `source` is what proves that the movement is taken back.

    Raises:
        OwedLinePaid: A line of the movement is paid.
        PayoutAlreadyScheduled: A transfer is to pay a line of the movement.
        BalanceNegative: The money has moved on.
    """
    postings = _postings_of(tx, movement)
    accounts: dict[str, Account] = {}
    for account_id in account_sums(postings):
        accounts[account_id] = tx.money.accounts.get(account_id).entity
    return post_movement(tx, mirror(movement, postings, accounts, source=source))


def _post(
    tx: MoneyWrite, draft: MovementDraft, movement: Movement, heads: dict[str, Head[Account]]
) -> MovementPosted:
    """Check the sums of a new movement and write it with its postings and accounts."""
    updates = _account_updates(tx, draft, movement, heads, movement.created_at)
    _check_sums(draft, movement, updates)
    change = change_for(tx, None, movement, draft.action, bulk=draft.bulk)
    tx.money.movements.joins.post(change, movement, draft.bulk, updates)
    return MovementPosted(movement=movement, seq=change.seq)


def _find_existing(tx: MoneyWrite, draft: MovementDraft) -> Head[Movement] | None:
    """Return the movement that has the draft's key or fact."""
    questions = [question_of_key(draft.key)]
    if draft.fact_key is not None:
        questions.append(question_of_fact(draft.fact_key))
    return tx.money.movements.first_of(*questions)


def _require_same_content(
    tx: MoneyWrite, draft: MovementDraft, head: Head[Movement]
) -> MovementPosted:
    """Return the movement that was posted before.

    Raises:
        LedgerDuplicateEntry: It has other content.
    """
    expected = _stored_content(tx, head.entity)
    actual = _draft_content(draft)
    if actual != expected:
        raise LedgerDuplicateEntry(draft.key, expected, actual)
    return MovementPosted(movement=head.entity, seq=head.revision.seq, is_new=False)


def _stored_content(tx: MoneyWrite, movement: Movement) -> str:
    """Return the digest of all that a repetition of a stored movement must have."""
    (birth,) = tx.history.of(movement.lifecycle.name, movement.id, limit=1)
    summaries: list[object] = [birth.data.get("postings"), birth.data.get("covered_items")]
    return _content(movement.kind, movement.reference, movement.currency, summaries)


def _draft_content(draft: MovementDraft) -> str:
    """Return the digest of all that a repetition of the draft's movement must have."""
    summaries: list[object] = [None, None]
    for position, item in enumerate(draft.bulk):
        summaries[position] = item.summary()
    return _content(draft.kind, draft.reference, draft.currency, summaries)


def _content(
    kind: MovementKind, reference: str | None, currency: str, summaries: list[object]
) -> str:
    return digest([kind.value, reference, currency, summaries])


def _with_new_accounts(
    tx: MoneyWrite, draft: MovementDraft, locked: Mapping[str, Head[Account]]
) -> dict[str, Head[Account]]:
    """Return the accounts of a draft by their ids, and open those that do not exist."""
    heads = dict(locked)
    for key in draft.accounts:
        if key.id not in heads:
            heads[key.id] = _open(tx, key)
    return heads


def _open(tx: MoneyWrite, key: AccountKey) -> Head[Account]:
    account = Account.opened(key.kind, key.reference, key.currency, now=tx.clock.now())
    return save(tx, tx.money.accounts, None, account, "open")


def _movement_of(draft: MovementDraft, *, occurred_at: datetime, now: datetime) -> Movement:
    return Movement.create(
        draft.action,
        now=now,
        id=draft.id,
        kind=draft.kind,
        key=draft.key,
        fact_key=draft.fact_key,
        reference=draft.reference,
        currency=draft.currency,
        total_minor=draft.total_minor,
        posting_count=len(draft.steps),
        reverses=draft.reverses,
        source=draft.source,
        occurred_at=occurred_at,
    )


def _account_updates(
    tx: MoneyWrite,
    draft: MovementDraft,
    movement: Movement,
    heads: dict[str, Head[Account]],
    now: datetime,
) -> list[Update[Account]]:
    """Return one change of each account, whatever the number of postings."""
    sums = account_sums(draft.postings.rows)
    updates: list[Update[Account]] = []
    for account_id in sorted(sums):
        head = heads[account_id]
        account = _posted(head.entity, movement, sums[account_id], now)
        data = {
            "movement_key": movement.key,
            "posting_count": sums[account_id].posting_count,
            "postings_digest": draft.postings.digest,
        }
        change = change_for(tx, head, account, "post", data=data)
        updates.append(Update(head, change, account))
    return updates


def _posted(account: Account, movement: Movement, sums: AccountSums, now: datetime) -> Account:
    return account.posted(
        movement,
        debited_minor=sums.debited_minor,
        credited_minor=sums.credited_minor,
        now=now,
    )


def _check_sums(
    draft: MovementDraft, movement: Movement, updates: Sequence[Update[Account]]
) -> None:
    """Check that the accounts change by the sums of the postings."""
    steps: dict[str, AccountStep] = {}
    for update in updates:
        steps[update.entity.id] = AccountStep(update.head.entity, update.entity)
    check_movement(movement, draft.postings.rows, steps)


def _check_lines(tx: MoneyWrite, draft: MovementDraft, movement: Movement) -> None:
    """Check the lines that the postings pay or reverse; the accounts are locked."""
    postings = draft.postings.rows
    check_distinct_lines(postings)
    for posting in postings:
        if posting.owed_line is not None:
            check_owed_line(
                movement, posting, tx.money.movements.joins.owed_line(*posting.owed_line)
            )
            if draft.reverses is not None:
                _check_no_transfer(tx, *posting.owed_line)
        if posting.reversed_line is not None:
            line = tx.money.movements.joins.payout_line(*posting.reversed_line)
            reversals = tx.money.movements.joins.reversals(*posting.reversed_line)
            check_reversed_line(movement, posting, line, reversals)


def _check_no_transfer(tx: MoneyWrite, movement_id: str, number: int) -> None:
    """Refuse to take back an owed line that a transfer pays: its money may leave Stripe any time.

    Who issues a transfer again locks the account of the line first, as a posting does.
    """
    if tx.money.transfers.joins.of_owed_line(movement_id, number) is not None:
        raise PayoutAlreadyScheduled(f"owed line {number} of movement {movement_id}")


def _check_items(covering: Mapping[str, str]) -> None:
    """Refuse a settlement of an item that another one has counted."""
    for item, movement_id in covering.items():
        raise ItemCovered(item, movement_id)


def _postings_of(tx: MoneyWrite, movement: Movement) -> list[Posting]:
    """Return all postings of a movement."""
    postings: list[Posting] = []
    while len(postings) < movement.posting_count:
        page = tx.money.movements.postings(
            movement.id, after=len(postings), limit=MAX_ROWS_PER_PAGE
        )
        postings.extend(page)
    return postings

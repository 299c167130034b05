"""Post movements. Nothing else writes accounts, movements and postings."""

from datetime import datetime

from indelible.kernel import Head, digest
from indelible.kernel.aggregates import change_for
from indelible.kernel.history import Update
from indelible.money import commands, errors
from indelible.money.commands import MovementPosted
from indelible.money.entities import Account, Movement, MovementKind, Posting
from indelible.money.handlers.saving import save
from indelible.money.ports import MAX_ROWS_PER_PAGE, MoneyWrite
from indelible.money.rules.ledger import (
    AccountKey,
    AccountSums,
    MovementDraft,
    account_sums,
    guarantee_topup,
    mirror,
    settlement,
)

NOT_REVERSIBLE = frozenset(
    {MovementKind.SETTLEMENT, MovementKind.REVERSAL, MovementKind.PAYOUT_FAILED}
)


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
    existing = _existing(tx, draft)
    if existing is not None:
        return existing

    heads = _locked_accounts(tx, draft)
    # Another transaction may have posted it while this one waited for the accounts.
    existing = _existing(tx, draft)
    if existing is not None:
        return existing

    _check_lines(tx, draft)
    _check_items(tx, draft)
    now = tx.clock.now()
    movement = _movement_of(draft, occurred_at=occurred_at or now, now=now)
    change = change_for(tx, None, movement, draft.action, bulk=draft.bulk)
    updates = _account_updates(tx, draft, movement, heads, now)
    tx.money.movements.post(change, movement, draft.bulk, updates)
    return MovementPosted(movement=movement, seq=change.seq)


def settle(tx: MoneyWrite, command: commands.Settle) -> MovementPosted:
    """Post a settlement, after the platform has filled the escrow up where it must."""
    if command.top_up_minor > 0:
        top_up = guarantee_topup(
            settlement_id=command.settlement_id,
            reference=command.reference,
            amount_minor=command.top_up_minor,
            currency=command.currency,
        )
        post_movement(tx, top_up)
    draft = settlement(
        settlement_id=command.settlement_id,
        reference=command.reference,
        currency=command.currency,
        lines=command.lines,
        rake_minor=command.rake_minor,
        rounding_minor=command.rounding_minor,
        retained_minor=command.retained_minor,
        items=command.items,
    )
    return post_movement(tx, draft)


def reverse_movement(tx: MoneyWrite, command: commands.ReverseMovement) -> MovementPosted:
    """Post the mirror of a movement, or return the one that it has.

    Raises:
        MovementNotReversible: The movement is a settlement, a note or a mirror itself.
        OwedLinePaid: A line of the movement is paid.
        BalanceNegative: The money has moved on.
    """
    movement = tx.money.movements.get(command.movement_id).entity
    if movement.kind in NOT_REVERSIBLE:
        raise errors.MovementNotReversible(
            movement.id, "a movement that can be reversed", movement.kind
        )
    postings = _postings_of(tx, movement)
    accounts: dict[str, Account] = {}
    for account_id in account_sums(postings):
        accounts[account_id] = tx.money.accounts.get(account_id).entity
    return post_movement(tx, mirror(movement, postings, accounts))


def _existing(tx: MoneyWrite, draft: MovementDraft) -> MovementPosted | None:
    """Return the movement that has the draft's key or fact.

    Raises:
        LedgerDuplicateEntry: It has other content.
    """
    head = tx.money.movements.of_key(draft.key)
    if head is None and draft.fact_key is not None:
        head = tx.money.movements.of_fact(draft.fact_key)
    if head is None:
        return None

    expected = _stored_content(tx, head.entity)
    actual = _draft_content(draft)
    if actual != expected:
        raise errors.LedgerDuplicateEntry(draft.key, expected, actual)
    return MovementPosted(movement=head.entity, seq=head.revision.seq, is_new=False)


def _stored_content(tx: MoneyWrite, movement: Movement) -> str:
    """Return the digest of all that a repetition of a stored movement must have."""
    (birth,) = tx.history.of(movement.lifecycle.name, movement.id, limit=1)
    summaries = [birth.data.get("postings"), birth.data.get("covered_items")]
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


def _locked_accounts(tx: MoneyWrite, draft: MovementDraft) -> dict[str, Head[Account]]:
    """Lock the accounts of a draft in order of their ids, and open those that do not exist."""
    keys = draft.accounts
    heads = dict(tx.money.accounts.lock_all([key.id for key in keys]))
    for key in keys:
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


def _check_lines(tx: MoneyWrite, draft: MovementDraft) -> None:
    """Check the lines that the postings pay or reverse; the accounts are locked."""
    for posting in draft.postings.rows:
        if posting.owed_movement_id is not None and posting.owed_number is not None:
            _check_owed(tx, draft, posting, posting.owed_movement_id, posting.owed_number)
        if posting.reversed_movement_id is not None and posting.reversed_number is not None:
            _check_reversed(
                tx, draft, posting, posting.reversed_movement_id, posting.reversed_number
            )


def _check_owed(
    tx: MoneyWrite, draft: MovementDraft, posting: Posting, movement_id: str, number: int
) -> None:
    """Refuse a payout of a line that is paid, or that is another party's or amount."""
    line = tx.money.movements.owed_line(movement_id, number)
    if line.paid_by is not None:
        raise errors.OwedLinePaid(movement_id, number)
    _require(draft, posting, "party", line.party, posting.party)
    _require(draft, posting, "amount_minor", line.amount_minor, posting.amount_minor)
    _require(draft, posting, "reference", line.reference, draft.reference)
    _require(draft, posting, "currency", line.currency, draft.currency)


def _check_reversed(
    tx: MoneyWrite, draft: MovementDraft, posting: Posting, movement_id: str, number: int
) -> None:
    """Refuse a reversal of more than a payout line has left, or of another party's line."""
    line = tx.money.movements.payout_line(movement_id, number)
    _require(draft, posting, "party", line.posting.party, posting.party)
    _require(draft, posting, "reference", line.movement.reference, draft.reference)
    _require(draft, posting, "currency", line.movement.currency, draft.currency)
    available_minor = line.posting.amount_minor
    refs: set[str | None] = set()
    for earlier in tx.money.movements.reversals(movement_id, number):
        available_minor -= earlier.posting.amount_minor
        refs.add(earlier.posting.reversal_ref)
    if posting.amount_minor > available_minor or posting.reversal_ref in refs:
        raise errors.PayoutLineReversed(
            movement_id,
            number,
            posting.reversal_ref or "",
            available_minor,
            posting.amount_minor,
        )


def _require(
    draft: MovementDraft, posting: Posting, name: str, expected: object, actual: object
) -> None:
    if actual != expected:
        raise errors.PostingRefused(draft.key, posting.number, name, str(expected), str(actual))


def _check_items(tx: MoneyWrite, draft: MovementDraft) -> None:
    """Refuse a settlement of an item that another one has counted."""
    for item in draft.items:
        movement_id = tx.money.movements.covering(item)
        if movement_id is not None:
            raise errors.ItemCovered(item, movement_id)


def _postings_of(tx: MoneyWrite, movement: Movement) -> list[Posting]:
    """Return all postings of a movement."""
    postings: list[Posting] = []
    while len(postings) < movement.posting_count:
        page = tx.money.movements.postings(
            movement.id, after=len(postings), limit=MAX_ROWS_PER_PAGE
        )
        postings.extend(page)
    return postings

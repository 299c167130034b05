"""The operator's routes of the ledger: accounts, movements, postings with their causes."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from indelible import money
from indelible.app import ReadTx, WriteTx
from indelible.kernel import ListOrder
from indelible.money import (
    AccountFilter,
    ApproveReversal,
    MovementFilter,
    MovementPosted,
    ProposeReversal,
    Side,
)
from indelible.money.entities.lines import BalanceSum
from indelible.money.errors.ledger import (
    AccountNotFound,
    BalanceNegative,
    MovementHasEvidence,
    MovementNotFound,
    MovementNotReversible,
    MovementReversed,
    OwedLinePaid,
    ReversalNeedsSecondPerson,
    ReversalNotProposed,
)
from indelible.money.errors.payouts import PayoutAlreadyScheduled
from indelible.money.repositories.reads import reversal_proposer
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.request import ADMIN, OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.money.admin_lists import page_of_heads, set_equalities
from indelible_web.money.admin_queries import (
    AccountLinesQuery,
    AccountListQuery,
    MovementListQuery,
    MovementQuery,
    PostingsQuery,
)
from indelible_web.money.admin_schemas import (
    AccountLineView,
    AccountView,
    BalancesView,
    BalanceView,
    IdentityView,
    MovementView,
    PostingView,
)

Command = TypeVar("Command")

MOVEMENTS: Final = MovementFilter(order=ListOrder.NEWEST)

routes = Routes("money_ledger", "The ledger, for operators.")


@routes.add("GET /ledger/balances", OPS, request_type=EmptyQuery, response_type=BalancesView)
def get_balances(context: OperationContext, _: EmptyQuery) -> BalancesView:
    """Show the balances by kind and currency; in sound books each identity is 0."""
    return context.store.read(read_balances)


@routes.pages(
    "GET /ledger/accounts",
    OPS,
    request_type=AccountListQuery,
    response_type=AccountView,
    reads_with_key=True,
)
def list_ledger_accounts(context: OperationContext, query: AccountListQuery) -> Page[AccountView]:
    """List the accounts of the ledger in order of id."""
    return page_of_heads(
        context,
        query,
        lambda tx: tx.money.accounts,
        AccountFilter(),
        AccountView,
        kind=query.kind,
        reference=query.reference,
    )


@routes.pages(
    "GET /ledger/accounts/<account_id>/postings",
    OPS,
    request_type=AccountLinesQuery,
    response_type=AccountLineView,
    errors=(AccountNotFound,),
)
def list_account_postings(
    context: OperationContext, query: AccountLinesQuery
) -> Page[AccountLineView]:
    """List the postings of an account with their causes, newest first."""
    cursors = context.cursors(query)
    lines = context.store.read(
        read_account_lines, query.account_id, before=cursors.start(), limit=query.limit + 1
    )
    page = cursors.page(lines, lambda line: line.position)
    return Page(items=tuple(account_line_view(line) for line in page.items), next=page.next)


@routes.pages(
    "GET /ledger/movements", OPS, request_type=MovementListQuery, response_type=MovementView
)
def list_ledger_movements(
    context: OperationContext, query: MovementListQuery
) -> Page[MovementView]:
    """List the movements, newest first."""
    where = set_equalities(kind=query.kind, reference=query.reference)
    cursors = context.cursors(query)

    def read(tx: ReadTx) -> tuple[MovementView, ...]:
        heads = tx.money.movements.list_page(
            MOVEMENTS, where=where, after=cursors.start(), limit=query.limit + 1
        )
        return tuple(movement_view(tx, head.entity.id) for head in heads)

    return cursors.page(context.store.read(read), MOVEMENTS.position_of)


@routes.add(
    "GET /ledger/movements/<movement_id>",
    OPS,
    request_type=MovementQuery,
    response_type=MovementView,
    errors=(MovementNotFound,),
)
def get_ledger_movement(context: OperationContext, query: MovementQuery) -> MovementView:
    """Show a movement with its key, and what proves it."""
    return context.store.read(movement_view, query.movement_id)


@routes.pages(
    "GET /ledger/movements/<movement_id>/postings",
    OPS,
    request_type=PostingsQuery,
    response_type=PostingView,
    errors=(MovementNotFound,),
)
def list_movement_postings(context: OperationContext, query: PostingsQuery) -> Page[PostingView]:
    """List the postings of a movement in order."""
    cursors = context.cursors(query)
    postings = context.store.read(
        read_postings,
        query.movement_id,
        after=int(cursors.start() or 0),
        limit=query.limit + 1,
    )
    return cursors.page(postings, lambda posting: posting.number)


@routes.add(
    "POST /ledger/movements/<movement_id>/reversal/propose",
    ADMIN,
    request_type=ProposeReversal,
    response_type=MovementView,
    requires_idempotency_key=True,
    errors=(MovementHasEvidence, MovementNotFound, MovementNotReversible, MovementReversed),
)
def propose_movement_reversal(context: OperationContext, command: ProposeReversal) -> MovementView:
    """Propose to take back a movement that was posted in error; another person approves it."""
    return context.run_recorded(_showing_movement(money.propose_reversal), command)


@routes.add(
    "POST /ledger/movements/<movement_id>/reversal/approve",
    ADMIN,
    request_type=ApproveReversal,
    response_type=MovementView,
    requires_idempotency_key=True,
    errors=(
        BalanceNegative,
        MovementHasEvidence,
        MovementNotFound,
        MovementNotReversible,
        OwedLinePaid,
        PayoutAlreadyScheduled,
        ReversalNeedsSecondPerson,
        ReversalNotProposed,
    ),
)
def approve_movement_reversal(context: OperationContext, command: ApproveReversal) -> MovementView:
    """Post the mirror of a movement that another person has proposed to take back."""
    return context.run_recorded(_showing_movement(money.approve_reversal), command)


def read_balances(tx: ReadTx) -> BalancesView:
    """Return the sums of the balances, and their identities."""
    totals = money.balances(tx)
    items = tuple(project(BalanceView, total) for total in totals)
    identities = identities_of(totals)
    is_balanced = all(identity.identity_minor == 0 for identity in identities)
    return BalancesView(items=items, identities=identities, is_balanced=is_balanced)


def identities_of(totals: Iterable[BalanceSum]) -> tuple[IdentityView, ...]:
    """Return the identity of each currency, in alphabetical order."""
    identities: dict[str, int] = {}
    for total in totals:
        sign = 1 if total.kind.side is Side.DEBIT else -1
        before = identities.get(total.currency, 0)
        identities[total.currency] = before + sign * total.balance_minor

    return tuple(
        IdentityView(currency=currency, identity_minor=identity_minor)
        for currency, identity_minor in sorted(identities.items())
    )


def read_account_lines(
    tx: ReadTx, account_id: str, *, before: str, limit: int
) -> tuple[money.AccountLine, ...]:
    """Return the next postings of an account.

    Raises:
        AccountNotFound: There is no such account.
    """
    tx.money.accounts.get(account_id)
    return money.list_account_lines(tx, account_id, before=before, limit=limit)


def account_line_view(line: money.AccountLine) -> AccountLineView:
    """Return a posting of an account with its cause."""
    movement, posting = line.line.movement, line.line.posting
    return AccountLineView(
        movement_id=movement.id,
        number=posting.number,
        side=line.side,
        other_account_id=line.other_account_id,
        amount_minor=posting.amount_minor,
        currency=movement.currency,
        party=posting.party,
        kind=movement.kind,
        key=movement.key,
        source=movement.source,
        reference=movement.reference,
        occurred_at=movement.occurred_at,
        posted_at=movement.created_at,
    )


def movement_view(tx: ReadTx, movement_id: str) -> MovementView:
    """Return a movement.

    Raises:
        MovementNotFound: There is no such movement.
    """
    head = tx.money.movements.get(movement_id)
    mirror = tx.money.movements.reversal_of(movement_id)
    proposer = reversal_proposer(tx, movement_id)
    return project(
        MovementView,
        head.entity,
        seq=head.revision.seq,
        reversal_proposed_by=None if proposer is None else str(proposer),
        reversed_by=None if mirror is None else mirror.entity.id,
    )


def _showing_movement(
    handler: Callable[[WriteTx, Command], MovementPosted],
) -> Callable[[WriteTx, Command], MovementView]:
    """Return a handler that answers with the view of the movement that it has posted."""

    def show(tx: WriteTx, command: Command) -> MovementView:
        return movement_view(tx, handler(tx, command).movement.id)

    return show


def read_postings(
    tx: ReadTx, movement_id: str, *, after: int, limit: int
) -> tuple[PostingView, ...]:
    """Return the next postings of a movement.

    Raises:
        MovementNotFound: There is no such movement.
    """
    tx.money.movements.get(movement_id)
    postings = money.list_postings(tx, movement_id, after=after, limit=limit)
    return tuple(project(PostingView, posting) for posting in postings)

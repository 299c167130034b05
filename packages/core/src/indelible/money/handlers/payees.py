"""The handlers of payees: parties that receive transfers, and their accounts at Stripe."""

from datetime import datetime
from typing import Final

from indelible.kernel import Actor, Head
from indelible.kernel.execution import execute
from indelible.money.commands.payouts import (
    AttachDestination,
    ClosePayee,
    EnablePayee,
    RefreshPayee,
    RegisterPayee,
    ReopenPayee,
    RestrictPayee,
)
from indelible.money.entities.payees import Payee
from indelible.money.entities.stripe_objects import AccountObject
from indelible.money.errors.payouts import PayeeChanged, PayoutAccountMissing
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.charges import KNOWN, Decision
from indelible.money.rules.events import ParsedEvent
from indelible.money.rules.evidence import EventEvidence
from indelible.money.rules.payouts import SEND_TRANSFER_STAGE, WOKEN_BY_PAYEE

UNKNOWN_ACCOUNT: Final = Decision(code="PAYEE_NOT_FOUND")


def register_payee(tx: MoneyWrite, command: RegisterPayee) -> Head[Payee]:
    """Register a party that receives payouts, or return the payee that it has."""
    existing = tx.money.payees.of_party(command.party)
    if existing is not None:
        return existing

    return execute(tx, tx.money.payees, Payee.register(id=command.party))


def attach_destination(tx: MoneyWrite, command: AttachDestination) -> Head[Payee]:
    """Store the account of a payee, and who has set it. It receives money once Stripe enables it.

    A transfer goes there if its approval covers the account, or if the payee itself has set it:
    a payee that names the account which another has set takes it as its own.

    Raises:
        PayeeNotFound: The party was never registered.
        DestinationTaken: Another payee has the account.
    """
    head = tx.money.payees.lock(command.party)
    is_confirmed = head.entity.has_own_destination or tx.actor != Actor.user(command.party)
    if head.entity.destination == command.destination and is_confirmed:
        return head

    attach = Payee.attach(head, destination=command.destination)
    return execute(tx, tx.money.payees, attach)


def attach_own_destination(tx: MoneyWrite, command: AttachDestination) -> Head[Payee]:
    """Register a payee and store the account that it has opened, unless it has one of its own.

    It replaces an account that somebody else has set. The actor is the payee.

    Raises:
        InvalidTransition: The payee is closed.
        DestinationTaken: Another payee has the account.
    """
    register_payee(tx, RegisterPayee(party=command.party))
    head = tx.money.payees.lock(command.party)
    if head.entity.has_own_destination:
        return head
    return attach_destination(tx, command)


def enable_payee(tx: MoneyWrite, command: EnablePayee) -> Head[Payee]:
    """Allow transfers to a payee, and make the transfers due that wait for it."""
    head = tx.money.payees.lock(command.party)
    if not head.entity.is_ready:
        head = execute(tx, tx.money.payees, Payee.enable(head))

    _wake_parked(tx, command.party)
    return head


def restrict_payee(tx: MoneyWrite, command: RestrictPayee) -> Head[Payee]:
    """Stop transfers to a payee until its account is enabled again."""
    head = tx.money.payees.lock(command.party)
    if not head.entity.is_restricted:
        head = execute(tx, tx.money.payees, Payee.restrict(head))
    return head


def refresh_payee(tx: MoneyWrite, command: RefreshPayee) -> Head[Payee]:
    """Apply what Stripe has answered about an account, unless the payee has changed meanwhile."""
    head = tx.money.payees.lock(command.party)
    is_same = head.entity.destination == command.destination
    if is_same and head.revision.seq == command.known_seq:
        _apply_state(tx, head.entity, transfers_active=command.transfers_active)
    return tx.money.payees.get(command.party)


def close_payee(tx: MoneyWrite, command: ClosePayee) -> Head[Payee]:
    """Stop transfers to a payee for good; what it is owed waits, and becomes unclaimed."""
    head = tx.money.payees.lock(command.party)
    if not head.entity.is_closed:
        head = execute(tx, tx.money.payees, Payee.close(head))
    return head


def reopen_payee(tx: MoneyWrite, command: ReopenPayee) -> Head[Payee]:
    """Let a closed payee name an account again."""
    return execute(tx, tx.money.payees, Payee.reopen(command.party))


def apply_account(
    tx: MoneyWrite,
    event: ParsedEvent,  # noqa: ARG001 - every applier takes the event
    facts: AccountObject,
    evidence: EventEvidence,
) -> Decision:
    """Apply an event about a connected account: its payee is enabled or restricted.

    Events can arrive in any order: the account as it was read at Stripe counts, if it was read. An
    account that no payee has is nothing of ours.

    Raises:
        PayeeChanged: Something newer may be known than what was read.
    """
    known = tx.money.payees.of_destination(facts.id)
    if known is None:
        return UNKNOWN_ACCOUNT

    account, seq = evidence.account or facts, known.revision.seq
    if evidence.payee_seq is not None and evidence.payee_seq != seq:
        raise PayeeChanged(known.entity.id, evidence.payee_seq, seq)
    return _apply_state(tx, known.entity, transfers_active=account.transfers_active)


def require_ready(payee: Payee | None, party: str) -> Payee:
    """Return a payee that can receive transfers.

    Raises:
        PayoutAccountMissing: It cannot.
    """
    if payee is None or not payee.is_ready:
        raise PayoutAccountMissing(party, "none" if payee is None else payee.status)
    return payee


def _apply_state(tx: MoneyWrite, payee: Payee, *, transfers_active: bool) -> Decision:
    """Enable or restrict a payee as its account at Stripe is."""
    if transfers_active and payee.is_restricted:
        enable_payee(tx, EnablePayee(party=payee.id))
        return Decision(actions=("enable",))
    if payee.is_ready and not transfers_active:
        restrict_payee(tx, RestrictPayee(party=payee.id))
        return Decision(actions=("restrict",))
    return KNOWN


def _wake_parked(tx: MoneyWrite, party: str) -> None:
    """Make the transfers due that wait for a payee."""
    heads = tx.money.transfers.parked(party=party, after="", limit=MAX_ROWS_PER_PAGE)
    now = tx.clock.now()
    dues: dict[str, datetime] = {}
    for head in heads:
        if head.entity.failure_code in WOKEN_BY_PAYEE:
            dues[head.entity.id] = now
    if dues:
        tx.tasks.enqueue(SEND_TRANSFER_STAGE, dues)

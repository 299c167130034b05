"""Steps of money: each becomes a movement or a change of a payee that fits the oracle's ledger."""

from typing import Any

from attrs import evolve
from tests.stateful.steps import ALL, Call, Step, Twist, World, pick_newest

from indelible import money
from indelible.app import WriteTx
from indelible.money import Movement, MovementDraft, MovementPosted, OwedLine, PayoutReversal, Proof
from indelible.money.commands.payouts import (
    AttachDestination,
    ClosePayee,
    EnablePayee,
    ReopenPayee,
    RestrictPayee,
)
from indelible.money.entities.lines import LedgerLine
from indelible.money.entities.values import REVERSED_BY_OPERATORS, MovementKind
from indelible.money.ports.ledger import ALL_MOVEMENTS
from indelible.money.rules.ledger.payouts import (
    guarantee_topup,
    payout_reversed,
    reversal_proposed_key,
)
from indelible.testing.money.scenarios import (
    OTHER,
    PARTIES,
    RAKE,
    REFERENCE,
    USD,
    fee,
    golden,
    payout,
)
from indelible.testing.money.transfers import account_of

REFERENCES = (REFERENCE, OTHER)
UNKNOWN_ID = "nobody"


def all_movements(world: World) -> tuple[Movement, ...]:
    """Return all movements."""
    heads = world.oracle.read(
        lambda tx: tx.money.movements.list_page(ALL_MOVEMENTS, where={}, after="", limit=ALL)
    )
    return tuple(head.entity for head in heads)


def pay_fee(_: World, step: Step) -> Call:
    """Post a party's fee, or post it again; an illegal step changes its amount."""
    reference = REFERENCES[step.pick % len(REFERENCES)]
    party = PARTIES[step.pick // 2 % len(PARTIES)]
    draft = fee(party, reference=reference)
    if step.twist is Twist.ILLEGAL:
        draft = fee(party, reference=reference, amount_minor=1 + step.pick % 100)

    return Call(post, draft)


def settle(_: World, step: Step) -> Call:
    """Settle a reference; an illegal settlement leaves the rake out, so its sum is wrong."""
    reference = REFERENCES[step.pick % len(REFERENCES)]
    command = golden(f"settlement-{reference}", reference=reference)
    if step.twist is Twist.ILLEGAL:
        command = golden(f"settlement-{step.pick}", reference=reference, retained_minor=RAKE)

    return Call(money.settle, command)


def pay_out(world: World, step: Step) -> Call:
    """Pay an owed line; an illegal step pays it with another amount, a stale one pays it again."""
    is_unpaid = step.twist is not Twist.STALE
    lines = world.oracle.read(money.owed_lines, unpaid=is_unpaid, limit=ALL)
    line = pick_newest(lines, step.pick)
    if line is None:
        return settle(world, step)
    if step.twist is Twist.ILLEGAL:
        line = evolve(line, amount_minor=line.amount_minor + 1)

    return Call(post, _payout_of(world, f"transfer-{step.pick}", line))


def reverse_payout(world: World, step: Step) -> Call:
    """Reverse a part of a payout; an illegal step reverses more than was paid."""
    lines = _payout_lines(world)
    line = pick_newest(lines, step.pick)
    if line is None:
        return pay_out(world, step)

    paid_minor = line.posting.amount_minor
    amount_minor = 1 + step.pick % paid_minor
    if step.twist is Twist.ILLEGAL:
        amount_minor = paid_minor + 1

    part = PayoutReversal(
        movement_id=line.movement.id,
        number=line.posting.number,
        party=line.posting.party or "",
        amount_minor=amount_minor,
    )
    draft = payout_reversed(
        reversal_ref=f"reversal-{step.pick}",
        reference=line.movement.reference or "",
        currency=USD,
        lines=[part],
        proof=Proof.by_event(f"evt-reversal-{step.pick}"),
    )
    return Call(post, draft)


def top_up(_: World, step: Step) -> Call:
    """Add the platform's money to an escrow, or again; an illegal step changes the amount."""
    reference = REFERENCES[step.pick % len(REFERENCES)]
    amount_minor = 2 if step.twist is Twist.ILLEGAL else 1
    draft = guarantee_topup(
        settlement_id=f"top-up-{step.pick // 2 % 4}",
        reference=reference,
        amount_minor=amount_minor,
        currency=USD,
    )
    return Call(post, draft)


def propose_reversal(world: World, step: Step) -> Call:
    """Propose to reverse a movement of operators; an illegal step any, a stale one none."""
    is_any = step.twist is Twist.ILLEGAL
    movements = [
        movement
        for movement in all_movements(world)
        if is_any or movement.kind in REVERSED_BY_OPERATORS
    ]
    movement = pick_newest(movements, step.pick)
    if movement is None:
        return top_up(world, step)

    movement_id = UNKNOWN_ID if step.twist is Twist.STALE else movement.id
    return Call(money.propose_reversal, money.ProposeReversal(movement_id=movement_id))


def approve_reversal(world: World, step: Step) -> Call:
    """Approve a proposed reversal, perhaps the actor's own; an illegal step approves any other."""
    all_keys = {movement.key for movement in all_movements(world)}
    is_proposed = step.twist is not Twist.ILLEGAL
    movements = [
        movement
        for movement in all_movements(world)
        if (reversal_proposed_key(movement.id) in all_keys) is is_proposed
    ]
    movement = pick_newest(movements, step.pick)
    if movement is None:
        return propose_reversal(world, step)

    return Call(money.approve_reversal, money.ApproveReversal(movement_id=movement.id))


def change_payee(_: World, step: Step) -> Call:
    """Change a payee in one of seven ways, whatever its state; an illegal step takes an account."""
    party = PARTIES[step.pick % len(PARTIES)]
    owner = party
    if step.twist is Twist.ILLEGAL:
        owner = PARTIES[(step.pick + 1) % len(PARTIES)]

    changes: tuple[tuple[Any, Any], ...] = (
        (money.register_payee, money.RegisterPayee(party=party)),
        (money.register_payee, money.RegisterPayee(party=party)),
        (money.attach_destination, AttachDestination(party=party, destination=account_of(owner))),
        (money.enable_payee, EnablePayee(party=party)),
        (money.restrict_payee, RestrictPayee(party=party)),
        (money.close_payee, ClosePayee(party=party)),
        (money.reopen_payee, ReopenPayee(party=party)),
    )
    handler, command = changes[step.pick // len(PARTIES) % len(changes)]
    return Call(handler, command)


def post(tx: WriteTx, draft: MovementDraft) -> MovementPosted:
    """Post a movement."""
    return money.post_movement(tx, draft)


def _payout_of(world: World, transfer_id: str, line: OwedLine) -> MovementDraft:
    """Return the draft of a transfer that pays a line, for the reference of its settlement."""
    movement = world.oracle.read(lambda tx: tx.money.movements.get(line.movement_id)).entity
    return payout(transfer_id, line, reference=movement.reference or REFERENCE)


def _payout_lines(world: World) -> list[LedgerLine]:
    """Return the first line of each payout."""
    lines: list[LedgerLine] = []
    for movement in all_movements(world):
        if movement.kind is MovementKind.PAYOUT_CREATED:
            lines.append(_payout_line(world, movement.id))

    return lines


def _payout_line(world: World, movement_id: str) -> LedgerLine:
    return world.oracle.read(lambda tx: tx.money.movements.joins.payout_line(movement_id, 1))

"""Reverse movements that were posted in error: one person proposes, another one approves."""

from indelible.money.commands.ledger import ApproveReversal, ProposeReversal
from indelible.money.commands.results import MovementPosted
from indelible.money.errors.ledger import (
    MovementReversed,
    ReversalNeedsSecondPerson,
    ReversalNotProposed,
)
from indelible.money.handlers.ledger import post_movement, reverse
from indelible.money.repositories.reads import reversal_proposer
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.ledger.checks import check_reversible_by_operators
from indelible.money.rules.ledger.payouts import reversal_proposed


def propose_reversal(tx: MoneyWrite, command: ProposeReversal) -> MovementPosted:
    """Note the proposal to reverse a movement, or return the note that it has.

    Raises:
        MovementNotReversible: The movement is a settlement or a note.
        MovementHasEvidence: The movement books what Stripe has reported.
        MovementReversed: The movement is reversed already.
    """
    movement = tx.money.movements.get(command.movement_id).entity
    check_reversible_by_operators(movement)
    if tx.money.movements.reversal_of(movement.id) is not None:
        raise MovementReversed(movement.id)
    return post_movement(tx, reversal_proposed(movement))


def approve_reversal(tx: MoneyWrite, command: ApproveReversal) -> MovementPosted:
    """Post the mirror of a movement that another person has proposed to reverse.

    A wrong reversal is corrected in the same way: it is a movement that can be reversed.

    Raises:
        MovementNotReversible: The movement is a settlement or a note.
        MovementHasEvidence: The movement books what Stripe has reported.
        ReversalNotProposed: Nobody has proposed to reverse the movement.
        ReversalNeedsSecondPerson: The one who has proposed the reversal may not approve it.
        OwedLinePaid: A line of the movement is paid.
        PayoutAlreadyScheduled: A transfer is to pay a line of the movement.
        BalanceNegative: The money has moved on.
    """
    movement = tx.money.movements.get(command.movement_id).entity
    check_reversible_by_operators(movement)
    proposer = reversal_proposer(tx, movement.id)
    if proposer is None:
        raise ReversalNotProposed(movement.id)
    if proposer == tx.actor:
        raise ReversalNeedsSecondPerson(movement.id, str(tx.actor))
    return reverse(tx, movement)

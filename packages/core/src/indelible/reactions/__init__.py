"""Reactions: what one context does after a change of another.

This is the only package with behavior across contexts. Handlers of a context never call another
context; a subscriber of the feed calls these functions after the commit, each change once. A
reaction of money changes charges and entries only: no contest is ever written here.
"""

from collections.abc import Iterable
from functools import partial
from typing import Final

from indelible.app import WriteTx
from indelible.contests.lifecycle import CONTEST, ENTRY
from indelible.kernel.subscribers import Subscriber
from indelible.money.lifecycle.ledger import MOVEMENT
from indelible.money.lifecycle.payments import CHARGE
from indelible.money.rules.payouts import MANUAL, PayoutPolicy
from indelible.reactions.charges import (
    UPDATE_CHARGES_STAGE,
    UpdateCharges,
    follow_contest,
    open_entry_charge,
)
from indelible.reactions.entries import follow_charge
from indelible.reactions.settlements import (
    POST_SETTLEMENT_STAGE,
    PostSettlement,
    plan_settled_payouts,
    settlement_id,
)
from indelible.reactions.table import Reaction, ReactionTable

__all__ = [
    "POST_SETTLEMENT_STAGE",
    "REACTIONS",
    "SUBSCRIBER_NAME",
    "UPDATE_CHARGES_STAGE",
    "PostSettlement",
    "Reaction",
    "ReactionTable",
    "UpdateCharges",
    "reaction_subscriber",
    "reactions",
    "settlement_id",
]

SUBSCRIBER_NAME: Final = "reactions"


def reactions(*, policy: PayoutPolicy = MANUAL) -> tuple[Reaction, ...]:
    """Return all reactions; the policy decides who approves the payouts of a settlement."""
    plan = partial(plan_settled_payouts, policy=policy)
    return (
        Reaction(lifecycle=ENTRY.name, action="enter", react=open_entry_charge),
        Reaction(lifecycle=CHARGE.name, react=follow_charge),
        Reaction(lifecycle=CONTEST.name, react=follow_contest),
        Reaction(lifecycle=MOVEMENT.name, action="settle", react=plan),
    )


REACTIONS: Final[tuple[Reaction, ...]] = reactions()


def reaction_subscriber(table: Iterable[Reaction] = REACTIONS) -> Subscriber[WriteTx]:
    """Return the subscriber that calls the reactions."""
    return Subscriber(name=SUBSCRIBER_NAME, handle=ReactionTable.of(table).handle)

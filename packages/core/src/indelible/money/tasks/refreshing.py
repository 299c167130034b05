"""Read the account of a payee at Stripe for a request; its events follow later."""

import logging
from typing import Final

from attrs import define

from indelible.kernel import Actor, IndelibleError
from indelible.kernel.history import Head
from indelible.money.commands.payouts import RefreshPayee
from indelible.money.entities.payees import Payee
from indelible.money.entities.stripe_objects import AccountObject
from indelible.money.errors.gateway import (
    GatewayObjectNotFound,
    GatewayOutage,
    GatewayParked,
    GatewayRejected,
)
from indelible.money.handlers.payees import refresh_payee
from indelible.money.ports.gateway import StripeGateway
from indelible.money.repositories.transactions import MoneyRead
from indelible.money.tasks.states import MoneyStore

UNREADABLE: Final[tuple[type[IndelibleError], ...]] = (
    GatewayObjectNotFound,
    GatewayOutage,
    GatewayParked,
    GatewayRejected,
)
REASON: Final = "account read at Stripe"

logger = logging.getLogger("indelible.money")


@define(kw_only=True)
class PayeeRefresher:
    """Applies the present state of a payee's account, so that no event has to be awaited.

    Call it after the commit that has stored the account: no transaction is open during the request.
    """

    store: MoneyStore
    gateway: StripeGateway

    def refresh(
        self, party: str, *, actor: Actor, request_id: str | None = None
    ) -> Head[Payee] | None:
        """Enable or restrict a payee as Stripe says now; None if that is not known.

        Where Stripe does not answer the payee stays as it is until the event of its account.
        """
        payee = self.store.read(_payee_of, party)
        destination = payee.entity.destination
        if destination is None:
            return None
        account = read_account(self.gateway, destination)
        if account is None:
            return None

        command = RefreshPayee(
            party=party,
            destination=destination,
            known_seq=payee.revision.seq,
            transfers_active=account.transfers_active,
        )
        return self.store.run(
            refresh_payee, command, actor=actor, reason=REASON, request_id=request_id
        )


def read_account(gateway: StripeGateway, destination: str) -> AccountObject | None:
    """Return an account as Stripe has it, None if that cannot be read."""
    try:
        account = gateway.retrieve_account(destination)
    except UNREADABLE as error:
        logger.warning("[Payout] account %s was not read: %s", destination, error.code)
        return None

    logger.info(
        "[Payout] account %s: transfers %s, payouts %s, %d requirements due",
        destination,
        "active" if account.transfers_active else "inactive",
        "enabled" if account.payouts_enabled else "disabled",
        len(account.requirements_due),
    )
    return account


def _payee_of(tx: MoneyRead, party: str) -> Head[Payee]:
    return tx.money.payees.get(party)

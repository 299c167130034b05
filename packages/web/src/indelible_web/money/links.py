"""The names and pages of money's aggregates, for the history of the console; for operators."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from flask import url_for

from indelible.app import ReadTx
from indelible.kernel import ChangeFilter
from indelible.money import ACCOUNT, CHARGE, MOVEMENT, RECONCILIATION, STRIPE_EVENT, TRANSFER
from indelible_web.console.page import EntityLink, EntityLinks, EntitySearch
from indelible_web.http.request import OPS, Caller


def _links(
    caller: Caller, ids: Collection[str], name: str, url_of: Callable[[str], str]
) -> Mapping[str, EntityLink]:
    """Map ids to their pages; only operators may open them."""
    if not caller.has_scope(OPS):
        return {}
    return {one: EntityLink(name=f"{name} {one}", url=url_of(one)) for one in ids}


def account_links(_: ReadTx, caller: Caller, ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map the ids of accounts to their pages."""
    return _links(
        caller, ids, "Account", lambda one: url_for("console.ledger_account", account_id=one)
    )


def charge_links(_: ReadTx, caller: Caller, ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map the ids of charges to their pages."""
    return _links(caller, ids, "Charge", lambda one: url_for("console.payment", charge_id=one))


def event_links(_: ReadTx, caller: Caller, ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map the ids of Stripe's events to their pages."""
    return _links(caller, ids, "Event", lambda one: url_for("console.inbox_event", event_id=one))


def movement_links(_: ReadTx, caller: Caller, ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map the ids of movements to their pages."""
    return _links(
        caller, ids, "Movement", lambda one: url_for("console.ledger_movement", movement_id=one)
    )


def transfer_links(_: ReadTx, caller: Caller, ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map the ids of transfers to their pages."""
    return _links(caller, ids, "Transfer", lambda one: url_for("console.payout", transfer_id=one))


def report_links(_: ReadTx, caller: Caller, ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map the ids of reconciliations to their pages."""
    return _links(
        caller,
        ids,
        "Reconciliation",
        lambda one: url_for("console.reconciliation_report", reconciliation_id=one),
    )


ENTITY_LINKS: Final[Mapping[str, EntityLinks]] = {
    ACCOUNT.name: account_links,
    CHARGE.name: charge_links,
    STRIPE_EVENT.name: event_links,
    MOVEMENT.name: movement_links,
    TRANSFER.name: transfer_links,
    RECONCILIATION.name: report_links,
}


def entity_links(
    tx: ReadTx, caller: Caller, entity_ids: Collection[str]
) -> Mapping[str, EntityLink]:
    """Map ids of any of money's aggregates to their pages; what is no id is left out."""
    links: dict[str, EntityLink] = {}
    for entity_id in entity_ids:
        feed = tx.history.backwards(limit=1, matching=ChangeFilter(entity_id=entity_id))
        for change in feed.changes:
            links_of = ENTITY_LINKS.get(change.lifecycle)
            if links_of is not None:
                links.update(links_of(tx, caller, (entity_id,)))

    return links


def find_by_stripe_id(tx: ReadTx, caller: Caller, text: str, limit: int) -> Sequence[EntityLink]:
    """Return the payment or the payout that has an id at Stripe, such as pi_... or tr_..."""
    charge = tx.money.charges.of_intent(text) or tx.money.charges.of_session(text)
    charge_ids = [] if charge is None else [charge.entity.id]
    refund = tx.money.refunds.of_stripe(text)
    if refund is not None:
        charge_ids.append(refund.entity.charge_id)
    transfer = tx.money.transfers.of_stripe(text)
    transfer_ids = [] if transfer is None else [transfer.entity.id]

    links = [
        *charge_links(tx, caller, charge_ids).values(),
        *transfer_links(tx, caller, transfer_ids).values(),
    ]
    return links[:limit]


STRIPE_SEARCH: Final = EntitySearch(label="Ids at Stripe", find=find_by_stripe_id, scopes=(OPS,))

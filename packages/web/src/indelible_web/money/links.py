"""The names and pages of money's aggregates, for the history of the console; for operators."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from flask import url_for

from indelible.app import ReadTx
from indelible.money import CHARGE, MOVEMENT, RECONCILIATION, STRIPE_EVENT, TRANSFER
from indelible_web.console.page import EntityLink, EntityLinks
from indelible_web.http.request import ADMIN, Caller


def _links(
    caller: Caller, ids: Collection[str], name: str, url_of: Callable[[str], str]
) -> Mapping[str, EntityLink]:
    """Map ids to their pages; only operators may open them."""
    if ADMIN not in caller.scopes:
        return {}
    return {one: EntityLink(name=f"{name} {one}", url=url_of(one)) for one in ids}


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
    CHARGE.name: charge_links,
    STRIPE_EVENT.name: event_links,
    MOVEMENT.name: movement_links,
    TRANSFER.name: transfer_links,
    RECONCILIATION.name: report_links,
}

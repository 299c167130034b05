"""Losses of a restored database: entries, contests, transfers, and payments without a charge."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import define, field

from indelible.money.entities.ids import charge_id
from indelible.money.rules.charges import CHARGE_METADATA
from indelible.money.rules.payouts import TRANSFER_METADATA
from indelible.money.tasks.balances import FEES_WITHIN
from indelible_service.simulation.changes import ReadChange
from indelible_service.simulation.stripe import SimulatedStripe
from indelible_sql import SqlStore
from indelible_stripe.simulator.state import Kind

TOP_UP: Final = "topup"
SUCCEEDED: Final = "succeeded"
Json = Mapping[str, Any]


@define(eq=False)
class Losses:
    """The entities whose births a restore has lost, and what Stripe has of them.

    A payment is lost if the entry that it is for is: no charge will ever ask for it. A transfer is
    lost until the store has it again, because its contest was settled again: the same id with the
    same amount.
    """

    restores: int = 0
    changes: int = 0
    entries: list[str] = field(factory=list[str])  # by the names of the plan
    contests: list[str] = field(factory=list[str])
    _charges: set[str] = field(factory=set[str])  # our ids
    _transfers: set[str] = field(factory=set[str])  # Stripe's ids
    _earlier: set[str] = field(factory=set[str])  # Stripe's transfers before the last restore

    def add(
        self,
        lost: list[ReadChange],
        *,
        contest_ids: Mapping[str, str],
        entry_ids: Mapping[str, str],
        stripe: SimulatedStripe,
    ) -> None:
        """Note what a restore has lost."""
        self.restores += 1
        self.changes += len(lost)
        births = {change.key for change in lost if not change.prev_hash}
        for lifecycle, entity_id in births:
            if lifecycle == "entry":
                self._charges.add(charge_id(entity_id))
        for transfer in stripe.objects("transfer"):
            self._earlier.add(transfer["id"])
            if ("transfer", transfer["metadata"].get(TRANSFER_METADATA)) in births:
                self._transfers.add(transfer["id"])
        for name, contest_id in contest_ids.items():
            if ("contest", contest_id) in births:
                self.contests.append(name)
        for name, entry_id in entry_ids.items():
            if ("entry", entry_id) in births:
                self.entries.append(name)

    def find_again(self, store: SqlStore, stripe: SimulatedStripe) -> None:
        """Forget the transfers that the store has again."""
        for transfer in list(self.transfers(stripe)):
            if store.read(_is_stored, transfer):
                self._transfers.discard(transfer["id"])

    def is_lost(self, own_charge_id: str) -> bool:
        """Return True for the charge of a lost entry."""
        return own_charge_id in self._charges

    def payments(self, stripe: SimulatedStripe) -> Iterator[Json]:
        """Yield Stripe's succeeded charges of lost entries."""
        if not self._charges:
            return
        intents = {intent["id"]: intent for intent in stripe.objects("payment_intent")}
        for charge in stripe.objects("charge"):
            own_id = intents[charge["payment_intent"]]["metadata"][CHARGE_METADATA]
            if charge["status"] == SUCCEEDED and own_id in self._charges:
                yield charge

    def transfers(self, stripe: SimulatedStripe) -> Iterator[Json]:
        """Yield Stripe's transfers that are lost, also those that were reversed."""
        if not self._transfers:
            return
        for transfer in stripe.objects("transfer"):
            if transfer["id"] in self._transfers:
                yield transfer

    def later_transfers(self, stripe: SimulatedStripe) -> Iterator[Json]:
        """Yield Stripe's transfers that were made after the last restore, if there was one."""
        if not self.restores:
            return
        for transfer in stripe.objects("transfer"):
            if transfer["id"] not in self._earlier:
                yield transfer

    def transactions(self, stripe: SimulatedStripe) -> Iterator[Json]:
        """Yield the changes of Stripe's balance by lost payments and transfers.

        What gives them back or replaces them belongs to them.
        """
        charges = {charge["id"] for charge in self.payments(stripe)}
        sources = charges | {transfer["id"] for transfer in self.transfers(stripe)}
        if not sources:
            return
        for kind in ("refund", "dispute"):
            for one in stripe.objects(kind):
                if one["charge"] in charges:
                    sources.add(one["id"])
        for transaction in stripe.objects("balance_transaction"):
            if transaction["source"] in sources or transaction["type"] == TOP_UP:
                yield transaction

    def unexplained_minor(self, stripe: SimulatedStripe) -> int:
        """Return by how much Stripe's balance differs from the books because of losses."""
        return sum(int(one["net"]) for one in self.transactions(stripe))

    def difference_minor(self, stripe: SimulatedStripe, now: datetime) -> int:
        """Return by how much rule R2 finds that Stripe's balance differs from the books."""
        total = 0
        for one in self.transactions(stripe):
            is_young = now - datetime.fromtimestamp(one["created"], UTC) <= FEES_WITHIN
            is_late_fee = one["type"] == "charge" and is_young
            total += int(one["net"]) + int(one["fee"]) * is_late_fee
        return total

    def collected_minor(self, stripe: SimulatedStripe, day: str) -> int:
        """Return the sum of the lost payments of a day, such as 2027-04-05."""
        total = 0
        for charge in self.payments(stripe):
            if datetime.fromtimestamp(charge["created"], UTC).date().isoformat() == day:
                total += int(charge["amount"])
        return total

    def is_about_lost(self, event_id: str, stripe: SimulatedStripe) -> bool:
        """Return True for an event of Stripe about a lost payment or a lost transfer."""
        event = stripe.engine.state.objects[Kind.EVENT][event_id]
        about = event["data"]["object"]
        if about["object"] == "transfer":
            return about["id"] in self._transfers
        if not self._charges:
            return False
        ids = {about.get("id"), about.get("charge"), about.get("payment_intent")}
        for intent in stripe.objects("payment_intent"):
            is_meant = intent["id"] in ids or intent["latest_charge"] in ids
            if is_meant and intent["metadata"].get(CHARGE_METADATA) in self._charges:
                return True
        return False


def _is_stored(tx: Any, transfer: Json) -> bool:  # noqa: ANN401 - of the store
    """Return True if the store has one of Stripe's transfers, or will adopt it."""
    heads = tx.money.transfers.find({"id": transfer["metadata"][TRANSFER_METADATA]}, limit=1)
    return bool(heads) and bool(heads[0].entity.amount_minor == transfer["amount"])

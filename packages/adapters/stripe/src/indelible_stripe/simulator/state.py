"""The objects of a simulated account, and the events about them."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from enum import StrEnum
from typing import Any, Final

import stripe
from attrs import define, field, frozen

from indelible_stripe.simulator.answers import JsonObject, missing
from indelible_stripe.simulator.chance import Chance
from indelible_stripe.simulator.clock import SimulatorClock

ID_LENGTH: Final = 24


class Kind(StrEnum):
    """The kinds of objects, named as in `object`."""

    ACCOUNT = "account"
    BALANCE_TRANSACTION = "balance_transaction"
    CHARGE = "charge"
    DISPUTE = "dispute"
    EVENT = "event"
    INTENT = "payment_intent"
    REFUND = "refund"
    REVERSAL = "transfer_reversal"
    SESSION = "checkout.session"
    TRANSFER = "transfer"


@frozen(kw_only=True)
class AccountSettings:
    """The settings of the simulated platform account; amounts are minor units."""

    account_id: str = "acct_1SimulatedPlatform"
    api_key: str | None = None  # None accepts every secret key
    livemode: bool = False
    fee_per_mille: int = 29
    fee_fixed_minor: int = 30
    dispute_fee_minor: int = 1_500
    available_after_seconds: int = 0
    refund_status: str = "succeeded"  # of a new refund, or "pending"
    api_version: str = str(stripe.api_version)


@define
class State:
    """All objects by kind and id, oldest first; one request at a time may change them."""

    settings: AccountSettings
    clock: SimulatorClock
    chance: Chance
    publish: Callable[[JsonObject], None]
    base_url: str = ""
    objects: dict[Kind, dict[str, JsonObject]] = field(init=False)
    totals_minor: dict[str, int] = field(factory=dict[str, int], init=False)
    pending: list[JsonObject] = field(factory=list[JsonObject], init=False)
    account_balances: dict[tuple[str, str], int] = field(
        factory=dict[tuple[str, str], int], init=False
    )
    open_sessions: dict[str, JsonObject] = field(factory=dict[str, JsonObject], init=False)
    line_items: dict[str, list[JsonObject]] = field(
        factory=dict[str, list[JsonObject]], init=False
    )  # by the id of their session
    authorizations: dict[str, int] = field(
        factory=dict[str, int], init=False
    )  # the time at which an uncaptured intent is canceled
    platform: JsonObject = field(factory=dict[str, Any], init=False)  # our own account
    # The idempotency key or path of the current request: ids derive from it, not from an order.
    subject: str = field(default="", init=False)
    request_id: str | None = field(default=None, init=False)
    idempotency_key: str | None = field(default=None, init=False)
    _ids: dict[tuple[str, str], int] = field(factory=dict[tuple[str, str], int], init=False)

    def __attrs_post_init__(self) -> None:
        self.objects = {kind: {} for kind in Kind}

    def begin(self, subject: str, *, request_id: str | None, key: str | None) -> None:
        """Name the request to which the next ids and events belong."""
        self.subject = subject
        self.request_id = request_id
        self.idempotency_key = key

    def new_id(self, prefix: str, length: int = ID_LENGTH) -> str:
        """Return an id that depends on the seed, the current subject and the ids before it."""
        key = (prefix, self.subject)
        number = self._ids.get(key, 0) + 1
        self._ids[key] = number
        return f"{prefix}_{self.chance.token(length, prefix, self.subject, number)}"

    def add(self, kind: Kind, value: JsonObject) -> JsonObject:
        """Store a new object."""
        self.objects[kind][value["id"]] = value
        return value

    def get(self, kind: Kind, object_id: object, param: str = "id") -> JsonObject:
        """Return an object.

        Raises:
            ApiError: There is none with this id.
        """
        value = self.objects[kind].get(str(object_id))
        if value is None:
            raise missing(kind.value, object_id, param)
        return value

    def copy_of(self, object_id: str) -> JsonObject:
        """Return a copy of the object with this id, of whatever kind it is.

        Raises:
            ApiError: There is none.
        """
        for values in self.objects.values():
            if object_id in values:
                return deepcopy(values[object_id])
        raise missing("object", object_id)

    def newest_first(self, kind: Kind) -> Iterator[JsonObject]:
        """Yield the objects of a kind, newest first."""
        yield from reversed(self.objects[kind].values())

    def emit(
        self,
        event_type: str,
        value: JsonObject,
        *,
        previous: JsonObject | None = None,
        account: str | None = None,
    ) -> JsonObject:
        """Store an event about an object, as it is now, and publish it."""
        data: JsonObject = {"object": deepcopy(value)}
        if previous is not None:
            data["previous_attributes"] = previous
        event: JsonObject = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": self.settings.api_version,
            "created": self.clock.seconds(),
            "data": data,
            "livemode": self.settings.livemode,
            "pending_webhooks": 1,
            "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
            "type": event_type,
        }
        if account is not None:
            event["account"] = account
        self.add(Kind.EVENT, event)
        self.publish(event)
        return event

# ruff: noqa: ARG002 - the methods of payouts refuse whatever they are given
"""A Stripe in memory for tests: it keeps objects and idempotency keys, and fails as it is told."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NoReturn, TypeVar

from attrs import define, evolve, field

from indelible.money.entities.stripe_objects import (
    AccountLink,
    AccountObject,
    BalanceAmount,
    BalanceTransaction,
    ChargeObject,
    DisputeObject,
    EventObject,
    Intent,
    RefundObject,
    ReversalObject,
    Session,
    TransferObject,
)
from indelible.money.errors.gateway import (
    GatewayObjectNotFound,
    GatewayRejected,
    IdempotencyMismatch,
)
from indelible.testing.stores import BEGINNING

T = TypeVar("T")
CREATED = datetime(2026, 6, 1, 12, tzinfo=UTC)
MOVED_AT = BEGINNING  # money has moved, whatever a test's clock shows
FEE_MINOR = 103


@define
class Failures:
    """Errors that the next requests of a method raise, before or after their effect."""

    before: dict[str, list[Exception]] = field(factory=dict[str, list[Exception]])
    after: dict[str, list[Exception]] = field(factory=dict[str, list[Exception]])


@define
class ScriptedGateway:
    """A Stripe in memory: the same key gives the same answer, other parameters are refused."""

    intents: dict[str, Intent] = field(factory=dict[str, Intent])
    sessions: dict[str, Session] = field(factory=dict[str, Session])
    refunds: dict[str, RefundObject] = field(factory=dict[str, RefundObject])
    disputes: dict[str, DisputeObject] = field(factory=dict[str, DisputeObject])
    reversals: dict[str, ReversalObject] = field(factory=dict[str, ReversalObject])
    accounts: dict[str, AccountObject] = field(factory=dict[str, AccountObject])
    failures: Failures = field(factory=Failures)
    calls: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
    keys: dict[str, tuple[object, object]] = field(factory=dict[str, tuple[object, object]])
    refund_status: str = "succeeded"

    def count(self, method: str) -> int:
        """Return how often a method was called."""
        return sum(name == method for name, _ in self.calls)

    def forget_keys(self) -> None:
        """Forget all idempotency keys, as Stripe may after 24 hours."""
        self.keys.clear()

    def pay(self, intent_id: str, *, amount_minor: int | None = None, currency: str = "") -> Intent:
        """Let the payer pay an intent, by default with its own amount and currency."""
        intent = self.intents[intent_id]
        paid = evolve(
            intent,
            status="succeeded",
            amount_received_minor=intent.amount_minor if amount_minor is None else amount_minor,
            currency=currency or intent.currency,
            charge_id=f"ch_{intent_id}",
        )
        self.intents[intent_id] = paid
        return paid

    # payments
    def create_payment_intent(
        self,
        *,
        amount_minor: int,
        currency: str,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> Intent:
        """Create an intent once for each key."""
        parameters = (amount_minor, currency, dict(metadata))
        self._begin("create_payment_intent", idempotency_key)
        stored = self._stored(idempotency_key, parameters)
        if stored is None:
            number = len(self.intents) + 1
            stored = Intent(
                id=f"pi_{number}",
                status="requires_payment_method",
                amount_minor=amount_minor,
                amount_received_minor=0,
                currency=currency,
                created=CREATED,
                livemode=False,
                client_secret=f"pi_{number}_secret_canary",
                metadata=dict(metadata),
            )
            self.keys[idempotency_key] = (parameters, stored)
            self.intents[stored.id] = stored
        self._end("create_payment_intent")
        assert isinstance(stored, Intent)
        return stored

    def retrieve_payment_intent(self, intent_id: str) -> Intent:
        """Return an intent."""
        self._begin("retrieve_payment_intent", intent_id)
        return self._known(self.intents, intent_id)

    def cancel_payment_intent(self, intent_id: str, *, idempotency_key: str) -> Intent:
        """Cancel an intent unless it is paid or processed."""
        self._begin("cancel_payment_intent", idempotency_key)
        intent = self._known(self.intents, intent_id)
        if intent.status in ("succeeded", "processing"):
            raise GatewayRejected("payment_intent_unexpected_state", f"it is {intent.status}")
        self.intents[intent_id] = evolve(intent, status="canceled")
        self._end("cancel_payment_intent")
        return self.intents[intent_id]

    def list_payment_intents(self, *, since: datetime, until: datetime) -> Iterator[Intent]:
        """Yield the intents of a time."""
        for intent in self.intents.values():
            if since <= intent.created <= until:
                yield intent

    def create_checkout_session(
        self,
        *,
        amount_minor: int,
        currency: str,
        description: str,
        success_url: str,
        cancel_url: str,
        expires_at: datetime | None,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> Session:
        """Create a session once for each key; its intent is created when the payer pays."""
        parameters = (amount_minor, currency, description, success_url, cancel_url, expires_at)
        self._begin("create_checkout_session", idempotency_key)
        stored = self._stored(idempotency_key, parameters)
        if stored is None:
            number = len(self.sessions) + 1
            stored = Session(
                id=f"cs_{number}",
                url=f"https://checkout.example/{number}",
                status="open",
                payment_intent=None,
                expires_at=CREATED,
                metadata=dict(metadata),
            )
            self.keys[idempotency_key] = (parameters, stored)
            self.sessions[stored.id] = stored
        self._end("create_checkout_session")
        assert isinstance(stored, Session)
        return stored

    def retrieve_checkout_session(self, session_id: str) -> Session:
        """Return a session."""
        self._begin("retrieve_checkout_session", session_id)
        return self._known(self.sessions, session_id)

    def expire_checkout_session(self, session_id: str, *, idempotency_key: str) -> Session:
        """Expire an open session."""
        self._begin("expire_checkout_session", idempotency_key)
        session = self._known(self.sessions, session_id)
        if session.status != "open":
            raise GatewayRejected("resource_missing", f"the session is {session.status}")
        self.sessions[session_id] = evolve(session, status="expired")
        return self.sessions[session_id]

    def retrieve_charge(self, charge_id: str) -> ChargeObject:
        """Return the charge of a paid intent."""
        self._begin("retrieve_charge", charge_id)
        intent = self._known(self.intents, charge_id.removeprefix("ch_"))
        return ChargeObject(
            id=charge_id,
            status="succeeded",
            payment_intent=intent.id,
            amount_minor=intent.amount_received_minor,
            amount_refunded_minor=0,
            currency=intent.currency,
            created=CREATED,
            disputed=False,
            balance_transaction=f"txn_{intent.id}",
        )

    def list_charges(self, *, since: datetime, until: datetime) -> Iterator[ChargeObject]:
        """Yield the charges of a time."""
        for intent in self.list_payment_intents(since=since, until=until):
            if intent.charge_id is not None:
                yield self.retrieve_charge(intent.charge_id)

    def create_refund(
        self,
        *,
        intent_id: str,
        amount_minor: int,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> RefundObject:
        """Refund an intent once for each key, up to what was received."""
        parameters = (intent_id, amount_minor, dict(metadata))
        self._begin("create_refund", idempotency_key)
        stored = self._stored(idempotency_key, parameters)
        if stored is None:
            intent = self._known(self.intents, intent_id)
            refunded = sum(one.amount_minor for one in self.list_refunds(intent_id))
            if refunded + amount_minor > intent.amount_received_minor:
                raise GatewayRejected("charge_already_refunded", "nothing is left")
            stored = RefundObject(
                id=f"re_{len(self.refunds) + 1}",
                status=self.refund_status,
                payment_intent=intent_id,
                charge=intent.charge_id,
                amount_minor=amount_minor,
                currency=intent.currency,
                created=MOVED_AT,
                metadata=dict(metadata),
            )
            self.keys[idempotency_key] = (parameters, stored)
            self.refunds[stored.id] = stored
        self._end("create_refund")
        assert isinstance(stored, RefundObject)
        return stored

    def retrieve_refund(self, refund_id: str) -> RefundObject:
        """Return a refund."""
        return self._known(self.refunds, refund_id)

    def list_refunds(self, intent_id: str) -> Iterator[RefundObject]:
        """Yield the refunds of an intent that Stripe counts."""
        self._begin("list_refunds", intent_id)
        for refund in self.refunds.values():
            if refund.payment_intent == intent_id:
                yield refund

    def retrieve_dispute(self, dispute_id: str) -> DisputeObject:
        """Return a dispute."""
        self._begin("retrieve_dispute", dispute_id)
        return self._known(self.disputes, dispute_id)

    def retrieve_balance_transaction(self, transaction_id: str) -> BalanceTransaction:
        """Return the balance transaction of a payment."""
        self._begin("retrieve_balance_transaction", transaction_id)
        intent = self._known(self.intents, transaction_id.removeprefix("txn_"))
        amount_minor = intent.amount_received_minor
        return BalanceTransaction(
            id=transaction_id,
            type="charge",
            amount_minor=amount_minor,
            fee_minor=FEE_MINOR,
            net_minor=amount_minor - FEE_MINOR,
            currency=intent.currency,
            created=MOVED_AT,
            source=intent.charge_id,
        )

    def list_reversals(self, transfer_id: str) -> Iterator[ReversalObject]:
        """Yield the reversals of a transfer."""
        for reversal in self.reversals.values():
            if reversal.transfer == transfer_id:
                yield reversal

    # Payouts have a gateway of their own in the tests.
    def create_transfer(
        self,
        *,
        amount_minor: int,
        currency: str,
        destination: str,
        transfer_group: str,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> TransferObject:
        """Refuse: no test of payments transfers money."""
        self._refuse("create_transfer")

    def retrieve_transfer(self, transfer_id: str) -> TransferObject:
        """Refuse: no test of payments transfers money."""
        self._refuse(transfer_id)

    def list_transfers(self, transfer_group: str) -> Iterator[TransferObject]:
        """Refuse: no test of payments transfers money."""
        self._refuse(transfer_group)

    def create_reversal(
        self,
        *,
        transfer_id: str,
        amount_minor: int,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> ReversalObject:
        """Refuse: no test of payments transfers money."""
        self._refuse("create_reversal")

    def create_account(
        self, *, party: str, email: str | None, country: str, idempotency_key: str
    ) -> AccountObject:
        """Create an account once for each key; its payee has to be onboarded."""
        self._begin("create_account", idempotency_key)
        stored = self._stored(idempotency_key, (party, email, country))
        if stored is None:
            earlier = sum(
                account.metadata.get("party") == party for account in self.accounts.values()
            )
            stored = AccountObject(
                id=f"acct_{party}_{earlier + 1}" if earlier else f"acct_{party}",
                transfers_active=False,
                payouts_enabled=False,
                requirements_due=("external_account",),
                metadata={"party": party},
            )
            self.keys[idempotency_key] = ((party, email, country), stored)
            self.accounts[stored.id] = stored
        self._end("create_account")
        assert isinstance(stored, AccountObject)
        return stored

    def retrieve_account(self, account_id: str) -> AccountObject:
        """Return an account."""
        self._begin("retrieve_account", account_id)
        return self._known(self.accounts, account_id)

    def create_account_link(
        self, *, account_id: str, refresh_url: str, return_url: str
    ) -> AccountLink:
        """Return the address of the onboarding pages."""
        self._begin("create_account_link", account_id)
        number = self.count("create_account_link")
        url = f"https://connect.example/{number}/{account_id}"
        return AccountLink(url=url, expires_at=CREATED)

    def retrieve_balance(self) -> tuple[BalanceAmount, ...]:
        """Refuse: no test of payments reads the balance."""
        self._refuse("retrieve_balance")

    def list_balance_transactions(
        self, *, since: datetime, until: datetime | None = None
    ) -> Iterator[BalanceTransaction]:
        """Refuse: no test of payments reads the balance."""
        self._refuse("list_balance_transactions")

    def list_events(self, *, since: datetime, types: Sequence[str] = ()) -> Iterator[EventObject]:
        """Refuse: events arrive by webhooks in these tests."""
        self._refuse("list_events")

    def retrieve_event(self, event_id: str) -> EventObject:
        """Refuse: events arrive by webhooks in these tests."""
        self._refuse(event_id)

    def _begin(self, method: str, key: str) -> None:
        self.calls.append((method, key))
        waiting = self.failures.before.get(method, [])
        if waiting:
            raise waiting.pop(0)

    def _end(self, method: str) -> None:
        waiting = self.failures.after.get(method, [])
        if waiting:
            raise waiting.pop(0)

    def _stored(self, key: str, parameters: object) -> object | None:
        if key not in self.keys:
            return None
        expected, answer = self.keys[key]
        if expected != parameters:
            raise IdempotencyMismatch(key)
        return answer

    def _known(self, objects: Mapping[str, T], object_id: str) -> T:
        if object_id not in objects:
            raise GatewayObjectNotFound(object_id)
        return objects[object_id]

    def _refuse(self, method: str) -> NoReturn:
        raise AssertionError(f"{method} is not part of payments")

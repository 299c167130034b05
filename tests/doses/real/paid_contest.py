"""A contest whose entries are made and paid through the API of a running instance."""

import json
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
from attrs import define, field
from tests.doses.real.canaries import Canaries

from indelible.app import ReadTx
from indelible.contests.entities.entries import Entry
from indelible.contests.entities.records import SettlementLine
from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, create_key
from indelible_service.database import open_configured_store
from indelible_service.demos.contests import ContestDemo, invented_tournament
from indelible_service.demos.provider import provider_stub
from indelible_service.demos.running import only_demonstration
from indelible_service.demos.stripe import WEBHOOK_PATH, demo_stripe
from indelible_service.instance.data_directory import data_directory
from indelible_service.settings.service import Settings
from indelible_stripe.simulator.webhooks import sign

ENTRIES: Final = 50
SHARED_BY: Final = 2  # users with the same players, who tie
ROSTER_SIZE: Final = 4
REQUEST_SECONDS: Final = 60.0
SCOPES: Final = ("contests:read", "contests:write", "payments:read", "payments:write")
REASON: Final = "check on real data"
PAGE: Final = "http://127.0.0.1/paid"
INTENTS: Final = "/v1/payments/create-intent"
OK: Final = 200
CREATED: Final = 201
REFUSED: Final = 400
UNAUTHORIZED: Final = 401
UNPROCESSABLE: Final = 422


class WrongAnswer(Exception):
    """The API has answered something else than expected."""


@define(kw_only=True)
class PaidContest(ContestDemo):
    """A contest with 50 users who enter and pay over HTTP, half of them through Checkout."""

    api: httpx.Client
    canaries: Canaries
    keys: dict[str, str] = field(factory=dict[str, str])

    @property
    def users(self) -> list[str]:
        """Return the ids of the users."""
        return [f"player-{number:02}" for number in range(ENTRIES)]

    def configuration(self, lock: datetime) -> Mapping[str, Any]:
        """Return the configuration of the demo for more entries."""
        return {**super().configuration(lock), "max_entries": ENTRIES}

    def enter(self) -> Sequence[Entry]:
        """Enter each user over HTTP; always two have the same players."""
        ids = [golfer.player_id for golfer in self.tournament.golfers]
        entries: list[Entry] = []
        for number, user in enumerate(self.users):
            start = number // SHARED_BY * ROSTER_SIZE
            body = {"player_ids": ids[start : start + ROSTER_SIZE]}
            path = f"/v1/contests/{self.contest.id}/entries"
            entered = self.post(user, path, body, CREATED)
            entries.append(self.store.read(entry_of, entered["id"]))

        return entries

    def pay(self) -> None:
        """Pay each entry by an intent or by Checkout, after requests that are refused."""
        self.plant()
        for number, entry in enumerate(self.entries):
            self.wait_for("the charge of an entry", partial(self.has_charge, entry))
            if number % SHARED_BY:
                self.pay_by_checkout(entry)
            else:
                self.pay_by_intent(entry)
        self.wait_for("active entries", self.is_paid)

    def pay_by_intent(self, entry: Entry) -> None:
        intent = self.post(entry.user_id, INTENTS, {"item": entry.id}, OK)
        self.canaries.keep_client_secret(intent["client_secret"])
        self.stripe.control(f"intents/{intent['intent_id']}/pay", {})

    def pay_by_checkout(self, entry: Entry) -> None:
        body = {"item": entry.id, "success_url": PAGE, "cancel_url": PAGE}
        session = self.post(entry.user_id, "/v1/payments/checkout", body, OK)
        self.stripe.control(f"sessions/{session['session_id']}/pay", {})

    def settlement_lines(self) -> Sequence[SettlementLine]:
        """Return the lines of the settlement."""
        completed = self.store.read(lambda tx: tx.contests.runs.completed(self.contest.id))
        assert completed is not None
        run_id = completed.entity.id
        return self.store.read(
            lambda tx: tx.contests.runs.joins.lines(run_id, after=0, limit=ENTRIES)
        )

    # Canaries

    def plant(self) -> None:
        """Send secrets in all the ways in which clients and Stripe send them by mistake."""
        item = self.entries[0].id
        user = self.entries[0].user_id
        for card in self.canaries.cards:
            self.post(user, INTENTS, {"item": item, "card": {"number": card}}, UNPROCESSABLE)
        for e_mail in self.canaries.e_mails[:2]:
            self.post(user, INTENTS, {"item": item, "receipt_email": e_mail}, UNPROCESSABLE)
        for key in self.canaries.foreign_keys:
            self.post(user, INTENTS, {"item": item, key: key}, UNPROCESSABLE)
            self.expect(INTENTS, UNAUTHORIZED, headers={"Authorization": f"Bearer {key}"})
            self.expect(
                f"{INTENTS}?key={key}", UNAUTHORIZED, headers={"Authorization": f"Basic {key}"}
            )
        self.plant_in_webhooks()

    def plant_in_webhooks(self) -> None:
        """Send webhooks with secrets: unsigned ones, and events that Stripe has signed."""
        secret = self.canaries.webhook_secrets[1]
        for text in (*self.canaries.cards, *self.canaries.e_mails, *self.canaries.foreign_keys):
            body = event_body("evt_unsigned", "payment_intent.succeeded", text)
            header = {"Stripe-Signature": sign(body, (text,), int(time.time()))}
            self.expect(WEBHOOK_PATH, REFUSED, content=body, headers=header)
        for number, e_mail in enumerate(self.canaries.e_mails[2:]):
            # One type that is ignored, and one of an intent that no charge has.
            event_type = ("customer.created", "payment_intent.processing")[number % 2]
            body = event_body(f"evt_real{number}", event_type, e_mail)
            header = {"Stripe-Signature": sign(body, (secret,), int(time.time()))}
            self.expect(WEBHOOK_PATH, OK, content=body, headers=header)
            self.canaries.sent_by_stripe.add(e_mail)

    # Requests

    def post(self, user: str, path: str, body: Mapping[str, Any], status: int) -> dict[str, Any]:
        """Send a request of a user that has an answer of this status."""
        headers = {
            "Authorization": f"Bearer {self.key_of(user)}",
            "Idempotency-Key": f"{user}:{path}:{len(self.keys)}:{time.monotonic_ns()}",
        }
        response = self.api.post(path, json={"reason": REASON, **body}, headers=headers)
        if response.status_code != status:
            raise WrongAnswer(f"{path} answered {response.status_code}: {response.text}")
        document: dict[str, Any] = response.json()
        return document

    def expect(self, path: str, status: int, **options: Any) -> None:  # noqa: ANN401 - of httpx
        """Send a request without a user that has an answer of this status."""
        response = self.api.post(path, **options)
        if response.status_code != status:
            raise WrongAnswer(f"{path} answered {response.status_code}: {response.text}")

    def key_of(self, user: str) -> str:
        """Return the API key of a user, which is created first."""
        if user not in self.keys:
            command = CreateKey(owner=Actor.user(user), scopes=SCOPES)
            created = self.store.run(
                create_key, command, actor=Actor.user("admin"), reason=f"key for {user}"
            )
            self.keys[user] = created.text
        return self.keys[user]


def entry_of(tx: ReadTx, entry_id: str) -> Entry:
    """Return an entry."""
    return tx.contests.entries.get(entry_id).entity


def event_body(event_id: str, event_type: str, text: str) -> bytes:
    """Return the bytes of an event with a text where Stripe sends the payer's."""
    intent: dict[str, Any] = {
        "id": "pi_foreign",
        "object": "payment_intent",
        "amount": 100,
        "amount_received": 0,
        "created": int(time.time()),
        "currency": "usd",
        "livemode": False,
        "metadata": {},
        "receipt_email": text,
        "status": "processing",
    }
    document: dict[str, Any] = {
        "id": event_id,
        "object": "event",
        "type": event_type,
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": intent},
    }
    return json.dumps(document).encode()


@contextmanager
def paid_contest(
    settings: Settings, competitors: Path, canaries: Canaries
) -> Generator[PaidContest]:
    """Return the contest of the running instance, with its provider and its Stripe."""
    with (
        only_demonstration(data_directory(settings), "real data") as running,
        open_configured_store(settings, needs_key_secret=True) as store,
        demo_stripe(settings, store) as stripe,
        provider_stub() as stub,
        httpx.Client(base_url=settings.address, timeout=REQUEST_SECONDS) as api,
    ):
        running.publish_provider(stub.port)
        contest = PaidContest(
            store=store,
            stub=stub,
            stripe=stripe,
            tournament=invented_tournament(competitors),
            api=api,
            canaries=canaries,
        )
        stripe.enroll(contest.users)
        yield contest

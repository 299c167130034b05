"""Signed webhooks: duplicated, reordered, delayed and lost by seed, and retried for three days."""

import heapq
import hmac
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from attrs import define, field, frozen

from indelible_stripe.simulator.answers import JsonObject
from indelible_stripe.simulator.chance import Chance
from indelible_stripe.simulator.clock import SimulatorClock
from indelible_stripe.simulator.fields import Fields
from indelible_stripe.simulator.parameter_types import schema_of_parameters

EVERY_EVENT: Final = "*"
TIMEOUT_SECONDS: Final = 10
SUCCESS: Final = range(200, 300)
BACKOFF_SECONDS: Final = (5, 60, 300, 1_800, 3_600, 7_200, 14_400, 28_800)
GIVE_UP_SECONDS: Final = 3 * 24 * 60 * 60
NO_ANSWER: Final = 0
POLL_SECONDS: Final = 0.005
SCHEMES: Final = ("http", "https")
Post = Callable[[str, bytes, Mapping[str, str]], int]
GRAPHIC: Final = re.compile(r"[!-~]+")
ENDPOINT: Final = (
    "an http or https URL with a host, without user and fragment, and with a port from 1 to 65535"
    " or without one"
)


class SignatureClock(StrEnum):
    """The clock of the `t` in signatures."""

    MACHINE = "machine"
    SIMULATOR = "simulator"


@frozen(kw_only=True)
class WebhookSettings:
    """The endpoint and its faults; the rates are shares of the deliveries.

    Signatures are made with every secret, as during a rotation.
    """

    url: str | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    event_types: tuple[str, ...] = ()  # none means all
    duplicate: float = 0.0
    reorder: float = 0.0
    delay: float = 0.0
    lose: float = 0.0
    max_delay_seconds: int = 60
    signed_by: SignatureClock = SignatureClock.MACHINE

    @classmethod
    def read(cls, fields: Fields) -> "WebhookSettings":
        """Return the settings that a story describes."""
        settings = cls(
            url=fields.optional_text("url"),
            secrets=fields.texts("secrets"),
            event_types=fields.texts("event_types"),
            duplicate=fields.fraction("duplicate"),
            reorder=fields.fraction("reorder"),
            delay=fields.fraction("delay"),
            lose=fields.fraction("lose"),
            max_delay_seconds=fields.whole("max_delay_seconds", 60),
            signed_by=fields.choice("signed_by", SignatureClock, SignatureClock.MACHINE),
        )
        fields.finish()
        for name in settings.event_types:
            if name not in known_event_types():
                raise fields.wrong("event_types", "names of Stripe's events, or * for all")
        if settings.url is not None:
            if not is_endpoint(settings.url):
                raise fields.wrong("url", ENDPOINT)
            if not settings.secrets:
                raise fields.wrong("secrets", "one or two secrets")
        return settings

    def wants(self, event_type: str) -> bool:
        """Return whether the endpoint gets events of a type."""
        types = self.event_types
        return not types or EVERY_EVENT in types or event_type in types


@cache
def known_event_types() -> frozenset[str]:
    """Return the names of events to which an endpoint can subscribe, by Stripe's library."""
    events = schema_of_parameters("WebhookEndpointCreateParams")["properties"]["enabled_events"]
    return frozenset(events["items"]["enum"])


def is_endpoint(url: str) -> bool:
    """Return True for the address of an endpoint to which webhooks can be sent."""
    if not GRAPHIC.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
        host.encode("idna")  # refuses empty and long labels, as the connection would
    except ValueError:
        return False
    is_whole = parts.username is None and parts.fragment == ""  # neither would be sent
    return parts.scheme in SCHEMES and host != "" and port != 0 and is_whole


@define(order=True)
class Delivery:
    """One copy of an event on its way to the endpoint; ordered by the time it is due."""

    due: float
    number: int
    event: JsonObject = field(order=False, repr=False)
    first_due: float = field(order=False)
    attempts: list[int] = field(order=False, factory=list[int])


def sign(payload: bytes, secrets: tuple[str, ...], timestamp: int) -> str:
    """Return the value of Stripe-Signature, with a v1 for every secret."""
    parts = [f"t={timestamp}"]
    for secret in secrets:
        message = f"{timestamp}.".encode() + payload
        parts.append(f"v1={hmac.digest(secret.encode(), message, 'sha256').hex()}")
    return ",".join(parts)


def post_over_http(url: str, payload: bytes, headers: Mapping[str, str]) -> int:
    """Send a POST, and return the status, or NO_ANSWER."""
    parts = urlsplit(url)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    with suppress(OSError, HTTPException):
        try:
            target = parts._replace(scheme="", netloc="", path=parts.path or "/").geturl()
            connection.request("POST", target, body=payload, headers=headers)
            return connection.getresponse().status
        finally:
            connection.close()
    return NO_ANSWER


@define
class WebhookSender:
    """Sends events to one endpoint: from a thread of its own, or when `send_due` is called."""

    settings: WebhookSettings
    clock: SimulatorClock
    chance: Chance
    post: Post = post_over_http
    counts: Counter[str] = field(factory=Counter[str], init=False)
    lost: list[str] = field(factory=list[str], init=False)
    _queue: list[Delivery] = field(factory=list[Delivery], init=False)
    _number: int = field(default=0, init=False)
    _sending: int = field(default=0, init=False)
    _is_closed: bool = field(default=False, init=False)
    _lock: threading.RLock = field(factory=threading.RLock, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="stripe-webhooks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the thread; events that are due later are not sent."""
        self._is_closed = True
        self.clock.wake()
        if self._thread is not None:
            self._thread.join(TIMEOUT_SECONDS)

    def publish(self, event: JsonObject) -> None:
        """Plan the deliveries of an event, decided by the seed."""
        settings = self.settings
        if settings.url is None or not settings.wants(event["type"]):
            return
        if self._happens("lose", event, settings.lose):
            self.counts["lost"] += 1
            self.lost.append(event["id"])
            return

        self.send(event, copy=1)
        if self._happens("duplicate", event, settings.duplicate):
            self.counts["duplicated"] += 1
            self.send(event, copy=2)
        self.clock.wake()

    def send(self, event: JsonObject, *, copy: int) -> None:
        """Plan one delivery."""
        due = self.clock.now()
        settings = self.settings
        share = self.chance.fraction("wait", event["id"], copy)
        if self._happens(f"delay {copy}", event, settings.delay):
            self.counts["delayed"] += 1
            due += share * settings.max_delay_seconds
        elif self._happens(f"reorder {copy}", event, settings.reorder):
            self.counts["reordered"] += 1
            due += share
        with self._lock:
            self._number += 1
            heapq.heappush(self._queue, Delivery(due, self._number, event, due))
        self.clock.wake()

    def drain(self, seconds: float) -> bool:
        """Send first attempts at once, in the order of their due times.

        Return whether everything that was due by then has been sent; retries wait for their time.
        """
        with self._lock:
            now = self.clock.now()
            for delivery in sorted(self._queue):
                if not delivery.attempts:
                    self._number += 1
                    delivery.due = now
                    delivery.number = self._number
            heapq.heapify(self._queue)

        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.clock.wake()
            with self._lock:
                due = self.next_due()
                if not self._sending and (due is None or due > now):
                    return True
            time.sleep(POLL_SECONDS)
        return False

    def send_due(self) -> bool:
        """Send the next delivery that is due; return False if there is none.

        For a sender without a thread.
        """
        delivery = self._next()
        if delivery is None:
            return False
        try:
            self._deliver(delivery)
        finally:
            with self._lock:
                self._sending -= 1
        return True

    def next_due(self) -> float | None:
        """Return when the next delivery is due, in seconds since 1970; None if none waits."""
        with self._lock:
            return self._queue[0].due if self._queue else None

    def waiting(self) -> int:
        """Return how many deliveries have not ended."""
        with self._lock:
            return len(self._queue) + self._sending

    def _happens(self, name: str, event: JsonObject, rate: float) -> bool:
        return self.chance.fraction("webhook", name, event["id"]) < rate

    def _run(self) -> None:
        while not self._is_closed:
            if not self.send_due():
                self.clock.wait(self.next_due, self._is_ready)

    def _is_ready(self) -> bool:
        if self._is_closed:
            return True
        due = self.next_due()
        return due is not None and due <= self.clock.now()

    def _next(self) -> Delivery | None:
        """Take the next delivery from the queue, if it is due."""
        with self._lock:
            if not self._queue or not self._is_ready():
                return None
            self._sending += 1
            return heapq.heappop(self._queue)

    def _deliver(self, delivery: Delivery) -> None:
        status = self._post(delivery.event)
        delivery.attempts.append(status)
        if status in SUCCESS:
            self.counts["delivered"] += 1
            return

        self.counts["unanswered" if status == NO_ANSWER else "refused"] += 1
        wait = BACKOFF_SECONDS[min(len(delivery.attempts), len(BACKOFF_SECONDS)) - 1]
        delivery.due = max(self.clock.now(), delivery.due) + wait
        if delivery.due - delivery.first_due > GIVE_UP_SECONDS:
            self.counts["given up"] += 1
            self.lost.append(delivery.event["id"])
            return
        with self._lock:
            heapq.heappush(self._queue, delivery)

    def _post(self, event: JsonObject) -> int:
        """Send an event with a fresh signature, and return the status, or 0 without an answer."""
        settings = self.settings
        if settings.url is None:
            return NO_ANSWER
        payload = json.dumps(event, indent=2).encode()
        by_machine = settings.signed_by is SignatureClock.MACHINE
        timestamp = int(time.time()) if by_machine else self.clock.seconds()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "indelible-stripe-simulator",
            "Stripe-Signature": sign(payload, settings.secrets, timestamp),
        }
        return self.post(settings.url, payload, headers)

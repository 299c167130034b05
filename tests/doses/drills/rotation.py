"""Key rotation under load: secrets of webhooks, the key of Stripe, and a payer's API key.

Old and new are valid together for a while, as docs/how-to/rotate-the-webhook-secret.md says. Each
phase begins and ends with a payment of the load, so that none of them is without load. The rotation
of INDELIBLE_SECRET is in tests/service/test_secret_rotation.py.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from random import Random
from threading import Condition, Event, Thread
from typing import Final

import httpx
from attrs import define, evolve, field
from tests.doses.drills.bed import Bed
from tests.doses.drills.recovery import backfill, check_end
from tests.doses.drills.reports import DrillReport
from tests.doses.drills.work import LATE, ORDERS, PAYER, Work, working
from tests.money_site import (
    API_KEY,
    HOOK_PATH,
    OPERATOR,
    PATIENT_SECONDS,
    WEBHOOK_SECRET,
    drain_webhooks,
    new_key,
    serving,
)

from indelible.kernel import IndelibleError
from indelible.kernel.keys import RevokeKey, get_key, revoke_key
from indelible.money.rules.events import EVENT_TYPES
from indelible_stripe import StripeApi

NEW_SECRET: Final = "whsec_rotated"  # noqa: S105 - of the simulator
NEW_STRIPE_KEY: Final = f"{API_KEY}_rotated"
FIRST_PAYMENT: Final = ORDERS + LATE
MAX_REPETITIONS: Final = 20
PHASES: Final = 5
MAX_PHASE_SECONDS: Final = 60.0  # for the payment that ends a phase


@define
class Load:
    """Payments that a thread makes while the secrets change, and what it has met.

    It pays between `begin` and `rest`, around each phase: the work between them is not measured.
    """

    work: Work
    payments: int = 0
    phases: int = 0  # that began and ended with a payment
    repeated: int = 0
    refused: list[str] = field(factory=list[str])
    has_ended: bool = False
    paid: Condition = field(factory=Condition)
    active: Event = field(factory=Event)

    def run(self) -> None:
        """Make payments one after the other, while it is active, until it is ended."""
        try:
            while self.active.wait() and not self.has_ended:
                self._pay(FIRST_PAYMENT + self.payments)
                with self.paid:
                    self.payments += 1
                    self.paid.notify_all()
        finally:
            with self.paid:
                self.has_ended = True
                self.paid.notify_all()

    def _pay(self, number: int) -> None:
        """Pay an item; a request whose server is gone is repeated with the same key."""
        self.work.open_charge(number)
        for _ in range(MAX_REPETITIONS):
            try:
                intent = self.work.start_payment(number)
            except httpx.TransportError:
                self.repeated += 1
                continue
            except httpx.HTTPStatusError as error:
                self.refused.append(f"{error.response.status_code} {error.response.text}")
                return
            self.work.site.control(f"intents/{intent}/pay")
            return

    def begin(self) -> None:
        """Let payments follow each other."""
        self.active.set()

    def rest(self) -> None:
        """Let the present payment be the last one of the phase."""
        self.active.clear()

    def wait_for_payment(self) -> bool:
        """Wait until a payment that was begun later has ended; False if the load has stopped."""
        with self.paid:
            wanted = self.payments + 2  # the next one may have begun before
            self.paid.wait_for(lambda: self.payments >= wanted or self.has_ended, MAX_PHASE_SECONDS)
            return self.payments >= wanted

    def end(self) -> None:
        """Let the present payment be the last one."""
        self.has_ended = True
        self.active.set()


@define
class Rotation:
    """The service during a rotation: its web processes follow each other without a gap."""

    work: Work
    load: Load
    web: ExitStack = field(factory=ExitStack)

    def serve(self, *secrets: str, signed_with: Sequence[str]) -> None:
        """Start a web process with other secrets, send webhooks to it, and end the one before."""
        following = ExitStack()
        following.enter_context(serving(self.work.site, secrets))
        self.sign_with(*signed_with)
        self.web.close()
        self.web = following

    def close(self) -> None:
        """End the web process."""
        self.web.close()

    def sign_with(self, *secrets: str) -> None:
        """Let Stripe sign with these secrets from now on."""
        site = self.work.site
        site.control(
            "webhooks",
            url=f"{site.web_url}{HOOK_PATH}",
            secrets=list(secrets),
            event_types=list(EVENT_TYPES),
            signed_by="simulator",
        )

    def take(self, phase: int) -> None:
        """Take a phase of the rotation."""
        if phase == 0:
            self.sign_with(NEW_SECRET, WEBHOOK_SECRET)
        elif phase == 1:
            old = self.work.site.gateway
            self._use_new_stripe_key()
            both = (NEW_SECRET, WEBHOOK_SECRET)
            self.serve(*both, signed_with=both)
            self.load.wait_for_payment()  # no request uses the old key any more
            old.close()
            self._forget_old_stripe_key()
        elif phase == 2:
            self._replace_api_key()
        elif phase == 3:
            self.sign_with(NEW_SECRET)
        elif phase == 4:
            drain_webhooks(self.work.site)
            self.serve(NEW_SECRET, signed_with=[NEW_SECRET])

    def _use_new_stripe_key(self) -> None:
        site = self.work.site
        site.gateway = StripeApi(
            api_key=NEW_STRIPE_KEY,
            livemode=False,
            base_address=site.simulator.base_url,
            read_timeout_seconds=PATIENT_SECONDS,
        )

    def _forget_old_stripe_key(self) -> None:
        """Let Stripe refuse the old key, which no process uses any more."""
        state = self.work.site.simulator.engine.state
        state.settings = evolve(state.settings, api_key=NEW_STRIPE_KEY)

    def _replace_api_key(self) -> None:
        """Give the payer a new API key, and revoke the old one when no request uses it."""
        site, old = self.work.site, self.work.api_key
        self.work.api_key = new_key(site, PAYER)
        self.load.wait_for_payment()
        self.revoke(old)

    def revoke(self, text: str) -> None:
        """Revoke an API key."""
        _, key_id, _ = text.split("_", maxsplit=2)
        seq = self.work.site.store.read(get_key, key_id).seq
        self.work.site.execute(revoke_key, RevokeKey(key_id=key_id, expected_seq=seq), OPERATOR)


def play_rotation(bed: Bed, seed: int) -> list[DrillReport]:
    """Run the drill on a file."""
    folder = bed.place()
    with working(bed.sqlite(folder), folder, seed) as work:
        chance = Random(f"phases {seed}")  # noqa: S311 - no secret
        moments = sorted(chance.choices(range(1, len(work.steps)), k=PHASES))
        report = DrillReport(
            drill="rotation", database="SQLite", instant=f"phases after the steps {moments}"
        )
        load = Load(work)
        try:
            rotate(work, load, moments)
            # Stripe sends a webhook again hours later if the process that received it has ended.
            report.backfilled = backfill(work, work.site.url)
            work.finish()
        except IndelibleError as error:
            report.problems.append(f"the work stops: {error}")
        counts = work.site.controls.get(f"{work.site.simulator.base_url}/_simulator/counts").json()
        refused = counts["webhooks"].get("refused", 0)
        report.require(not refused, f"{refused} webhooks were refused")
        report.require(not load.refused, f"requests were refused: {load.refused[:3]}")
        report.require(
            load.phases == PHASES,
            f"{load.phases} of {PHASES} phases had a payment before and after",
        )
        report.notes.append(
            f"{load.payments} payments under load, {load.repeated} requests repeated"
        )
        if not report.problems:
            check_end(work, report)
        return [report]


def rotate(work: Work, load: Load, moments: Sequence[int]) -> None:
    """Do the work to its end, under load, with a phase of the rotation at each moment."""
    rotation = Rotation(work, load)
    with ExitStack() as stack:
        rotation.serve(WEBHOOK_SECRET, signed_with=[WEBHOOK_SECRET])
        stack.callback(rotation.close)
        thread = Thread(target=load.run, name="load")
        thread.start()
        stack.callback(thread.join)
        stack.callback(load.end)
        for phase, moment in enumerate(moments):
            work.run_to(moment)
            load.begin()
            is_loaded = load.wait_for_payment()
            rotation.take(phase)
            load.phases += is_loaded and load.wait_for_payment()
            load.rest()
        work.run_to(len(work.steps))
        load.end()
        thread.join()
        drain_webhooks(work.site)

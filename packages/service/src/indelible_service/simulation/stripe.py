"""The simulator of Stripe inside the process: requests, webhooks and payers without a socket."""

import re
from typing import Any, Final

from attrs import define, field

from indelible.kernel import UsageError
from indelible.money.rules.events import EVENT_TYPES
from indelible_service.simulation.clock import SimulatedClock
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.doors import Doors
from indelible_stripe import StripeApi
from indelible_stripe.simulator import read_story
from indelible_stripe.simulator.answers import Answer, ApiError
from indelible_stripe.simulator.balance import available_minor
from indelible_stripe.simulator.controls import CONTROLS
from indelible_stripe.simulator.engine import Engine
from indelible_stripe.simulator.faults import FaultRule
from indelible_stripe.simulator.fields import Fields
from indelible_stripe.simulator.in_process import BASE_ADDRESS, EngineTransport
from indelible_stripe.simulator.intents import cancel_due_authorizations
from indelible_stripe.simulator.pages import answer_page
from indelible_stripe.simulator.sessions import expire_due_sessions
from indelible_stripe.simulator.state import Kind
from indelible_stripe.simulator.webhooks import SignatureClock, WebhookSettings

API_KEY: Final = "sk_test_simulation"
WEBHOOK_SECRET: Final = "whsec_simulation"  # noqa: S105 - of the simulator
WEBHOOK_URL: Final = "http://127.0.0.1/payments/webhook"
# What payers and banks do; the rest of the controls is the dashboard of the installation.
OF_OTHERS: Final = r"(?:intents|sessions)/[\w-]+/pay|disputes(?:/[\w-]+/close)?"
TIMEOUT_SECONDS: Final = 30  # of a request that gets no answer


@define(eq=False)
class SimulatedStripe:
    """The engine, the gateways to it, and what happens in its dashboard."""

    clock: SimulatedClock
    engine: Engine
    requests: int = 0
    silences: int = 0
    doors: Doors = field(factory=Doors)

    @classmethod
    def open(
        cls, clock: SimulatedClock, seed: int, available_after_seconds: int = 0
    ) -> "SimulatedStripe":
        """Return a platform account without a balance, whose clock is the virtual one."""
        started_at = int(clock.start_at.timestamp())
        account = {"available_after_seconds": available_after_seconds}
        story = read_story({"clock": {"stopped_at": started_at}, "account": account})
        stripe = cls(clock, Engine(story, seed))
        stripe.engine.state.base_url = BASE_ADDRESS
        stripe.send_webhooks()
        clock.listeners.append(stripe.engine.clock.advance)
        return stripe

    def gateway(self, mortality: Mortality) -> StripeApi:
        """Return the real adapter for a process; its requests go to the engine."""
        return StripeApi(
            api_key=API_KEY,
            livemode=False,
            base_address=BASE_ADDRESS,
            transport=EngineTransport(
                self.engine,
                on_request=lambda: self._begin_request(mortality),
                on_silence=self._let_time_pass,
            ),
        )

    def send_webhooks(self, **faults: Any) -> None:  # noqa: ANN401 - of the settings
        """Send the subscribed types of events, disturbed from now on in these ways."""
        self.engine.sender.settings = WebhookSettings(
            url=WEBHOOK_URL,
            secrets=(WEBHOOK_SECRET,),
            event_types=tuple(EVENT_TYPES),
            signed_by=SignatureClock.SIMULATOR,
            **faults,
        )

    def fail(self, rules: tuple[FaultRule, ...], *, is_out: bool) -> None:
        """Put other faults of the API in force."""
        self.engine.faults.replace(rules)
        self.engine.faults.is_out = is_out

    def control(self, path: str, **values: object) -> dict[str, Any]:
        """Do something as a payer, as a bank or in the dashboard.

        New ids follow from the path and the time, and not from what was done before.

        Raises: ApiError where Stripe refuses it.
        """
        if not re.fullmatch(OF_OTHERS, path):
            self.doors.require(f"{path} in Stripe's dashboard")
        for method, pattern, function in CONTROLS:
            match = re.fullmatch(pattern, path)
            if match is not None and method == "POST":
                subject = f"{path} {self.clock.seconds}"
                self.engine.state.begin(subject, request_id=None, key=None)
                return function(self.engine, match.groups(), Fields(f"control {path}", values))
        raise UsageError(f"the simulator of Stripe has no control {path}")

    def try_control(self, path: str, **values: object) -> dict[str, Any] | None:
        """Do something as `control` does; return None where Stripe refuses it."""
        try:
            return self.control(path, **values)
        except ApiError:
            return None

    def complete_page(self, path: str) -> None:
        """Send the form of a page, such as that of an onboarding."""
        answer_page(self.engine, "POST", path, "")

    def end_what_is_due(self) -> None:
        """Expire sessions and authorizations whose time has come."""
        self.engine.state.begin(f"expiry {self.clock.seconds}", request_id=None, key=None)
        expire_due_sessions(self.engine.state)
        cancel_due_authorizations(self.engine.state)

    def next_webhook_seconds(self) -> int | None:
        """Return when the next delivery is due, in seconds since the start; None if none waits."""
        due = self.engine.sender.next_due()
        if due is None:
            return None
        seconds = due - self.clock.start_at.timestamp()
        whole = int(seconds)
        return whole if whole == seconds else whole + 1

    def objects(self, kind: str) -> list[dict[str, Any]]:
        """Return the objects of a kind, oldest first."""
        return list(self.engine.state.objects[Kind(kind)].values())

    def balance_minor(self, currency: str) -> int:
        """Return the balance of the platform, available and pending."""
        return self.engine.state.totals_minor.get(currency.lower(), 0)

    def available_minor(self, currency: str) -> int:
        """Return the available balance of the platform."""
        return available_minor(self.engine.state, currency)

    def _begin_request(self, mortality: Mortality) -> None:
        mortality.require_life()
        self.doors.require("a request to Stripe")
        self.requests += 1

    def _let_time_pass(self, answer: Answer) -> None:
        self.silences += 1
        if answer.hangs:
            self.clock.advance(TIMEOUT_SECONDS)

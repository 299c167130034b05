"""Charges whose webhooks are duplicated, reordered, delayed and lost by seed, over real sockets.

Payers start their payments over HTTP and pay at the simulator. Its signed webhooks arrive over a
socket, and what is lost on the way is found by rule R12 of the reconciliation.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from random import Random
from typing import Any, Final

import httpx
import pytest
from attrs import define, field
from tests.money_site import (
    CURRENCY,
    OPERATOR,
    PATIENT_SECONDS,
    MoneySite,
    drain_webhooks,
    lowest_balances,
    money_site,
    new_key,
    send_webhooks,
    serving,
)

from indelible.kernel import Head
from indelible.money import MoneyRead
from indelible.money.commands.payments import OpenCharge
from indelible.money.commands.payouts import ResumePayments
from indelible.money.entities.charges import Charge
from indelible.money.entities.values import MovementKind, ReconciliationScope
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.switches import resume_payments
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.repositories.reads import payments_switch

CHARGES: Final = 300
AMOUNT_MINOR: Final = 2_501
CHARGES_PER_REFERENCE: Final = 100
CHARGES_PER_WAVE: Final = 50
# About 300 events are lost in so many waves; a reconciliation reports at most 500 of a rule.
WAVES_PER_RECONCILIATION: Final = 20
PARTIES: Final = ("ann", "bob", "cem", "dora")
NEVER_NEGATIVE: Final = ("escrow", "refund_clearing", "winner_payable")
WEBHOOK_FAULTS: Final = {"duplicate": 0.2, "reorder": 0.3, "delay": 0.2, "lose": 0.1}
# The reconciler leaves what is younger alone.
GRACE_SECONDS: Final = 16 * 60
HOUR: Final = 3_600
MAX_RECONCILIATIONS: Final = 5
MAX_REPETITIONS: Final = 5


class Story(StrEnum):
    """The deeds of payer and Stripe with one charge."""

    PAY = "paid"
    DECLINED = "paid after a declined card"
    UNPAID = "never paid"
    REFUNDED = "refunded in Stripe's dashboard"
    DISPUTE_WON = "disputed and won"
    DISPUTE_LOST = "disputed and lost"


STORIES: Final = tuple(Story)
SHARES: Final = (80, 6, 5, 4, 2, 3)


@define
class ChargeReport:
    """The numbers of a dose of charges, and each problem."""

    charges: int = 0
    succeeded: int = 0
    events: int = 0
    found_by_r12: int = 0
    webhooks: dict[str, int] = field(factory=dict[str, int])
    repeated: Counter[str] = field(factory=Counter[str])
    problems: list[str] = field(factory=list[str])


@define
class ChargeDose:
    """A number of charges on their way, in waves."""

    site: MoneySite
    chance: Random
    report: ChargeReport = field(factory=ChargeReport)
    keys: dict[str, str] = field(factory=dict[str, str])
    stories: dict[str, Story] = field(factory=dict[str, Story])
    intents: dict[str, str] = field(factory=dict[str, str])
    browser: httpx.Client = field(factory=lambda: httpx.Client(timeout=60))

    def play(self, number: int) -> ChargeReport:
        """Let the charges be paid, and all of their events be found and processed."""
        site = self.site
        self.report.charges = number
        self.keys = {party: new_key(site, party) for party in PARTIES}
        send_webhooks(site, **WEBHOOK_FAULTS)
        for wave, start in enumerate(range(0, number, CHARGES_PER_WAVE), start=1):
            self._play_wave(range(start, min(start + CHARGES_PER_WAVE, number)))
            if wave % WAVES_PER_RECONCILIATION == 0:
                self._find_lost()
        self._find_lost()
        self._check()
        return self.report

    def _play_wave(self, numbers: Sequence[int]) -> None:
        """Open and pay some charges, while the webhooks of those before arrive."""
        for number in numbers:
            self._open(number)
        for number in numbers:
            self._pay(f"item-{number:06}")
        self.site.work()
        self.site.clock.advance(30)
        for number in numbers:
            self._dispute_or_refund(f"item-{number:06}")
        self.site.work()
        self.site.clock.advance(30)

    def _open(self, number: int) -> None:
        """Open the charge of an item, and start its payment over HTTP."""
        item = f"item-{number:06}"
        party = PARTIES[number % len(PARTIES)]
        self.stories[item] = self.chance.choices(STORIES, SHARES)[0]
        command = OpenCharge(
            reference=f"reference-{number // CHARGES_PER_REFERENCE:04}",
            party=party,
            item=item,
            amount_minor=AMOUNT_MINOR + self.chance.randrange(500),
            currency=CURRENCY,
            expires_at=self.site.clock.now() + timedelta(days=20),
        )
        self.site.execute(open_charge, command)
        self.intents[item] = self._create_intent(item, self.keys[party])

    def _create_intent(self, item: str, key: str) -> str:
        """Request the intent of an item, again with the same key where Stripe did not answer."""
        response = self._post(item, key)
        for _ in range(MAX_REPETITIONS):
            if response.status_code != HTTPStatus.BAD_GATEWAY:
                break
            self.report.repeated[response.json()["detail"]] += 1
            response = self._post(item, key)
        response.raise_for_status()
        return str(response.json()["intent_id"])

    def _post(self, item: str, key: str) -> httpx.Response:
        return self.browser.post(
            f"{self.site.web_url}/v1/payments/create-intent",
            json={"item": item, "reason": "chaos"},
            headers={"Authorization": f"Bearer {key}", "Idempotency-Key": f"pay-{item}"},
        )

    def _pay(self, item: str) -> None:
        story = self.stories[item]
        intent_id = self.intents[item]
        if story is Story.UNPAID:
            return
        if story is Story.DECLINED:
            self.site.control(f"intents/{intent_id}/pay", outcome="decline")
        self.site.control(f"intents/{intent_id}/pay")

    def _dispute_or_refund(self, item: str) -> None:
        story = self.stories[item]
        opened = {"payment_intent": self.intents[item]}
        if story is Story.REFUNDED:
            self.site.control("refunds", **opened)
        if story in (Story.DISPUTE_WON, Story.DISPUTE_LOST):
            dispute = self.site.control("disputes", **opened)
            status = "won" if story is Story.DISPUTE_WON else "lost"
            self.site.control(f"disputes/{dispute['id']}/close", status=status)

    def _find_lost(self) -> None:
        """Reconcile until nothing is missing."""
        site = self.site
        drain_webhooks(site)
        site.work()
        site.clock.advance(GRACE_SECONDS)
        for _ in range(MAX_RECONCILIATIONS):
            found = Counter(site.reconcile(ReconciliationScope.CHEAP))
            if not found:
                break
            self.report.found_by_r12 += found["R12"]
            switch = site.store.read(payments_switch)
            if switch is not None and switch.is_halted:  # by an event that has no outcome yet
                site.execute(resume_payments, ResumePayments(), OPERATOR)
            site.work()
            # A failed attempt waits for its time.
            site.clock.advance(HOUR)
            site.work()

    def _check(self) -> None:
        """Compare the books with the simulator's account; R12 found each lost event, and no other.

        The last reconciliation, of every rule, finds nothing.
        """
        report, site = self.report, self.site
        lost = set(site.simulator.engine.sender.lost)
        if report.found_by_r12 != len(lost):
            report.problems.append(f"{len(lost)} events were lost by the webhooks")
        rest = site.reconcile()
        if rest:
            report.problems.append(f"the reconciliation finds {rest}")
        paid = [one for one in site.objects("charge") if one["status"] == "succeeded"]
        report.succeeded = len(paid)
        report.events = len(site.objects("event"))
        counts = site.controls.get(f"{site.simulator.base_url}/_simulator/counts").json()
        report.webhooks = {
            name: counts["webhooks"].get(name, 0)
            for name in ("duplicated", "reordered", "delayed", "lost", "refused", "unanswered")
        }
        self._check_fees(paid)
        self._check_balances()
        self._check_charges()
        inbox = site.store.read(lambda tx: tx.money.events.count_by_status())
        for status in (InboxStatus.RECEIVED, InboxStatus.DEAD):
            if inbox.get(status):
                report.problems.append(f"{inbox[status]} events are {status}")

    def _check_fees(self, paid: Sequence[dict[str, Any]]) -> None:
        """Check that each succeeded charge is posted once, with its amount."""
        posted: Counter[tuple[str, int]] = Counter()
        for movement in self.site.movements(MovementKind.ENTRY_FEE):
            posted[movement.fact_key or "", movement.total_minor] += 1
        expected: Counter[tuple[str, int]] = Counter()
        for charge in paid:
            name = f"payment:{charge['metadata']['charge_id']}:ENTRY_FEE"
            expected[name, charge["amount"]] += 1
        if posted != expected:
            missing, extra = expected - posted, posted - expected
            self.report.problems.append(f"not posted: {missing}; posted in excess: {extra}")

    def _check_balances(self) -> None:
        site, problems = self.site, self.report.problems
        ours = site.balances().get("stripe_balance", 0)
        if ours != site.simulated_balance():
            problems.append(f"stripe_balance is {ours}, Stripe's {site.simulated_balance()}")
        if site.ledger_sum():
            problems.append(f"the sum of all accounts is {site.ledger_sum()}")
        lowest = lowest_balances(site)
        for kind in NEVER_NEGATIVE:
            if lowest.get(kind, 0) < 0:
                problems.append(f"{kind} was {lowest[kind]}")

    def _check_charges(self) -> None:
        """Check the state of each charge against its story."""
        for item, story in self.stories.items():
            head = self.site.store.read(charge_of, item)
            status = None if head is None else head.entity.status
            if status is not ENDS[story]:
                self.report.problems.append(f"{item}, {story}: {status}")


ENDS: Final = {
    Story.PAY: ChargeStatus.SUCCEEDED,
    Story.DECLINED: ChargeStatus.SUCCEEDED,
    Story.UNPAID: ChargeStatus.PENDING,
    Story.REFUNDED: ChargeStatus.REFUNDED,
    Story.DISPUTE_WON: ChargeStatus.SUCCEEDED,
    Story.DISPUTE_LOST: ChargeStatus.CHARGED_BACK,
}


def charge_of(tx: MoneyRead, item: str) -> Head[Charge] | None:
    """Return the charge of an item."""
    return tx.money.charges.of_item(item)


@pytest.mark.parametrize("fixture", ["sqlite_url", "database"])
def test_each_charge_is_posted_once(
    fixture: str,
    request: pytest.FixtureRequest,
    chance: Random,
    seed: int,
    add_summary_line: Callable[[str], None],
) -> None:
    database = request.getfixturevalue(fixture)
    url = getattr(database, "url", database)
    with (
        money_site(url, {}, seed=seed, read_timeout_seconds=PATIENT_SECONDS) as site,
        serving(site),
    ):
        dose = ChargeDose(site, chance)
        report = dose.play(CHARGES)
        dose.browser.close()

    add_summary_line(f"charges, {fixture}: {report}")
    assert report.problems == []
    assert report.found_by_r12 > 0

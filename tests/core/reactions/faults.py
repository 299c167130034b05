"""Generate by seed what can go wrong with the payments of a contest."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from random import Random
from typing import Final

from attrs import define, field
from tests.core.money.payments import intent_body, refund_body, withdrawn_body
from tests.money_contests import OPERATOR, PaidContestRun

from indelible.contests.commands.contests import CancelContest
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.handlers.transitions import cancel_contest
from indelible.kernel import IndelibleError
from indelible.money.commands.payments import RequestRefund
from indelible.money.entities.values import RefundReason
from indelible.money.errors.gateway import GatewayRejected
from indelible.money.handlers.refunds import request_refund


class Story(StrEnum):
    """The fate of the payment of one entry."""

    PAID = "paid"
    UNPAID = "never paid"
    RETRIED = "paid after a failed attempt"
    CANCELED = "canceled at Stripe before the lock"
    PAID_LATE = "paid after the grace"
    DELIVERED_LATE = "paid in time, delivered after the settlement"
    OTHER_AMOUNT = "paid with another amount"
    DUPLICATED = "reported twice by different events"
    DISPUTED = "disputed, open until the end"
    DISPUTE_WON = "disputed and won before the settlement"
    DISPUTE_LOST = "disputed and lost before the settlement"
    WON_AFTERWARDS = "disputed before the settlement and won after it"
    LOST_AFTERWARDS = "disputed and lost after the settlement"
    REFUNDED = "refunded in Stripe's dashboard before the lock"
    REFUND_REQUESTED = "refunded by an operator while the contest is played"
    REFUND_FAILED = "a refund that Stripe refuses"


class Ending(StrEnum):
    """The ways in which a contest ends."""

    SETTLED = "settled"
    CANCELED_BY_PROVIDER = "canceled by the provider"
    CANCELED_BY_OPERATOR = "canceled by an operator while it is live"
    UNFILLED = "canceled because of too few entries"


class Point(StrEnum):
    """The points of a contest at which payments move."""

    OPEN = "open"
    LOCKED = "locked"
    PLAYED = "played"
    ENDED = "ended"


# A settlement without one eligible entry is a case of its own.
FAULTS: Final = tuple(story for story in Story if story is not Story.PAID)
USERS: Final = ("ann", "bob", "cem", "dora")


@define
class FaultyContest:
    """A contest of four entries, with a story for the payment of each."""

    run: PaidContestRun
    stories: Sequence[Story]
    ending: Ending
    random: Random
    is_lagging: bool = False
    entries: list[Entry] = field(factory=list[Entry])
    intents: dict[str, str] = field(factory=dict[str, str])

    def play(self) -> Contest:
        """Play the contest to its end, and let all payments end."""
        least = 5 if self.ending is Ending.UNFILLED else 4
        contest = self.run.open(min_entries=least)
        self.run.register(*USERS)
        self.entries = self.run.enter_all(contest)
        self.move(Point.OPEN)
        self.run.contests.lock(contest)
        self.run.clock.advance(contest.payment_grace_seconds + 5)
        self.move(Point.LOCKED)
        if self.ending is not Ending.UNFILLED:
            self.end(contest)
        self.work(is_due=True)
        self.move(Point.ENDED)
        self.work(is_due=True)
        return contest

    def end(self, contest: Contest) -> None:
        """Let a locked contest be played, or be canceled."""
        run = self.run
        run.contests.start(contest)
        if self.ending is Ending.CANCELED_BY_PROVIDER:
            run.contests.serve_canceled()
            run.contests.fetch()
            return
        if self.ending is Ending.CANCELED_BY_OPERATOR:
            command = CancelContest(contest_id=contest.id)
            run.store.run(cancel_contest, command, actor=OPERATOR, reason="a test")
            return
        run.contests.play()
        self.move(Point.PLAYED)
        run.contests.hold()
        run.contests.settle()
        # A claim that has met another change of the entries is repeated.
        run.clock.advance(60)
        run.contests.settle()

    def move(self, point: Point) -> None:
        """Let the payments move that move at a point, in any order."""
        pairs = list(zip(self.entries, self.stories, strict=True))
        self.random.shuffle(pairs)
        for entry, story in pairs:
            step = STEPS.get((story, point))
            if step is not None:
                step(self, entry)
            self.work()
        self.run.clock.advance(1)

    def work(self, *, is_due: bool = False) -> None:
        """Let reactions and stages follow, or lag behind."""
        if is_due or not self.is_lagging or self.random.random() < 0.3:
            self.run.work()

    # Steps

    def pay(self, entry: Entry) -> None:
        self.intents[entry.id] = self.run.pay(entry)

    def pay_twice(self, entry: Entry) -> None:
        self.pay(entry)
        self.run.tell("payment_intent.succeeded", self.intents[entry.id])

    def pay_other(self, entry: Entry) -> None:
        self.intents[entry.id] = self.run.pay(entry, amount_minor=1)

    def fail_and_pay(self, entry: Entry) -> None:
        intent = self.run.start_payment(entry)
        self.run.tell("payment_intent.payment_failed", intent.id)
        self.run.clock.advance(1)
        self.pay(entry)

    def start(self, entry: Entry) -> None:
        self.intents[entry.id] = self.run.start_payment(entry).id

    def start_and_cancel(self, entry: Entry) -> None:
        self.start(entry)
        intent_id = self.intents[entry.id]
        self.run.gateway.cancel_payment_intent(intent_id, idempotency_key=f"cancel-{intent_id}")
        self.run.tell("payment_intent.canceled", intent_id)

    def pay_started(self, entry: Entry) -> None:
        """Pay an intent unless it was canceled meanwhile."""
        intent = self.run.gateway.intents[self.intents[entry.id]]
        if intent.status != "canceled":
            paid = self.run.gateway.pay(intent.id)
            self.run.deliver("payment_intent.succeeded", intent_body(paid))

    def pay_silently(self, entry: Entry) -> None:
        """Pay in time; the event is delivered later."""
        self.start(entry)
        self.run.gateway.pay(self.intents[entry.id])

    def deliver_payment(self, entry: Entry) -> None:
        charge = self.run.charge(entry)
        self.run.tell("payment_intent.succeeded", self.intents[entry.id], created=charge.created_at)

    def dispute(self, entry: Entry) -> None:
        self.pay_if_needed(entry)
        self._dispute_event("charge.dispute.funds_withdrawn", entry, "needs_response")

    def win(self, entry: Entry) -> None:
        self._dispute_event("charge.dispute.funds_reinstated", entry, "won")
        self._dispute_event("charge.dispute.closed", entry, "won")

    def lose(self, entry: Entry) -> None:
        self._dispute_event("charge.dispute.closed", entry, "lost")

    def dispute_and_lose(self, entry: Entry) -> None:
        self.dispute(entry)
        self.lose(entry)

    def pay_if_needed(self, entry: Entry) -> None:
        if entry.id not in self.intents:
            self.pay(entry)
            self.run.work()

    def refund_outside(self, entry: Entry) -> None:
        self.pay_if_needed(entry)
        intent_id = self.intents[entry.id]
        body = refund_body(f"re_{intent_id}", intent_id, currency=entry.currency.lower())
        self.run.deliver("refund.created", body)

    def request_refund(self, entry: Entry) -> None:
        """Request a refund, where the state of the charge allows one."""
        command = RequestRefund(
            charge_id=self.run.charge(entry).id, reason_code=RefundReason.REQUESTED
        )
        try:
            self.run.store.run(request_refund, command, actor=OPERATOR, reason="a test")
        except IndelibleError:
            return

    def request_failing_refund(self, entry: Entry) -> None:
        failures = self.run.gateway.failures.before.setdefault("create_refund", [])
        failures.append(GatewayRejected("expired_or_canceled_card", "it cannot be refunded"))
        self.request_refund(entry)

    def _dispute_event(self, event_type: str, entry: Entry, status: str) -> None:
        intent_id = self.intents[entry.id]
        names = {"id": f"dp_{intent_id}", "currency": entry.currency.lower()}
        body = withdrawn_body(intent_id, status=status, **names)
        self.run.clock.advance(1)
        self.run.deliver(event_type, body)


Step = Callable[[FaultyContest, Entry], None]
_F = FaultyContest
STEPS: Final[Mapping[tuple[Story, Point], Step]] = {
    (Story.PAID, Point.OPEN): _F.pay,
    (Story.RETRIED, Point.OPEN): _F.fail_and_pay,
    (Story.CANCELED, Point.OPEN): _F.start_and_cancel,
    (Story.PAID_LATE, Point.OPEN): _F.start,
    (Story.PAID_LATE, Point.LOCKED): _F.pay_started,
    (Story.DELIVERED_LATE, Point.OPEN): _F.pay_silently,
    (Story.DELIVERED_LATE, Point.ENDED): _F.deliver_payment,
    (Story.OTHER_AMOUNT, Point.OPEN): _F.pay_other,
    (Story.DUPLICATED, Point.OPEN): _F.pay_twice,
    (Story.DISPUTED, Point.OPEN): _F.dispute,
    (Story.DISPUTE_WON, Point.OPEN): _F.dispute,
    (Story.DISPUTE_WON, Point.PLAYED): _F.win,
    (Story.DISPUTE_LOST, Point.OPEN): _F.dispute,
    (Story.DISPUTE_LOST, Point.PLAYED): _F.lose,
    (Story.WON_AFTERWARDS, Point.OPEN): _F.dispute,
    (Story.WON_AFTERWARDS, Point.ENDED): _F.win,
    (Story.LOST_AFTERWARDS, Point.OPEN): _F.pay,
    (Story.LOST_AFTERWARDS, Point.ENDED): _F.dispute_and_lose,
    (Story.REFUNDED, Point.OPEN): _F.refund_outside,
    (Story.REFUND_REQUESTED, Point.OPEN): _F.pay,
    (Story.REFUND_REQUESTED, Point.PLAYED): _F.request_refund,
    (Story.REFUND_FAILED, Point.OPEN): _F.pay,
    (Story.REFUND_FAILED, Point.PLAYED): _F.request_failing_refund,
}

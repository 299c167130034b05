"""Contests whose payments meet every fault of the simulator at once, and the same without faults.

The way of a contest does not depend on money: its transitions are the same. Its settlement counts
fewer entries: those whose payment was not known in time, was late, or had come back.
"""

import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any, Final

from attrs import define, field, frozen
from tests.contest_runs import BEFORE, OPTIONS, ContestRun, FileProvider
from tests.money_site import (
    MoneySite,
    drain_webhooks,
    money_site,
    send_webhooks,
    serving,
    webhook_handler,
)

from indelible.contests.commands.entries import EnterContest
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.handlers.entries import enter_contest
from indelible.contests.lifecycle import EntryStatus
from indelible.kernel import Actor, IndelibleError
from indelible.money.entities.charges import Charge
from indelible.money.entities.values import ReconciliationScope
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.rules.reconciliation import GRACE
from indelible.money.tasks.outages import RETRY_WAITS
from indelible.money.tasks.paying import PaymentStarter
from indelible_service.demos.leaderboards import Tournament

USERS: Final = ("ann", "bob", "cem", "dora")
HOUR: Final = 3_600
WEBHOOK_FAULTS: Final = {"duplicate": 0.3, "reorder": 0.3, "delay": 0.3, "lose": 0.25}
STARTING_FAULTS: Final = (
    "conflict",
    "rate_limit",
    "timeout_before",
    "timeout_after",
    "close_before",
    "close_after",
)
# Stripe repeats these for a day: a payment that meets one at its start is paid in none of that.
STORED_FAULTS: Final = ("server_error_before", "server_error_after")
API_FAULT_RATE: Final = 0.04  # of each kind
MAX_STARTS: Final = 20
MAX_RETRIES: Final = 288  # of 300 seconds: a day
HALF_DAYS: Final = 8


class PayerStory(StrEnum):
    """The fate of the payment of one entry."""

    PAID = "paid"
    UNPAID = "never paid"
    DECLINED = "paid after a declined card"
    LATE = "paid after the lock and its grace"
    REFUNDED = "refunded in Stripe's dashboard before the lock"
    DISPUTED = "disputed before the lock, open until the end"
    LOST = "disputed before the lock and lost"
    LOST_AFTERWARDS = "disputed and lost after the settlement"


FAULTY: Final = tuple(story for story in PayerStory if story is not PayerStory.PAID)
IN_TIME: Final = frozenset({PayerStory.PAID, PayerStory.DECLINED, PayerStory.LOST_AFTERWARDS})
ALL_PAID: Final = (PayerStory.PAID,) * len(USERS)


def stories_of(seed: int) -> tuple[PayerStory, ...]:
    """Return the stories of the four payers, decided by the seed; the first one pays in time."""
    chance = Random(f"stories {seed}")  # noqa: S311 - no secret
    return (PayerStory.PAID, *chance.choices(FAULTY, k=len(USERS) - 1))


@define
class LinkedClock:
    """The clock of contests, which moves the simulator's with it."""

    site: MoneySite

    @property
    def time(self) -> datetime:
        """Return the time."""
        return self.site.clock.now()

    @time.setter
    def time(self, value: datetime) -> None:
        seconds = (value - self.time).total_seconds()
        self.site.clock.advance(max(0, int(seconds)))

    def now(self) -> datetime:
        """Return the time."""
        return self.time

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.site.clock.advance(int(seconds))


@define(kw_only=True)
class SimulatedContest:
    """A contest of four entries with a story for the payment of each, played to its end."""

    site: MoneySite
    contests: ContestRun
    stories: Sequence[PayerStory]
    has_faults: bool
    chance: Random
    entries: list[Entry] = field(factory=list[Entry])
    intents: dict[str, str] = field(factory=dict[str, str])

    def play(self) -> Contest:
        """Play the contest, with an outage of Stripe while it is settled."""
        clock = self.contests.clock
        contest = self.contests.publish(min_entries=4)
        clock.advance(60)
        self.contests.fetch(BEFORE)
        clock.advance(60)
        self._enter(contest)
        self._set_faults()
        self._before_lock()
        self.contests.lock(contest)
        clock.advance(max(contest.payment_grace_seconds, GRACE.seconds) + 5)
        self._find_lost_events()
        self._apply_events()
        self._pay_late()
        self.contests.start(contest)
        self.site.control("outage", on=self.has_faults)
        self.contests.play()
        self.contests.hold()
        self.contests.settle()
        clock.advance(60)
        self.contests.settle()
        self.site.work()
        self.site.control("outage", on=False)
        self._after_settlement()
        self._let_payments_end()
        return contest

    def _enter(self, contest: Contest) -> None:
        ids = [golfer.player_id for golfer in Tournament(OPTIONS).golfers]
        for number, user in enumerate(USERS):
            command = EnterContest(
                contest_id=contest.id,
                user_id=user,
                player_ids=tuple(ids[3 * number : 3 * number + 3]),
            )
            actor = Actor.user(user)
            self.entries.append(self.site.execute(enter_contest, command, actor).entity)
        self.site.work()

    def _set_faults(self) -> None:
        if not self.has_faults:
            send_webhooks(self.site)
            return
        send_webhooks(self.site, **WEBHOOK_FAULTS)
        self._set_api_faults(STARTING_FAULTS)

    def _set_api_faults(self, kinds: Sequence[str]) -> None:
        rules = [{"kind": kind, "rate": API_FAULT_RATE} for kind in kinds]
        self.site.control("faults", faults=rules)

    def _pairs(self) -> list[tuple[Entry, PayerStory]]:
        pairs = list(zip(self.entries, self.stories, strict=True))
        self.chance.shuffle(pairs)
        return pairs

    def _before_lock(self) -> None:
        for entry, story in self._pairs():
            if story is PayerStory.UNPAID:
                continue
            intent_id = self._start(entry)
            if story is PayerStory.LATE:
                continue
            if story is PayerStory.DECLINED:
                self.site.control(f"intents/{intent_id}/pay", outcome="decline")
            self.site.control(f"intents/{intent_id}/pay")
        if self.has_faults:
            self._set_api_faults((*STARTING_FAULTS, *STORED_FAULTS))
        self._pass_some_time()
        for entry, story in self._pairs():
            self._dispute_or_refund(entry, story)
        self._pass_some_time()

    def _pass_some_time(self) -> None:
        """Let webhooks arrive, and the stages follow."""
        self.site.clock.advance(30)
        drain_webhooks(self.site)
        self.site.work()

    def _dispute_or_refund(self, entry: Entry, story: PayerStory) -> None:
        if story is PayerStory.REFUNDED:
            self.site.control("refunds", payment_intent=self.intents[entry.id])
        if story in (PayerStory.DISPUTED, PayerStory.LOST):
            self._dispute(entry, is_lost=story is PayerStory.LOST)

    def _dispute(self, entry: Entry, *, is_lost: bool) -> None:
        dispute = self.site.control("disputes", payment_intent=self.intents[entry.id])
        if is_lost:
            self.site.control(f"disputes/{dispute['id']}/close", status="lost")

    def _find_lost_events(self) -> None:
        """Reconcile once, as every hour; the settlement follows days later."""
        for _ in range(MAX_STARTS):
            reconciliation = self.site.run_reconciliation(ReconciliationScope.CHEAP)
            if reconciliation.error_code is None:
                return
        raise TimeoutError("no reconciliation was finished")

    def _apply_events(self) -> None:
        """Retry until each stored event is applied and followed, as in the days until a settlement.

        Stripe is asked while an event is applied, and does not always answer. A payment would count
        if its refund were still unknown when the contest is settled.
        """
        for _ in range(MAX_RETRIES):
            self.site.work()
            counts = self.site.store.read(lambda tx: tx.money.events.count_by_status())
            if not counts.get(InboxStatus.RECEIVED):
                self.site.work()  # the reactions to the events of the last round
                return
            self.site.clock.advance(RETRY_WAITS[1])
        raise TimeoutError(f"an event is not applied after {MAX_RETRIES} retries")

    def _pay_late(self) -> None:
        """Pay the intents that were not canceled meanwhile."""
        for entry, story in self._pairs():
            if story is not PayerStory.LATE:
                continue
            intents = {one["id"]: one for one in self.site.objects("payment_intent")}
            intent_id = self.intents[entry.id]
            if intents[intent_id]["status"] != "canceled":
                self.site.control(f"intents/{intent_id}/pay")

    def _after_settlement(self) -> None:
        for entry, story in self._pairs():
            if story is PayerStory.LOST_AFTERWARDS:
                self._dispute(entry, is_lost=True)

    def _start(self, entry: Entry) -> str:
        """Start the payment of an entry, as often as it takes."""
        starter = PaymentStarter(store=self.site.store, gateway=self.site.gateway)
        charge = self.charge(entry)
        for _ in range(MAX_STARTS):
            with suppress(IndelibleError):
                started = starter.create_intent(
                    charge.id, party=entry.user_id, actor=Actor.user(entry.user_id)
                )
                self.intents[entry.id] = started.intent.id
                return started.intent.id
        raise TimeoutError(f"the payment of {entry.id} did not start")

    def _let_payments_end(self) -> None:
        """Let time pass and lost events be found until money rests."""
        self.site.control("faults", faults=[])
        handler = webhook_handler(self.site.store)
        for _ in range(HALF_DAYS):
            drain_webhooks(self.site)
            for event in self.site.objects("event"):
                handler.backfill(json.dumps(event, indent=2).encode())
            self.site.work()
            self.site.clock.advance(12 * HOUR)

    # Facts

    def charge(self, entry: Entry) -> Charge:
        """Return the charge of an entry."""
        head = self.site.store.read(lambda tx: tx.money.charges.of_item(entry.id))
        assert head is not None, entry.id
        return head.entity

    def entry(self, entry: Entry) -> Entry:
        """Return an entry as it is now."""
        return self.site.store.read(lambda tx: tx.contests.entries.get(entry.id)).entity

    def transitions(self, contest: Contest) -> list[tuple[str, str, str, object]]:
        """Return from_state, action, to_state and reason code of each change of the contest."""
        changes = self.site.store.read(lambda tx: tx.history.of("contest", contest.id))
        return [
            (change.from_state, change.action, change.to_state, change.data.get("reason_code"))
            for change in changes
        ]

    def counted(self, contest: Contest) -> dict[str, Any]:
        """Return the score of each user that the settlement has counted."""
        (settled,) = [run for run in self.contests.runs(contest) if run.status == "COMPLETE"]
        return {line.user_id: line.score for line in self.contests.lines(settled)}


@frozen(kw_only=True)
class PlayedContest:
    """The end of a contest."""

    transitions: list[tuple[str, str, str, object]]
    scores: dict[str, Any]
    stories: dict[str, PayerStory]
    ineligible: dict[str, tuple[EntryStatus, ChargeStatus]]
    problems: list[str]


def play_contest(
    url: str, folder: Path, stories: Sequence[PayerStory], *, seed: int, has_faults: bool
) -> PlayedContest:
    """Play a contest on a migrated database, and return what it has come to."""
    folder.mkdir(exist_ok=True)
    chance = Random(seed)  # noqa: S311 - no secret
    with money_site(url, {}, seed=seed) as site, serving(site):
        clock: Any = LinkedClock(site)
        provider = FileProvider(folder / "leaderboard.json")
        run = ContestRun(store=site.store, provider=provider, clock=clock)
        played = SimulatedContest(
            site=site, contests=run, stories=stories, has_faults=has_faults, chance=chance
        )
        contest = played.play()
        return _result_of(played, contest)


def differences(faulty: PlayedContest, calm: PlayedContest) -> list[str]:
    """Return what differs from the run without faults, but for the entries that do not count."""
    problems = list(faulty.problems)
    if faulty.transitions != calm.transitions:
        problems.append(f"transitions {faulty.transitions}, without faults {calm.transitions}")
    for user, score in faulty.scores.items():
        if score != calm.scores[user]:
            problems.append(f"{user} has {score}, without faults {calm.scores[user]}")
    return problems


def _result_of(played: SimulatedContest, contest: Contest) -> PlayedContest:
    scores = played.counted(contest)
    succeeded = {
        one["id"] for one in played.site.objects("payment_intent") if one["status"] == "succeeded"
    }
    ineligible: dict[str, tuple[EntryStatus, ChargeStatus]] = {}
    problems: list[str] = []
    stories: dict[str, PayerStory] = {}
    for entry, story in zip(played.entries, played.stories, strict=True):
        stories[entry.user_id] = story
        status, charge = played.entry(entry).status, played.charge(entry)
        if entry.user_id not in scores:
            ineligible[entry.user_id] = (status, charge.status)
        is_paid = played.intents.get(entry.id) in succeeded
        if status is EntryStatus.ACTIVE and not is_paid:
            problems.append(f"{entry.user_id} plays without a payment: {story}")
        if entry.user_id in scores and not (is_paid and story in IN_TIME):
            problems.append(f"{entry.user_id} was counted: {story}, {charge.status}")
    if played.site.ledger_sum():
        problems.append(f"the sum of all accounts is {played.site.ledger_sum()}")
    ours = played.site.balances().get("stripe_balance", 0)
    if ours != played.site.simulated_balance():
        problems.append(f"stripe_balance {ours}, Stripe's {played.site.simulated_balance()}")
    return PlayedContest(
        transitions=played.transitions(contest),
        scores=scores,
        stories=stories,
        ineligible=ineligible,
        problems=problems,
    )


def test_faults_of_payments_change_no_transition_and_only_exclude_entries(
    template_file: Path, tmp_path: Path, seed: int
) -> None:
    def new_url(name: str) -> str:
        return f"sqlite:///{shutil.copy(template_file, tmp_path / name)}"

    calm = play_contest(new_url("calm.db"), tmp_path / "calm", ALL_PAID, seed=0, has_faults=False)
    assert calm.problems == []
    assert calm.ineligible == {}

    stories = stories_of(seed)
    faulty = play_contest(new_url("a.db"), tmp_path / "faulty", stories, seed=seed, has_faults=True)

    assert differences(faulty, calm) == [], stories
    for user, (status, _) in faulty.ineligible.items():
        assert status is not EntryStatus.ACTIVE, (user, stories)

"""Run an invented tournament through the workers of the running instance, as its provider.

The demo publishes a contest, enters and pays at a simulated Stripe, and serves one leaderboard
after the other. The instance does the rest by itself: it locks, starts and settles the contest.
"""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from attrs import define, field, frozen

from indelible.app import ReadTx, WriteTx
from indelible.contests.commands.contests import ConfigureContest, PublishContest
from indelible.contests.commands.entries import EnterContest
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.handlers.contests import configure_contest, publish_contest
from indelible.contests.handlers.entries import enter_contest
from indelible.contests.lifecycle import ContestStatus, EntryStatus
from indelible.contests.samples import sample_configuration
from indelible.kernel import Actor, Clock, Conflict, SystemClock
from indelible_service.contexts.contests import ContestSettings
from indelible_service.database import open_configured_store
from indelible_service.demos.concepts import DemoStep
from indelible_service.demos.golfers import TournamentOptions
from indelible_service.demos.leaderboards import Moment, Tournament, encode
from indelible_service.demos.provider import ProviderStub, Story, provider_stub
from indelible_service.demos.running import RunningDemonstration
from indelible_service.demos.stripe import DemoStripe, demo_stripe
from indelible_service.demos.waiting import OnWait, tell_nobody, wait_for
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore

ORGANIZER: Final = Actor.user("admin")  # of the first key, so that its holder sees the contest
REASON: Final = "demo of contests"
USERS: Final = ("ann", "bob", "cem", "dora", "eli")
FEE_MINOR: Final = 2_501
ROSTER_SIZE: Final = 4
COUNTED_PLAYERS: Final = 3
# When all entries are paid, the organizer moves the lock time to LOCK_SECONDS later.
ENTRY_TIME: Final = timedelta(minutes=30)
LOCK_SECONDS: Final = 3
START_SECONDS: Final = 4
CONFIRMATION_SECONDS: Final = 1
HOLD_SECONDS: Final = 1
STEPS_PER_ROUND: Final = 1
MILLISECONDS: Final = 1_000  # of a second
SNAPSHOT: Final = "SNAPSHOT"
HISTORY_COLUMNS: Final = ("at", "action", "state", "actor", "reason")
RESULT_COLUMNS: Final = ("rank", "user", "score", "payout")


@frozen
class DemoEndpointForeign(Conflict):
    """The instance asks another provider than the demo."""

    message: ClassVar[str] = (
        "The demo is the provider of tournaments, but INGESTION_ENDPOINT_URL names another one:"
        " {endpoint}."
    )
    endpoint: str


def contests_demo(
    settings: Settings,
    running: RunningDemonstration,
    competitors: Path | None = None,
    on_wait: OnWait = tell_nobody,
) -> Generator[DemoStep]:
    """Run a contest from SCHEDULED to COMPLETE, and print what the instance has done.

    With a file, the players and their first round are those of a real leaderboard.

    Raises: DemoEndpointForeign, DemoStripeForeign, DemoNotFinished, NoDatabase,
        SimulatorNotStarted, DistributionMissing.
    """
    with running_demo(settings, running, competitors, on_wait) as demo:
        yield from demo.open()
        yield from demo.run()
        yield DemoStep(f"The contest: {settings.address}/console/contests/{demo.contest.id}")


@contextmanager
def running_demo(
    settings: Settings,
    running: RunningDemonstration,
    competitors: Path | None = None,
    on_wait: OnWait = tell_nobody,
) -> Generator["ContestDemo"]:
    """Return the demo, with its provider and its Stripe until the block ends.

    Raises: as `contests_demo`.
    """
    check_provider(settings)
    tournament = invented_tournament(competitors)
    with (
        open_configured_store(settings, needs_key_secret=True) as store,
        demo_stripe(settings, store) as stripe,
        provider_stub() as stub,
    ):
        running.publish_provider(stub.port)
        yield ContestDemo(
            store=store, stub=stub, stripe=stripe, tournament=tournament, on_wait=on_wait
        )


def check_provider(settings: Settings) -> None:
    """Return if the instance asks the demonstration of its data directory for tournaments.

    Raises: DemoEndpointForeign.
    """
    endpoint = settings.section(ContestSettings).ingestion_endpoint_url
    if endpoint:
        raise DemoEndpointForeign(endpoint)


def invented_tournament(competitors: Path | None) -> Tournament:
    """Return a tournament of four rounds with a cut, withdrawals and a playoff."""
    milliseconds = int(SystemClock().now().timestamp() * MILLISECONDS)
    event_id = f"9{milliseconds}"  # another one in each run
    options = TournamentOptions(provider_event_id=event_id, players=30, cut_size=15)
    if competitors is None:
        return Tournament(options)

    from indelible_service.demos.competitors import tournament_of_file

    return tournament_of_file(competitors, options)


@define(kw_only=True)
class ContestDemo:
    """A contest from SCHEDULED to COMPLETE, with its entries and their payments."""

    store: SqlStore
    stub: ProviderStub
    stripe: DemoStripe
    tournament: Tournament
    on_wait: OnWait = tell_nobody
    clock: Clock = field(factory=SystemClock)
    contest: Contest = field(init=False)
    entries: Sequence[Entry] = ()
    step_began: float = field(factory=time.monotonic)

    @property
    def moments(self) -> Sequence[Moment]:
        """Return the moments of the tournament whose leaderboards are served."""
        return self.tournament.moments(steps=STEPS_PER_ROUND)

    def open(self) -> Iterator[DemoStep]:
        """Publish the contest, and wait until the instance knows the players of its tournament.

        Nobody pays before: an instance that does not know them does not ask this provider.
        """
        self.serve(self.moments[0])
        self.contest = self.publish()
        yield self.step(f"Published contest {self.contest.id}; it is SCHEDULED.")

        self.wait_for("the field of the tournament", self.has_field)
        yield self.step("The field is known.")

    def run(self) -> Iterator[DemoStep]:
        """Enter and pay; then only serve leaderboards."""
        self.stripe.begin()
        self.entries = self.enter()
        yield self.step(f"{len(self.entries)} users have entered.")
        self.pay()
        yield self.step(f"Stripe has reported {len(self.entries)} payments; every entry is ACTIVE.")

        self.move_lock_time()
        yield from self.wait_for_status(ContestStatus.LOCKED, "the lock time")
        yield from self.wait_for_status(ContestStatus.LIVE, "the start time and data")
        for moment in self.moments[1:]:
            text = _moment_text(moment, self.tournament)
            self.serve_next(moment, text)
            yield self.step(f"{text}: event {self.events()}.")

        self.wait_for("a TERMINAL event", self.has_ended)
        yield self.step("The last leaderboard was seen twice; the tournament is over.")
        yield from self.wait_for_status(ContestStatus.COMPLETE, "the end of the hold")
        yield DemoStep("The settlement:", RESULT_COLUMNS, self.result_rows())
        yield DemoStep("The history:", HISTORY_COLUMNS, self.history_rows())

    # What the demo does

    def publish(self) -> Contest:
        command = PublishContest(
            organizer_id=ORGANIZER.id,
            contest_name=f"{self.tournament.options.name} Pool",
            configuration=self.configuration(self.clock.now() + ENTRY_TIME),
        )
        saved = self.store.run(publish_contest, command, actor=ORGANIZER, reason=REASON)
        return saved.contest

    def move_lock_time(self) -> None:
        """Move the lock to a few seconds from now, as an organizer does when all have entered."""
        self.store.run(self._move_lock_time, self.contest.id, actor=ORGANIZER, reason=REASON)

    def _move_lock_time(self, tx: WriteTx, contest_id: str) -> None:
        lock = tx.clock.now() + timedelta(seconds=LOCK_SECONDS)
        command = ConfigureContest(
            contest_id=contest_id,
            organizer_id=ORGANIZER.id,
            configuration=self.configuration(lock),
            expected_seq=tx.contests.contests.get(contest_id).revision.seq,
        )
        configure_contest(tx, command)

    def configuration(self, lock: datetime) -> Mapping[str, Any]:
        """Return the shipped configuration with a start soon after the lock."""
        options = self.tournament.options
        now = self.clock.now()
        start = lock + timedelta(seconds=START_SECONDS - LOCK_SECONDS)
        end = lock + timedelta(hours=1)
        return {
            **sample_configuration("masters"),
            "provider_event_id": options.provider_event_id,
            "event_start_date": f"{now:%Y-%m-%d}",
            "event_end_date": f"{end:%Y-%m-%d}",
            "round_count": options.rounds,
            "par": list(options.pars),
            "cut": {"after_round": options.cut_after, "rule": "provider_status", "n": None},
            "roster_size": ROSTER_SIZE,
            "counted_players": COUNTED_PLAYERS,
            "entry_fee_cents": FEE_MINOR,
            "lock_time": _second_text(lock),
            "tournament_start_time": _second_text(start),
            "tournament_end_time": _second_text(end),
            "terminal_confirmation_seconds": CONFIRMATION_SECONDS,
            "settlement_hold_seconds": HOLD_SECONDS,
        }

    def enter(self) -> Sequence[Entry]:
        """Enter each user with other players."""
        ids = [golfer.player_id for golfer in self.tournament.golfers]
        entries: list[Entry] = []
        for number, user_id in enumerate(USERS):
            start = number * ROSTER_SIZE
            enter = EnterContest(
                contest_id=self.contest.id,
                user_id=user_id,
                player_ids=tuple(ids[start : start + ROSTER_SIZE]),
            )
            actor = Actor.user(user_id)
            entered = self.store.run(enter_contest, enter, actor=actor, reason=REASON)
            entries.append(entered.entity)

        return entries

    def pay(self) -> None:
        """Pay each entry at Stripe, and wait until its event has made the entry active."""
        for entry in self.entries:
            self.wait_for("the charge of an entry", partial(self.has_charge, entry))
            self.stripe.pay(entry)
        self.wait_for("active entries", self.is_paid)

    def serve(self, moment: Moment) -> None:
        """Answer with the leaderboard of a moment from now on."""
        body = encode(self.tournament.document(moment))
        self.stub.tell(self.tournament.options.provider_event_id, Story.of_bodies([body]))

    def serve_next(self, moment: Moment, text: str) -> None:
        """Serve a leaderboard, and wait until the contest has taken it up."""
        number = self.events()
        self.serve(moment)
        self.wait_for(f"the event of the leaderboard {text!r}", lambda: self.events() > number)

    # What the instance does

    def wait_for_status(self, status: ContestStatus, cause: str) -> Iterator[DemoStep]:
        self.wait_for(f"{status} after {cause}", lambda: status in self.statuses())
        yield self.step(f"The contest is {status}.")

    def wait_for(self, expected: str, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds.

        Raises: DemoNotFinished.
        """
        wait_for(expected, condition, self.on_wait)

    def step(self, text: str) -> DemoStep:
        """Return a step with the seconds that it took."""
        now = time.monotonic()
        seconds = now - self.step_began
        self.step_began = now
        return DemoStep(f"{text} ({seconds:.1f} s)")

    def status(self) -> ContestStatus:
        contest = self.store.read(lambda tx: tx.contests.contests.get(self.contest.id))
        return contest.entity.status

    def statuses(self) -> set[str]:
        """Return every status that the contest has had: one may last for a moment only."""
        changes = self.store.read(lambda tx: tx.history.of("contest", self.contest.id))
        return {change.to_state for change in changes}

    def has_field(self) -> bool:
        log = self.store.read(lambda tx: tx.contests.logs.get(self.contest.id))
        return log.entity.field_number is not None

    def has_charge(self, entry: Entry) -> bool:
        return self.stripe.charge_of(entry) is not None

    def is_paid(self) -> bool:
        for entry in self.entries:
            if self.store.read(entry_status, entry.id) is not EntryStatus.ACTIVE:
                return False

        return True

    def has_ended(self) -> bool:
        log = self.store.read(lambda tx: tx.contests.logs.get(self.contest.id))
        return log.entity.terminal_number is not None

    def events(self) -> int:
        """Return the number of the newest event."""
        log = self.store.read(lambda tx: tx.contests.logs.get(self.contest.id))
        return log.entity.event_number

    # What is shown

    def result_rows(self) -> list[Sequence[object]]:
        """Return the lines of the settlement."""
        completed = self.store.read(lambda tx: tx.contests.runs.completed(self.contest.id))
        assert completed is not None  # noqa: S101 - the contest is COMPLETE
        run_id = completed.entity.id
        lines = self.store.read(
            lambda tx: tx.contests.runs.joins.lines(run_id, after=0, limit=len(self.entries))
        )
        return [(line.rank, line.user_id, line.score, line.payout_minor) for line in lines]

    def history_rows(self) -> list[Sequence[object]]:
        """Return the changes of the contest."""
        changes = self.store.read(lambda tx: tx.history.of("contest", self.contest.id))
        rows: list[Sequence[object]] = []
        for change in changes:
            reason = change.data.get("reason_code", "")
            rows.append(
                (f"{change.at:%H:%M:%S}", change.action, change.to_state, str(change.actor), reason)
            )

        return rows


def entry_status(tx: ReadTx, entry_id: str) -> EntryStatus:
    """Return the status of an entry."""
    return tx.contests.entries.get(entry_id).entity.status


def _moment_text(moment: Moment, tournament: Tournament) -> str:
    """Return a moment of the tournament in words."""
    rounds = tournament.options.rounds
    if moment.n > rounds:
        return "Playoff" if not moment.is_final else "Final leaderboard after the playoff"
    if moment.is_final:
        return "Final leaderboard"

    return f"Round {moment.n}, {'over' if moment.is_over else 'in play'}"


def _second_text(instant: datetime) -> str:
    """Return an instant in whole seconds, as configurations have it."""
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"

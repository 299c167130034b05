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
from urllib.parse import urlsplit

from attrs import define, field, frozen

from indelible.app import ReadTx
from indelible.contests.commands import EnterContest, PublishContest
from indelible.contests.entities import Contest, Entry
from indelible.contests.handlers import enter_contest, publish_contest
from indelible.contests.lifecycle import ContestStatus, EntryStatus
from indelible.contests.samples import sample_configuration
from indelible.kernel import Actor, Clock, Conflict, SystemClock, Unavailable
from indelible_service.contexts.contests import ContestSettings
from indelible_service.database import open_configured_store
from indelible_service.demo import DemoStep, check_running
from indelible_service.demos.golfers import TournamentOptions
from indelible_service.demos.leaderboards import Moment, Tournament, encode
from indelible_service.demos.provider import ProviderStub, Story, provider_stub
from indelible_service.demos.stripe import DemoStripe, demo_stripe
from indelible_service.settings import Settings
from indelible_sql import SqlStore

ORGANIZER: Final = Actor.user("admin")  # of the first key, so that its holder sees the contest
REASON: Final = "demo of contests"
USERS: Final = ("ann", "bob", "cem", "dora", "eli")
LOOPBACK: Final = ("127.0.0.1", "localhost")
FEE_MINOR: Final = 2_501
ROSTER_SIZE: Final = 4
COUNTED_PLAYERS: Final = 3
# Long enough to read each step, and for a worker that looks for due tasks every five seconds.
LOCK_SECONDS: Final = 30
START_SECONDS: Final = 34
CONFIRMATION_SECONDS: Final = 2
HOLD_SECONDS: Final = 4
MAX_WAIT_SECONDS: Final = 180
PAUSE_SECONDS: Final = 0.2  # between two reads while the demo waits for a state
STEPS_PER_ROUND: Final = 1
MILLISECONDS: Final = 1_000  # of a second
SNAPSHOT: Final = "SNAPSHOT"
HISTORY_COLUMNS: Final = ("at", "action", "state", "actor", "reason")
RESULT_COLUMNS: Final = ("rank", "user", "score", "payout")


@frozen
class DemoEndpointForeign(Conflict):
    """The instance asks a provider that the demo cannot be."""

    code: ClassVar[str] = "DEMO_ENDPOINT_FOREIGN"
    message: ClassVar[str] = (
        "The demo is the provider of tournaments, so INGESTION_ENDPOINT_URL must name a free port"
        " of this machine and the path /leaderboard: got {endpoint}."
    )
    endpoint: str


@frozen
class DemoNotFinished(Unavailable):
    """The workers of the instance did not do the next step in time."""

    code: ClassVar[str] = "DEMO_NOT_FINISHED"
    message: ClassVar[str] = (
        "The instance did not reach the next step within {seconds} seconds: expected {expected}."
    )
    expected: str
    seconds: int


def contests_demo(settings: Settings, competitors: Path | None = None) -> Iterator[DemoStep]:
    """Run a contest from SCHEDULED to COMPLETE, and print what the instance has done.

    With a file, the players and their first round are those of a real leaderboard.

    Raises: NotRunning, DemoEndpointForeign, DemoStripeForeign, DemoNotFinished, NoDatabase,
        CannotListen, SimulatorNotStarted, DistributionMissing.
    """
    with running_demo(settings, competitors) as demo:
        yield from demo.run()
        yield DemoStep(f"The contest: {settings.address}/console/contests/{demo.contest.id}")


@contextmanager
def running_demo(settings: Settings, competitors: Path | None = None) -> Generator["ContestDemo"]:
    """Return the demo, with its provider and its Stripe until the block ends.

    Raises: as `contests_demo`.
    """
    check_running(settings)
    port = provider_port(settings.section(ContestSettings).ingestion_endpoint_url)
    tournament = invented_tournament(competitors)
    with (
        open_configured_store(settings) as store,
        demo_stripe(settings, store) as stripe,
        provider_stub(port=port) as stub,
    ):
        yield ContestDemo(store=store, stub=stub, stripe=stripe, tournament=tournament)


def provider_port(endpoint: str) -> int:
    """Return the port of this machine at which the instance asks for tournaments.

    Raises: DemoEndpointForeign.
    """
    address = urlsplit(endpoint)
    is_own = address.scheme == "http" and address.hostname in LOOPBACK
    if not is_own or address.port is None or address.path != "/leaderboard":
        raise DemoEndpointForeign(endpoint)

    return address.port


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
    clock: Clock = field(factory=SystemClock)
    contest: Contest = field(init=False)
    entries: Sequence[Entry] = ()
    step_began: float = field(factory=time.monotonic)

    def run(self) -> Iterator[DemoStep]:
        """Publish, enter and pay; then only serve leaderboards."""
        moments = self.tournament.moments(steps=STEPS_PER_ROUND)
        self.serve(moments[0])
        self.contest = self.publish()
        yield self.step(f"Published contest {self.contest.id}; it is SCHEDULED.")

        self.wait_for("the field of the tournament", self.has_field)
        self.entries = self.enter()
        yield self.step(f"The field is known. {len(self.entries)} users have entered.")
        self.pay()
        yield self.step(f"Stripe has reported {len(self.entries)} payments; every entry is ACTIVE.")

        yield from self.wait_for_status(ContestStatus.LOCKED, "the lock time")
        yield from self.wait_for_status(ContestStatus.LIVE, "the start time and data")
        for moment in moments[1:]:
            self.serve_next(moment)
            yield self.step(f"{_moment_text(moment, self.tournament)}: event {self.events()}.")

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
            configuration=self.configuration(),
        )
        saved = self.store.run(publish_contest, command, actor=ORGANIZER, reason=REASON)
        return saved.contest

    def configuration(self) -> Mapping[str, Any]:
        """Return the shipped configuration with times that are seconds away."""
        options = self.tournament.options
        now = self.clock.now()
        end = now + timedelta(hours=1)
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
            "lock_time": _second_text(now + timedelta(seconds=LOCK_SECONDS)),
            "tournament_start_time": _second_text(now + timedelta(seconds=START_SECONDS)),
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
            entries.append(entered.entry)

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

    def serve_next(self, moment: Moment) -> None:
        """Serve a leaderboard, and wait until the contest has taken it up."""
        number = self.events()
        self.serve(moment)
        self.wait_for("an event of the served leaderboard", lambda: self.events() > number)

    # What the instance does

    def wait_for_status(self, status: ContestStatus, cause: str) -> Iterator[DemoStep]:
        self.wait_for(f"{status} after {cause}", lambda: self.status() is status)
        yield self.step(f"The contest is {status}.")

    def wait_for(self, expected: str, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds.

        Raises: DemoNotFinished.
        """
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise DemoNotFinished(expected, MAX_WAIT_SECONDS)
            time.sleep(PAUSE_SECONDS)

    def step(self, text: str) -> DemoStep:
        """Return a step with the seconds that it took."""
        now = time.monotonic()
        seconds = now - self.step_began
        self.step_began = now
        return DemoStep(f"{text} ({seconds:.1f} s)")

    def status(self) -> ContestStatus:
        contest = self.store.read(lambda tx: tx.contests.contests.get(self.contest.id))
        return contest.entity.status

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
            lambda tx: tx.contests.runs.lines(run_id, after=0, limit=len(self.entries))
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

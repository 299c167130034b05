"""Contests for tests of stages: a store, a provider whose answers the test decides, and a clock."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from attrs import define, evolve, field, frozen

from indelible.app import ReadTx, WriteTx
from indelible.contests.commands.contests import PublishContest
from indelible.contests.commands.entries import ActivateEntry, EnterContest
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import SettlementLine
from indelible.contests.entities.runs import SettlementRun
from indelible.contests.handlers.contests import publish_contest
from indelible.contests.handlers.entries import activate_entry, enter_contest
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.tasks import (
    FETCH_TOURNAMENT_STAGE,
    INGEST_CONTEST_STAGE,
    LOCK_CONTEST_STAGE,
    RECONCILE_CONTESTS_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.contests.samples import sample_configuration
from indelible.contests.tasks.provider_requests import FetchedBody
from indelible.contests.tasks.stages import ContestStages
from indelible.kernel import Actor, Store
from indelible.kernel.history import Change
from indelible.kernel.stages import Stage
from indelible.kernel.tasks import Task
from indelible_service.demos.golfers import TournamentOptions
from indelible_service.demos.leaderboards import Moment, Tournament, competitors_of, encode
from indelible_workers import Worker, process_batch

ORGANIZER: Final = Actor.user("olga")
WORKER: Final = Actor.system("worker")
EVENT_ID: Final = "900900901"
FEE_MINOR: Final = 2_501
MINUTE: Final = timedelta(minutes=1)
OPTIONS: Final = TournamentOptions(
    provider_event_id=EVENT_ID,
    players=14,
    pars=(72, 71),
    cut_after=1,
    cut_size=9,
    has_playoff=False,
)
BEFORE: Final = Moment(n=1)
FIRST_ROUND: Final = Moment(n=1, progress=1.0, is_over=True)
FINAL: Final = Moment(n=2, progress=1.0, is_over=True, is_final=True)

ContestStore = Store[ReadTx, WriteTx]
AnyStage = Stage[Any, Any, Any]


@define
class TestClock:
    """A clock that only moves when the test moves it; it starts two hours ago.

    A database decides by its own clock which tasks are due: what is due by this clock is due there.
    """

    __test__ = False  # for pytest
    time: datetime = field(factory=lambda: datetime.now(UTC) - timedelta(hours=2))

    def now(self) -> datetime:
        """Return the time."""
        return self.time

    def advance(self, seconds: float) -> None:
        """Let time pass, or run backwards."""
        self.time += timedelta(seconds=seconds)


@define
class FileProvider:
    """A provider whose answer is in a file, so that worker processes get it, too."""

    path: Path
    answers: list[FetchedBody] = field(factory=list[FetchedBody])  # before that of the file
    requests: int = 0

    def serve(self, moment: Moment, options: TournamentOptions = OPTIONS) -> None:
        """Answer with the leaderboard of a moment from now on."""
        self.serve_bytes(encode(Tournament(options).document(moment)))

    def serve_bytes(self, content: bytes) -> None:
        """Answer with these bytes from now on."""
        self.path.write_bytes(content)

    def fetch(self, _: str) -> FetchedBody:
        """Return the next answer."""
        self.requests += 1
        if self.answers:
            return self.answers.pop(0)

        return FetchedBody(
            http_status=200, content_type="application/json", body=self.path.read_bytes()
        )


@frozen(kw_only=True)
class ContestRun:
    """A contest on its way from SCHEDULED to its end, moved by the stages of one process."""

    store: ContestStore
    provider: FileProvider
    clock: TestClock
    event_id: str = EVENT_ID

    def configuration(self, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - of a document
        """Return a configuration whose lock is in 10 minutes and whose start is in 20."""
        now = self.clock.now()
        document = dict(sample_configuration("masters"))
        document.update(
            provider_event_id=self.event_id,
            event_start_date=f"{now:%Y-%m-%d}",
            event_end_date=f"{now + 40 * MINUTE:%Y-%m-%d}",
            round_count=len(OPTIONS.pars),
            par=list(OPTIONS.pars),
            cut={"after_round": OPTIONS.cut_after, "rule": "provider_status", "n": None},
            roster_size=3,
            counted_players=2,
            entry_fee_cents=FEE_MINOR,
            max_entries_per_user=None,
            lock_time=second_text(now + 10 * MINUTE),
            tournament_start_time=second_text(now + 20 * MINUTE),
            tournament_end_time=second_text(now + 40 * MINUTE),
            min_official_rounds=1,
            terminal_confirmation_seconds=60,
            settlement_hold_seconds=120,
        )
        document.update(changes)
        return document

    def publish(self, name: str = "Harkwood Pool", **changes: Any) -> Contest:  # noqa: ANN401 - of a document
        """Publish a contest."""
        command = PublishContest(
            organizer_id=ORGANIZER.id,
            contest_name=name,
            configuration=self.configuration(**changes),
        )
        saved = self.store.run(publish_contest, command, actor=ORGANIZER, reason="a test")
        return saved.contest

    def enter(self, contest: Contest, user_id: str, players: Iterable[str]) -> Entry:
        """Enter a contest and pay for the entry."""
        enter = EnterContest(contest_id=contest.id, user_id=user_id, player_ids=tuple(players))
        actor = Actor.user(user_id)
        entry = self.store.run(enter_contest, enter, actor=actor, reason="a test").entity
        if not entry.fee_minor:
            return entry

        pay = ActivateEntry(
            entry_id=entry.id,
            paid_minor=entry.fee_minor,
            currency=entry.currency,
            paid_at=self.clock.now(),
            payment_ref=f"test-{entry.id}",
        )
        return self.store.run(activate_entry, pay, actor=WORKER, reason="a test").entity

    def enter_some(self, contest: Contest) -> list[Entry]:
        """Enter three users with players that exist."""
        ids = [golfer.player_id for golfer in Tournament(OPTIONS).golfers]
        rosters = {"ann": ids[0:3], "bob": ids[3:6], "cem": ids[6:9]}
        return [self.enter(contest, user_id, roster) for user_id, roster in rosters.items()]

    # Stages

    def stages(self, **options: Any) -> Mapping[str, AnyStage]:  # noqa: ANN401 - of the stages
        """Return the stages by name."""
        values: dict[str, Any] = {
            "store": self.store,
            "fetch": self.provider.fetch,
            "clock": self.clock,
            **options,
        }
        return {stage.name: stage for stage in ContestStages(**values).stages()}

    def process(self, *names: str, **options: Any) -> int:  # noqa: ANN401 - of the stages
        """Process the tasks of these stages once each, and return how many were claimed."""
        stages = self.stages(**options)
        claimed = 0
        with Worker(store=self.store, actor=WORKER).heartbeat() as worker:
            for name in names:
                claimed += process_batch(self.store, stages[name], actor=WORKER, worker=worker)

        return claimed

    def process_all(self, name: str) -> None:
        """Process tasks of a stage until none is due."""
        while self.process(name):
            pass

    def fetch(self, moment: Moment | None = None) -> None:
        """Fetch the tournament now, and let its contests take it up."""
        if moment is not None:
            self.serve(moment)
        self.record_fetch()
        self.process_all(INGEST_CONTEST_STAGE)

    def record_fetch(self) -> None:
        """Fetch the tournament now; its contests do not take it up yet."""
        self.enqueue(FETCH_TOURNAMENT_STAGE, self.event_id)
        number = self.fetch_number()
        while self.fetch_number() == number:
            assert self.process(FETCH_TOURNAMENT_STAGE)

    def fetch_number(self) -> int:
        """Return the number of the tournament's last fetch."""
        return self.store.read(lambda tx: tx.contests.feeds.get(self.event_id)).entity.fetch_number

    @property
    def options(self) -> TournamentOptions:
        """Return the facts of the tournament."""
        return evolve(OPTIONS, provider_event_id=self.event_id)

    def serve(self, moment: Moment) -> None:
        """Let the provider answer with the leaderboard of a moment from now on."""
        self.provider.serve(moment, self.options)

    def serve_canceled(self) -> None:
        """Let the provider answer that it has canceled the tournament."""
        document = Tournament(self.options).document(BEFORE)
        status = {"type": {"name": "STATUS_CANCELED", "state": "post", "completed": False}}
        event = document["events"][0]
        event["status"] = status
        event["competitions"][0]["status"] = {"period": 1, **status}
        self.provider.serve_bytes(encode(document))

    def serve_ruling(self, *, players: int = 1, strokes: int = 20) -> None:
        """Let the provider answer with the end, after a ruling against some of the players."""
        document = Tournament(self.options).document(FINAL)
        for competitor in competitors_of(document)[:players]:
            first_round: dict[str, Any] = competitor["linescores"][0]
            first_round["value"] += strokes
            first_round["inScore"] += strokes
        self.provider.serve_bytes(encode(document))

    def reconcile(self) -> None:
        """Let the reconciler look for repairs."""
        self.enqueue(RECONCILE_CONTESTS_STAGE, "contests")
        self.process(RECONCILE_CONTESTS_STAGE)

    def enqueue(self, stage: str, entity_id: str) -> None:
        """Make a task due by this clock, which the database's one is ahead of."""
        with self.store.transaction(actor=WORKER, reason="a test") as tx:
            tx.tasks.enqueue(stage, {entity_id: tx.clock.now()})

    # The way of a contest

    def open(self, **changes: Any) -> Contest:  # noqa: ANN401 - of the configuration
        """Return a contest with a field and three paid entries."""
        contest = self.publish(**changes)
        self.clock.advance(60)
        self.fetch(BEFORE)
        self.clock.advance(60)
        self.enter_some(contest)
        return contest

    def lock(self, contest: Contest) -> None:
        """Let the lock time come."""
        self.clock.time = max(self.clock.time, self.contest(contest).lock_time)
        self.process_all(LOCK_CONTEST_STAGE)

    def start(self, contest: Contest) -> None:
        """Let the start time come."""
        self.clock.time = max(self.clock.time, self.contest(contest).start_time)
        self.process_all(START_CONTEST_STAGE)

    def play(self) -> None:
        """Play all rounds; the last leaderboard is seen twice, a minute apart."""
        for moment in (FIRST_ROUND, FINAL, None):
            self.clock.advance(90)
            self.fetch(moment)

    def hold(self) -> None:
        """Let the hold after the terminal event end."""
        self.clock.advance(180)

    def settle(self) -> None:
        """Settle the contests whose hold is over."""
        self.process_all(SETTLE_CONTEST_STAGE)

    def bring_to(self, status: ContestStatus) -> Contest:
        """Return a contest that waits for the transition out of a state; its time has come."""
        contest = self.open()
        if status is ContestStatus.SCHEDULED:
            self.clock.time = contest.lock_time
            return contest

        self.lock(contest)
        if status is ContestStatus.LOCKED:
            self.clock.time = contest.start_time
            return contest

        self.start(contest)
        self.play()
        self.hold()
        if status is ContestStatus.COMPLETE:
            self.settle()
        return contest

    # What became of it

    def contest(self, contest: Contest) -> Contest:
        """Return a contest as it is now."""
        return self.store.read(lambda tx: tx.contests.contests.get(contest.id)).entity

    def status(self, contest: Contest) -> ContestStatus:
        """Return the state of a contest."""
        return self.contest(contest).status

    def log(self, contest: Contest) -> ContestLog:
        """Return the log of a contest."""
        return self.store.read(lambda tx: tx.contests.logs.get(contest.id)).entity

    def kinds(self, contest: Contest) -> list[str]:
        """Return the kinds of a contest's events; an invalid one has a `!` before it."""
        events = self.store.read(lambda tx: tx.contests.logs.events(contest.id, after=0, limit=500))
        return [f"{'' if event.validity == 'VALID' else '!'}{event.kind}" for event in events]

    def runs(self, contest: Contest) -> list[SettlementRun]:
        """Return the settlement runs of a contest, newest first."""
        heads = self.store.read(lambda tx: tx.contests.runs.of_contest(contest.id, limit=500))
        return [head.entity for head in heads]

    def lines(self, settled: SettlementRun) -> tuple[SettlementLine, ...]:
        """Return the lines of a settlement."""
        return self.store.read(
            lambda tx: tx.contests.runs.joins.lines(settled.id, after=0, limit=500)
        )

    def changes(self, contest: Contest) -> list[Change]:
        """Return the changes of a contest."""
        return list(self.store.read(lambda tx: tx.history.of("contest", contest.id)))

    def actions(self, contest: Contest) -> list[str]:
        """Return the actions of a contest's changes."""
        return [change.action for change in self.changes(contest)]

    def task(self, stage: str, entity_id: str) -> Task:
        """Return a task."""
        return self.store.read(lambda tx: tx.tasks.get(stage, entity_id))


def second_text(instant: datetime) -> str:
    """Return an instant in whole seconds, as configurations have it."""
    return f"{instant.replace(microsecond=0):%Y-%m-%dT%H:%M:%SZ}"

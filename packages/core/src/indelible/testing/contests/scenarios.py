"""Configurations and short scenarios for the suites of contests."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from attrs import evolve, frozen

from indelible import contests
from indelible.app import ReadTx, WriteTx
from indelible.contests import (
    AssessInput,
    ContestLog,
    ContestSaved,
    ContestStatus,
    Entry,
    FetchedPayload,
    FetchOutcome,
    FetchResult,
    SettlementRun,
)
from indelible.contests.entities.values import ResolveAction
from indelible.contests.repositories.reads import require_due
from indelible.contests.rules.configuration.parsing import document_instant, parse_configuration
from indelible.contests.rules.settlement import Settlement, SettlementInput, settle
from indelible.contests.samples import sample_configuration
from indelible.kernel import Actor, Head
from indelible.testing.contests.payloads import (
    FINAL_BOARD,
    FIRST_ROUND,
    PLAYERS,
    ROUNDS,
    SCHEDULED,
    Board,
)
from indelible.testing.contests.reads import ContestReads
from indelible.testing.stores import BEGINNING, AnyStore, do, stop_clock, within

R = TypeVar("R")
Value = Any  # of any field

ORGANIZER: Final = "maya"
STRANGER: Final = "noor"
SYSTEM: Final = Actor.system("contests")
FEE: Final = 2501
TO_LOCK: Final = timedelta(minutes=10)
TO_START: Final = timedelta(minutes=15)
TO_END: Final = timedelta(days=2)
HOLD_SECONDS: Final = 60
ROSTER: Final = PLAYERS[:3]
OTHER_ROSTER: Final = PLAYERS[1:4]


def configuration(base: datetime = BEGINNING, **changes: Value) -> dict[str, Value]:
    """Return a configuration of a tournament of two rounds soon after an instant."""
    document = sample_configuration("masters") | {
        "provider_event_id": "T1",
        "event_start_date": base.date().isoformat(),
        "event_end_date": (base + TO_END).date().isoformat(),
        "round_count": ROUNDS,
        "cut": {"after_round": None, "rule": "provider_status", "n": None},
        "roster_size": 3,
        "counted_players": 2,
        "entry_fee_cents": FEE,
        "max_entries": 10,
        "min_entries": None,
        "max_entries_per_user": 2,
        "lock_time": document_instant(base + TO_LOCK),
        "tournament_start_time": document_instant(base + TO_START),
        "tournament_end_time": document_instant(base + TO_END),
        "payment_grace_seconds": 300,
        "settlement_hold_seconds": HOLD_SECONDS,
        "terminal_confirmation_seconds": 60,
    }
    return document | changes


@frozen
class ContestScenario(ContestReads):
    """A contest of a store that was published at an instant, with commands on it."""

    def run(self, handler: Callable[[WriteTx, Value], R], command: Value) -> R:
        """Run a handler as the system."""
        return do(self.store, handler, command, actor=SYSTEM)

    def advance(self, instant: datetime) -> None:
        """Stop the store's clock at an instant."""
        stop_clock(self.store, instant)

    def import_field(self, players: Sequence[str] = PLAYERS, **fields: Value) -> Head[ContestLog]:
        """Import the field."""
        command = contests.ImportField(contest_id=self.contest_id, primary=tuple(players), **fields)
        return self.run(contests.import_field, command)

    def enter(
        self, user_id: str = "ann", players: Sequence[str] = ROSTER, prediction: int | None = None
    ) -> Head[Entry]:
        """Enter the contest."""
        command = contests.EnterContest(
            contest_id=self.contest_id,
            user_id=user_id,
            player_ids=tuple(players),
            prediction=prediction,
        )
        return self.run(contests.enter_contest, command)

    def set_roster(self, saved: Head[Entry], players: Sequence[str] = OTHER_ROSTER) -> Head[Entry]:
        """Replace the roster of an entry."""
        command = contests.SetRoster(
            user_id=saved.entity.user_id,
            entry_id=saved.entity.id,
            player_ids=tuple(players),
            expected_seq=saved.revision.seq,
        )
        return self.run(contests.set_roster, command)

    def pay(self, entry: Entry, **fields: Value) -> Head[Entry]:
        """Mark an entry as paid at the beginning of the contest."""
        values: dict[str, Value] = {
            "paid_minor": FEE,
            "currency": "USD",
            "paid_at": entry.created_at,
            "payment_ref": f"pay-{entry.id}",
        }
        command = contests.ActivateEntry(entry_id=entry.id, **(values | fields))
        return self.run(contests.activate_entry, command)

    def paid_entry(self, user_id: str = "ann", players: Sequence[str] = ROSTER) -> Head[Entry]:
        """Enter the contest and pay."""
        return self.pay(self.enter(user_id, players).entity)

    def entry(self, entry_id: str) -> Entry:
        """Return an entry as it is stored."""
        return self.read(lambda tx: tx.contests.entries.get(entry_id)).entity

    def configure(self, **changes: Value) -> ContestSaved:
        """Change the configuration."""
        command = contests.ConfigureContest(
            contest_id=self.contest_id,
            configuration=configuration(self.base, **changes),
            expected_seq=self.saved.seq,
        )
        return self.run(contests.configure_contest, command)

    def lock(self) -> contests.TransitionOutcome:
        """Lock the contest if its lock time has come."""
        return self.run(contests.lock_contest, contests.LockContest(contest_id=self.contest_id))

    def force_lock(self) -> ContestSaved:
        """Lock the contest now."""
        command = contests.ForceLock(contest_id=self.contest_id, expected_seq=self.saved.seq)
        return self.run(contests.force_lock, command)

    def start(self) -> contests.TransitionOutcome:
        """Start the contest if its start time has come."""
        return self.run(contests.start_contest, contests.StartContest(contest_id=self.contest_id))

    def cancel(self, **fields: Value) -> ContestSaved:
        """Cancel the contest."""
        command = contests.CancelContest(contest_id=self.contest_id, **fields)
        return self.run(contests.cancel_contest, command)

    def fail(self, action: str, code: str = "BROKEN") -> ContestSaved:
        """Record a permanent failure."""
        command = contests.FailContest(
            contest_id=self.contest_id,
            attempted_action=action,
            error_code=code,
            error_message="It failed 20 times.",
        )
        return self.run(contests.fail_contest, command)

    def resolve(self, action: ResolveAction) -> ContestSaved:
        """Resolve the error."""
        command = contests.ResolveError(contest_id=self.contest_id, action=action)
        return self.run(contests.resolve_error, command)

    def fetch(self, body: Board | bytes | None, minute: int) -> contests.FeedSaved:
        """Record a fetch of the tournament that was finished at a minute after the start."""
        contest = self.contest
        if isinstance(body, Board):
            body = evolve(body, tournament=contest.provider_event_id).payload()
        at = contest.start_time + timedelta(minutes=minute)
        outcome = FetchOutcome.TIMEOUT if body is None else FetchOutcome.OK
        result = FetchResult(
            requested_at=at,
            finished_at=at,
            outcome=outcome,
            attempts=1,
            http_status=None if body is None else 200,
            content_type="application/json",
            body=body,
        )
        command = contests.RecordFetch(provider_event_id=contest.provider_event_id, result=result)
        return self.run(contests.record_fetch, command)

    def assess(self, saved: contests.FeedSaved) -> contests.AppendEvents:
        """Return the command that appends what a fetch leads to."""
        fetch = saved.fetch
        assert fetch is not None
        contest, log = self.saved, self.log
        record = self.read(
            lambda tx: tx.contests.contests.configuration(
                self.contest_id, contest.contest.configuration_version
            )
        )
        content = None
        if fetch.payload_digest is not None:
            digest = fetch.payload_digest
            content = self.read(lambda tx: tx.payloads.get(digest).content)
        inputs = AssessInput(
            contest_status=contest.contest.status,
            configuration=parse_configuration(record.configuration, created_at=None),
            state=self.store.read(contests.log_state, self.contest_id),
            fetch=FetchedPayload(
                number=fetch.number,
                fetched_at=fetch.finished_at,
                payload=content,
                payload_digest=fetch.payload_digest,
            ),
            fetch_number=log.fetch_number,
            head_hash=log.head_hash,
            marks=log.marks,
        )
        return contests.AppendEvents(
            contest_id=self.contest_id,
            expected_seq=self.log_head.revision.seq,
            contest_seq=contest.seq,
            fetch_number=fetch.number,
            assessment=contests.assess(inputs),
        )

    def observe(self, body: Board | bytes | None, minute: int) -> Head[ContestLog]:
        """Record a fetch, and append what it leads to."""
        return self.run(contests.append_events, self.assess(self.fetch(body, minute)))

    def start_run(self) -> SettlementRun:
        """Start a settlement run."""
        command = contests.StartRun(contest_id=self.contest_id)
        return self.run(contests.start_run, command).entity

    def settlement(self, run: SettlementRun) -> Settlement:
        """Compute the settlement of a run."""

        def compute(tx: ReadTx) -> Settlement:
            contest = tx.contests.contests.get(self.contest_id).entity
            due = require_due(tx, contest, contest.end_time)
            paid_until = contest.lock_time + timedelta(seconds=contest.payment_grace_seconds)
            assert due.state.leaderboard is not None
            assert due.state.field is not None
            return settle(
                SettlementInput(
                    contest_id=self.contest_id,
                    configuration=due.configuration,
                    configuration_digest=run.configuration_digest,
                    event_number=run.event_number,
                    events_digest=run.events_digest,
                    leaderboard=due.state.leaderboard,
                    field=due.state.field,
                    official_rounds=due.official_rounds,
                    entries=tuple(tx.contests.entries.joins.eligible(self.contest_id, paid_until)),
                )
            )

        return self.read(compute)

    def finish(self, run: SettlementRun, action: str = "complete") -> Head[SettlementRun]:
        """Compute the settlement of a run and save it."""
        command = contests.FinishRun.of(run.id, self.settlement(run), action=action)
        return self.run(contests.finish_run, command)

    def finish_tournament(self) -> None:
        """Let the log of a live contest reach its TERMINAL event, and the hold end."""
        self.observe(FIRST_ROUND, 1)
        self.observe(FINAL_BOARD, 2)
        self.observe(FINAL_BOARD, 3)
        self.advance(self.contest.start_time + timedelta(minutes=3, seconds=HOLD_SECONDS))


def publish(store: AnyStore, name: str = "Open", **changes: Value) -> ContestScenario:
    """Publish a contest."""
    base = within(store, lambda tx: tx.clock.now()).replace(second=0)
    command = contests.PublishContest(
        organizer_id=ORGANIZER, contest_name=name, configuration=configuration(base, **changes)
    )
    saved = do(store, contests.publish_contest, command)
    return ContestScenario(store, saved.contest.id, base)


def new_contest(store: AnyStore, **changes: Value) -> ContestScenario:
    """Publish a contest whose field is known."""
    scenario = publish(store, **changes)
    scenario.import_field()
    return scenario


def locked_contest(store: AnyStore, **changes: Value) -> ContestScenario:
    """Return a contest in LOCKED with two paid entries."""
    scenario = new_contest(store, **changes)
    fee = scenario.contest.fee_minor
    for user_id, players in (("ann", ROSTER), ("bob", OTHER_ROSTER)):
        entry = scenario.enter(user_id, players).entity
        if fee:
            scenario.pay(entry, paid_minor=fee)
    scenario.advance(scenario.contest.lock_time)
    assert scenario.lock().applied
    return scenario


def live_contest(store: AnyStore, **changes: Value) -> ContestScenario:
    """Return a contest in LIVE with two paid entries."""
    scenario = locked_contest(store, **changes)
    scenario.advance(scenario.contest.start_time)
    scenario.observe(SCHEDULED, 0)
    assert scenario.start().applied
    return scenario


def due_contest(store: AnyStore, **changes: Value) -> ContestScenario:
    """Return a contest in LIVE that is due for settlement."""
    scenario = live_contest(store, **changes)
    scenario.finish_tournament()
    return scenario


def complete_contest(store: AnyStore, **changes: Value) -> ContestScenario:
    """Return a settled contest."""
    scenario = due_contest(store, **changes)
    scenario.finish(scenario.start_run())
    return scenario


def contest_in(store: AnyStore, status: ContestStatus) -> ContestScenario:
    """Return a contest in a state; the one in ERROR has failed to lock."""
    builders: dict[ContestStatus, Callable[[AnyStore], ContestScenario]] = {
        ContestStatus.SCHEDULED: new_contest,
        ContestStatus.LOCKED: locked_contest,
        ContestStatus.LIVE: live_contest,
        ContestStatus.COMPLETE: complete_contest,
    }
    if status in builders:
        return builders[status](store)

    scenario = new_contest(store)
    if status is ContestStatus.CANCELLED:
        scenario.cancel()
    else:
        scenario.fail("lock")
    return scenario

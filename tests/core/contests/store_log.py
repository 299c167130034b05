"""A contest of the memory store whose log takes up deliveries through the handlers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from attrs import define, field
from tests.core.contests.deliveries import Delivery
from tests.core.contests.pure_log import HOUR, MINUTE, OPTIONS, START, configuration_document

from indelible.app import WriteTx
from indelible.contests.commands.contests import LockContest, PublishContest, StartContest
from indelible.contests.commands.logs import AppendEvents, CorrectLog, RecordFetch
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import ContestEvent
from indelible.contests.entities.values import FetchOutcome, FetchResult
from indelible.contests.handlers.contests import publish_contest
from indelible.contests.handlers.feeds import record_fetch
from indelible.contests.handlers.logs import append_events, correct_log
from indelible.contests.handlers.transitions import lock_contest, start_contest
from indelible.contests.rules.assess import assess
from indelible.contests.rules.configuration.parsing import document_instant
from indelible.contests.tasks.waiting_fetches import next_fetch
from indelible.kernel import Actor
from indelible.memory import MemoryStore

ORGANIZER: Final = Actor.user("maya")
SYSTEM: Final = Actor.system("ingestion")
REASON: Final = "a test"
MAX_EVENTS: Final = 500


@define
class SetClock:
    """A clock that stands where the test has set it."""

    instant: datetime = START

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant.astimezone(UTC)


@define
class StoreLog:
    """A published contest; `start` locks it and lets its tournament begin."""

    clock: SetClock = field(factory=SetClock)
    store: MemoryStore = field(init=False)
    contest_id: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.store = MemoryStore(clock=self.clock)
        document = configuration_document(
            event_start_date=START.date().isoformat(),
            event_end_date=(START + 96 * HOUR).date().isoformat(),
            lock_time=document_instant(START + MINUTE),
            tournament_start_time=document_instant(START + 2 * MINUTE),
            tournament_end_time=document_instant(START + 96 * HOUR),
            min_entries=None,
        )
        command = PublishContest(
            organizer_id="maya", contest_name="A contest", configuration=document
        )
        saved = self.store.run(publish_contest, command, actor=ORGANIZER, reason=REASON)
        self.contest_id = saved.contest.id

    def start(self, payload: bytes) -> None:
        """Lock the contest, take up its first leaderboard, and start it."""
        self.clock.instant = START + MINUTE
        lock = LockContest(contest_id=self.contest_id)
        self.store.run(lock_contest, lock, actor=SYSTEM, reason=REASON)
        self.deliver([Delivery(number=1, fetched_at=self.clock.instant, payload=payload)])
        self.clock.instant = START + 2 * MINUTE
        begin = StartContest(contest_id=self.contest_id)
        self.store.run(start_contest, begin, actor=SYSTEM, reason=REASON)

    def deliver(self, planned: Sequence[Delivery]) -> None:
        """Record fetches in the order of their deliveries, and take each of them up."""
        for delivery in planned:
            self.clock.instant = max(self.clock.instant, delivery.fetched_at)
            result = FetchResult(
                requested_at=delivery.fetched_at,
                finished_at=delivery.fetched_at,
                outcome=FetchOutcome.OK,
                attempts=1,
                http_status=200,
                content_type="application/json",
                body=delivery.payload,
            )
            record = RecordFetch(provider_event_id=OPTIONS.provider_event_id, result=result)
            self.store.run(record_fetch, record, actor=SYSTEM, reason=REASON)
            self._take_up()

    def _take_up(self) -> None:
        """Append what the next fetch leads to."""
        waiting = self.store.read(next_fetch, self.contest_id)
        assert waiting is not None
        command = AppendEvents(
            contest_id=self.contest_id,
            expected_seq=waiting.log_seq,
            contest_seq=waiting.contest_seq,
            fetch_number=waiting.fetch_number,
            assessment=assess(waiting.assess_input),
        )
        self.store.run(append_events, command, actor=SYSTEM, reason=REASON)

    def correct(self, command: CorrectLog) -> None:
        """Submit an operator's correction."""
        self.store.run(correct_log, command, actor=ORGANIZER, reason=REASON)

    @property
    def log(self) -> ContestLog:
        """Return the head of the log."""
        return self.store.read(lambda tx: tx.contests.logs.get(self.contest_id).entity)

    @property
    def events(self) -> tuple[ContestEvent, ...]:
        """Return all events."""
        return self.store.read(
            lambda tx: tuple(tx.contests.logs.events(self.contest_id, after=0, limit=MAX_EVENTS))
        )


def payload_of(tx: WriteTx, event: ContestEvent) -> bytes:
    """Return the bytes that an event was made of."""
    return tx.payloads.get(event.payload_digest).content

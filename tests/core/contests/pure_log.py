"""A contest's log in memory, made of the pure rules alone."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from attrs import define, field

from indelible.contests.entities.values import NO_MARKS, EventKind, LogMarks, Validity
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.assess import (
    AssessInput,
    Assessment,
    FetchedPayload,
    NewEvent,
    assess,
)
from indelible.contests.rules.configuration.parsing import parse_configuration
from indelible.contests.rules.configuration.values import Configuration
from indelible.contests.rules.fold import EMPTY_STATE, LogState
from indelible.contests.samples import sample_configuration
from indelible_service.demos.golfers import TournamentOptions
from indelible_service.demos.leaderboards import Json, Moment, Tournament, encode

START: Final = datetime(2027, 4, 8, 12, tzinfo=UTC)
OPTIONS: Final = TournamentOptions(players=14, cut_size=7)
TOURNAMENT: Final = Tournament(OPTIONS)
LAST: Final = OPTIONS.rounds
MINUTE: Final = timedelta(seconds=60)
HOUR: Final = timedelta(hours=1)
FINAL: Final = Moment(n=LAST + 1, progress=1.0, is_over=True, is_final=True)


def configuration_document(**changes: object) -> Json:
    """Return the configuration of the invented tournament as JSON, with some keys changed."""
    document = sample_configuration("masters")
    document["provider_event_id"] = OPTIONS.provider_event_id
    document["cut"] = {"after_round": OPTIONS.cut_after, "rule": "provider_status", "n": None}
    return document | changes


def configured(**changes: object) -> Configuration:
    """Return the configuration of the invented tournament, with some keys changed."""
    return parse_configuration(configuration_document(**changes), created_at=None)


def end_of_round(n: int) -> Moment:
    """Return the moment at which every player has finished a round."""
    return Moment(n=n, progress=1.0, is_over=True)


def body_of(moment: Moment, change: Callable[[Json], object] | None = None) -> bytes:
    """Return the bytes of a document, after a change."""
    document = TOURNAMENT.document(moment)
    if change is not None:
        change(document)
    return encode(document)


@define(kw_only=True)
class PureLog:
    """The events of a contest; `take` is what a fetch does to them."""

    configuration: Configuration = field(factory=configured)
    status: ContestStatus = ContestStatus.LIVE
    state: LogState = EMPTY_STATE
    marks: LogMarks = NO_MARKS
    head_hash: str | None = None
    fetch_number: int = 0
    events: list[NewEvent] = field(factory=list[NewEvent])
    now: datetime = START

    def take(
        self,
        payload: bytes | None,
        *,
        after: timedelta = MINUTE,
        number: int | None = None,
        at: datetime | None = None,
    ) -> Assessment:
        """Take up a fetch some time after the one before, or with its own number and time."""
        fetched_at = at
        if fetched_at is None:
            self.now += after
            fetched_at = self.now
        fetch = FetchedPayload(
            number=number or self.fetch_number + 1,
            fetched_at=fetched_at,
            payload=payload,
            payload_digest=None if payload is None else sha256(payload).hexdigest(),
        )
        assessment = assess(self._input(fetch))
        self.add(assessment)
        self.fetch_number = max(self.fetch_number, fetch.number)
        return assessment

    def add(self, assessment: Assessment) -> None:
        """Add the events of a decision."""
        self.events += assessment.events
        self.state = assessment.state
        self.marks = assessment.marks
        if assessment.events:
            self.head_hash = assessment.events[-1].body_hash

    def kinds(self, validity: Validity | None = None) -> list[EventKind]:
        """Return the kinds of the events, those of one validity only if it is given."""
        return [event.kind for event in self.events if validity in {None, event.validity}]

    def codes(self) -> Iterator[str]:
        """Yield the codes of all faults."""
        for event in self.events:
            for fault in event.faults:
                yield fault.code.value

    def number_of(self, kind: EventKind) -> int | None:
        """Return the number of the newest event of a kind, None without one."""
        numbers = [event.number for event in self.events if event.kind is kind]
        return numbers[-1] if numbers else None

    def _input(self, fetch: FetchedPayload) -> AssessInput:
        return AssessInput(
            contest_status=self.status,
            configuration=self.configuration,
            state=self.state,
            fetch=fetch,
            fetch_number=self.fetch_number,
            head_hash=self.head_hash,
            marks=self.marks,
        )

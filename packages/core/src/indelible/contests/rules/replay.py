"""Replay of a contest's log, and its verification: hashes, numbers, and the state they lead to."""

from collections.abc import Iterable
from typing import Final

from attrs import define, field, fields, frozen

from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import ContestEvent, ReplayedEvent
from indelible.contests.entities.values import LogMarks
from indelible.contests.rules.fold import EMPTY_STATE, LogState, fold, replay

__all__ = ["LogProblem", "LogVerification", "replay", "verify_log"]

MAX_PROBLEMS: Final = 100
# The marks that follow from VALID events alone; the others also depend on refused ones.
STATE_MARKS: Final = tuple(
    attribute.name
    for attribute in fields(LogMarks)
    if not attribute.name.startswith(("pending_", "conflict_"))
)


@frozen
class LogProblem:
    """A problem of an event, or of the head of a log if `number` is None."""

    number: int | None
    problem: str


@frozen(kw_only=True)
class LogVerification:
    """The result of a verification: the first problems, and the state that the events lead to."""

    events: int
    problems: tuple[LogProblem, ...]
    state: LogState

    @property
    def is_sound(self) -> bool:
        """Return True if nothing is wrong."""
        return not self.problems


def verify_log(events: Iterable[ContestEvent | ReplayedEvent], log: ContestLog) -> LogVerification:
    """Recompute the hashes of all events of a log, in order, and compare its head with them."""
    check = _Check(log.contest_id)
    for event in events:
        check.add_event(event)

    check.compare_head(log)
    problems = tuple(check.problems[:MAX_PROBLEMS])
    return LogVerification(events=check.count, problems=problems, state=check.state)


@define
class _Check:
    contest_id: str
    count: int = 0
    event_hash: str = ""
    head_hash: str | None = None
    state: LogState = EMPTY_STATE
    problems: list[LogProblem] = field(factory=list[LogProblem])

    def add_event(self, event: ContestEvent | ReplayedEvent) -> None:
        """Check one event and fold it."""
        number = event.number
        if number != self.count + 1:
            self._add(number, f"the event before it has the number {self.count}")
        if event.contest_id != self.contest_id:
            self._add(number, f"it belongs to contest {event.contest_id}")
        if event.prev_hash != self.event_hash:
            self._add(number, "its prev_hash is not the hash of the event before it")
        if event.event_hash != event.chain_hash():
            self._add(number, "its event_hash is not that of its content")
        if event.body_digest not in {None, event.body_hash}:
            self._add(number, "its body_hash is not that of its body")

        self.count = number
        self.event_hash = event.event_hash
        self.head_hash = event.body_hash
        if number > self.state.number:
            self.state = fold(self.state, event)

    def compare_head(self, log: ContestLog) -> None:
        """Compare the head of the log with the events."""
        expected: dict[str, object] = {
            "event_number": self.count,
            "event_hash": self.event_hash,
            "head_hash": self.head_hash,
        }
        for name in STATE_MARKS:
            expected[name] = getattr(self.state, name)
        for name, value in expected.items():
            if getattr(log, name) != value:
                self._add(None, f"{name} is {getattr(log, name)}, but the events lead to {value}")

    def _add(self, number: int | None, problem: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(LogProblem(number, problem))

"""The fold of a contest's events into a state: pure, with integers only and without a clock.

The state keeps the stored bodies of events and parses a body on first use, so that the time of a
fold does not depend on the size of the leaderboard.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Self

from attrs import evolve, frozen

from indelible.contests.entities.logs import EventDraft
from indelible.contests.entities.records import ContestEvent, ReplayedEvent
from indelible.contests.entities.values import EventKind, Validity
from indelible.contests.rules.values import Field, Leaderboard
from indelible.kernel.errors import UsageError
from indelible.kernel.json import digest, instant_text

# A stored event, or the draft of an event that is not stored yet.
LoggedEvent = ContestEvent | EventDraft | ReplayedEvent


@frozen(kw_only=True)
class LogState:
    """The state of a contest's log after an event.

    `number` is the number of the newest event. `observations` counts how often the applied
    leaderboard has been observed: once when it was applied at `leaderboard_at`, then by each
    CONFIRMED event; `observed_at` is the newest of these times. A changed leaderboard starts again
    and removes the TERMINAL event. A leaderboard that follows a CANCELLED event removes
    `cancelled_number`.
    """

    number: int = 0
    field_number: int | None = None
    field_body: Mapping[str, Any] | None = None
    leaderboard_number: int | None = None
    leaderboard_at: datetime | None = None
    leaderboard_hash: str | None = None
    leaderboard_body: Mapping[str, Any] | None = None
    observations: int = 0
    observed_at: datetime | None = None
    terminal_number: int | None = None
    terminal_at: datetime | None = None
    cancelled_number: int | None = None

    @cached_property
    def field(self) -> Field | None:
        """Return the field, None before the first FIELD event."""
        return None if self.field_body is None else Field.of_body(self.field_body)

    @cached_property
    def leaderboard(self) -> Leaderboard | None:
        """Return the applied leaderboard, None before the first one."""
        if self.leaderboard_body is None:
            return None
        return Leaderboard.of_body(self.leaderboard_body)

    def document(self) -> dict[str, Any]:
        """Return the JSON form of a checkpoint."""
        return {
            "number": self.number,
            "field_number": self.field_number,
            "field": self.field_body,
            "leaderboard_number": self.leaderboard_number,
            "leaderboard_at": _text(self.leaderboard_at),
            "leaderboard_hash": self.leaderboard_hash,
            "leaderboard": self.leaderboard_body,
            "observations": self.observations,
            "observed_at": _text(self.observed_at),
            "terminal_number": self.terminal_number,
            "terminal_at": _text(self.terminal_at),
            "cancelled_number": self.cancelled_number,
        }

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the state of a checkpoint."""
        return cls(
            number=document["number"],
            field_number=document["field_number"],
            field_body=document["field"],
            leaderboard_number=document["leaderboard_number"],
            leaderboard_at=_instant(document["leaderboard_at"]),
            leaderboard_hash=document["leaderboard_hash"],
            leaderboard_body=document["leaderboard"],
            observations=document["observations"],
            observed_at=_instant(document["observed_at"]),
            terminal_number=document["terminal_number"],
            terminal_at=_instant(document["terminal_at"]),
            cancelled_number=document["cancelled_number"],
        )

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON of the checkpoint, in hex."""
        return digest(self.document())


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


EMPTY_STATE: Final = LogState()


def fold(state: LogState, event: LoggedEvent) -> LogState:
    """Return the state after an event; an INVALID event moves the number only.

    Raises:
        UsageError: The event is not newer than the state.
    """
    if event.number <= state.number:
        raise UsageError(f"event {event.number} cannot follow event {state.number}")
    if event.validity is Validity.INVALID:
        return evolve(state, number=event.number)

    return _FOLDS[event.kind](state, event)


def replay(events: Iterable[LoggedEvent], state: LogState = EMPTY_STATE) -> LogState:
    """Return the state after all events, from the empty state or from a checkpoint."""
    for event in events:
        state = fold(state, event)

    return state


def _fold_field(state: LogState, event: LoggedEvent) -> LogState:
    return evolve(state, number=event.number, field_number=event.number, field_body=_body(event))


def _fold_leaderboard(state: LogState, event: LoggedEvent) -> LogState:
    """Apply a leaderboard, and remove the number of a CANCELLED event.

    A leaderboard that equals the applied one changes nothing else.
    """
    if event.body_hash == state.leaderboard_hash:
        return evolve(state, number=event.number, cancelled_number=None)

    return evolve(
        state,
        number=event.number,
        leaderboard_number=event.number,
        leaderboard_at=event.fetched_at,
        leaderboard_hash=event.body_hash,
        leaderboard_body=_body(event),
        observations=1,
        observed_at=event.fetched_at,
        terminal_number=None,
        terminal_at=None,
        cancelled_number=None,
    )


def _fold_confirmed(state: LogState, event: LoggedEvent) -> LogState:
    return evolve(
        state,
        number=event.number,
        observations=state.observations + 1,
        observed_at=event.fetched_at,
    )


def _fold_terminal(state: LogState, event: LoggedEvent) -> LogState:
    return evolve(
        state,
        number=event.number,
        terminal_number=event.number,
        terminal_at=event.fetched_at,
    )


def _fold_cancelled(state: LogState, event: LoggedEvent) -> LogState:
    return evolve(state, number=event.number, cancelled_number=event.number)


def _body(event: LoggedEvent) -> Mapping[str, Any]:
    body: Mapping[str, Any] | None = event.body
    if body is None:
        raise UsageError(f"event {event.number} of kind {event.kind} has no body")
    return body


_FOLDS: Final[Mapping[EventKind, Callable[[LogState, LoggedEvent], LogState]]] = {
    EventKind.FIELD: _fold_field,
    EventKind.SNAPSHOT: _fold_leaderboard,
    EventKind.CORRECTION: _fold_leaderboard,
    EventKind.CONFIRMED: _fold_confirmed,
    EventKind.TERMINAL: _fold_terminal,
    EventKind.CANCELLED: _fold_cancelled,
}

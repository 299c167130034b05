"""The errors of commands and queries on contests, entries, logs, feeds and settlement runs."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Forbidden, Invalid, NotFound, Unavailable


@frozen
class ContestNotFound(NotFound):
    """A contest that does not exist, or that the caller may not see."""

    message: ClassVar[str] = "Contest {contest_id} not found."
    contest_id: str


@frozen
class EntryNotFound(NotFound):
    """An entry that does not exist, or belongs to another user."""

    message: ClassVar[str] = "Entry {entry_id} not found."
    entry_id: str


@frozen
class LogNotFound(NotFound):
    """A contest that has no event log."""

    code: ClassVar[str] = "CONTEST_LOG_NOT_FOUND"
    message: ClassVar[str] = "The log of contest {contest_id} was not found."
    contest_id: str


@frozen
class EventNotFound(NotFound):
    """An event that a contest's log does not have."""

    message: ClassVar[str] = "Contest {contest_id} has no event {number}."
    contest_id: str
    number: int


@frozen
class FeedNotFound(NotFound):
    """A tournament that no contest was ever published for."""

    message: ClassVar[str] = "The feed of tournament {provider_event_id} was not found."
    provider_event_id: str


@frozen
class FetchNotFound(NotFound):
    """A fetch that a feed does not have."""

    message: ClassVar[str] = "The feed of tournament {provider_event_id} has no fetch {number}."
    provider_event_id: str
    number: int


@frozen
class FetchWithoutPayload(NotFound):
    """A fetch that received no bytes."""

    message: ClassVar[str] = (
        "Fetch {number} of tournament {provider_event_id} received no bytes: its outcome is "
        "{outcome}."
    )
    provider_event_id: str
    number: int
    outcome: str


@frozen
class RunNotFound(NotFound):
    """A settlement run that does not exist."""

    message: ClassVar[str] = "Settlement run {run_id} not found."
    run_id: str


@frozen
class ConfigurationNotFound(NotFound):
    """A version that a contest's configuration does not have."""

    message: ClassVar[str] = "Contest {contest_id} has no configuration version {version}."
    contest_id: str
    version: int


@frozen
class RosterNotFound(NotFound):
    """A number that no roster of an entry has."""

    message: ClassVar[str] = "Entry {entry_id} has no roster {number}."
    entry_id: str
    number: int


@frozen
class EntrySettled(Conflict):
    """A change of an entry after the settlement of its contest, which has counted it."""

    message: ClassVar[str] = (
        "Entry {entry_id} keeps state {status}: contest {contest_id} is settled."
    )
    entry_id: str
    contest_id: str
    status: str


@frozen
class ContestLocked(Forbidden):
    """A join or a change of a roster at or after the lock."""

    message: ClassVar[str] = (
        "Contest {contest_id} takes no entries and rosters: expected state SCHEDULED before "
        "{lock_time}, got state {status} at {now}."
    )
    contest_id: str
    lock_time: str
    status: str
    now: str


@frozen
class AlreadyJoined(Conflict):
    """A user with as many entries as the contest allows."""

    message: ClassVar[str] = (
        "User {user_id} has {entries} entries in contest {contest_id}; at most {max_entries} are "
        "allowed."
    )
    contest_id: str
    user_id: str
    entries: int
    max_entries: int


@frozen
class ContestFull(Conflict):
    """A contest without a free place."""

    message: ClassVar[str] = "All {max_entries} places of contest {contest_id} are taken."
    contest_id: str
    max_entries: int


@frozen
class NotAParticipant(Forbidden):
    """A user without an entry in the contest."""

    message: ClassVar[str] = "User {user_id} has no entry in contest {contest_id}."
    contest_id: str
    user_id: str


@frozen
class ConfigImmutable(Conflict):
    """A change of the configuration at or after the lock."""

    message: ClassVar[str] = (
        "The configuration of contest {contest_id} cannot change: expected state SCHEDULED before "
        "{lock_time}, got state {status} at {now}."
    )
    contest_id: str
    lock_time: str
    status: str
    now: str


@frozen
class FeeFixed(Conflict):
    """A change of the fee, the currency, the kind of payouts or the roster size after an entry."""

    message: ClassVar[str] = (
        "Key {key} of contest {contest_id} cannot change because the contest has entries: "
        "expected {expected}, got {actual}."
    )
    contest_id: str
    key: str
    expected: str
    actual: str


@frozen
class PlacesTaken(Conflict):
    """A configuration with fewer places than the contest's entries have."""

    message: ClassVar[str] = (
        "Contest {contest_id} cannot have {max_entries} places: place {highest_place_number} is "
        "taken."
    )
    contest_id: str
    max_entries: int
    highest_place_number: int


@frozen
class TimeInvariantViolation(Invalid):
    """The times of a contest are not in order."""

    message: ClassVar[str] = (
        "Contest {contest_id} needs created_at < lock_time <= start_time < end_time; got "
        "{created_at}, {lock_time}, {start_time} and {end_time}."
    )
    contest_id: str
    created_at: str
    lock_time: str
    start_time: str
    end_time: str


@frozen
class FieldNotKnown(Conflict):
    """A join or a roster before the tournament's field is known."""

    message: ClassVar[str] = "The field of contest {contest_id} is not known yet."
    contest_id: str


@frozen
class PaymentAmountMismatch(Conflict):
    """A payment that is not the fee of the entry."""

    message: ClassVar[str] = (
        "The payment of entry {entry_id} does not match: expected {expected_minor} minor units of "
        "{expected_currency}, got {actual_minor} of {actual_currency}."
    )
    entry_id: str
    expected_minor: int
    expected_currency: str
    actual_minor: int
    actual_currency: str


@frozen
class ResumeNotPossible(Conflict):
    """A resume of a contest whose failed check does not pass now."""

    message: ClassVar[str] = "Contest {contest_id} cannot resume {attempted_action}: {problem}."
    contest_id: str
    attempted_action: str
    problem: str


@frozen
class RetryNotPossible(Conflict):
    """A retry of a settlement that the contest was not in."""

    message: ClassVar[str] = (
        "The settlement of contest {contest_id} cannot be retried: expected an error from LIVE, "
        "got {actual}."
    )
    contest_id: str
    actual: str


@frozen
class RunInProgress(Conflict):
    """A second started settlement run of a contest."""

    code: ClassVar[str] = "SETTLEMENT_RUN_IN_PROGRESS"
    message: ClassVar[str] = "Contest {contest_id} has a started settlement run."
    contest_id: str


@frozen
class ContestSettled(Conflict):
    """A second settlement of a contest."""

    message: ClassVar[str] = "Contest {contest_id} is settled."
    contest_id: str


@frozen
class SettlementInputChanged(Conflict):
    """The log or the entries of a contest changed while its settlement was computed."""

    message: ClassVar[str] = (
        "The input of settlement run {run_id} has changed: expected {expected}, got {actual}."
    )
    run_id: str
    expected: str
    actual: str


@frozen
class SettlementNotDue(Conflict):
    """A settlement before the tournament has ended and the hold is over."""

    message: ClassVar[str] = (
        "Contest {contest_id} cannot be settled now: expected {expected}, got {actual}."
    )
    contest_id: str
    expected: str
    actual: str


@frozen
class SettlementUnbalanced(Invalid):
    """A settlement whose sums do not match its lines."""

    message: ClassVar[str] = (
        "Field {field} of the settlement does not match its lines: expected {expected}, got "
        "{actual}."
    )
    field: str
    expected: int
    actual: int


@frozen
class EventBodyUnreadable(Unavailable):
    """The stored body of an event is no field or leaderboard, so it cannot be read."""

    message: ClassVar[str] = (
        "The stored body of an event cannot be read ({problem}); `indelible verify` names the "
        "event."
    )
    problem: str


@frozen
class EventNotApplicable(Conflict):
    """An event that cannot have the effect that a command asks for."""

    message: ClassVar[str] = (
        "Event {number} of contest {contest_id} does not allow this: expected {expected}, got "
        "{actual}."
    )
    contest_id: str
    number: int
    expected: str
    actual: str


@frozen
class ActionCannotFail(Invalid):
    """A failure of an action that is none of lock, start and complete."""

    message: ClassVar[str] = (
        "Action {action} of contest {contest_id} cannot fail: expected one of {allowed}."
    )
    contest_id: str
    action: str
    allowed: tuple[str, ...]

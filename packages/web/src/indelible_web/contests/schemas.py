"""The answers of the routes of contests, entries and leaderboards."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import frozen

from indelible.contests import ContestStatus, EntryStatus
from indelible.kernel.json_objects import JsonObject

CONTEST_TYPE: Final = "golf"  # The engine has one kind of contest; see seed 002, Non-Goals.


class LeaderboardState(StrEnum):
    """The state of a leaderboard: nothing yet, computed from the log, or the settlement."""

    PENDING = "PENDING"
    LIVE = "LIVE"
    FINAL = "FINAL"


@frozen(kw_only=True)
class ContestSummary:
    """A contest in a list."""

    id: str
    type: str
    contest_name: str
    organizer_id: str
    provider_event_id: str
    status: ContestStatus
    is_locked: bool
    is_live: bool
    is_settled: bool
    entry_fee_cents: int
    currency: str
    max_entries: int | None
    lock_time: datetime
    start_time: datetime
    end_time: datetime
    settle_time: datetime | None
    created_at: datetime
    updated_at: datetime
    seq: int


@frozen(kw_only=True)
class ContestActions:
    """The actions that the caller can take now; the server decides again at each request."""

    can_join: bool
    can_set_roster: bool
    can_configure: bool
    can_cancel: bool
    can_resolve_error: bool


@frozen(kw_only=True)
class PayoutRange:
    """The payout of each of some ranks that are paid alike, in minor units.

    Before the settlement, all entries are taken to be paid.
    """

    rank_min: int
    rank_max: int
    payout_amount: int


@frozen(kw_only=True)
class RosterTier:
    """A group of players, and the number of players that a roster picks of it."""

    name: str
    picks: int
    player_ids: tuple[str, ...]


@frozen(kw_only=True)
class RosterConfig:
    """The rules of a roster."""

    roster_size: int
    counted_players: int
    min_made_cut: int
    selection_mode: str
    tiers: tuple[RosterTier, ...]
    takes_prediction: bool


@frozen(kw_only=True)
class LeaderboardRow:
    """An entry at its rank. A final row has a payout and names its settlement run.

    An entry with too few countable players shares the last rank and has no score.
    """

    rank: int
    entry_id: str
    user_id: str
    score: int | None
    payout_amount: int | None
    settlement_run_id: str | None


@frozen(kw_only=True)
class ContestError:
    """Why a contest is in ERROR, and where it came from."""

    error_from_state: ContestStatus
    attempted_action: str
    error_code: str
    error_message: str


@frozen(kw_only=True)
class ContestView(ContestSummary):
    """A contest, with what is derived from it for its caller."""

    configuration_version: int
    configuration_digest: str
    min_entries: int | None
    max_entries_per_user: int | None
    entry_count: int
    user_has_entered: bool
    time_until_lock: int | None
    actions: ContestActions
    payout_table: tuple[PayoutRange, ...]
    roster_config: RosterConfig
    standings: tuple[LeaderboardRow, ...] | None
    settlement_run_id: str | None
    error: ContestError | None


@frozen(kw_only=True)
class ConfigurationView:
    """A version of a contest's configuration; `seq` is the contest's."""

    contest_id: str
    version: int
    created_at: datetime
    configuration_digest: str
    configuration: JsonObject
    seq: int


@frozen(kw_only=True)
class FieldView:
    """The players of a contest's tournament, and the event that they come from."""

    contest_id: str
    event_number: int | None
    primary: tuple[str, ...]
    alternates: tuple[str, ...]


@frozen(kw_only=True)
class LeaderboardColumn:
    """A column of a leaderboard: the key of its values, its heading and its type."""

    key: str
    label: str
    type: str


@frozen(kw_only=True)
class Pagination:
    """The page of a leaderboard, the number of all rows, and the cursor of the next page."""

    limit: int
    total: int
    next: str | None


@frozen(kw_only=True)
class LeaderboardView:
    """A page of a leaderboard; `rows` are in their final order."""

    contest_id: str
    contest_type: str
    leaderboard_state: LeaderboardState
    column_schema: tuple[LeaderboardColumn, ...]
    rows: tuple[LeaderboardRow, ...]
    pagination: Pagination


@frozen(kw_only=True)
class RosterView:
    """A version of a roster."""

    number: int
    player_ids: tuple[str, ...]
    prediction: int | None
    roster_digest: str
    submitted_at: datetime


@frozen(kw_only=True)
class EntryView:
    """An entry of the caller with its current roster."""

    id: str
    contest_id: str
    entry_number: int
    status: EntryStatus
    place_number: int | None
    fee_cents: int
    currency: str
    paid_cents: int | None
    paid_at: datetime | None
    rejection: str | None
    roster: RosterView
    created_at: datetime
    updated_at: datetime
    seq: int


@frozen(kw_only=True)
class EntriesView:
    """The caller's entries in a contest, in order of their numbers."""

    items: tuple[EntryView, ...]


COLUMNS: Final = (
    LeaderboardColumn(key="rank", label="Rank", type="integer"),
    LeaderboardColumn(key="entry_id", label="Entry", type="string"),
    LeaderboardColumn(key="user_id", label="User", type="string"),
    LeaderboardColumn(key="score", label="Score to par", type="integer"),
    LeaderboardColumn(key="payout_amount", label="Payout", type="integer"),
)

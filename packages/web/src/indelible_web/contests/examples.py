"""Examples for the fields of contests' operations."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from indelible.contests import ContestStatus, EntryStatus, ResolveAction
from indelible.kernel.json_objects import JsonObject
from indelible_web.contests.schemas import COLUMNS, LeaderboardRow, PayoutRange
from indelible_web.http.examples import DIGEST

CONTEST_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d41"
ENTRY_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d42"
RUN_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d43"
PLAYERS: Final = ("3448", "4848", "9478", "10046", "10140", "11099")
ROW: Final = LeaderboardRow(
    rank=1,
    entry_id=ENTRY_ID,
    user_id="maya",
    score=-22,
    payout_amount=5_628,
    settlement_run_id=RUN_ID,
)

EXAMPLES: Final[Mapping[str, object]] = {
    "ContestView.id": CONTEST_ID,
    "ContestSummary.id": CONTEST_ID,
    "EntryView.id": ENTRY_ID,
    "ContestSummary.status": ContestStatus.COMPLETE,
    "ContestView.status": ContestStatus.COMPLETE,
    "ContestListQuery.status": ContestStatus.LIVE,
    "EntryView.status": EntryStatus.ACTIVE,
    "ResolveError.action": ResolveAction.RETRY,
    "RosterTier.player_ids": PLAYERS[:2],
    "alternates": ("12345",),
    "can_cancel": False,
    "can_configure": False,
    "can_join": False,
    "can_resolve_error": False,
    "can_set_roster": False,
    "column_schema": COLUMNS,
    "configuration": JsonObject.of({"schema_version": 1, "roster_size": 6, "counted_players": 4}),
    "configuration_digest": DIGEST,
    "configuration_version": 1,
    "contest_id": CONTEST_ID,
    "contest_name": "Office pool",
    "contest_type": "golf",
    "counted_players": 4,
    "currency": "USD",
    "end_time": datetime(2026, 4, 12, 23, tzinfo=UTC),
    "entry_count": 5,
    "entry_fee_cents": 2_501,
    "entry_id": ENTRY_ID,
    "error": None,
    "event_number": 1,
    "expected_seq": 3,
    "fee_cents": 2_501,
    "is_live": False,
    "items": (),
    "key": "rank",
    "label": "Rank",
    "LeaderboardColumn.type": "integer",
    "lock_time": datetime(2026, 4, 9, 11, 30, tzinfo=UTC),
    "max_entries": 100,
    "max_entries_per_user": 1,
    "min_entries": 2,
    "min_made_cut": 0,
    "name": "Favorites",
    "next": None,
    "organizer_id": "noor",
    "paid_at": datetime(2026, 4, 8, 18, tzinfo=UTC),
    "paid_cents": 2_501,
    "payout_amount": 5_628,
    "payout_table": (PayoutRange(rank_min=1, rank_max=1, payout_amount=5_628),),
    "picks": 2,
    "player_ids": PLAYERS,
    "prediction": -12,
    "primary": PLAYERS,
    "provider_event_id": "401811935",
    "rank_max": 1,
    "rejection": None,
    "roster_digest": DIGEST,
    "roster_size": 6,
    "rows": (ROW,),
    "score": -22,
    "selection_mode": "open",
    "settle_time": datetime(2026, 4, 13, 1, tzinfo=UTC),
    "settlement_run_id": RUN_ID,
    "standings": (ROW,),
    "start_time": datetime(2026, 4, 9, 12, tzinfo=UTC),
    "submitted_at": datetime(2026, 4, 8, 17, 30, tzinfo=UTC),
    "takes_prediction": False,
    "tiers": (),
    "time_until_lock": None,
    "total": 5,
    "type": "golf",
    "user_has_entered": True,
    "user_id": "maya",
}

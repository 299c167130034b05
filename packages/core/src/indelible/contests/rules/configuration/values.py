"""The typed values of a configuration without faults."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from indelible.kernel.json_objects import JsonObject


class EngineVersion(StrEnum):
    """The versions of the engine that computes results."""

    GOLF_1 = "golf-1"


class FieldSource(StrEnum):
    """The sources of a tournament's field."""

    PROVIDER_SYNC = "provider_sync"
    STATIC_IMPORT = "static_import"


class CutRule(StrEnum):
    """The rules that decide the cut; the provider's status has the authority in all of them."""

    PROVIDER_STATUS = "provider_status"
    TOP_N_AND_TIES = "top_n_and_ties"
    TOP_N_AND_TIES_OR_WITHIN = "top_n_and_ties_or_within"


class SelectionMode(StrEnum):
    """The ways of choosing players."""

    OPEN = "open"
    TIERS = "tiers"


class ScoringMode(StrEnum):
    """The units of a score."""

    STROKE_TO_PAR = "stroke_to_par"


class ScoringDirection(StrEnum):
    """The order of scores."""

    LOW_WINS = "low_wins"


class MissingRound(StrEnum):
    """The values of a round that a player did not complete."""

    WORST_ROUND_PLUS = "worst_round_plus"
    FIXED_ROUND = "fixed_round"
    NOT_COUNTED = "not_counted"


class DnsSwap(StrEnum):
    """The treatment of a rostered player who never started."""

    SWAP_ALLOWED = "swap_allowed"
    NO_SWAP = "no_swap"


class TieBreaker(StrEnum):
    """The keys that order entries with the same score."""

    COUNT_BACK = "count_back"
    UNCOUNTED_BEST = "uncounted_best"
    PREDICTION_ABS_DIFF = "prediction_abs_diff"
    PREDICTION_NOT_OVER = "prediction_not_over"


class RakeRounding(StrEnum):
    """The rounding of the rake."""

    FLOOR = "floor"


class PayoutKind(StrEnum):
    """The kinds of payout tables."""

    BPS = "bps"
    FIXED_CENTS = "fixed_cents"


class ShortField(StrEnum):
    """The treatment of amounts that no entry has won."""

    RENORMALIZE = "renormalize"
    RETAIN = "retain"


class TieRemainder(StrEnum):
    """The recipients of the cents that a tie cannot share."""

    PLATFORM = "platform"
    ENTRY_ORDER = "entry_order"


@frozen(kw_only=True)
class Par:
    """The par of each round, and of each course where a tournament is played on several.

    `by_round` is empty if the par depends on the course.
    """

    by_round: tuple[int, ...] = ()
    by_course: Mapping[str, int] = field(factory=dict[str, int])

    @property
    def depends_on_course(self) -> bool:
        """Return True if a round's par is known only with its course."""
        return not self.by_round

    def of_round(self, number: int, course_id: str | None) -> int | None:
        """Return the par of a round, None for an unknown course."""
        if self.by_round:
            return self.by_round[number - 1]
        if course_id is None:
            return None

        return self.by_course.get(course_id)


@frozen(kw_only=True)
class Cut:
    """The rule of the cut; `after_round` is None for a tournament without a cut.

    `within_strokes` is the number of strokes behind the lead of `top_n_and_ties_or_within`.
    """

    after_round: int | None
    rule: CutRule
    n: int | None
    within_strokes: int | None = None


@frozen(kw_only=True)
class Tier:
    """A group of players, of which an entry picks some."""

    name: str
    player_ids: tuple[str, ...]
    picks: int


@frozen(kw_only=True)
class Selection:
    """The way of choosing players."""

    mode: SelectionMode
    tiers: tuple[Tier, ...]


@frozen(kw_only=True)
class StatusPolicy:
    """The value of missing rounds of players with one status."""

    policy: MissingRound
    plus: int | None
    fixed_strokes: int | None
    use_completed_rounds: bool


@frozen(kw_only=True)
class Rake:
    """The share of the pool that the platform keeps."""

    bps: int
    rounding: RakeRounding


@frozen(kw_only=True)
class SharePayout:
    """A payout table of shares of the pool, in basis points by rank."""

    table: tuple[int, ...]
    kind: PayoutKind = PayoutKind.BPS


@frozen(kw_only=True)
class FixedPayout:
    """A payout table of amounts by rank.

    With `guarantee`, the platform adds the missing amount if the pool is too small.
    """

    amounts: tuple[int, ...]
    guarantee: bool
    kind: PayoutKind = PayoutKind.FIXED_CENTS


Payout = SharePayout | FixedPayout


@frozen(kw_only=True)
class Configuration:
    """A configuration without faults; `configuration_document` is its canonical form."""

    schema_version: int
    engine_version: EngineVersion
    provider_event_id: str
    leaderboard_schema_version: int
    field_source: FieldSource
    event_start_date: date
    event_end_date: date
    round_count: int
    holes_per_round: int
    par: Par
    cut: Cut
    roster_size: int
    counted_players: int
    selection: Selection
    scoring_mode: ScoringMode
    scoring_direction: ScoringDirection
    missed_cut: StatusPolicy
    withdrawn: StatusPolicy
    disqualified: StatusPolicy
    dns: StatusPolicy
    dns_before_lock: DnsSwap
    min_made_cut: int
    tie_breakers: tuple[TieBreaker, ...]
    entry_fee_cents: int
    currency: str
    max_entries: int | None
    min_entries: int | None
    max_entries_per_user: int | None
    rake: Rake
    payout: Payout
    short_field: ShortField
    tie_remainder: TieRemainder
    lock_time: datetime
    tournament_start_time: datetime
    tournament_end_time: datetime
    payment_grace_seconds: int
    min_official_rounds: int
    terminal_confirmations: int
    terminal_confirmation_seconds: int
    settlement_hold_seconds: int
    final_round_verify_hours: int
    configuration_document: JsonObject = field(repr=False)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON, in hex."""
        return self.configuration_document.digest

    def document(self) -> dict[str, Any]:
        """Return the configuration as a JSON object that the caller may change."""
        return self.configuration_document.json_value()

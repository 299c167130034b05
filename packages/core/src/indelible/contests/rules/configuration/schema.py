"""The keys of a configuration, each with its rule and its meaning (facts of contests, 4.2)."""

from typing import Final

from indelible.contests.rules.configuration.readers import (
    ByType,
    Choice,
    CurrencyCode,
    Day,
    Flag,
    Identifier,
    Instant,
    Key,
    Line,
    ListOf,
    NumbersByName,
    ObjectOf,
    OrNull,
    Variants,
    WholeNumber,
)
from indelible.contests.rules.configuration.values import (
    CutRule,
    DnsSwap,
    EngineVersion,
    FieldSource,
    MissingRound,
    PayoutKind,
    RakeRounding,
    ScoringDirection,
    ScoringMode,
    SelectionMode,
    ShortField,
    TieBreaker,
    TieRemainder,
)
from indelible.kernel.money import MAX_AMOUNT_MINOR

# The settlement of a contest is computed in memory and written by one statement, to which the
# database has to answer within 30 seconds. docs/design/settlement-of-a-contest.md has the
# measured times.
MAX_ENTRIES: Final = 100_000
MAX_ROSTER_SIZE: Final = 30
MAX_TIERS: Final = MAX_ROSTER_SIZE
MAX_PLAYERS_OF_TIER: Final = 1_000
MAX_PAID_RANKS: Final = 10_000
MAX_ROUNDS: Final = 6
MAX_COURSES: Final = 10
BPS_OF_WHOLE: Final = 10_000
SECONDS_OF_WEEK: Final = 7 * 24 * 60 * 60
HOURS_OF_MONTH: Final = 31 * 24

PLAYER_ID: Final = Identifier(200)
EVENT_ID: Final = Identifier(100, is_for_urls=True)  # also the key of the feed's tasks
PAR: Final = WholeNumber(60, 80)
BPS: Final = WholeNumber(0, BPS_OF_WHOLE)
SHARE: Final = WholeNumber(1, BPS_OF_WHOLE)
SECONDS: Final = WholeNumber(0, SECONDS_OF_WEEK)
PICKS: Final = WholeNumber(1, MAX_ROSTER_SIZE)

AFTER_ROUND: Final = Key(
    "after_round",
    OrNull(WholeNumber(1, MAX_ROUNDS)),
    "The round after which the cut is made; null for a tournament without a cut.",
)
CUT_RULE: Final = Key(
    "rule",
    Choice(CutRule),
    "The provider's status decides who missed the cut. The other rules state what it is compared"
    " with.",
)
PLAIN_CUT: Final = ObjectOf(
    (
        AFTER_ROUND,
        CUT_RULE,
        Key(
            "n",
            OrNull(WholeNumber(1, 1_000)),
            "The number of players who play on, with those who are level with the last of them;"
            " null with `provider_status`.",
        ),
    )
)
CUT_WITHIN: Final = ObjectOf(
    (
        *PLAIN_CUT.keys,
        Key(
            "within_strokes",
            WholeNumber(0, 100),
            "Only with `top_n_and_ties_or_within`: who is at most so many strokes behind the lead"
            " plays on too.",
        ),
    )
)
CUT: Final = Variants(
    CUT_RULE,
    {
        CutRule.PROVIDER_STATUS: PLAIN_CUT,
        CutRule.TOP_N_AND_TIES: PLAIN_CUT,
        CutRule.TOP_N_AND_TIES_OR_WITHIN: CUT_WITHIN,
    },
)
TIER: Final = ObjectOf(
    (
        Key("name", Line(100), "The name of the tier; all names differ."),
        Key(
            "player_ids",
            ListOf(PLAYER_ID, 1, MAX_PLAYERS_OF_TIER),
            "The players of the tier; a player is in one tier only.",
        ),
        Key("picks", PICKS, "The number of players that an entry picks from the tier."),
    )
)
SELECTION: Final = ObjectOf(
    (
        Key("mode", Choice(SelectionMode), "`open`: any players of the field."),
        Key(
            "tiers",
            ListOf(TIER, 0, MAX_TIERS),
            "The tiers, whose picks add up to `roster_size`; empty in mode `open`.",
        ),
    )
)
SCORING: Final = ObjectOf(
    (
        Key("mode", Choice(ScoringMode), "Scores are strokes over or under par."),
        Key("direction", Choice(ScoringDirection), "The lowest score wins."),
    )
)
STATUS_POLICY: Final = ObjectOf(
    (
        Key(
            "policy",
            Choice(MissingRound),
            "The value of a missing official round: the worst complete round of the whole field"
            " plus `plus` strokes, or `fixed_strokes`. A player who is `not_counted` counts for no"
            " entry.",
        ),
        Key(
            "plus",
            OrNull(WholeNumber(0, 100)),
            "The strokes that `worst_round_plus` adds; required by it.",
        ),
        Key(
            "fixed_strokes",
            OrNull(WholeNumber(1, 120)),
            "The strokes of `fixed_round`; required by it.",
        ),
        Key(
            "use_completed_rounds",
            Flag(),
            "True: complete rounds keep their strokes. False: the policy decides every round.",
        ),
    )
)
RAKE: Final = ObjectOf(
    (
        Key("bps", BPS, "The platform's share of the pool in basis points."),
        Key("rounding", Choice(RakeRounding), "The rake is rounded down to whole cents."),
    )
)
PAYOUT_KIND: Final = Key(
    "kind",
    Choice(PayoutKind),
    "`bps`: shares of the pool after the rake. `fixed_cents`: amounts.",
)
SHARE_PAYOUT: Final = ObjectOf(
    (
        PAYOUT_KIND,
        Key(
            "table",
            ListOf(SHARE, 1, MAX_PAID_RANKS),
            "The shares by rank in basis points, never increasing; their sum is 10,000.",
        ),
    )
)
FIXED_PAYOUT: Final = ObjectOf(
    (
        PAYOUT_KIND,
        Key(
            "amounts",
            ListOf(WholeNumber(1, MAX_AMOUNT_MINOR), 1, MAX_PAID_RANKS),
            "The amounts by rank in cents, never increasing.",
        ),
        Key(
            "guarantee",
            Flag(),
            "True: the platform tops a small pool up. False: the amounts are scaled down.",
        ),
    )
)
PAYOUT: Final = Variants(
    PAYOUT_KIND, {PayoutKind.BPS: SHARE_PAYOUT, PayoutKind.FIXED_CENTS: FIXED_PAYOUT}
)
CONFIGURATION: Final = ObjectOf(
    (
        Key("schema_version", WholeNumber(1, 1), "The version of this schema."),
        Key(
            "engine_version",
            Choice(EngineVersion),
            "The version of the rules of scoring and settlement; each run stores it.",
        ),
        Key("provider_event_id", EVENT_ID, "The provider's id of the tournament."),
        Key(
            "leaderboard_schema_version",
            WholeNumber(1, 1),
            "The version of the normalized leaderboard.",
        ),
        Key(
            "field_source",
            Choice(FieldSource),
            "`provider_sync`: the field follows the provider until the start. `static_import`: an"
            " operator imports it.",
        ),
        Key("event_start_date", Day(), "The first day of the tournament, in its own time zone."),
        Key("event_end_date", Day(), "The last planned day of the tournament."),
        Key("round_count", WholeNumber(1, MAX_ROUNDS), "The planned number of rounds."),
        Key("holes_per_round", WholeNumber(18, 18), "The holes of a complete round."),
        Key(
            "par",
            ByType(
                PAR,
                ListOf(PAR, 1, MAX_ROUNDS),
                NumbersByName(PAR, Identifier(200), MAX_COURSES),
            ),
            "The par of every round, a list with the par of each round, or an object with the par"
            " of each course by its provider id.",
        ),
        Key("cut", CUT, "The cut."),
        Key("roster_size", PICKS, "The number of players of an entry."),
        Key(
            "counted_players",
            PICKS,
            "The number of its best players whose scores an entry adds up.",
        ),
        Key("selection", SELECTION, "The rule for choosing players."),
        Key("scoring", SCORING, "The kind of score."),
        Key("missed_cut", STATUS_POLICY, "Missing rounds of players with status `CUT` or `MDF`."),
        Key("withdrawn", STATUS_POLICY, "Missing rounds of players who withdrew after a stroke."),
        Key("disqualified", STATUS_POLICY, "Missing rounds of disqualified players."),
        Key("dns", STATUS_POLICY, "Missing rounds of players who never started."),
        Key(
            "dns_before_lock",
            Choice(DnsSwap),
            "`swap_allowed`: at the settlement the first alternates, by id, who played and are not"
            " on the roster replace its players who never started.",
        ),
        Key(
            "min_made_cut",
            WholeNumber(0, MAX_ROSTER_SIZE),
            "The number of players of an entry that must make the cut; with fewer the entry is"
            " ineligible and shares the last rank.",
        ),
        Key(
            "tie_breakers",
            ListOf(Choice(TieBreaker), 0, len(TieBreaker)),
            "The keys that order entries with the same score, in this order. Entries that are"
            " equal in all of them share their rank.",
        ),
        Key(
            "entry_fee_cents",
            WholeNumber(0, MAX_AMOUNT_MINOR),
            "The fee of an entry in minor units of the currency.",
        ),
        Key("currency", CurrencyCode(), "The currency of fees and payouts."),
        Key(
            "max_entries",
            OrNull(WholeNumber(1, MAX_ENTRIES)),
            f"The highest number of entries; null for the limit of the system, {MAX_ENTRIES}.",
        ),
        Key(
            "min_entries",
            OrNull(WholeNumber(1, MAX_ENTRIES)),
            "With fewer entries at the lock the contest is canceled; null for no minimum.",
        ),
        Key(
            "max_entries_per_user",
            OrNull(WholeNumber(1, MAX_ENTRIES)),
            "The highest number of entries of one user; null for no limit of its own.",
        ),
        Key("rake", RAKE, "The platform's share."),
        Key("payout", PAYOUT, "The payout table."),
        Key(
            "short_field",
            Choice(ShortField),
            "With fewer ranked entries than paid ranks, `renormalize` shares the whole amount among"
            " the ranked entries, and `retain` pays nobody the rest. Fixed amounts need `retain`.",
        ),
        Key(
            "tie_remainder",
            Choice(TieRemainder),
            "The cents that a tie cannot share go to the `platform`, or one by one to the tied"
            " entries by payment time and id (`entry_order`).",
        ),
        Key("lock_time", Instant(), "From this instant no entry and no roster changes."),
        Key(
            "tournament_start_time",
            Instant(),
            "From this instant the contest is live, once it has valid tournament data.",
        ),
        Key(
            "tournament_end_time",
            Instant(),
            "The planned end, for alerts only; it never ends a contest.",
        ),
        Key(
            "payment_grace_seconds",
            SECONDS,
            "An entry is eligible if it was paid at most so long after `lock_time`.",
        ),
        Key(
            "min_official_rounds",
            WholeNumber(1, MAX_ROUNDS),
            "A tournament with fewer official rounds cancels the contest.",
        ),
        Key(
            "terminal_confirmations",
            WholeNumber(1, 10),
            "The number of observations of a final leaderboard that end the contest.",
        ),
        Key(
            "terminal_confirmation_seconds",
            SECONDS,
            "The least time between two such observations.",
        ),
        Key(
            "settlement_hold_seconds",
            SECONDS,
            "The time between the last observation and the settlement.",
        ),
        Key(
            "final_round_verify_hours",
            WholeNumber(0, HOURS_OF_MONTH),
            "Without a final status of the provider, complete rounds must be unchanged for so many"
            " hours.",
        ),
    )
)

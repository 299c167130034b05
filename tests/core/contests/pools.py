"""Generate contests by seed: tournaments, payout tables, ties, short fields and policies."""

from itertools import pairwise
from random import Random
from typing import Any, Final

from tests.core.contests.golf import CONTEST_ID, card, configured, entry

from indelible.contests.rules.settlement import SettlementInput
from indelible.contests.rules.values import (
    EligibleEntry,
    Field,
    Leaderboard,
    PlayerCard,
    Tournament,
    TournamentStatus,
)

POLICIES: Final = ("worst_round_plus", "fixed_round", "not_counted")
TIE_BREAKERS: Final = (
    "count_back",
    "uncounted_best",
    "prediction_abs_diff",
    "prediction_not_over",
)
STATUSES: Final = ("CUT", "WD", "DQ", "MDF", "DNS")
MAX_PLAYERS: Final = 24
MAX_ENTRIES: Final = 40
MAX_PAID: Final = 12
ROUNDS: Final = 4


def random_of(seed: int) -> Random:
    """Return a generator of reproducible numbers."""
    return Random(seed)  # noqa: S311 - no secret


def random_shares(random: Random, total: int, count: int) -> list[int]:
    """Return parts of a total of at least 1 that never increase."""
    cuts = sorted(random.sample(range(1, total), k=count - 1))
    edges = [0, *cuts, total]
    parts = [later - earlier for earlier, later in pairwise(edges)]
    return sorted(parts, reverse=True)


def random_payout(random: Random) -> dict[str, Any]:
    """Return a payout table."""
    count = random.randint(1, MAX_PAID)
    if random.random() < 0.5:
        return {"kind": "bps", "table": random_shares(random, 10_000, count)}

    amounts = random_shares(random, random.randint(count, 60_000), count)
    return {"kind": "fixed_cents", "amounts": amounts, "guarantee": random.random() < 0.5}


def random_policy(random: Random) -> dict[str, Any]:
    """Return a policy for missing rounds."""
    return {
        "policy": random.choice(POLICIES),
        "plus": random.randint(0, 4),
        "fixed_strokes": random.randint(70, 90),
        "use_completed_rounds": random.choice((True, False)),
    }


def random_keys(random: Random) -> dict[str, Any]:
    """Return keys of a configuration."""
    size = random.randint(1, 6)
    breakers = random.sample(TIE_BREAKERS, k=random.randint(0, len(TIE_BREAKERS)))
    payout = random_payout(random)
    short_field = random.choice(("renormalize", "retain"))
    if payout["kind"] == "fixed_cents":
        short_field = "retain"
    policies = {
        name: random_policy(random) for name in ("missed_cut", "withdrawn", "disqualified", "dns")
    }
    return policies | {
        "par": random.choice((72, [70, 71, 72, 73], {"a": 71})),
        "roster_size": size,
        "counted_players": random.randint(1, size),
        "min_made_cut": random.choice((0, 0, 1)),
        "dns_before_lock": random.choice(("swap_allowed", "no_swap")),
        "tie_breakers": breakers,
        "rake": {"bps": random.choice((0, 1000, 3333, 10_000)), "rounding": "floor"},
        "payout": payout,
        "short_field": short_field,
        "tie_remainder": random.choice(("platform", "entry_order")),
        "max_entries": None,
        "max_entries_per_user": None,
    }


def random_card(random: Random, player_id: str) -> PlayerCard:
    """Return a player; few different scores lead to many ties."""
    if random.random() < 0.6:
        return card(player_id, [random.randint(70, 73) for _ in range(ROUNDS)])

    status = random.choice(STATUSES)
    rounds = 0 if status == "DNS" else random.randint(0, ROUNDS - 1)
    return card(player_id, [random.randint(70, 75) for _ in range(rounds)], status)


def random_inputs(seed: int) -> SettlementInput:
    """Return the inputs of a settlement."""
    random = random_of(seed)
    configuration = configured(**random_keys(random))
    names = [f"P{number:02}" for number in range(random.randint(8, MAX_PLAYERS))]
    cards = [random_card(random, name) for name in names[1:]]
    cards.append(card(names[0], (71, 72, 72, 71)))  # at least one player finishes
    players = tuple(sorted(cards, key=lambda player: player.player_id))
    alternates = random.sample(names, k=random.randint(0, 3))
    board = Leaderboard("T1", Tournament(TournamentStatus.FINAL, ROUNDS, ROUNDS, None), players)

    return SettlementInput(
        contest_id=CONTEST_ID,
        configuration=configuration,
        configuration_digest=configuration.digest,
        event_number=1,
        events_digest="e" * 64,
        leaderboard=board,
        field=Field.of(set(names) - set(alternates), alternates),
        official_rounds=ROUNDS,
        entries=random_entries(random, names, configuration.roster_size),
    )


def random_entries(random: Random, names: list[str], size: int) -> tuple[EligibleEntry, ...]:
    """Return entries with random rosters, payments and predictions."""
    entries: list[EligibleEntry] = []
    for number in range(random.randint(0, MAX_ENTRIES)):
        entries.append(
            entry(
                f"E{number:03}",
                random.sample(names, k=size),
                prediction=random.choice((None, -4, -3, 0, 2)),
                paid_minor=random.choice((0, 1, 2501)),
                minutes=random.randint(0, 3),
            )
        )

    return tuple(entries)

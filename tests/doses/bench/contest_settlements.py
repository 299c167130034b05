"""Settle a generated contest in a process of its own: `contest_settlements.py ENTRIES`.

It prints one JSON object with the seconds of the computation.
"""

import gc
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Final
from uuid import UUID

from indelible.contests.rules.configuration.parsing import parse_configuration
from indelible.contests.rules.settlement import Settlement, SettlementInput, settle
from indelible.contests.rules.values import (
    EligibleEntry,
    Field,
    Leaderboard,
    PlayerCard,
    PlayerStatus,
    Round,
    Tournament,
    TournamentStatus,
)
from indelible.contests.samples import sample_configuration

PLAYERS: Final = 156
PAST_CUT: Final = 70
ROUNDS: Final = 4
PAID_AT: Final = datetime(2026, 4, 8, tzinfo=UTC)
FEE: Final = 2500
SEED: Final = 16


def leaderboard_of(random: Random) -> Leaderboard:
    """Return a final leaderboard with a cut."""
    cards: list[PlayerCard] = []
    for number in range(PLAYERS):
        is_past_cut = number < PAST_CUT
        last = ROUNDS if is_past_cut else ROUNDS // 2
        rounds: list[Round] = []
        for n in range(1, last + 1):
            rounds.append(Round(n, random.randint(66, 78), complete=True))
        status = PlayerStatus.FIN if is_past_cut else PlayerStatus.CUT
        cards.append(PlayerCard(f"{10_000 + number}", status, tuple(rounds)))

    return Leaderboard("T1", Tournament(TournamentStatus.FINAL, ROUNDS, ROUNDS, None), tuple(cards))


def entry_of(random: Random, number: int, names: list[str], size: int) -> EligibleEntry:
    """Return an entry with ids of their usual length."""
    return EligibleEntry(
        entry_id=str(UUID(int=random.getrandbits(128))),
        user_id=str(UUID(int=random.getrandbits(128))),
        payment_ref=f"pi_{number:024}",
        paid_minor=FEE,
        paid_at=PAID_AT + timedelta(microseconds=number),
        roster_digest=sha256(str(number).encode()).hexdigest(),
        player_ids=tuple(sorted(random.sample(names, k=size))),
    )


def inputs_of(entries: int) -> SettlementInput:
    """Return the inputs of a contest with so many entries."""
    random = Random(SEED)  # noqa: S311 - no secret
    document = sample_configuration("masters") | {"max_entries": None}
    configuration = parse_configuration(document, created_at=None)
    leaderboard = leaderboard_of(random)
    names = sorted(leaderboard.cards)
    rows: list[EligibleEntry] = []
    for number in range(entries):
        rows.append(entry_of(random, number, names, configuration.roster_size))

    return SettlementInput(
        contest_id=str(UUID(int=SEED)),
        configuration=configuration,
        configuration_digest=configuration.digest,
        event_number=1,
        events_digest="e" * 64,
        leaderboard=leaderboard,
        field=Field.of(names),
        official_rounds=ROUNDS,
        entries=tuple(rows),
    )


def settled_in_seconds(inputs: SettlementInput) -> tuple[Settlement, float]:
    """Settle, and return the seconds that it took."""
    gc.collect()
    started = time.perf_counter()
    settlement = settle(inputs)

    return settlement, time.perf_counter() - started


def main(entries: int) -> None:
    """Settle a contest, and print the figures."""
    inputs = inputs_of(entries)
    settlement, seconds = settled_in_seconds(inputs)
    assert len(settlement.lines) == entries
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""Mutated payloads of the provider, and stories whose deliveries are repeated, swapped, dropped."""

import time
from collections import Counter
from typing import Final

from attrs import define, field, frozen
from tests.core.contests.deliveries import check_variants
from tests.core.contests.mutations import check_mutations

PAYLOADS_PER_ROUND: Final = 1_000
VARIANTS_PER_ROUND: Final = 50


@frozen(kw_only=True)
class ContestDose:
    """The dose of contests: minutes, or a number of payloads; one story for each 20 of them."""

    seed: int
    minutes: float
    number: int


@define
class ContestTally:
    """The verdicts and codes that were seen, the number of inputs, and what is wrong."""

    seen: Counter[str] = field(factory=Counter[str])
    payloads: int = 0
    variants: int = 0
    wrong: list[str] = field(factory=list[str])


def fuzz_contests(dose: ContestDose) -> ContestTally:
    """Play rounds until the time is over and the number is reached."""
    tally = ContestTally()
    ends_at = time.monotonic() + dose.minutes * 60
    while True:
        play_round(dose, tally)
        if tally.payloads >= dose.number and time.monotonic() > ends_at:
            return tally


def play_round(
    dose: ContestDose,
    tally: ContestTally,
    payloads: int = PAYLOADS_PER_ROUND,
    variants: int = VARIANTS_PER_ROUND,
) -> None:
    """Check mutated payloads, then disturbed deliveries; each round has seeds of its own."""
    first = dose.seed * 1_000_000
    seen, wrong = check_mutations(first + tally.payloads, payloads)
    tally.seen += seen
    tally.payloads += payloads
    start = first + tally.variants
    tally.wrong += wrong
    tally.wrong += check_variants(range(start, start + variants))
    tally.variants += variants

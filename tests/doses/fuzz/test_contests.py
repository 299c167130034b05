"""The dose of contests checks payloads and deliveries with seeds of its own in each round."""

import pytest
from tests.doses.fuzz.contests import ContestDose, ContestTally, play_round

pytestmark = pytest.mark.slow


def test_a_round_of_the_dose_finds_nothing() -> None:
    tally = ContestTally()
    dose = ContestDose(seed=7, minutes=0, number=20)
    for _ in range(2):
        play_round(dose, tally, payloads=20, variants=1)

    assert tally.wrong == []
    assert (tally.payloads, tally.variants) == (40, 2)
    assert tally.seen["INVALID"] > 0

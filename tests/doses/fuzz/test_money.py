"""A round of the dose of money: hostile webhooks are refused or stored, and none is lost."""

import pytest
from tests.doses.fuzz.money import MoneyDose, MoneyTally, play_round

pytestmark = pytest.mark.slow


def test_hostile_webhooks_are_refused_with_a_code_or_stored_and_ended() -> None:
    tally = MoneyTally()
    dose = MoneyDose(seed=7, minutes=0, number=0)
    for _ in range(2):
        play_round(dose, tally, number=150)

    assert tally.wrong == []
    assert tally.webhooks == 300
    assert tally.seen["HTTP 400 WEBHOOK_MALFORMED"] > 0
    assert tally.seen["event DEAD WEBHOOK_MALFORMED"] > 0
    assert tally.seen["event PROCESSED"] > 0

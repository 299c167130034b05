"""A round of the dose of conditions, and a planted difference that it names."""

import sqlite3

from tests.doses.fuzz.conditions import ConditionTally, play_round
from tests.sql.condition_rows import ROWS


def test_a_round_compares_each_condition_and_names_a_difference() -> None:
    tally = ConditionTally()
    with sqlite3.connect(":memory:") as session:
        play_round(
            tally,
            lambda query: [bool(row[0]) for row in session.execute(query)],
            dialect="sqlite",
            seed=36,
        )

    assert tally.wrong == []
    assert tally.conditions > 50
    assert tally.values == tally.conditions * ROWS


def test_an_answer_that_differs_is_named() -> None:
    tally = ConditionTally()

    play_round(tally, lambda _: [True] * ROWS, dialect="sqlite", seed=36)

    assert any("Payee.destination_of_status" in line for line in tally.wrong), tally.wrong[:3]

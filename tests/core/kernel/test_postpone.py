"""A postponement is limited, and says why."""

from typing import Any

import pytest

from indelible.kernel.stages import Postpone
from indelible.kernel.tasks import MAX_POSTPONE_SECONDS
from indelible.testing.captures.scenarios import code
from indelible.testing.kernel.task_postponements import WRONG_SECONDS


def test_a_postponement_says_for_how_long_and_why() -> None:
    error = Postpone(2.5, "another job of the project runs")

    assert str(error) == (
        "TASK_POSTPONED: The task is postponed by 2.5 seconds: another job of the project runs."
    )
    assert Postpone(MAX_POSTPONE_SECONDS, "tomorrow").after_seconds == MAX_POSTPONE_SECONDS


@pytest.mark.parametrize(("seconds", "expected"), WRONG_SECONDS)
def test_seconds_that_are_no_postponement_are_refused(
    seconds: Any,  # noqa: ANN401 - a stage may pass a value of a wrong type
    expected: str,
) -> None:
    assert code(lambda: Postpone(seconds, "no flour")) == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("", "TEXT_BLANK"),
        ("  ", "TEXT_BLANK"),
        ("a\0b", "TEXT_UNSTORABLE"),
        ("x" * 1_000_001, "TEXT_TOO_LONG"),
    ],
)
def test_a_postponement_without_a_reason_is_refused(reason: str, expected: str) -> None:
    assert code(lambda: Postpone(1, reason)) == expected


def test_a_reason_that_is_no_text_is_converted() -> None:
    error: Any = LookupError("no oven is free")

    assert Postpone(1, error).reason == "no oven is free"

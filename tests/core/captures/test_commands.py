"""The command of a capture is frozen, hashable and checks the range of each field."""

from datetime import datetime, timedelta
from math import nan

import pytest
from tests.core.captures.builders import NOW, make_command

from indelible.testing.captures.scenarios import code


def test_a_command_is_frozen_hashable_and_takes_any_sequence_of_numbers() -> None:
    command = make_command(embedding=[1, 0.5])

    assert command.embedding == (1.0, 0.5)
    assert hash(command) == hash(make_command(embedding=(1.0, 0.5)))
    with pytest.raises(AttributeError):
        command.url = "https://b.example/"  # type: ignore[misc]  # refused at run time too


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("reading_depth", "0.5", "WRONG_TYPE"),
        ("reading_depth", True, "WRONG_TYPE"),
        ("scroll_depth", 1.0000001, "FRACTION_OUT_OF_RANGE"),
        ("scroll_depth", -0.1, "FRACTION_OUT_OF_RANGE"),
        ("scroll_depth", nan, "FRACTION_OUT_OF_RANGE"),
        ("scroll_depth", "all", "WRONG_TYPE"),
        ("dwell_time_ms", -1, "NUMBER_OUT_OF_RANGE"),
        ("dwell_time_ms", 2**53 + 1, "NUMBER_OUT_OF_RANGE"),
        ("dwell_time_ms", 1.0, "WRONG_TYPE"),
        ("word_count", -1, "NUMBER_OUT_OF_RANGE"),
        ("word_count", True, "WRONG_TYPE"),
        ("engagement_level", "LATENT", "WRONG_TYPE"),
        ("engagement_level", "latent", "WRONG_TYPE"),
        ("content_source", "ai", "WRONG_TYPE"),
        ("title", "x" * 1_001, "TEXT_TOO_LONG"),
        ("content", "x" * 20_001, "TEXT_TOO_LONG"),
        ("content", "a\x00b", "TEXT_UNSTORABLE"),
        ("capture_key", "", "TEXT_BLANK"),
        ("capture_key", "x" * 256, "TEXT_TOO_LONG"),
        ("user_id", "ma ya", "TEXT_HAS_CONTROLS"),
        ("space_id", "", "TEXT_BLANK"),
        ("captured_at", NOW.replace(tzinfo=None), "INSTANT_OUT_OF_RANGE"),
        ("captured_at", "2026-01-01", "WRONG_TYPE"),
    ],
)
def test_a_value_out_of_its_range_is_refused(field: str, value: object, expected: str) -> None:
    assert code(lambda: make_command(**{field: value})) == expected


@pytest.mark.parametrize(
    ("captured_at", "expected"),
    [
        (None, ""),
        (NOW - timedelta(days=365), ""),
        (NOW + timedelta(minutes=5), ""),
        (NOW + timedelta(minutes=5, microseconds=1), "CAPTURED_IN_FUTURE"),
    ],
    ids=["no time", "past", "five minutes ahead", "later"],
)
def test_a_capture_is_at_most_five_minutes_in_the_future(
    captured_at: datetime | None, expected: str
) -> None:
    command = make_command(captured_at=captured_at)

    assert code(lambda: command.check_time(NOW)) == expected

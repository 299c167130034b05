"""Changes of contests and of logs fit the row before them, and an event those before it."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from tests.core.contests.test_aggregates import LATER, contest, contest_in, first_event

from indelible.contests import Contest, ContestLog, ContestStatus
from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.kernel.conditions import FieldNotOfRecord

HASH = "a" * 64
OTHER_HASH = "b" * 64


def refused_field(before: Contest | ContestLog, **changes: Any) -> str:  # noqa: ANN401 - of any field
    """Return the field that makes a change refused, '' if none does."""
    after: Any = evolve(before, **changes)
    try:
        after.check_change(before)
    except FieldNotOfState as error:
        return error.field
    return ""


def log(**fields: Any) -> ContestLog:  # noqa: ANN401 - of any field
    """Return a log with three events."""
    opened = ContestLog.opened(contest())
    values: dict[str, Any] = {
        "event_number": 3,
        "event_hash": HASH,
        "head_hash": HASH,
        "fetch_number": 2,
    }
    return evolve(opened, updated_at=LATER, **{**values, **fields})


def test_a_contest_is_locked_from_its_lock_time_on() -> None:
    scheduled = contest()
    locked = ContestStatus.LOCKED

    assert refused_field(scheduled, status=locked, updated_at=scheduled.lock_time) == ""
    early = scheduled.lock_time - timedelta(microseconds=1)
    assert refused_field(scheduled, status=locked, updated_at=early) == "lock_time"
    assert refused_field(scheduled, updated_at=early) == ""


def test_an_error_keeps_the_state_that_it_comes_from() -> None:
    failed = contest_in(ContestStatus.ERROR)
    live, locked = contest_in(ContestStatus.LIVE), contest_in(ContestStatus.LOCKED)

    failed.check_change(live)
    with pytest.raises(FieldNotOfState) as refusal:
        failed.check_change(locked)
    assert (refusal.value.field, refusal.value.expected) == ("error_from_state", "LOCKED")


def test_an_error_gives_back_only_its_own_state() -> None:
    failed = contest_in(ContestStatus.ERROR)  # of a settlement
    from_lock = evolve(failed, attempted_action="lock", error_from_state=ContestStatus.SCHEDULED)

    for status in (ContestStatus.LIVE, ContestStatus.COMPLETE, ContestStatus.CANCELLED):
        contest_in(status).check_change(failed)
    contest_in(ContestStatus.SCHEDULED).check_change(from_lock)
    contest_in(ContestStatus.CANCELLED).check_change(from_lock)
    for before, status in (
        (failed, ContestStatus.LOCKED),
        (from_lock, ContestStatus.LIVE),
        (from_lock, ContestStatus.COMPLETE),
    ):
        with pytest.raises(FieldNotOfState) as refusal:
            contest_in(status).check_change(before)
        assert refusal.value.field == "status"


def test_a_log_moves_forward() -> None:
    before = log(observations=1)

    assert refused_field(before, fetch_number=3, observations=2) == ""
    assert refused_field(before, fetch_number=1) == "fetch_number"
    assert refused_field(before, observations=3) == "observations"
    assert refused_field(before, event_hash=OTHER_HASH) == "event_hash"
    assert refused_field(before, head_hash=OTHER_HASH) == "head_hash"
    assert refused_field(before, event_number=4, event_hash=OTHER_HASH, head_hash=OTHER_HASH) == ""


def test_a_log_points_to_the_newest_event_or_as_before() -> None:
    before = log(field_number=1)

    assert refused_field(before, field_number=3) == ""
    assert refused_field(before, field_number=None) == ""
    assert refused_field(before, field_number=2) == "field_number"
    assert refused_field(before, cancelled_number=1) == "cancelled_number"
    assert refused_field(before, conflict_number=3) == ""


def test_only_the_first_event_has_no_event_before_it() -> None:
    _, event = first_event()

    assert evolve(event, number=2, prev_hash=HASH).number == 2
    changes: dict[str, Any]
    for changes, expected in (({"number": 2}, "set"), ({"prev_hash": HASH}, "empty")):
        with pytest.raises(FieldNotOfRecord) as refusal:
            evolve(event, **changes)
        assert (refusal.value.field, refusal.value.expected) == ("prev_hash", expected)

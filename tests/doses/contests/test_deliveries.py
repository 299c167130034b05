"""Repeated, swapped and dropped deliveries lead to the same standings and replays (Show 3)."""

import pytest
from tests.core.contests.deliveries import check_variants, deliver, deliveries, story

from indelible.contests.entities.values import EventKind, Validity

pytestmark = pytest.mark.slow

VARIANTS = 50


def test_the_story_has_20_snapshots_and_a_reversal() -> None:
    bodies = story()
    assert len(bodies) == 20
    assert bodies[7] == bodies[9] == bodies[11]
    assert len({bodies[7], bodies[8], bodies[10]}) == 3


def test_undisturbed_deliveries_are_all_stored() -> None:
    outcome = deliver(deliveries(None))

    assert outcome.problems == ()
    kinds = outcome.log.kinds()
    assert kinds[-2:] == [EventKind.CONFIRMED, EventKind.TERMINAL]
    assert kinds.count(EventKind.SNAPSHOT) == 20
    assert outcome.log.kinds(Validity.INVALID) == [EventKind.SNAPSHOT]


def test_the_third_of_a_b_a_is_stored() -> None:
    log = deliver(deliveries(None)).log
    first, wrong, again = log.events[7:10]
    assert first.body_hash == again.body_hash != wrong.body_hash
    assert [event.validity for event in (first, wrong, again)] == ["VALID", "INVALID", "VALID"]

    first, wrong, again = log.events[9:12]
    assert first.body_hash == again.body_hash != wrong.body_hash
    assert {event.validity for event in (first, wrong, again)} == {Validity.VALID}


@pytest.mark.slow
@pytest.mark.parametrize("group", range(4))
def test_disturbed_deliveries_lead_to_the_same_standings(group: int) -> None:
    seeds = range(group * VARIANTS, (group + 1) * VARIANTS)
    assert check_variants(seeds) == []

"""Draws, ids and plans of simulations: each belongs to its actor or step alone."""

import json
from datetime import UTC, datetime
from itertools import pairwise, product
from pathlib import Path

import pytest
from attrs import evolve

from indelible_service.simulation.clock import SimulatedClock
from indelible_service.simulation.draws import Seed
from indelible_service.simulation.ids import SeededIds
from indelible_service.simulation.plan import (
    DAY,
    HOUR,
    FaultKind,
    Plan,
    PlanUnreadable,
    Profile,
    read_plan,
    write_plan,
)
from indelible_service.simulation.planned_faults import EVENING, OF_ABSENCE, OF_NODE, OF_STRIPE
from indelible_service.simulation.planning import make_plan

NOON = datetime(2027, 4, 5, 12, tzinfo=UTC)
DAYS = 30


def test_the_draws_of_an_actor_depend_on_no_other_draw() -> None:
    alone = Seed(7).draws("ann", "wait")
    seed = Seed(7)
    seed.draws("bob", "wait").fraction()
    beside = seed.draws("ann", "wait")

    assert [alone.fraction() for _ in range(3)] == [beside.fraction() for _ in range(3)]
    assert Seed(7).draws("ann", "other").fraction() != Seed(7).draws("ann", "wait").fraction()
    assert Seed(8).draws("ann", "wait").fraction() != Seed(7).draws("ann", "wait").fraction()


def test_draws_reach_both_ends_of_their_range() -> None:
    draws = Seed(1).draws("ann", "dice")

    assert {draws.whole(1, 6) for _ in range(200)} == set(range(1, 7))
    assert sorted(draws.shuffled("abcdef")) == list("abcdef")


def test_ids_of_a_step_depend_on_no_earlier_step() -> None:
    ids = SeededIds(1, SimulatedClock(NOON))
    ids.begin("first")
    ids.new()
    ids.new()
    ids.begin("second")
    after_two = [ids.new(), ids.secret()]

    ids.begin("first")
    ids.new()
    ids.begin("second")

    assert [ids.new(), ids.secret()] == after_two
    assert ids.new() not in after_two


def test_a_plan_has_overlapping_weeks_that_end_before_its_last_day() -> None:
    plan = make_plan(1, DAYS, Profile.MONEY)
    spans = [range(one.first_day, one.first_day + one.rounds) for one in plan.tournaments]
    overlapping = [set(first) & set(second) for first, second in pairwise(spans)]

    assert len(plan.tournaments) >= 4
    assert any(overlapping)
    assert max(span[-1] for span in spans) < DAYS - 1
    assert len(plan.contests) >= 20
    assert len(plan.entries) >= 500


def test_a_storm_disturbs_the_evenings_of_payouts() -> None:
    evenings = 0
    for seed in range(1, 11):
        for fault in make_plan(seed, 3, Profile.STORM).faults:
            evenings += fault.kind in OF_STRIPE and fault.at % DAY >= EVENING[0]
            assert fault.kind is FaultKind.CRASH or fault.at + fault.seconds <= 2 * DAY

    assert evenings >= 15


def test_blocks_come_after_all_faults_of_their_nodes() -> None:
    for seed, days, profile in product(range(1, 11), (1, 3), (Profile.CHAIN, Profile.STORM)):
        plan = make_plan(seed, days, profile)
        ends = [one.at + one.seconds for one in plan.faults if one.kind in OF_NODE]

        assert max(ends, default=0) < plan.chain[-1].at <= days * DAY - 4 * HOUR
        assert sum(blocks.replaced > 0 for blocks in plan.chain) > 0 or days == 1


def test_a_storm_has_a_chain_and_all_faults() -> None:
    kinds: set[FaultKind] = set()
    for seed in range(1, 6):
        plan = make_plan(seed, 3, Profile.STORM)
        kinds.update(fault.kind for fault in plan.faults)
        assert plan.chain == make_plan(seed, 3, Profile.CHAIN).chain

    assert kinds == {*FaultKind}.difference(OF_ABSENCE)


def test_a_plan_of_a_chain_is_read_as_it_was_written(tmp_path: Path) -> None:
    plan = make_plan(3, 3, Profile.CHAIN)
    file = tmp_path / "plan.json"
    write_plan(plan, file)

    assert read_plan(file) == plan


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    plan = make_plan(3, 3, Profile.MONEY)
    file = tmp_path / "plan.json"
    write_plan(plan, file)

    assert read_plan(file) == plan
    assert make_plan(4, 3, Profile.MONEY) != plan


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}'])
def test_a_file_without_a_plan_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text)

    with pytest.raises(PlanUnreadable):
        read_plan(file)


def test_a_plan_of_another_format_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    plan: Plan = evolve(make_plan(1, 1, Profile.CALM), format=99)
    file.write_text(json.dumps(plan.document()))

    with pytest.raises(PlanUnreadable, match="expected format"):
        read_plan(file)

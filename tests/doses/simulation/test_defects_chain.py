"""Defects of detection that are planted into the program: a simulation finds each of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve
from tests.simulation.chain_days import ALL_FAULTS, LOGS, Faults, day_of_blocks
from tests.simulation.defects import always, simulate
from tests.simulation.scan_deaths import Deaths, plant_early_checkpoint

from indelible.tokens.entities.tokens import Token
from indelible.tokens.tasks import detection
from indelible.tokens.tasks.detection import Detection
from indelible_service.simulation import chain_node
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.plan import read_plan, write_plan
from indelible_service.simulation.repeating import difference, run_again
from indelible_service.simulation.shrinking import shrink
from indelible_service.simulation.sometimes import OF_TOKENS, reached_by
from indelible_service.simulation.story import MAX_LINES, story_of

pytestmark = pytest.mark.slow

Plant = Callable[[pytest.MonkeyPatch], None]


def plant_blindness(patch: pytest.MonkeyPatch) -> None:
    """Let detection compare no block that was read before with the chain."""
    patch.setattr(Detection, "_chain_has_recorded_blocks", always(value=True))


def plant_haste(patch: pytest.MonkeyPatch) -> None:
    """Let detection wait for no confirmation."""
    patch.setattr(chain_node, "SETTINGS", evolve(chain_node.SETTINGS, confirmations=0))


def plant_live_orphans(patch: pytest.MonkeyPatch) -> None:
    """Let a token live whose mint was dropped."""
    patch.setattr(Token, "is_unfinished", property(always(value=False)))


def plant_kept_mints(patch: pytest.MonkeyPatch) -> None:
    """Let a reorganisation orphan no mint."""
    patch.setattr(detection, "blocks_with_mints", always(frozenset[object]()))


def plant_single_reading(patch: pytest.MonkeyPatch) -> None:
    """Let detection read each block once, whatever logs the node lacked then."""
    patch.setattr(chain_node, "SETTINGS", evolve(chain_node.SETTINGS, overlap=0))


# The number is the seed of the blocks; those of 3 have no reorganisation, after which blocks are
# read again anyway.
DEFECTS: Final[dict[str, tuple[Plant, str, Faults, int]]] = {
    "a reorganisation that is not noticed": (plant_blindness, "scans-are-linked", (), 1),
    "a block that is not confirmed": (plant_haste, "scans-are-linked", (), 1),
    "a live token of a dropped mint": (plant_live_orphans, "live-tokens-are-minted", (), 1),
    "a dropped mint that stays": (plant_kept_mints, "one-mint-per-token", (), 1),
    "a block that is read once": (plant_single_reading, "every-mint-is-a-token", (LOGS,), 3),
    "a checkpoint before its mints": (plant_early_checkpoint, "every-mint-is-a-token", (), 3),
}
EARLY: Final = "a reorganisation that is not noticed"


def check(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Check that a simulation finds a defect, and names its invariant."""
    plant, invariant, faults, seed = DEFECTS[name]
    plant(monkeypatch)

    violation = simulate(day_of_blocks(*faults, seed=seed)).violation

    assert violation is not None
    assert violation.invariant == invariant, str(violation)


def test_a_disturbed_day_breaks_no_invariant_and_has_everything_that_sometimes_happens() -> None:
    report = simulate(day_of_blocks(*ALL_FAULTS))

    assert report.violation is None, str(report.violation)
    assert {*OF_TOKENS} - {*reached_by(report)} == set()
    assert report.counts["crashes"] == 3


def test_a_reorganisation_that_is_not_noticed_breaks_its_invariant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check(EARLY, monkeypatch)


@pytest.mark.parametrize("name", sorted({*DEFECTS} - {EARLY}))
def test_a_planted_defect_breaks_its_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check(name, monkeypatch)


def test_workers_that_die_while_they_record_blocks_break_no_invariant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Deaths().plant(monkeypatch)

    report = simulate(day_of_blocks())

    assert report.violation is None, str(report.violation)
    assert report.counts["crashes of commits"] >= 4
    assert report.edges["token.detect"] > 0


def test_a_failure_is_shrunk_to_a_plan_that_replays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plant_blindness(monkeypatch)
    file = tmp_path / "plan.json"

    smaller = shrink(simulate(day_of_blocks(*ALL_FAULTS)), max_runs=20)
    write_plan(smaller.plan, file)
    again = simulate(read_plan(file))
    story = story_of(smaller)

    assert smaller.plan.faults == ()
    assert len(smaller.plan.chain) < len(day_of_blocks().chain)
    assert again.violation == smaller.violation
    assert again.changes_digest == smaller.changes_digest
    assert len(story) <= MAX_LINES
    assert "scans-are-linked" in story[0]


def test_a_day_of_blocks_is_the_same_on_the_other_database_and_with_another_hash_seed() -> None:
    plan = day_of_blocks(*ALL_FAULTS)

    first = simulate(plan)

    assert difference(first, run_again(plan, DatabaseKind.POSTGRESQL)) is None

"""A day of blocks whose database is restored, and a scan that does not go back with it."""

from collections.abc import Callable
from typing import Final

import pytest
from attrs import evolve
from tests.simulation.chain_days import ALL_FAULTS, day_of_blocks
from tests.simulation.defects import always, simulate

from indelible.tokens.handlers.blocks import checkpoint_of
from indelible.tokens.repositories.finders import TokensWrite
from indelible.tokens.rules.scanning import BlockBatch, Checkpoint
from indelible.tokens.tasks import detection
from indelible_service.simulation import chain_node, restores
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.plan import HOUR, MINUTE, Plan, PlannedRestore
from indelible_service.simulation.repeating import difference, run_again
from indelible_service.simulation.sometimes import OF_TOKENS, reached_by

RESTORE: Final = PlannedRestore(backup_at=6 * HOUR, at=13 * HOUR, seconds=10 * MINUTE)
FOUND_AGAIN: Final = "a lost token is detected again"


def restored_day(seed: int) -> Plan:
    """Return a plan of one day with a chain, whose restored backup is hours old."""
    return evolve(day_of_blocks(seed=seed), restores=(RESTORE,))


def read_once(patch: pytest.MonkeyPatch) -> None:
    """Let detection read no block before its checkpoint again."""
    patch.setattr(chain_node, "SETTINGS", evolve(chain_node.SETTINGS, overlap=0))


def plant_lost_checkpoint(patch: pytest.MonkeyPatch) -> None:
    """Let scans start at the newest checkpoint that was ever stored, which a restore may lose."""
    read_once(patch)
    newest: list[Checkpoint] = []

    def remembered_checkpoint(tx: TokensWrite) -> Checkpoint | None:
        stored = checkpoint_of(tx)
        if stored is not None and (not newest or stored.number > newest[0].number):
            newest[:] = [stored]
        return newest[0] if newest else None

    patch.setattr(detection, "checkpoint_of", remembered_checkpoint)
    patch.setattr(BlockBatch, "follows", always(value=True))


# The blocks of 3 have no reorganisation, after which blocks are read again anyway.
DEFECTS: Final[dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str, int]]] = {
    "a lost checkpoint": (plant_lost_checkpoint, "lost-mints-are-found-again", 3),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_breaks_its_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, invariant, seed = DEFECTS[name]
    plant(monkeypatch)

    violation = simulate(restored_day(seed)).violation

    assert violation is not None
    assert violation.invariant == invariant, str(violation)


def test_scans_find_again_what_a_restore_has_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    read_once(monkeypatch)

    report = simulate(restored_day(3))

    assert report.violation is None, str(report.violation)
    assert report.counts["lost tokens"] > 0
    assert report.counts["lost tokens that are detected again"] == report.counts["lost tokens"]


def test_checks_that_forget_nothing_refuse_what_is_found_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(restores, "forget_lost_scans", always(value=None))

    violation = simulate(restored_day(3)).violation

    assert violation is not None
    assert violation.invariant in ("scans-are-linked", "one-mint-per-token"), str(violation)


def test_a_disturbed_day_with_a_restore_is_the_same_on_the_other_database() -> None:
    plan = evolve(restored_day(1), faults=ALL_FAULTS)

    report = simulate(plan)

    assert report.violation is None, str(report.violation)
    assert {*OF_TOKENS, FOUND_AGAIN} - {*reached_by(report)} == set()
    assert difference(report, run_again(plan, DatabaseKind.POSTGRESQL)) is None

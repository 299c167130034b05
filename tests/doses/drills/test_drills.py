"""Each drill at one moment, and the defects that make a drill fail."""

from collections.abc import Generator

import pytest
from tests.doses.drills import flipped_byte
from tests.doses.drills.__main__ import DRILLS
from tests.doses.drills.bed import Bed, drill_bed
from tests.doses.drills.last_night import on_sqlite
from tests.doses.drills.recovery import Defects
from tests.doses.drills.rotation import play_rotation

from indelible.money.rules import payouts

pytestmark = pytest.mark.slow

SEED = 3  # transfers and events are newer than the backup
PUSH_SEED = 5  # the push is newer than the backup, too
DEFECT_SEED = 2
ROTATION_SEED = 1


@pytest.fixture(scope="module")
def bed() -> Generator[Bed]:
    """Yield places for the databases of all drills."""
    with drill_bed() as places:
        yield places


@pytest.mark.parametrize("name", DRILLS)
def test_after_a_drill_nothing_is_twice_and_all_work_ends(bed: Bed, name: str) -> None:
    for report in DRILLS[name](bed, SEED):
        assert report.problems == []
        assert report.transfers > 0
        if name in ("last-night", "point-in-time", "other-server"):
            assert report.lost
            assert report.adopted > 0


def test_a_push_that_the_backup_does_not_know_is_adopted(bed: Bed) -> None:
    report = on_sqlite(bed, PUSH_SEED)

    assert report.problems == []
    assert report.is_push_adopted


def test_a_recovery_without_the_backfill_is_noticed(bed: Bed) -> None:
    report = on_sqlite(bed, DEFECT_SEED, Defects(skips_backfill=True))

    assert any("the work stops" in problem for problem in report.problems)


def _never(*_: object, **__: object) -> bool:
    return False


def test_a_transfer_that_is_repeated_without_a_look_up_is_noticed(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payouts, payouts.needs_look_up.__name__, _never)
    report = on_sqlite(bed, DEFECT_SEED)

    assert any("second transfers" in problem for problem in report.problems)


def test_a_damage_that_no_command_notices_fails_the_drill(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flipped_byte, flipped_byte.flip.__name__, _never)
    report = flipped_byte.flip_in_file(bed, DEFECT_SEED, "table")

    assert report.problems == ["no command notices the flipped byte"]


def test_a_secret_that_is_replaced_at_once_is_noticed(bed: Bed) -> None:
    (report,) = play_rotation(bed, ROTATION_SEED, Defects(rotates_at_once=True))

    assert any("refused" in problem for problem in report.problems)

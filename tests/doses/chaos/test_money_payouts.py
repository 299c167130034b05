"""A small dose of payouts on both databases, and the same winners paid by hand."""

from collections.abc import Generator
from pathlib import Path

import pytest
from tests.dose_sizes import dose
from tests.doses.chaos.money_backups import drop_restored, postgresql_backup, sqlite_backup
from tests.doses.chaos.money_payouts import (
    PayoutReport,
    pay_prizes,
    pay_prizes_by_hand,
)

from indelible_service.embedded import PostgresServer

pytestmark = pytest.mark.slow

PRIZES = dose(100, small=24)
PER_SETTLEMENT = dose(25, small=6)
SEED = 1


def require_paid(report: PayoutReport) -> None:
    """Require one transfer for each prize, in spite of faults, an outage and a restored backup."""
    assert report.problems == []
    assert report.transfers == PRIZES
    assert report.ambiguous > 0
    assert report.outages > 0
    assert report.restored > 0


def test_each_prize_is_paid_once_and_as_by_hand_on_sqlite(
    sqlite_url: str, template_file: Path, tmp_path: Path
) -> None:
    second = tmp_path / "by_hand.db"
    second.write_bytes(template_file.read_bytes())

    report = pay_prizes(sqlite_url, sqlite_backup(sqlite_url), PRIZES, SEED, PER_SETTLEMENT)
    by_hand = pay_prizes_by_hand(f"sqlite:///{second}", PRIZES, SEED, PER_SETTLEMENT)

    require_paid(report)
    assert by_hand.problems == []
    assert by_hand.digest == report.digest


@pytest.fixture
def restorable(database: PostgresServer) -> Generator[PostgresServer]:
    """Return a database whose backup is restored into another one, which is dropped later."""
    yield database
    drop_restored(database)


def test_each_prize_is_paid_once_on_postgresql_after_a_restore(
    restorable: PostgresServer, tmp_path: Path
) -> None:
    backup = postgresql_backup(restorable, tmp_path)

    report = pay_prizes(restorable.url, backup, PRIZES, SEED, PER_SETTLEMENT)

    require_paid(report)

"""Test that health asks seldom whether the database can grow, and says that it cannot."""

from collections.abc import Callable

import pytest
from attrs import define
from tests.web.harness import Web

from indelible.kernel import StoreFull
from indelible_web.http import space
from indelible_web.http.space import SPACE_SECONDS, SpaceCheck


@define
class Disk:
    """A disk under a store, and a clock that the test moves."""

    is_full: bool = False
    checks: int = 0
    now: float = 100.0

    def check_space(self) -> None:
        self.checks += 1
        if self.is_full:
            raise StoreFull


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(space, "monotonic", lambda: disk.now)
    return disk


def is_full(check: Callable[[], None]) -> bool:
    try:
        check()
    except StoreFull:
        return True
    return False


def test_the_disk_is_asked_once_in_some_seconds_and_its_answer_is_kept(disk: Disk) -> None:
    check = SpaceCheck(disk)  # type: ignore[arg-type] # the check asks for nothing else
    assert [is_full(check.run), is_full(check.run)] == [False, False]

    disk.is_full = True
    assert not is_full(check.run)
    disk.now += SPACE_SECONDS
    assert [is_full(check.run), is_full(check.run)] == [True, True]
    assert disk.checks == 2

    disk.is_full = False
    disk.now += SPACE_SECONDS
    assert not is_full(check.run)


def test_a_full_disk_is_unhealthy_and_the_process_is_ready_to_read(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SpaceCheck, "run", Disk(is_full=True).check_space)

    health = web.get("/health", key=None)
    ready = web.get("/health/ready", key=None)

    assert health.status_code == 503
    assert health.get_json() == {
        "status": "unhealthy",
        "error": {"code": "DATABASE_FULL", "message": "The database has no free space"},
    }
    assert ready.status_code == 200
    assert ready.get_json()["problems"] == [f"database: {StoreFull()}"]

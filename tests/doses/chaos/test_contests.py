"""Small doses: workers of contests are killed at each failpoint once, on both databases."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.contest_runs import WORKER
from tests.doses.chaos.contest_errors import ErrorCase, error_cases, fail_and_resolve
from tests.doses.chaos.contest_kills import STAGES, kill_workers, kills_at_failpoints
from tests.doses.chaos.contest_site import ContestSite, contest_site, problems_of

from indelible.contests.rules.tasks import (
    LOCK_CONTEST_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.contests.tasks.dry_runs import dry_run_settlement
from indelible_workers import process_batch

pytestmark = pytest.mark.slow

DATABASES = ("sqlite_url", "database")


@pytest.fixture(params=DATABASES)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[ContestSite]:
    """Return a site on SQLite and one on PostgreSQL."""
    database = request.getfixturevalue(request.param)
    url: str = getattr(database, "url", database)
    with contest_site(url, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_worker_leaves_all_or_nothing(site: ContestSite, stage: str) -> None:
    kills = [kill for kill in kills_at_failpoints() if kill.stage == stage]

    report = kill_workers(site, kills)

    assert report.problems == []
    assert (report.killed, report.finished) == (len(kills), len(kills))


@pytest.mark.parametrize("case", error_cases(), ids=lambda case: case.label)
def test_an_error_is_reached_once_and_left_in_each_way(site: ContestSite, case: ErrorCase) -> None:
    report = fail_and_resolve(site, [case])

    assert report.problems == []
    assert report.finished == 1


@pytest.mark.parametrize("stage", [LOCK_CONTEST_STAGE, START_CONTEST_STAGE, SETTLE_CONTEST_STAGE])
def test_workers_at_once_make_one_transition(site: ContestSite, stage: str) -> None:
    run, contest = site.prepare(stage)
    digest = None
    if stage == SETTLE_CONTEST_STAGE:
        digest = dry_run_settlement(run.store, contest.id).run.result_digest

    def work(_: int) -> int:
        return process_batch(run.store, run.stages()[stage], actor=WORKER)

    with ThreadPoolExecutor(4) as workers:
        claimed = sum(workers.map(work, range(4)))

    assert claimed == 1
    assert list(problems_of(run, contest, stage, digest)) == []


@pytest.mark.parametrize("seconds", [3_600, -3_600])
def test_a_clock_that_jumps_fires_no_timer_early_or_twice(
    site: ContestSite, seconds: float
) -> None:
    run, contest = site.prepare(LOCK_CONTEST_STAGE)
    run.clock.advance(-300)  # the lock is five minutes away
    run.process_all(LOCK_CONTEST_STAGE)
    assert run.actions(contest) == ["publish"]

    run.clock.time = contest.lock_time
    run.reconcile()
    run.process_all(LOCK_CONTEST_STAGE)
    run.clock.advance(seconds)
    run.enqueue(LOCK_CONTEST_STAGE, contest.id)
    run.process_all(LOCK_CONTEST_STAGE)

    assert run.actions(contest) == ["publish", "lock"]

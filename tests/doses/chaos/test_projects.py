"""Small doses of killed workers, lost pushes and races of pushes, on both databases and hosts."""

from collections.abc import Generator
from pathlib import Path
from random import Random

import pytest
from tests.dose_sizes import dose
from tests.doses.chaos.project_kills import kill_at
from tests.doses.chaos.project_pushes import lose_pushes, race_pushes
from tests.doses.chaos.project_site import KINDS, LOCAL, ProjectSite, project_site

from indelible.projects.tasks.failpoints import JobFailpoint

pytestmark = pytest.mark.slow


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[ProjectSite]:
    """Return a site with local Git on SQLite, and one with Git over HTTP on PostgreSQL."""
    if request.param == LOCAL:
        url: str = request.getfixturevalue("sqlite_url")
    else:
        url = request.getfixturevalue("database").url
    with project_site(url, tmp_path, request.param) as opened:
        yield opened


@pytest.mark.parametrize("failpoint", JobFailpoint, ids=lambda failpoint: failpoint.name)
def test_a_killed_worker_leaves_one_commit_and_no_workspace(
    site: ProjectSite, failpoint: JobFailpoint
) -> None:
    report = kill_at(site, [failpoint])

    assert report.problems == []
    assert (report.broken, report.completed) == (1, 1)


def test_a_push_whose_answer_is_lost_is_found(site: ProjectSite) -> None:
    times = dose(5, small=2)

    report = lose_pushes(site, times, Random(1))  # noqa: S311 - no secret

    assert report.problems == []
    assert report.completed == times


def test_the_commits_of_others_stay_and_ours_is_on_top(site: ProjectSite) -> None:
    races = dose(4, small=2)

    report = race_pushes(site, races, Random(1))  # noqa: S311 - no secret

    assert report.problems == []
    assert report.completed == races

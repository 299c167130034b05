"""Hostile specifications and repositories end with a code or a reason, and break nothing."""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from tests.adapters.git.hosts import LocalSite
from tests.adapters.git.hosts import request as repository_request
from tests.doses.fuzz.attack import AttackTally
from tests.doses.fuzz.projects import (
    hostile_surroundings,
    over_project_routes,
    process_in_hostile_repository,
    through_rules,
)
from tests.doses.fuzz.repositories import KINDS, fill_repository
from tests.sql.conftest import opened
from tests.web.harness import Web

from indelible_git import LocalHost
from indelible_sql import verify

pytestmark = pytest.mark.slow

SPECIFICATIONS = 60
REQUESTS = 40
REPOSITORIES = 6


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Random:
    return Random(request.config.getoption("randomly_seed", 1))  # noqa: S311 - no secret


def test_hostile_specifications_are_planned_or_refused_with_a_code(
    sqlite_url: str, chance: Random, add_summary_line: Callable[[str], None]
) -> None:
    tally = AttackTally()
    through_rules(chance, SPECIFICATIONS, tally)
    with opened(sqlite_url) as store:
        over_project_routes(Web(store), store, chance, REQUESTS, tally)
        findings = verify(store)
    add_summary_line(f"hostile specifications: {len(tally.answers)} kinds of answers")

    assert tally.wrong == []
    assert tally.answers.total() == 2 * SPECIFICATIONS + REQUESTS
    assert findings == ()


def test_jobs_in_hostile_repositories_end_and_write_nothing_outside(
    sqlite_url: str, tmp_path: Path, chance: Random, add_summary_line: Callable[[str], None]
) -> None:
    tally = AttackTally()
    with opened(sqlite_url) as store:
        for number in range(REPOSITORIES):
            process_in_hostile_repository(store, tmp_path / str(number), chance, tally)
        findings = verify(store)
    add_summary_line(f"jobs in hostile repositories: {dict(tally.answers)}")

    assert tally.wrong == []
    assert tally.answers.total() >= REPOSITORIES
    assert findings == ()


def test_a_repository_of_every_kind_can_be_built(tmp_path: Path, chance: Random) -> None:
    for name in KINDS:
        folder = tmp_path / name
        site = LocalSite(LocalHost(folder / "repositories"), folder / "clones")
        with hostile_surroundings(folder) as around:
            bare = site.bare(site.host.ensure_repository(repository_request()))
            assert len(fill_repository(bare, around, [name], chance)) == 40
            assert os.environ["HOME"] == str(folder / "home")

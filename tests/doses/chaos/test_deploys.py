"""A small dose of `deploys`: a deploy in the middle of work strands nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.chain.detections import dice
from tests.doses.chaos.deploys import replace_workers
from tests.doses.chaos.releases import build_releases

from indelible_service.embedded import PostgresServer

pytestmark = pytest.mark.slow


def test_workers_of_two_releases_finish_each_task_once(
    database: PostgresServer, tmp_path: Path, add_summary_line: Callable[[str], None]
) -> None:
    releases = build_releases(tmp_path, database.owner_url)
    report = replace_workers(releases, replacements=4, units=100, seconds=12, chance=dice(35))

    add_summary_line(f"Workers replaced by the other release: {report}")
    assert report.problems == []
    assert report.replacements.total() >= 4
    assert report.own_units == 160

"""A small dose of `nox -s cluster`: a failover loses nothing and doubles nothing."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from tests import debian_packages
from tests.conftest import folder
from tests.debian_packages import ProgramMissing
from tests.doses.chaos.http_clients import Timing
from tests.doses.cluster import clusters
from tests.doses.cluster.clusters import Cluster, running_cluster
from tests.doses.cluster.failovers import fail_over, longest_gap
from tests.doses.cluster.programs import etcd_program
from tests.doses.cluster.reports import API, LIBRARY

pytestmark = pytest.mark.slow


def test_a_failover_loses_no_acknowledged_write_and_doubles_none(
    add_summary_line: Callable[[str], None],
) -> None:
    report = fail_over(1, Random(2))  # noqa: S311 - no secret

    add_summary_line(f"Failover: {report}")
    assert report.problems == []
    assert report.failovers == 1
    assert report.comparison.answers > 0
    assert report.workers.units > 0
    for name in (LIBRARY, API):
        assert report.loads[name].timings


def test_a_node_that_does_not_start_is_built_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "REFUSED_SECONDS", 0)
    with folder() as directory, running_cluster(directory) as cluster:
        primary = cluster.leader()
        assert primary is not None
        node, *_ = cluster.standbys(primary)
        data = node.directory / "data"
        old = data.stat().st_ino

        def refused(_: Cluster) -> set[str]:
            return {node.name}

        monkeypatch.setattr(Cluster, "refused", refused)
        assert cluster.wait_until_whole("not whole") == [node.name]
        cluster.wait_for(lambda: data.exists() and data.stat().st_ino != old, "no new data")


def test_a_missing_package_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(100, "apt-get", stderr="E: no such package")

    monkeypatch.setattr(debian_packages, "COPIES", tmp_path)
    monkeypatch.setattr(subprocess, "run", fail)

    with pytest.raises(ProgramMissing, match=r"etcd-server.*apt-get download.*no such package"):
        etcd_program()
    assert list(tmp_path.iterdir()) == []


def test_the_longest_gap_counts_successful_writes_only() -> None:
    timings = [
        Timing("write", 0, ended_at, status)
        for ended_at, status in ((1, 200), (2, 201), (4, 503), (9, 201), (10, 200))
    ]

    assert longest_gap(timings, 1.5) == 7
    assert longest_gap(timings, 9.5) == 1
    assert longest_gap(timings, 11) == 0

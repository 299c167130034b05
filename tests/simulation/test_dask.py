"""Seeds on a Dask cluster have the results of processes of this machine."""

import sys
from importlib import import_module
from typing import Any, Final

import pytest
from tests.service.commands import error_code, json_result

from indelible_service.simulation import dask_cluster
from indelible_service.simulation.dask_cluster import run_on_cluster
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.many import Batch, run_seeds
from indelible_service.simulation.plan import Profile

SEEDS: Final = range(1, 4)
BATCH: Final = Batch(days=1, profile=Profile.MONEY, database=DatabaseKind.SQLITE)
NOBODY: Final = "tcp://127.0.0.1:1"
MANY: Final = ("simulate", "--days", "1", "--seeds", "1-2")


def test_a_cluster_of_two_processes_has_the_results_of_processes() -> None:
    distributed: Any = import_module("distributed")  # which declares no types
    with distributed.LocalCluster(
        n_workers=2, processes=True, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        of_cluster = list(run_on_cluster(SEEDS, BATCH, cluster.scheduler_address))
        document = json_result(*MANY, "--dask", cluster.scheduler_address)
    of_processes = list(run_seeds(SEEDS, BATCH, jobs=2))

    assert [one.outcome for one in of_cluster] == [one.outcome for one in of_processes]
    assert [one.reached for one in of_cluster] == [one.reached for one in of_processes]
    assert (document["seeds"], document["broken"]) == (2, {})


def test_an_address_without_a_scheduler_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "CONNECT_SECONDS", 1)

    assert error_code(*MANY, "--dask", NOBODY, exit_code=3) == "CLUSTER_UNREACHABLE"


def test_dask_is_an_optional_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    assert error_code(*MANY, "--dask", NOBODY, exit_code=3) == "DISTRIBUTION_MISSING"

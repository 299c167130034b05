"""Seeds on a Dask cluster have the results of processes of this machine."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from tests.service.commands import error_code
from tests.simulation.dask_child import BATCH, MANY, SEEDS

from indelible_service.independent_work import Workers
from indelible_service.simulation.many import run_seeds

ROOT: Final = Path(__file__).parents[2]
NOBODY: Final = "tcp://127.0.0.1:1"
COMMAND: Final = (sys.executable, "-m", "indelible_service", *MANY, "--dask", NOBODY, "--json")


@pytest.mark.dose
def test_a_cluster_of_two_processes_has_the_results_of_processes() -> None:
    words = (sys.executable, "-m", "tests.simulation.dask_child")
    output = subprocess.run(words, cwd=ROOT, check=True, capture_output=True).stdout
    of_cluster = json.loads(output.splitlines()[-1])
    of_processes = run_seeds(SEEDS, BATCH, Workers(jobs=2))

    assert of_cluster["outcomes"] == [repr((one.outcome, one.reached)) for one in of_processes]
    assert (of_cluster["document"]["seeds"], of_cluster["document"]["broken"]) == (2, {})


@pytest.mark.dose
def test_an_address_without_a_scheduler_is_refused() -> None:
    ended = subprocess.run(COMMAND, check=False, capture_output=True, text=True)

    assert ended.returncode == 3
    assert "CLUSTER_UNREACHABLE" in ended.stdout + ended.stderr


def test_dask_is_an_optional_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    assert error_code(*MANY, "--dask", NOBODY, exit_code=3) == "DISTRIBUTION_MISSING"

"""Run seeds on a cluster of two processes, and print their results: a process of its own.

`distributed` changes how its process pickles exceptions, so no test imports it.
"""

import json
import sys
from importlib import import_module
from typing import Any, Final

from tests.service.commands import json_result

from indelible_service.independent_work import Workers
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.many import Batch, run_seeds
from indelible_service.simulation.plan import Profile

SEEDS: Final = range(1, 4)
BATCH: Final = Batch(days=1, profile=Profile.MONEY, database=DatabaseKind.SQLITE)
MANY: Final = ("simulate", "--days", "1", "--seeds", "1-2")


def main() -> None:
    """Print the outcomes of the seeds, and the document of the command."""
    distributed: Any = import_module("distributed")  # which declares no types
    with distributed.LocalCluster(
        n_workers=2, processes=True, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        results = list(run_seeds(SEEDS, BATCH, Workers(address=cluster.scheduler_address)))
        document = json_result(*MANY, "--dask", cluster.scheduler_address)
    outcomes = [repr((result.outcome, result.reached)) for result in results]
    sys.stdout.write(json.dumps({"outcomes": outcomes, "document": document}))


if __name__ == "__main__":
    main()

"""Share work on clusters of two processes that lose workers, and print the results.

`distributed` changes how its process pickles exceptions, so no test imports it.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import sleep
from typing import Any, Final
from unittest.mock import patch

from tests.service.test_split_checks import die_at_three, refuse, result_of

from indelible.kernel import IndelibleError
from indelible_service import independent_work
from indelible_service.independent_work import Workers

NUMBERS: Final = range(4)
POLL_SECONDS: Final = 0.1


def die_once(folder: str, number: int) -> int:
    """Kill the process at the third number, the first time."""
    mark = Path(folder) / "died"
    if number == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def wait_for_ever(mark: Path) -> None:
    """Say that the work has begun, and work until the process ends."""
    mark.touch()
    signal.pause()


def code(attempt: Callable[[], object]) -> str:
    """Return the code of the error that an attempt raises."""
    try:
        attempt()
    except IndelibleError as error:
        return error.code
    return ""


def cluster(number: int) -> Any:  # noqa: ANN401 - Dask declares no types
    """Start a cluster of processes on this machine."""
    distributed: Any = import_module("distributed")
    return distributed.LocalCluster(
        n_workers=number, processes=True, threads_per_worker=1, dashboard_address=None
    )


def close_during(lost: Any, mark: Path) -> None:  # noqa: ANN401 - Dask declares no types
    """Close a cluster once the work has begun."""
    while not mark.exists():
        sleep(POLL_SECONDS)
    lost.close()


def lose_the_cluster(mark: Path) -> str:
    """Close a cluster during the work, and return the code of the error."""
    lost = cluster(1)
    closing = Thread(target=close_during, args=(lost, mark))
    closing.start()
    found = code(lambda: list(Workers(address=lost.scheduler_address).map(wait_for_ever, [mark])))
    closing.join()
    return found


def main() -> None:
    """Print the results of commands and of functions."""
    with cluster(2) as two, TemporaryDirectory() as folder:
        address = two.scheduler_address
        workers = Workers(address=address)
        numbers = list(workers.map(partial(die_once, folder), NUMBERS))
        document: dict[str, object] = {
            "findings": result_of("verify", "--dask", address, code=1),
            "contests": result_of("contests", "replay-all", "--dask", address),
            "numbers": numbers,
            "deaths": len(list(Path(folder).iterdir())),
        }
        codes = [
            code(lambda: list(workers.map(refuse, [1]))),
            code(lambda: list(workers.map(die_at_three, [3]))),
        ]
    with cluster(0) as none, patch.object(independent_work, "NO_WORKER_SECONDS", 2):
        codes.append(code(lambda: list(Workers(address=none.scheduler_address).map(refuse, [1]))))
    with TemporaryDirectory() as folder:
        codes.append(lose_the_cluster(Path(folder) / "begun"))
    document["codes"] = codes
    sys.stdout.write(json.dumps(document))


if __name__ == "__main__":
    main()

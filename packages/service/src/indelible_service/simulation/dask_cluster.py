"""Run many seeds on a Dask cluster, for more machines than this one."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, ClassVar, Final

from attrs import frozen

from indelible.kernel import Unavailable
from indelible.kernel.distributions import DASK
from indelible_service.simulation.many import Batch, SeedResult

CONNECT_SECONDS: Final = 10


@frozen
class ClusterUnreachable(Unavailable):
    """No scheduler of a Dask cluster answers at an address."""

    message: ClassVar[str] = (
        "No scheduler of a Dask cluster answers at {address} within {seconds} seconds: {problem}."
    )
    address: str
    seconds: int
    problem: str


def run_on_cluster(seeds: Sequence[int], batch: Batch, address: str) -> Iterator[SeedResult]:
    """Yield the outcomes of seeds in order, each run by a worker of a scheduler's cluster.

    The workers have the same release installed, and the modules of the hosts.

    Raises: DistributionMissing, ClusterUnreachable.
    """
    DASK.check()
    distributed: Any = import_module("distributed")  # which declares no types
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise ClusterUnreachable(address, CONNECT_SECONDS, type(error).__name__) from error
    with client:
        for future in client.map(batch.run, seeds, pure=False):
            yield future.result()

"""Faults of tokens: a node that does not answer, and a contract that is another one."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.runbooks.bed import Installation, small_plan
from tests.runbooks.faults.operations import PROJECT
from tests.runbooks.scenarios import scenario

from indelible.tokens import token_stats
from indelible_service.simulation.plan import HOUR, MINUTE, FaultKind, PlannedBlocks

if TYPE_CHECKING:
    from indelible_service.simulation.chain_node import SimulatedNode

MINTS: Final = PlannedBlocks(name="blocks", at=30 * MINUTE, blocks=((1,), (2,), *[()] * 20))
LATER: Final = PlannedBlocks(name="later", at=3 * HOUR, blocks=((3,), *[()] * 20))
plan_of_chain = partial(small_plan, chain=(MINTS, LATER), projects=(PROJECT,))


@scenario("43-chain-node-behind", "ChainScanStopped", plan=plan_of_chain)
def the_node_is_out(installation: Installation) -> Iterator[None]:
    installation.run_until(2 * HOUR)
    assert mints(installation) == 2
    node(installation).rates = {FaultKind.CHAIN_OUTAGE: 1.0}
    installation.look()
    installation.run_for(2 * HOUR)
    ended = installation.seconds + 2 * MINUTE
    installation.at(ended, lambda: setattr(node(installation), "rates", {}))

    yield

    assert mints(installation) == 3


def node(installation: Installation) -> "SimulatedNode":
    """Return the node of the chain."""
    found = installation.simulation.around.node
    assert found is not None
    return found


def mints(installation: Installation) -> int:
    """Return the number of tokens that were detected."""
    stats = installation.store.read(token_stats)
    return sum(stats.statuses.values())

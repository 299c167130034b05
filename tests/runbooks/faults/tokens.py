"""Faults of tokens: a node that does not answer, and a contract that is another one."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.runbooks.bed import Installation, small_plan
from tests.runbooks.faults.operations import PROJECT
from tests.runbooks.scenarios import scenario

from indelible.tokens import chain_notices, token_stats
from indelible_service.simulation.plan import HOUR, MINUTE, FaultKind, PlannedBlocks

if TYPE_CHECKING:
    from indelible_service.simulation.chain_node import SimulatedNode

MINTS: Final = PlannedBlocks(name="blocks", at=30 * MINUTE, blocks=((1,), (2,), *[()] * 20))
LATER: Final = PlannedBlocks(name="later", at=3 * HOUR, blocks=((3,), *[()] * 20))
TOO_LONG: Final = 2**160  # for the 20 bytes of an address
ODD: Final = PlannedBlocks(name="odd", at=20 * MINUTE, blocks=((9,),), wallet=TOO_LONG)
LATEST: Final = PlannedBlocks(name="latest", at=8 * HOUR, blocks=((4,), *[()] * 20))
plan_of_chain = partial(small_plan, chain=(MINTS, LATER), projects=(PROJECT,))
plan_of_long_chain = partial(small_plan, chain=(MINTS, LATER, LATEST), projects=(PROJECT,))
plan_with_odd_log = partial(small_plan, chain=(ODD, MINTS), projects=(PROJECT,))
ANOTHER_CHAIN: Final = 1
NO_CODE: Final = "0x"
UPGRADED: Final = "0x60806041"
CHECKED_AGAIN: Final = 7 * HOUR  # the chain is checked each six hours where days are simulated
pausing_scenario = partial(
    scenario,
    "44-chain-fault",
    "ChainFault",
    plan=plan_of_long_chain,
    calm_seconds=CHECKED_AGAIN,
    ends_by_itself=True,
)


@scenario("43-chain-node-behind", "ChainScanStopped", plan=plan_of_chain, ends_by_itself=True)
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


@pausing_scenario()
def the_node_serves_another_chain(installation: Installation) -> Iterator[None]:
    yield from pausing_fault(installation, "WRONG_CHAIN", "chain_id", ANOTHER_CHAIN)


@pausing_scenario()
def the_contract_is_gone(installation: Installation) -> Iterator[None]:
    yield from pausing_fault(installation, "CONTRACT_CODE_MISSING", "code", NO_CODE)


@scenario("44-chain-fault", "ChainFault", plan=plan_of_chain)
def the_contract_was_upgraded(installation: Installation) -> Iterator[None]:
    installation.run_until(2 * HOUR)
    node(installation).chain.code = UPGRADED
    installation.wait_until(lambda: notices(installation) == ["CONTRACT_CHANGED"])

    yield

    assert notices(installation) == []
    installation.run_until(5 * HOUR)
    assert mints(installation) == 3


@scenario("44-chain-fault", "ChainFault", plan=plan_with_odd_log, ends_by_itself=True)
def a_log_is_no_mint(installation: Installation) -> Iterator[None]:
    installation.run_until(10 * MINUTE)
    installation.look()
    installation.wait_until(lambda: notices(installation) == ["LOGS_QUARANTINED"])

    yield

    assert mints(installation) == 2


def pausing_fault(
    installation: Installation, code: str, changed: str, value: object
) -> Iterator[None]:
    """Change the chain while a token is minted; detection waits until it is as before."""
    chain = node(installation).chain
    expected = getattr(chain, changed)
    installation.run_until(2 * HOUR)
    setattr(chain, changed, value)
    installation.wait_until(lambda: notices(installation) == [code])
    before = mints(installation)
    installation.run_until(10 * HOUR)
    assert mints(installation) == before < 4
    ended = installation.seconds + 2 * MINUTE
    installation.at(ended, lambda: setattr(chain, changed, expected))

    yield

    assert notices(installation) == []
    assert mints(installation) == 4


def notices(installation: Installation) -> list[str]:
    """Return the codes of what an operator must see of the chain."""
    return [notice.code for notice in installation.store.read(chain_notices)]


def node(installation: Installation) -> "SimulatedNode":
    """Return the node of the chain."""
    found = installation.simulation.around.node
    assert found is not None
    return found


def mints(installation: Installation) -> int:
    """Return the number of tokens that were detected."""
    stats = installation.store.read(token_stats)
    return sum(stats.statuses.values())

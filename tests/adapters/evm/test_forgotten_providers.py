"""A provider that nobody closes closes its connections when it is collected, in any order."""

import gc
import weakref

import pytest
from web3.types import RPCEndpoint

from indelible_evm import QuietProvider
from indelible_evm.simulator.chain import SimulatedChain
from indelible_evm.simulator.server import running_chain

pytestmark = pytest.mark.slow


class CyclicProvider(QuietProvider):
    """A provider that only a collection removes, as one that belongs to web3."""

    itself: QuietProvider


def test_a_forgotten_provider_closes_its_idle_connections() -> None:
    with running_chain(SimulatedChain()) as url:
        provider = CyclicProvider(url, timeout_seconds=5)
        provider.itself = provider
        forgotten = weakref.ref(provider)
        # The connection is younger than the provider by a generation, and the collection comes to
        # its socket first: a `__del__` of the provider would run after the socket's complaint.
        gc.collect(0)
        assert "result" in provider.make_request(RPCEndpoint("eth_chainId"), [])
        del provider

        gc.collect()  # pytest turns the complaint of a socket into a failure
        assert forgotten() is None

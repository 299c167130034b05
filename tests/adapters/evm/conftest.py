"""A chain with a season, and the adapter that reads it through a provider."""

from collections.abc import Generator
from contextlib import closing

import pytest
from tests.chain.anvil import Anvil, anvil
from tests.chain.proxy import Proxy, proxy
from tests.conftest import folder

from indelible.tokens.ports import Chain
from indelible_evm import EvmChain

CHAIN_ID = 84_532
AUTHOR = "0x" + "ab" * 20


@pytest.fixture
def node() -> Generator[Anvil]:
    with folder() as directory, anvil(directory, chain_id=CHAIN_ID) as running:
        yield running


@pytest.fixture
def season(node: Anvil) -> str:
    return node.deploy_season()


@pytest.fixture
def provider(node: Anvil) -> Generator[Proxy]:
    with proxy(node.url) as running:
        yield running


@pytest.fixture
def chain(provider: Proxy, season: str) -> Generator[Chain]:
    adapter = EvmChain(url=provider.url, contract=season, chain_id=CHAIN_ID)
    with closing(adapter):
        yield adapter

from typing import cast

import pytest
from tests.web.harness import SCOPES, Renewable, Web

from indelible.testing.stores import AnyStore


@pytest.fixture(scope="session")
def renewable() -> Renewable:
    return Renewable()


@pytest.fixture(scope="session")
def shared(renewable: Renewable) -> Web:
    return Web(cast("AnyStore", renewable))


@pytest.fixture
def web(shared: Web, renewable: Renewable) -> Web:
    """An application over an empty store, and a caller with a key."""
    renewable.renew()
    shared.key = shared.new_key(*SCOPES, "history:read")
    return shared

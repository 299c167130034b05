from collections.abc import Generator
from typing import cast

import pytest
from tests.web.failing import Failure, failing_application
from tests.web.harness import SCOPES, RenewableStore, Web
from tests.web.minting import Wallets
from tests.web.paying import RenewableGateway, Till

from indelible.testing.stores import AnyStore

# An application takes a fifth of a second to create. So one of each kind serves all tests,
# over a store that every test replaces.


@pytest.fixture(scope="session")
def renewable() -> RenewableStore:
    return RenewableStore()


@pytest.fixture(scope="session")
def shared(renewable: RenewableStore) -> Web:
    return Web(cast("AnyStore", renewable))


@pytest.fixture(scope="session")
def shared_wallets() -> Wallets:
    return Wallets()


@pytest.fixture(scope="session")
def shared_with_chain(renewable: RenewableStore, shared_wallets: Wallets) -> Web:
    return Web(cast("AnyStore", renewable), chain=shared_wallets)


@pytest.fixture
def web(shared: Web, renewable: RenewableStore) -> Web:
    """Return an application over an empty store, whose caller has a key."""
    renewable.renew()
    shared.restart()
    shared.key = shared.new_key(*SCOPES, "history:read")
    return shared


@pytest.fixture(scope="session")
def failing() -> Failure:
    """Return a function that lets the store of an application fail."""
    return failing_application()


@pytest.fixture
def wallets(shared_wallets: Wallets) -> Wallets:
    """Return the chain of `signing`, which nobody has asked anything."""
    shared_wallets.renew()
    return shared_wallets


@pytest.fixture
def signing(shared_with_chain: Web, renewable: RenewableStore, wallets: Wallets) -> Web:
    """Return an application with a chain over an empty store, and an all-scopes key."""
    assert wallets.asked == []
    renewable.renew()
    shared_with_chain.restart()
    shared_with_chain.key = shared_with_chain.new_key("admin")
    return shared_with_chain


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.dose)])
def any_store(
    request: pytest.FixtureRequest, renewable: RenewableStore
) -> Generator[RenewableStore]:
    """Yield an empty store of each kind."""
    renewable.renew()
    renewable.put(request.getfixturevalue(request.param))
    yield renewable
    renewable.renew()  # The next test must not see a database that no longer exists.


@pytest.fixture
def any_web(any_store: RenewableStore, shared_with_chain: Web, wallets: Wallets) -> Web:
    """Return an application like `signing` over each kind of store."""
    assert shared_with_chain.store is cast("AnyStore", any_store)
    assert wallets.asked == []
    shared_with_chain.restart()
    shared_with_chain.key = shared_with_chain.new_key("admin")
    return shared_with_chain


@pytest.fixture(scope="session")
def renewable_gateway() -> RenewableGateway:
    return RenewableGateway()


@pytest.fixture(scope="session")
def shared_with_stripe(renewable: RenewableStore, renewable_gateway: RenewableGateway) -> Web:
    return Web(cast("AnyStore", renewable), stripe=renewable_gateway)


@pytest.fixture
def till(
    any_store: RenewableStore, shared_with_stripe: Web, renewable_gateway: RenewableGateway
) -> Till:
    """Return an application that takes payments, over each kind of store."""
    shared_with_stripe.restart()
    shared_with_stripe.key = shared_with_stripe.new_key(*SCOPES, "history:read")
    return Till(cast("AnyStore", any_store), renewable_gateway.renew(), shared_with_stripe)

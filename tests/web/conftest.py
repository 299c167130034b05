from collections.abc import Generator
from typing import cast

import pytest
from tests.web.harness import KEYS, SCOPES, RenewableStore, Web
from tests.web.minting import Wallets

from indelible.policy import Policy
from indelible.testing.stores import AnyStore, CountedIds, TickingClock
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store


@pytest.fixture(scope="session")
def renewable() -> RenewableStore:
    return RenewableStore()


@pytest.fixture(scope="session")
def shared(renewable: RenewableStore) -> Web:
    return Web(cast("AnyStore", renewable))


@pytest.fixture
def web(shared: Web, renewable: RenewableStore) -> Web:
    """An application over an empty store, and a caller with a key."""
    renewable.renew()
    shared.key = shared.new_key(*SCOPES, "history:read")
    return shared


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def any_web(request: pytest.FixtureRequest, renewable: RenewableStore) -> Generator[Web]:
    """Yield an application with a chain over an empty store of each kind, and an all-scopes key."""
    renewable.renew()
    if request.param == "memory":
        yield chained(renewable)
        return
    server: PostgresServer | None = (
        request.getfixturevalue("database") if request.param == "postgresql" else None
    )
    url = server.url if server else request.getfixturevalue("sqlite_url")
    store = open_store(url, policy=Policy(keys=KEYS), clock=TickingClock(), ids=CountedIds())
    renewable.put(store)
    yield chained(renewable)
    renewable.renew()
    store.dispose()


def chained(renewable: RenewableStore) -> Web:
    web = Web(cast("AnyStore", renewable), chain=Wallets())
    web.key = web.new_key("admin")
    return web

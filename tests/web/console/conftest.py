"""Fixtures of sites: one in memory for tests of the web alone, and one over each store."""

from collections.abc import Generator
from typing import cast

import pytest
from tests.web.console.visitor import Hands, Site
from tests.web.harness import KEYS, RenewableStore

from indelible.policy import Policy
from indelible.testing.stores import AnyStore
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store


@pytest.fixture(scope="session")
def shared_site(renewable: RenewableStore) -> Site:
    return Site(cast("AnyStore", renewable))


@pytest.fixture
def site(shared_site: Site, renewable: RenewableStore) -> Site:
    """An empty store in memory."""
    renewable.renew()
    shared_site.clock.time = Hands().time
    return shared_site


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def any_site(
    request: pytest.FixtureRequest, site: Site, renewable: RenewableStore
) -> Generator[Site]:
    """An empty store of each kind."""
    if request.param == "memory":
        yield site
        return
    server: PostgresServer | None = (
        request.getfixturevalue("database") if request.param == "postgresql" else None
    )
    store = open_store(
        server.url if server else request.getfixturevalue("sqlite_url"), policy=Policy(keys=KEYS)
    )
    renewable.put(store)
    yield site
    renewable.renew()  # nobody after this test finds a store whose database is gone
    store.dispose()

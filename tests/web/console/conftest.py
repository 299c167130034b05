"""Fixtures of sites: one in memory for tests of the web alone, and one over each store."""

from typing import cast

import pytest
from tests.web.building import created_job, created_project
from tests.web.console.visitor import START, Site
from tests.web.harness import RenewableStore

from indelible.testing.stores import AnyStore


@pytest.fixture(scope="session")
def shared_site(renewable: RenewableStore) -> Site:
    return Site(cast("AnyStore", renewable))


@pytest.fixture
def site(shared_site: Site, renewable: RenewableStore) -> Site:
    """Return a site over an empty store in memory."""
    renewable.renew()
    shared_site.clock.time = START
    return shared_site


@pytest.fixture
def any_site(any_store: RenewableStore, shared_site: Site) -> Site:
    """Return a site over an empty store of each kind."""
    assert shared_site.store is cast("AnyStore", any_store)
    shared_site.clock.time = START
    return shared_site


@pytest.fixture
def project_id(any_site: Site) -> str:
    """Return the id of a project of the site's member."""
    return created_project(any_site.store)


@pytest.fixture
def job_id(any_site: Site, project_id: str) -> str:
    """Return the id of the first job of the project."""
    return created_job(any_site.store, project_id)

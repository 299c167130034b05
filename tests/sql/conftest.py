"""Fixtures of stores that share a database and therefore use the real clock and real ids."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import ParamSpec

import pytest
from tests.conftest import POLICY

from indelible.kernel import IndelibleError
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store

P = ParamSpec("P")


def code(attempt: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> str:
    """The code of the refusal, '' where there was none."""
    try:
        attempt(*args, **kwargs)
    except IndelibleError as error:
        return error.code
    return ""


@contextmanager
def opened(url: str) -> Generator[SqlStore]:
    """A store for the time of the block."""
    store = open_store(url, policy=POLICY)
    try:
        yield store
    finally:
        store.dispose()


@pytest.fixture(params=["sqlite_url", "database"])
def store(request: pytest.FixtureRequest) -> Generator[SqlStore]:
    """A store on each database."""
    found: str | PostgresServer = request.getfixturevalue(request.param)
    with opened(found if isinstance(found, str) else found.url) as opened_store:
        yield opened_store


@pytest.fixture
def postgresql(database: PostgresServer) -> Generator[SqlStore]:
    """A store on PostgreSQL."""
    with opened(database.url) as opened_store:
        yield opened_store


@pytest.fixture
def sqlite(sqlite_url: str) -> Generator[SqlStore]:
    """A store on SQLite."""
    with opened(sqlite_url) as opened_store:
        yield opened_store

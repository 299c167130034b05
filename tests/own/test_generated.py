"""Generated aggregates pass the suites that a host runs on its own."""

from contextlib import nullcontext
from typing import Any

import pytest
from tests.doses import dose
from tests.examples.conftest import HostDatabase, host
from tests.own.generated import generated
from tests.own.played import play

from indelible.declare import Context
from indelible.testing.own import conformance
from indelible_sql.testing import Database, sql_conformance

__all__ = ["host"]  # the fixture

SEED = 37
NUMBERS = range(dose(4, small=2))


@pytest.fixture(params=NUMBERS)
def context(request: pytest.FixtureRequest) -> Context[Any]:
    return generated(request.param, SEED)


def test_a_generated_aggregate_passes_in_memory(context: Context[Any]) -> None:
    walk = play(conformance(context))

    edges = {(edge.from_state, edge.action) for edge in context.aggregate.lifecycle.edges}
    assert set(walk.taken) == edges


def test_a_generated_aggregate_passes_in_a_database(
    context: Context[Any], host: HostDatabase
) -> None:
    database = Database(host.url, host.owner_url)
    play(sql_conformance(context, database=lambda: nullcontext(database)))

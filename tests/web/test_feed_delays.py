"""Test that an operator is told which open transaction the feed waits for."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from tests.sql.conftest import opened
from tests.web.console.visitor import Site
from tests.web.test_system import samples

from indelible.kernel.feed_delays import LONGEST_WRITE
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.testing.stores import MAYA
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore

pytestmark = pytest.mark.slow

HOME = "/console/"
METRIC = "indelible_feed_delay_seconds"


def test_a_writer_that_stays_open_is_named_wherever_operators_look(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    site = Site(postgresql)
    client = site.app.test_client()
    site.clock.time = datetime.now(UTC)
    with (
        opened(database.url) as other,
        other.transaction(actor=MAYA, reason="a test") as tx,
    ):
        pause_stage(tx, PauseStage(stage="letters"))
        process, name = tx.connection.execute(
            text("SELECT pg_backend_pid(), current_database()")
        ).one()
        fresh = client.get("/health/ready").get_json()
        site.clock.forward(seconds=LONGEST_WRITE.total_seconds() + 60)
        operator = site.member("console", "admin")
        (problem,) = client.get("/health/ready").get_json()["problems"]
        metrics = samples(client.get("/metrics").text)
        operator.get(HOME)
        page = operator.page.words

    assert "problems" not in fresh
    writer = f"process {process} of database {name}"
    assert problem.startswith(f"the feed waits for {writer}, whose transaction has been open for ")
    assert f"Urgent The feed waits for {writer}" in page
    series = f'{METRIC}{{database="{name}",transaction="process {process}"}}'
    assert metrics[series] > LONGEST_WRITE.total_seconds()

    assert "problems" not in client.get("/health/ready").get_json()
    assert METRIC not in {name.partition("{")[0] for name in samples(client.get("/metrics").text)}

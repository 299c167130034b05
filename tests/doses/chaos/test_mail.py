"""A small dose of `mail`: tasks of a host's package, while its programs are killed."""

from collections.abc import Callable

import pytest
from tests.chain.detections import dice
from tests.doses.chaos.mail_programs import Servers, create_host_table
from tests.doses.chaos.mail_run import MailDose, send_mails

from indelible.kernel.rates import RateLimit
from indelible_service.embedded import PostgresServer

SMALL = MailDose(
    tasks=40,
    kills=2,
    cancellations=5,
    processes=2,
    rate=RateLimit(tasks=4, burst=3),
    lease_seconds=6,
    timeout_seconds=3,
    max_attempts=1,
)


@pytest.fixture
def servers(database: PostgresServer) -> Servers:
    """Return a database with the host's table."""
    create_host_table(database)
    return Servers(url=database.url)


@pytest.mark.slow
def test_tasks_of_a_host_end_as_they_should_while_workers_are_killed(
    servers: Servers, add_summary_line: Callable[[str], None]
) -> None:
    report = send_mails(servers, SMALL, dice(14))

    add_summary_line(f"Tasks of a host that send mail: {report}")
    assert report.problems == []
    assert sum(report.kills.values()) == SMALL.kills
    assert report.canceled >= SMALL.cancellations

"""Alerts fire on the scrapes of a running instance while it has a fault, and not otherwise."""

import re
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.runbooks.alerts import Scrape, firing
from tests.runbooks.expressions import OF_PROMETHEUS, metrics_of
from tests.runbooks.rules import documents
from tests.service.processes import (
    DIRECT,
    TIMEOUT_SECONDS,
    get,
    read_json_line,
    start_program,
    stop_command,
    wait_until_ready,
)

STRIPE = {"STRIPE_API_KEY": "sk_test_alerts", "STRIPE_WEBHOOK_SECRET": "whsec_alerts"}
HOOK = "/payments/webhook"
FORGERIES = 8
BEGAN = datetime(2026, 8, 1, 12, tzinfo=UTC)


def scrape_at(seconds: float, text: str | None, process: str = "web") -> Scrape:
    return Scrape(at=BEGAN + timedelta(seconds=seconds), process=process, text=text)


def forge_webhook(address: str) -> int:
    """Send a webhook with a wrong signature, and return the status of the answer."""
    headers = {"Stripe-Signature": "t=1,v1=00", "Content-Type": "application/json"}
    request = Request(address + HOOK, data=b"{}", headers=headers)  # noqa: S310 - our own address
    try:
        with DIRECT.open(request, timeout=TIMEOUT_SECONDS) as response:
            return int(response.status)
    except HTTPError as error:
        with error:
            return error.code


def quiet_scrape(address: str) -> str:
    """Return the scrape of an instance that has processed the recurring tasks of its start.

    The only connection of SQLite's writer is free: one scrape cannot tell for how long it is taken.
    """
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        text = get(address, "/metrics")[1].decode()
        due = re.findall(r"^indelible_tasks_(?:due|running)\{.*\} (\S+)$", text, re.MULTILINE)
        taken = 'indelible_database_connection_pool_available{pool="writer"} 0.0' in text
        if due and not taken and not any(float(number) for number in due):
            return text
        time.sleep(0.1)
    pytest.fail(f"{address} has tasks that are due after {TIMEOUT_SECONDS} seconds")


@pytest.mark.slow
def test_an_instance_has_an_alert_while_it_has_a_fault(tmp_path: Path) -> None:
    settings = {**STRIPE, "INDELIBLE_PORT": "0"}
    with start_program((sys.executable,), "up", "--json", cwd=tmp_path, settings=settings) as one:
        address = read_json_line(one)["address"]
        wait_until_ready(address)
        quiet = quiet_scrape(address)
        statuses = {forge_webhook(address) for _ in range(FORGERIES)}
        faulty = get(address, "/metrics")[1].decode()
        assert stop_command(one) == 0

    assert statuses == {400}
    declared = {family.name for family in text_string_to_metric_families(quiet)}
    for _, rule in documents():
        for name in metrics_of(rule["expr"]) - set(OF_PROMETHEUS):
            assert name.removesuffix("_total") in declared, rule
    assert firing([scrape_at(0, quiet)]) == set()
    before = [scrape_at(0, quiet), scrape_at(2, faulty)]
    assert firing(before) == {"StripeSignatureFailures"}
    assert firing(before, later=timedelta(minutes=11)) == set()
    assert firing([*before, scrape_at(60, None)]) == {"SchedulerStale", "WorkersMissing"}

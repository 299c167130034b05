"""A worker says at its start what it does, and which servers it cannot reach."""

import re
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.doses.service.test_worker_processes import wait_until_logged, wait_until_measured
from tests.service.processes import free_port, run, start_command, stop_command

from indelible.testing.stores import MAYA
from indelible_service.contexts.tokens import TokenSettings, build_chain
from indelible_service.database import open_configured_store
from indelible_service.monitoring.peers import Peer
from indelible_service.settings.service import load
from indelible_sql import SqlStore

pytestmark = pytest.mark.slow

CONTRACT = f"0x{'ab' * 20}"
RESOLUTION_FAILURES = {"Name or service not known", "Temporary failure in name resolution"}
SECRET = "a-key-of-the-provider"  # noqa: S105 - a canary


def enqueue(store: SqlStore, stage: str) -> None:
    """Enqueue a task that is due."""
    with store.transaction(actor=MAYA, reason="a test") as tx:
        tx.tasks.enqueue(stage, {stage: tx.clock.now()})


@contextmanager
def silent_server() -> Generator[int]:
    """Accept connections and never answer; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:  # the system accepts
        yield listener.getsockname()[1]


def peer(port: int, host: str = "127.0.0.1") -> Peer:
    """Return a node of a chain at the port."""
    settings = TokenSettings(rpc_url=f"http://{host}:{port}/{SECRET}", contract_address=CONTRACT)
    return Peer(
        name="node", host=host, port=port, ask=build_chain(settings).check, while_silent="nothing"
    )


def test_a_server_that_does_not_answer_is_named_with_the_cause() -> None:
    assert peer(free_port()).failure() == "Connection refused"
    unknown = peer(80, "unknown.invalid").failure()
    assert unknown in RESOLUTION_FAILURES


def test_an_unknown_error_of_a_driver_is_named_without_its_text() -> None:
    def ask() -> None:
        raise RuntimeError(SECRET)

    with silent_server() as port:
        silent = Peer(name="x", host="127.0.0.1", port=port, ask=ask, while_silent="nothing")
        assert silent.failure() == "RuntimeError"


def test_an_ipv6_address_is_bracketed() -> None:
    assert peer(80, "::1").describe() == "x at [::1]:80"


WITHOUT_CHAIN = (
    "clean_workspaces, fetch_tournament, follow_feed, ingest_contest, lock_contest,"
    " plan_transfers, post_settlement, process_job, reconcile_contests, seal, settle_contest,"
    " start_contest, update_charges"
)
WITH_CHAIN = WITHOUT_CHAIN.replace("clean_workspaces, ", "clean_workspaces, detect, ")


@pytest.mark.parametrize(
    ("words", "stages"),
    [
        (("work",), WITHOUT_CHAIN),
        (("work", "--stage", "seal"), "seal"),
    ],
)
def test_a_worker_lists_its_work_at_the_start(
    words: tuple[str, ...], stages: str, tmp_path: Path
) -> None:
    run("db", "upgrade")
    with start_command(*words, cwd=tmp_path, INDELIBLE_WORKER_THREADS="3") as process:
        wait_until_logged(tmp_path, "worker: no Redis is configured")
        assert stop_command(process) == 0

    log = (tmp_path / "log").read_text()
    expected = rf"worker: stages {stages} in 3 threads; database sqlite:///.*indelible\.db"
    assert re.search(expected, log)


def test_a_node_and_a_redis_that_never_answer_are_named_and_the_worker_goes_on(
    tmp_path: Path,
) -> None:
    run("db", "upgrade")
    with open_configured_store(load()) as store:
        enqueue(store, "seal")
    metrics_port = free_port()
    with silent_server() as node, silent_server() as redis:
        settings = {
            "INDELIBLE_RPC_URL": f"http://127.0.0.1:{node}/{SECRET}",
            "INDELIBLE_CONTRACT_ADDRESS": CONTRACT,
            "INDELIBLE_REDIS_URL": f"redis://:{SECRET}@127.0.0.1:{redis}",
            "INDELIBLE_METRICS_PORT": str(metrics_port),
        }
        with start_command("work", cwd=tmp_path, **settings) as process:
            wait_until_logged(tmp_path, f"worker: stages {WITH_CHAIN} in 4 threads")
            wait_until_logged(
                tmp_path, f"Redis at 127.0.0.1:{redis} does not answer (TimeoutError)"
            )
            wait_until_logged(
                tmp_path, f"the node of the chain at 127.0.0.1:{node} does not answer"
            )
            # The request of the scan fails within its limit, and the scan is retried.
            outcome = 'indelible_worker_tasks_total{outcome="retried",stage="detect"} 1.0'
            wait_until_measured(metrics_port, outcome)
            assert stop_command(process) == 0

    log = (tmp_path / "log").read_text()
    assert "stage detect is retried until it does; other stages continue" in log
    assert "no task is lost, and ready tasks are counted every 5 seconds" in log
    assert SECRET not in log

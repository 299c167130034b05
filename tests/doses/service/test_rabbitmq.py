"""A service whose workers are woken up by RabbitMQ, without a Redis."""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.conftest import folder
from tests.doses.service.test_peers import enqueue, silent_server
from tests.doses.service.test_worker_processes import wait_until_logged
from tests.rabbitmq_server import PASSWORD, rabbitmq
from tests.service.processes import run, start_command, stop_command
from tests.workers.bakery import get_task, threads_named, wait_until

from indelible.testing.stores import MAYA
from indelible_service.database import open_configured_store
from indelible_service.processes.building import publish_commits
from indelible_service.settings.service import load

pytestmark = pytest.mark.slow

DISPATCH_SECONDS = 30  # a worker that finds a task earlier has got news of it
THREAD = "indelible-rabbitmq"


def test_a_commit_of_another_process_wakes_a_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = threads_named(THREAD)
    run("db", "upgrade")
    with folder() as directory, rabbitmq(directory) as server:
        variables = {
            "INDELIBLE_BROKER_URL": server.url,
            "INDELIBLE_DISPATCH_SECONDS": str(DISPATCH_SECONDS),
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        settings = load()
        words = ("work", "--stage", "seal")
        with (
            open_configured_store(settings) as store,
            ExitStack() as ending,
            start_command(*words, cwd=tmp_path, **variables) as process,
        ):
            wait_until_logged(tmp_path, "worker: RabbitMQ wakes threads up")
            wait_until_logged(tmp_path, "RabbitMQ at 127.0.0.1:")
            ending.callback(publish_commits(settings, store))
            enqueue(store, "seal")  # a worker that starts looks at once
            wait_until(lambda: get_task(store, "seal", "seal").due_at is None)
            time.sleep(1)
            started_at = time.monotonic()
            with store.transaction(actor=MAYA, reason="a test") as tx:
                tx.tasks.enqueue("seal", {"second": tx.clock.now()})
            wait_until(lambda: get_task(store, "second", "seal").due_at is None)
            assert time.monotonic() - started_at < DISPATCH_SECONDS
            assert stop_command(process) == 0
        wait_until(lambda: threads_named(THREAD) <= others)

    log = (tmp_path / "log").read_text()
    assert "answers" in log
    assert PASSWORD not in log


def test_a_server_that_does_not_answer_is_named_and_work_goes_on(tmp_path: Path) -> None:
    run("db", "upgrade")
    with open_configured_store(load()) as store, silent_server() as port:
        enqueue(store, "seal")
        url = f"amqp://app:{PASSWORD}@127.0.0.1:{port}/"
        words = ("work", "--stage", "seal")
        with start_command(*words, cwd=tmp_path, INDELIBLE_BROKER_URL=url) as process:
            wait_until_logged(tmp_path, f"RabbitMQ at 127.0.0.1:{port} does not answer")
            wait_until_logged(tmp_path, "RabbitMQ is unusable")
            wait_until(lambda: get_task(store, "seal", "seal").due_at is None)
            assert stop_command(process) == 0

    assert PASSWORD not in (tmp_path / "log").read_text()

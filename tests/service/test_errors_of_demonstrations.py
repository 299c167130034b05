"""Demonstrations and starts that cannot succeed end with an error that names the cause."""

import socket
from types import SimpleNamespace
from typing import Any, cast

import pytest

from indelible_service.demos import projects as projects_demo
from indelible_service.demos.projects import JobNotEnded
from indelible_service.demos.stripe import SimulatorNotStarted, simulator_process
from indelible_service.processes import full
from indelible_service.settings.service import Settings


def test_a_job_that_does_not_end_ends_the_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projects_demo, "MAX_WAIT_SECONDS", 0)
    waits: list[str] = []
    demo = SimpleNamespace(
        process_job=SimpleNamespace(stage=lambda: None), on_wait=waits.append, store=None
    )
    job = SimpleNamespace(id="j-1", number=1)

    demonstration: Any = getattr(projects_demo, "_Demo")  # noqa: B009 - a private name

    with pytest.raises(JobNotEnded) as refused:
        demonstration.process(demo, job)

    assert refused.value.code == "JOB_NOT_ENDED"
    assert waits == ["the end of job 1"]


@pytest.mark.slow
def test_a_simulator_on_a_taken_port_is_not_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SimulatorNotStarted) as refused, simulator_process(port):
            pass

    assert refused.value.code == "SIMULATOR_NOT_STARTED"
    assert refused.value.port == port


def test_a_web_server_that_does_not_answer_in_time_is_not_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Supervisor:
        has_failures = True

        def run_until(self, is_over: Any) -> None:  # noqa: ANN401 - a function without arguments
            while not is_over():
                pass

    def is_ready(_: Settings) -> bool:
        return False

    monkeypatch.setattr(full, "READY_SECONDS", 0.0)
    monkeypatch.setattr(full, "_is_ready", is_ready)

    with pytest.raises(full.NotReady) as refused:
        full.wait_until_ready(Settings(), cast("Any", Supervisor()), lambda: False)

    assert refused.value.code == "WEB_NOT_READY"

"""`nox -s absence -- --real-days N`: an instance on a socket is observed, and only read."""

import json
import sys
from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast

import pytest
from tests.absence.__main__ import main
from tests.conftest import POLICY
from tests.doubles.serving import Double, Request, Response, served
from tests.web.harness import Web

from indelible.kernel import SystemClock
from indelible.memory import MemoryStore
from indelible.testing.stores import AnyStore
from indelible_service.remote.calls import RemoteService
from indelible_service.simulation.absence.client import OperatorClient
from indelible_service.simulation.absence.observing import Observation

DAYS: Final = "0.00002"  # less than two seconds
NOWHERE: Final = "http://127.0.0.1:9"
HALT: Final = {"reason_code": "TRIAL", "reason": "a test"}


class Instance:
    """A service on a socket, the key of an observer, and that of somebody who acts."""

    def __init__(self, web: Web, double: Double) -> None:
        self.url = double.url
        self.double = double
        self.observer = web.new_key("ops", "contests:read")
        self.actor = RemoteService(double.url, web.new_key("ops"))

    def act(self, name: str, body: dict[str, str]) -> None:
        """Halt or resume payments."""
        answer = self.actor.post(f"/admin/payments/{name}", body, name)
        assert answer.status == 200, answer.content

    def observation(self, pause: Callable[[float], object]) -> Observation:
        """Return an observation that waits in another way."""
        client = OperatorClient(RemoteService(self.url, self.observer))
        return Observation(client=client, look_seconds=0.1, pause=pause)


@pytest.fixture
def instance() -> Generator[Instance]:
    web = Web(cast("AnyStore", MemoryStore(policy=POLICY)))

    def handle(request: Request) -> Response:
        answer = web.client.open(
            request.path, method=request.method, headers=request.headers, data=request.body
        )
        return Response(status=answer.status_code, headers=dict(answer.headers), body=answer.data)

    with served(handle) as double:
        yield Instance(web, double)


def observe(
    instance: Instance, file: Path, monkeypatch: pytest.MonkeyPatch, url: str = ""
) -> tuple[int, dict[str, Any]]:
    """Run the command, and return its exit code and its report."""
    words = ("--real-days", DAYS, "--look-seconds", "0.5", "--report", str(file))
    monkeypatch.setattr(sys, "argv", ["absence", *words, "--url", url or instance.url])
    monkeypatch.setenv("INDELIBLE_KEY", instance.observer)
    code = main()
    return code, json.loads(file.read_text())


def test_a_sound_instance_passes_and_is_only_read(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, report = observe(instance, tmp_path / "report.json", monkeypatch)

    assert code == 0
    assert report["problems"] == []
    assert report["looks"] >= 2
    assert {request.method for request in instance.double.requests} == {"GET"}


def test_what_still_fails_at_the_end_is_named(
    instance: Instance,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    instance.act("halt", HALT)
    code, report = observe(instance, tmp_path / "report.json", monkeypatch)

    assert code == 1
    assert report["still_failing"] == ["reconciliation-discrepancy"]
    assert "FAIL reconciliation-discrepancy of payments since" in capsys.readouterr().out


def test_an_instance_that_does_not_answer_fails(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, report = observe(instance, tmp_path / "report.json", monkeypatch, NOWHERE)

    assert code == 1
    assert report["problems"] == ["the service does not answer"]
    assert report["unanswered_looks"] == report["looks"]


def test_a_failure_that_ends_has_a_time_to_recover(instance: Instance) -> None:
    pauses: list[float] = []

    def resume_after_the_first_look(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 1:
            instance.act("resume", {"reason": "the end of the halt"})

    instance.act("halt", HALT)
    observation = instance.observation(resume_after_the_first_look)
    began = SystemClock().now()
    times = iter(began + timedelta(seconds=60 * number) for number in range(99))
    observation.clock = lambda: next(times)
    report = observation.observe(0.005)

    assert report["problems"] == []
    figure = report["recovery"]["25-reconciliation-discrepancy"]
    assert figure["count"] == 1
    assert 60 <= figure["worst_seconds"] <= 600

"""`python -m tests.absence --real-days N`: an instance on a socket is observed, and only read."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from tests.absence.__main__ import main
from tests.absence.instance import Instance
from tests.doubles.serving import Fault, Response

from indelible.kernel import SystemClock
from indelible_service.simulation.absence.observing import Observation

DAYS: Final = "0.00002"  # less than two seconds
NOWHERE: Final = "http://127.0.0.1:9"
HALT: Final = {"reason_code": "TRIAL", "reason": "a test"}


def show_contest(instance: Instance, status: str, end_time: str = "2026-04-01T00:00:00Z") -> None:
    """Let the list of all contests have one, in this state."""
    contest = {"id": "masters", "status": status, "end_time": end_time}
    answer = Response.json(200, {"items": [contest], "next": None})
    instance.double.plan(Fault(matching=r"/contests\?limit=\d+$", times=99, answer=answer))


def observe(
    instance: Instance, file: Path, monkeypatch: pytest.MonkeyPatch, url: str = ""
) -> tuple[int, dict[str, Any]]:
    """Run the command, and return its exit code and its report."""
    words = ("--real-days", DAYS, "--look-seconds", "0.5", "--report", str(file))
    monkeypatch.setattr(sys, "argv", ["absence", *words, "--url", url or instance.url])
    monkeypatch.setenv("INDELIBLE_KEY", instance.observer)
    code = main()
    return code, json.loads(file.read_text())


@pytest.mark.slow
def test_a_sound_instance_passes_and_is_only_read(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_contest(instance, "COMPLETE")
    code, report = observe(instance, tmp_path / "report.json", monkeypatch)

    assert code == 0
    assert report["is_over"]
    assert report["problems"] == []
    assert report["looks"] >= 2
    assert {request.method for request in instance.double.requests} == {"GET"}


@pytest.mark.slow
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
    assert "the service does not answer" in report["problems"]
    assert report["unanswered_looks"] == report["looks"]


@pytest.mark.slow
def test_a_failure_that_ends_has_a_time_to_recover(instance: Instance) -> None:
    pauses: list[float] = []

    def resume_after_the_first_look(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 1:
            instance.act("resume", {"reason": "the end of the halt"})

    instance.act("halt", HALT)
    observation = observing(instance, resume_after_the_first_look)
    began = SystemClock().now()
    times = iter(began + timedelta(seconds=60 * number) for number in range(99))
    observation.clock = lambda: next(times)
    *_, report = observation.reports(0.005)

    figure = report["recovery"]["seen"]["25-reconciliation-discrepancy"]
    assert figure["count"] == 1
    assert 60 <= figure["worst_seconds"] <= 600


def observing(instance: Instance, pause: Callable[[float], object]) -> Observation:
    """Return an observation that waits in another way."""
    return Observation(client=instance.client(), look_seconds=0.1, pause=pause)


def last_problems(instance: Instance) -> list[str]:
    """Return the problems at the end of an observation of two looks."""
    *_, report = observing(instance, lambda _: None).reports(0)
    return list(report["problems"])


@pytest.mark.slow
def test_looks_without_an_answer_are_a_problem_although_the_end_is_good(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_contest(instance, "COMPLETE")
    instance.double.plan(Fault(matching="GET /admin/tasks", lost=True))
    code, report = observe(instance, tmp_path / "report.json", monkeypatch)

    assert code == 1
    (problem,) = report["problems"]
    assert problem.startswith(f"1 of {report['looks']} looks had no answer, the first at ")
    assert report["unanswered_reasons"] == {"NoAnswer: show-stages: NOT_RUNNING": 1}


def test_an_answer_that_is_not_of_this_api_is_none(instance: Instance) -> None:
    page = Response.json(200, {"hello": "I am a proxy"})
    instance.double.plan(Fault(matching="GET /admin/tasks", answer=page))
    first, second = observing(instance, lambda _: None).reports(0.00000001)

    assert first["unanswered_reasons"] == {"KeyError: 'items'": 1}
    assert second["unanswered_looks"] == 1


def test_an_instance_without_contests_proves_nothing(instance: Instance) -> None:
    assert last_problems(instance) == ["no contest was seen"]


@pytest.mark.parametrize(
    ("end_time", "expected"),
    [
        ("2026-04-01T00:00:00Z", "it has not become COMPLETE"),
        ("2999-04-01T00:00:00Z", "it ends at 2999-04-01 00:00:00+00:00, after these days"),
    ],
)
def test_a_contest_that_stays_locked_is_a_problem(
    instance: Instance, end_time: str, expected: str
) -> None:
    show_contest(instance, "LOCKED", end_time)

    assert last_problems(instance) == [f"contest masters is LOCKED: {expected}"]


def test_the_report_is_written_after_each_look(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.json"

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tests.absence.__main__.Observation", interrupted(interrupt))
    with pytest.raises(KeyboardInterrupt):
        observe(instance, file, monkeypatch)

    report = json.loads(file.read_text())
    assert (report["looks"], report["is_over"]) == (1, False)


def interrupted(pause: Callable[[float], object]) -> Callable[..., Observation]:
    """Return what makes observations with this pause."""
    return partial(Observation, pause=pause)

"""Let an operator recover from a fault by its runbook, in an installation of its own."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final, cast

import pytest
from attrs import define, field
from tests.runbooks.alerts import firing
from tests.runbooks.pages import Runbook, read_runbook
from tests.runbooks.scenarios import Bed, Scenario
from tests.runbooks.shell import Done, shell

from indelible.kernel import IndelibleError, TimeOrderedIds
from indelible_service.remote.calls import Body, RemoteService
from indelible_service.remote.errors import AnswerLost

# After the last step: what a counter has counted long before the last look is over by then.
LOOKS: Final = 4


def recover(scenario: Scenario, folder: Path) -> None:
    """Inject a fault, follow its runbook, and check the outcome; the alerts fire before only."""
    with injected(scenario, folder) as (running, run, variables):
        follow(running, read_runbook(scenario.runbook), variables)
        stay_calm(scenario, running)
        left = firing(running.scrapes).intersection(scenario.alerts)
        assert not left, left
        scenario.check(run)


def neglect(scenario: Scenario, folder: Path) -> None:
    """Inject a fault and do nothing: an alert still fires, or the outcome is not the wanted one.

    Otherwise the steps of the page prove nothing, since the fault ends without them. A fault that
    is declared so has to end by itself.
    """
    with injected(scenario, folder) as (running, run, _):
        stay_calm(scenario, running)
        left = firing(running.scrapes).intersection(scenario.alerts)
        if scenario.ends_by_itself:
            assert not left, left
            scenario.check(run)
        elif not left:
            with pytest.raises((AssertionError, IndelibleError)):
                scenario.check(run)


@contextmanager
def injected(
    scenario: Scenario, folder: Path
) -> Generator[tuple[Bed, Iterator[None], Mapping[str, str]]]:
    """Yield a bed with a fault whose alerts fire, the rest of its run, and an operator's shell."""
    with scenario.open(folder) as running:
        variables = running.variables()
        with closing(cast("Generator[None]", scenario.run(running))) as run:
            next(run)
            running.look()
            missing = set(scenario.alerts) - firing(running.scrapes)
            assert not missing, missing
            yield running, run, variables


def stay_calm(scenario: Scenario, running: Bed) -> None:
    """Let time pass, and look, until alerts about a rate have ended."""
    running.look()
    for _ in range(LOOKS):
        running.stay_calm(scenario.calm_seconds // LOOKS)
        running.look()


def follow(running: Bed, runbook: Runbook, variables: Mapping[str, str]) -> None:
    """Execute the steps of a page in the shell of an operator, and leave a record of each."""
    records = Records(RemoteService(variables["INDELIBLE_URL"], variables["INDELIBLE_KEY"]))
    records.begin(runbook)
    with shell(running.folder, variables, running.let_time_pass) as opened:
        for step in runbook.steps:
            done = opened.run(step)
            assert done.is_as_expected, str(done)
            records.add(done)
    ended = records.end("completed")
    assert ended["status"] == "completed"


@define
class Records:
    """The records of an execution; those of a time without a database are sent after it.

    A restored database lacks what was sent before: it is sent again.
    """

    _service: RemoteService
    _unsent: list[tuple[str, Body]] = field(factory=list[tuple[str, Body]])
    _sent: list[tuple[str, Body]] = field(factory=list[tuple[str, Body]])
    _id: str = ""

    def begin(self, runbook: Runbook) -> None:
        """Record the start of a runbook."""
        self._send_all("start", {"runbook_name": runbook.name})

    def add(self, done: Done) -> None:
        """Record a step that was executed."""
        values = {
            "command": done.step.command,
            "expected": "\n".join(done.step.expected),
            "observed": done.observed,
            "ok": done.is_as_expected,
        }
        self._send_all("{id}/steps", values)

    def end(self, status: str) -> Body:
        """Record the end, and return the execution."""
        ended = self._send_all("complete", {"execution_id": "{id}", "status": status})
        assert ended is not None, "the service is still unavailable"
        return ended

    def _send_all(self, path: str, values: Body) -> Body | None:
        """Send what is unsent, in order; return the last answer, None if it has not come."""
        self._unsent.append((path, values))
        answer: Body | None = None
        while self._unsent:
            answer = self._send(*self._unsent[0])
            if answer is None:
                break
            self._id = answer["id"]
            self._sent.append(self._unsent.pop(0))
        return answer

    def _send(self, path: str, values: Body) -> Body | None:
        body = {name: self._id if value == "{id}" else value for name, value in values.items()}
        body["reason"] = "the alert has fired"
        path = path.format(id=self._id)
        try:
            answer = self._service.post(f"/admin/runbooks/{path}", body, TimeOrderedIds().new())
        except AnswerLost:  # no process was there
            return None
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            return None
        if answer.status == HTTPStatus.NOT_FOUND and self._sent:
            self._unsent = [*self._sent, *self._unsent]
            self._sent = []
            return self._send(*self._unsent[0])
        assert not answer.is_refusal, answer.document
        return cast("Body", answer.document)

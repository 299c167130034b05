"""Let an operator recover from a fault by its runbook, in an installation of its own."""

from pathlib import Path
from typing import Final, cast

from tests.runbooks.alerts import firing
from tests.runbooks.bed import Installation, installation
from tests.runbooks.pages import Runbook, read_runbook
from tests.runbooks.scenarios import Scenario
from tests.runbooks.shell import shell

from indelible.kernel import TimeOrderedIds
from indelible_service.remote.calls import Body, RemoteService

# After the last step: what a counter has counted long before the last look is over by then.
LOOKS: Final = 4


def recover(scenario: Scenario, folder: Path) -> None:
    """Inject a fault, follow its runbook, and check the outcome; the alerts fire before only."""
    with installation(folder, scenario.plan(), scenario.database) as running:
        run = scenario.run(running)
        next(run)
        running.look()
        assert firing(running.scrapes) >= set(scenario.alerts)

        follow(running, read_runbook(scenario.runbook))

        running.look()
        for _ in range(LOOKS):
            running.stay_calm(scenario.calm_seconds // LOOKS)
            running.look()
        assert firing(running.scrapes).isdisjoint(scenario.alerts)
        assert next(run, None) is None


def follow(running: Installation, runbook: Runbook) -> None:
    """Execute the steps of a page in the shell of an operator, and leave a record of each."""
    variables = running.variables()
    service = RemoteService(variables["INDELIBLE_URL"], variables["INDELIBLE_KEY"])
    started = send(service, "start", runbook_name=runbook.name, runbook_version="1")
    with shell(running.folder, variables, running.let_time_pass) as opened:
        for step in runbook.steps:
            done = opened.run(step)
            assert done.is_as_expected, str(done)
            send(
                service,
                f"{started['id']}/steps",
                command=step.command,
                expected="\n".join(step.expected),
                observed=done.observed,
                ok=done.is_as_expected,
            )
    ended = send(service, "complete", execution_id=started["id"], status="completed")
    assert ended["status"] == "completed"


def send(service: RemoteService, path: str, **values: object) -> Body:
    """Send a command about the execution of a runbook, and return the execution."""
    body = {**values, "reason": "the alert has fired"}
    answer = service.post(f"/admin/runbooks/{path}", body, TimeOrderedIds().new())
    assert not answer.is_refusal, answer.document
    return cast("Body", answer.document)

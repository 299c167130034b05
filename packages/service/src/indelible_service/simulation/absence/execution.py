"""An execution of a runbook by the operator: its command, and the requests that record it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from attrs import define

from indelible_service.remote.calls import SUCCESS
from indelible_service.simulation.absence.client import NoAnswer, OperatorClient
from indelible_service.simulation.absence.signs import Sign
from indelible_service.simulation.absence.steps import MODES

EXPECTED: Final = HTTPStatus.OK


@define(kw_only=True, eq=False)
class Execution:
    """A command that a sign leads to, with the record of its execution.

    Each request keeps its idempotency key, so that one without an answer is sent again and runs
    once. `subjects` are the ids of what the command is about. A command without an answer may have
    helped.
    """

    sign: Sign
    operation: str
    values: Mapping[str, str]
    key: str
    subjects: frozenset[str]
    may_have_helped: bool = False
    outcome: str = ""  # of the command, in words
    _status: int | None = None  # of the answer to the command
    _id: str = ""  # of the record

    @property
    def runbook(self) -> str:
        """Return the name of the runbook."""
        return MODES[self.sign.slug].name

    @property
    def command(self) -> str:
        """Return the beginning of the command, as the page of the runbook has it."""
        return f"indelible ops {self.operation}"

    def carry_on(self, client: OperatorClient) -> None:
        """Send each request that has no answer yet.

        Raises: NoStep, NoAnswer.
        """
        if not self._id:
            document = self._record(client, "start-execution", runbook_name=self.runbook)
            self._id = str(document["id"])
        if self._status is None:
            self._send(client)

        is_done = self._status == EXPECTED
        self._record(
            client,
            "add-step",
            execution_id=self._id,
            command=self.command,
            expected=str(EXPECTED.value),
            observed=str(self._status),
            ok="true" if is_done else "false",
        )
        ends = {"status": "completed"}
        if not is_done:
            ends = {"status": "failed", "error_reason": "a command was refused"}
        self._record(client, "complete-execution", execution_id=self._id, **ends)

    def _send(self, client: OperatorClient) -> None:
        """Send the command; one whose answer is lost has perhaps helped."""
        self.may_have_helped = client.is_command(self.operation)
        key = f"{self.key}:{self.operation}"
        status, document = client.command(self.sign.slug, self.operation, key, **self.values)
        self._status = status
        self.outcome = self.operation
        if status != EXPECTED:
            self.may_have_helped = False
            self.outcome = f"{self.operation} {document.get('code', status)}"

    def _record(self, client: OperatorClient, operation: str, **values: str) -> Mapping[str, Any]:
        """Send a request that records the execution.

        Raises: NoStep, NoAnswer.
        """
        key = f"{self.key}:{operation}"
        status, document = client.command(self.sign.slug, operation, key, **values)
        if status not in SUCCESS:
            raise NoAnswer(f"{operation}: {document.get('code', status)}")
        return document

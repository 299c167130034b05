"""The operator's only way to the installation: operations of the API, each a step of a runbook."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from attrs import define, field

from indelible.kernel import IndelibleError
from indelible_service.remote.calls import DocumentRefused, RemoteService
from indelible_service.remote.operations import (
    IN_BODY,
    REASON,
    RemoteOperation,
    remote_operations,
)
from indelible_service.simulation.absence.steps import EXECUTION, STEPS, RunbookStep
from indelible_service.simulation.answers import Answer as PersonalAnswer

RUNBOOK: Final = "runbook"  # how each reason of a command begins
LIMIT: Final = "100"  # of a page


class NoStep(Exception):
    """An operation is no step of a runbook."""


class NoAnswer(Exception):
    """The service has not answered."""


@define(eq=False)
class OperatorClient:
    """Carries out steps of runbooks as `indelible ops` does, and counts them."""

    _service: RemoteService
    carried_out: Counter[RunbookStep] = field(factory=Counter[RunbookStep])
    _operations: dict[str, RemoteOperation] = field(factory=dict[str, RemoteOperation], init=False)

    @property
    def operations(self) -> Mapping[str, RemoteOperation]:
        """Return the operations that the service describes.

        Raises: NoAnswer.
        """
        if not self._operations:
            try:
                self._operations.update(remote_operations(self._service))
            except (IndelibleError, DocumentRefused) as error:
                raise NoAnswer("the description of the operations") from error
        return self._operations

    def read(self, slug: str, operation: str, **values: str) -> Mapping[str, Any]:
        """Carry out a step that reads, and return its document.

        Raises: NoStep, NoAnswer.
        """
        status, document = self.command(slug, operation, "", **values)
        if status not in range(200, 300):
            raise NoAnswer(f"{operation}: {status}")
        return document

    def pages(self, slug: str, operation: str, **values: str) -> Iterator[Mapping[str, Any]]:
        """Yield the entries of all pages of a list.

        Raises: NoStep, NoAnswer.
        """
        page = self.read(slug, operation, limit=LIMIT, **values)
        yield from page["items"]
        while page.get("next") is not None:  # A list of one page may have no such field.
            page = self.read(slug, operation, limit=LIMIT, cursor=page["next"], **values)
            yield from page["items"]

    def is_command(self, operation: str) -> bool:
        """Return True if an operation changes something.

        Raises: NoAnswer.
        """
        remote = self.operations.get(operation)
        return remote is not None and remote.is_command

    def command(
        self, slug: str, operation: str, idempotency_key: str, **values: str
    ) -> tuple[int, Mapping[str, Any]]:
        """Carry out a step, and return the status and the document of its answer.

        An answer that time may change, such as a full rate limit, counts as none.

        Raises: NoStep, NoAnswer.
        """
        step = STEPS.get((slug, operation)) or EXECUTION.get((slug, operation))
        remote = self.operations.get(operation)
        if step is None or remote is None:
            raise NoStep(f"{operation} is no step of runbook {slug}")
        if any(one.location == IN_BODY and one.name == REASON for one in remote.parameters):
            values[REASON] = f"{RUNBOOK} {step.mode.name}"
        self.carried_out[step] += 1
        try:
            answer = remote.call(self._service, values, idempotency_key)
        except IndelibleError as error:
            raise NoAnswer(f"{operation}: {error.code}") from error
        document = cast("Mapping[str, Any] | None", answer.document)
        result = PersonalAnswer(answer.status, dict(document or {}))
        if result.may_succeed_later:
            raise NoAnswer(f"{operation}: {result.code}")
        return result.status, result.document

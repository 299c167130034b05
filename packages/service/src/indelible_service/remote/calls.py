"""Requests to a running service, and what their answers say."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, cast

import urllib3
from attrs import field, frozen

from indelible.kernel import OutcomeUnknown
from indelible_service.remote.errors import AnswerLost, NotRunning, UnexpectedAnswer

TIMEOUT_SECONDS: Final = 30
MAX_QUOTED_CHARACTERS: Final = 200  # of an unexpected answer, in the error
SUCCESS: Final = range(200, 300)
JSON_TYPES: Final = ("application/json", "application/problem+json")
NOT_SENT: Final = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)

Body = Mapping[str, Any]


@frozen(kw_only=True)
class Answer:
    """The answer to a request: its status, and its JSON document or else its bytes."""

    status: int
    document: object
    content: bytes = field(repr=False)

    @property
    def is_refusal(self) -> bool:
        """Return True if the service has refused the request, or something else has answered."""
        return self.status not in SUCCESS

    @property
    def code(self) -> str:
        """Return the code of the service's problem, empty if something else has answered."""
        problem = self.document
        return str(cast("Body", problem).get("code", "")) if isinstance(problem, dict) else ""

    @property
    def tells_outcome(self) -> bool:
        """Return True if the answer to a command says whether it has run.

        A proxy loses answers of commands that have run, and the service itself can fail after it
        has committed. Only a problem with a code says that nothing was changed.
        """
        if not self.is_refusal:
            return self.document is not None or not self.content
        if self.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return True
        is_defect = self.status == HTTPStatus.INTERNAL_SERVER_ERROR
        return not is_defect and self.code not in ("", OutcomeUnknown.code)


@frozen
class DocumentRefused(Exception):
    """The service has refused a document; its answer is a problem with a code."""

    answer: Answer


@frozen
class RemoteService:
    """A running service at an address, called with one key."""

    address: str
    _key: str = field(repr=False)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """Read from the service; a lost answer has changed nothing.

        Raises: NotRunning, UnexpectedAnswer.
        """
        return self._send("GET", path, fields=dict(query or {}))

    def post(
        self, path: str, body: Body, idempotency_key: str, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a command, which runs once however often it is sent with this key.

        Raises: NotRunning, AnswerLost.
        """
        sent = {**(headers or {}), "Idempotency-Key": idempotency_key}
        request = f"POST {path}"
        try:
            answer = self._send("POST", path, json=body, headers=sent)
        except NotRunning as error:
            if isinstance(error.__cause__, NOT_SENT):
                raise
            raise AnswerLost(request, idempotency_key, "no answer") from error.__cause__
        except UnexpectedAnswer as error:
            cause = f"status {error.status}, with JSON that cannot be read"
            raise AnswerLost(request, idempotency_key, cause) from error

        if not answer.tells_outcome:
            raise AnswerLost(request, idempotency_key, _summary(answer))
        return answer

    def document(self, path: str) -> Body:
        """Return a JSON object of the service.

        Raises: DocumentRefused, NotRunning, UnexpectedAnswer.
        """
        answer = self.get(path)
        document = cast("Body | None", answer.document)
        if not isinstance(document, dict):
            text = answer.content.decode(errors="replace")[:MAX_QUOTED_CHARACTERS]
            raise UnexpectedAnswer(f"GET {path}", answer.status, text)
        if answer.is_refusal:
            raise DocumentRefused(answer)
        return document

    def _send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
        json: Body | None = None,
    ) -> Answer:
        sent = {"Accept": ", ".join((*JSON_TYPES, "*/*")), **(headers or {})}
        if self._key:
            sent["Authorization"] = f"Bearer {self._key}"
        try:
            with urllib3.PoolManager() as connections:  # A command leaves none of them open.
                response = connections.request(
                    method,
                    self.address + path,
                    headers=sent,
                    fields=dict(fields) if fields else None,
                    json=json,
                    timeout=TIMEOUT_SECONDS,
                    retries=False,
                    redirect=False,
                )
        except urllib3.exceptions.HTTPError as error:
            raise NotRunning(self.address) from error

        return answer_of(
            f"{method} {path}",
            response.status,
            response.headers.get("Content-Type", ""),
            response.data,
        )


def _summary(answer: Answer) -> str:
    """Return what the answer to a command says where it does not say what was done."""
    problem: Body = cast("Body", answer.document) if answer.code else {}
    request_id = problem.get("request_id")
    words = [f"status {answer.status}", answer.code, f"request {request_id}" if request_id else ""]
    return ", ".join(word for word in words if word)


def answer_of(request: str, status: int, content_type: str, content: bytes) -> Answer:
    """Return the answer to a request, with its JSON document if it is one.

    Raises: UnexpectedAnswer.
    """
    media_type = content_type.partition(";")[0].strip()
    document: object = None
    if media_type in JSON_TYPES:
        try:
            document = json.loads(content)
        except ValueError as error:
            text = content.decode(errors="replace")[:MAX_QUOTED_CHARACTERS]
            raise UnexpectedAnswer(request, status, text) from error

    return Answer(status=status, document=document, content=content)

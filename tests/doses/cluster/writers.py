"""Writers over the library and over the API, with a journal that survives a failure of power.

Before an attempt its intent is in one file, and after its success the answer is in another one.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import IO, Any, Final

from attrs import define, field
from tests.doses.chaos.http_clients import (
    NEXT_VERBS,
    Answer,
    Client,
    Connection,
    Request,
    content_of,
)

from indelible import concepts
from indelible.concepts import ConceptContent, ConceptSaved
from indelible.kernel import Idempotency, IndelibleError
from indelible.testing.stores import MAYA, NOOR
from indelible_sql import SqlStore

OK: Final = 200
REFUSED: Final = 500  # a library has no status
STEPS: Final[Mapping[str, tuple[Any, Any]]] = {
    "submit": (concepts.submit_concept, concepts.SubmitConcept),
    "approve": (concepts.approve_concept, concepts.ApproveConcept),
    "publish": (concepts.publish_concept, concepts.PublishConcept),
}
CAPTURE: Final = "capture"


@define(eq=False)
class Journal:
    """A file whose lines are on the disk before the next step."""

    path: Path
    _file: IO[str] = field(init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def __attrs_post_init__(self) -> None:
        self._file = self.path.open("w", encoding="utf-8")

    def write(self, text: str, /) -> int:
        """Write a line and wait until it is on the disk."""
        with self._lock:
            count = self._file.write(text)
            self._file.flush()
            os.fsync(self._file.fileno())
            return count

    def flush(self) -> None:
        """Do nothing, because nothing is left to be written."""

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@define(eq=False)
class ApiSender:
    """Sends requests to the API after their intents were written."""

    connection: Connection
    intents: Journal

    def send(self, request: Request, request_id: str) -> Answer:
        """Send a request and return its answer, with status 0 where it was cut off."""
        self.intents.write(f"{request_id}\n")
        return self.connection.send(request, request_id)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


@define(eq=False)
class LibrarySender:
    """Executes requests by the library after their intents were written."""

    store: SqlStore
    intents: Journal

    def send(self, request: Request, request_id: str) -> Answer:
        """Execute a request under its key, and return the answer that the API would give."""
        self.intents.write(f"{request_id}\n")
        handler, command = _handler_and_command(request)
        actor = NOOR if request.verb == "approve" else MAYA
        try:
            saved: ConceptSaved = self.store.run(
                handler,
                command,
                actor=actor,
                reason=request.body["reason"],
                request_id=request_id,
                idempotency=Idempotency(request.key, ConceptSaved),
            )
        except IndelibleError as error:
            return Answer(REFUSED, {"code": error.code, "detail": str(error)})

        return Answer(OK, _document(saved))

    def close(self) -> None:
        """Do nothing: other writers use the store, too."""


@define(eq=False)
class LibraryWriter(Client):
    """A client that changes its concept, and saves no captures."""

    def _next_request(self) -> Request:
        self.request_count += 1
        key = f"{self.name}-{self.request_count}"
        concept = self.concept.get("concept", {"id": "", "status": ""})
        verbs = [verb for verb in NEXT_VERBS[concept["status"]] if verb != CAPTURE]
        verb = self.chance.choice(verbs)
        body = {"reason": "cluster", "content": content_of(key)}
        if verb in STEPS:
            body = {"reason": "cluster"}
        path = f"/v1/concepts/{concept['id']}"
        return Request(key, verb, "POST", path, body, str(self.concept.get("seq", "")))


def unanswered(intents: Path, answers: Path) -> list[str]:
    """Return the keys of requests that were sent and never answered."""
    answered: set[str] = set()
    for line in answers.read_text(encoding="utf-8").splitlines():
        answered.add(json.loads(line)[1]["key"])
    sent = {line.rpartition("-")[0] for line in intents.read_text(encoding="utf-8").splitlines()}
    return sorted(sent - answered)


def _handler_and_command(request: Request) -> tuple[Any, Any]:
    if request.verb == "create":
        content = ConceptContent(**request.body["content"])
        return concepts.create_concept, concepts.CreateConcept(content=content)

    revision: dict[str, Any] = {
        "concept_id": request.path.rpartition("/")[2],
        "expected_seq": int(request.tag),
    }
    if request.verb == "edit":
        content = ConceptContent(**request.body["content"])
        command = concepts.EditConcept(content=content, change_note=request.key, **revision)
        return concepts.edit_concept, command

    handler, command_type = STEPS[request.verb]
    return handler, command_type(**revision)


def _document(saved: ConceptSaved) -> dict[str, Any]:
    """Return what the journal keeps of a result."""
    concept, version = saved.concept, saved.version
    return {
        "concept": {
            "id": concept.id,
            "status": concept.status.value,
            "current_version": concept.current_version,
        },
        "version": {
            "version_number": version.version_number,
            "content": {"name": version.content.name, "definition": version.content.definition},
        },
        "seq": saved.seq,
    }

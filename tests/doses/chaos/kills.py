"""Kill a writing process in the middle of a request, again and again.

Its answers are written to a journal outside of the process before the next request is sent.
Afterwards every answer must be in the history, and an unanswered request, repeated under its key,
must be done once.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from signal import SIGKILL
from typing import IO, Any, Final

from attrs import asdict, define, field, frozen
from tests.conftest import POLICY
from tests.doses.chaos.written import changes_after
from tests.forks import create_pipe, start_child

from indelible import concepts
from indelible.concepts import ConceptSaved, ConceptStatus
from indelible.kernel import Idempotency, RequestInFlight, canonical_json
from indelible.testing.stores import MAYA, NOOR, RATIO
from indelible_sql import SqlStore, open_store, verify

MAX_REQUESTS: Final = 12  # that a writer answers before the one in which it is killed
KILLS_PER_VERIFICATION: Final = 25  # a verification takes longer than a kill
MAX_REPEATED: Final = 100  # answered requests that are repeated at the end
IN_FLIGHT_PAUSE_SECONDS: Final = 0.005
FIRST_REQUEST_SECONDS: Final = 0.005  # an estimate until requests are measured
# The requests that may follow for a concept in a status; a repeated one is more frequent.
NEXT_VERBS: Final = {
    "": ("create",),
    ConceptStatus.DRAFT: ("edit", "edit", "edit", "submit"),
    ConceptStatus.REVIEW: ("edit", "approve", "approve"),
    ConceptStatus.APPROVED: ("edit", "publish", "publish"),
    ConceptStatus.PUBLISHED: ("create",),
}
STEPS: Final[Mapping[str, tuple[Any, Any]]] = {
    "submit": (concepts.submit_concept, concepts.SubmitConcept),
    "approve": (concepts.approve_concept, concepts.ApproveConcept),
    "publish": (concepts.publish_concept, concepts.PublishConcept),
}


@frozen
class Request:
    """A command under an idempotency key."""

    key: str
    verb: str
    concept_id: str
    seq: int


@frozen
class Answer:
    """The result of a request: enough to recognize it."""

    concept_id: str
    seq: int
    status: str
    version: int


NO_ANSWER: Final = Answer("", 0, "", 0)


@define
class KillReport:
    """The number of kills and answers, and each problem."""

    kills: int = 0
    answers: int = 0
    unanswered: int = 0
    done_but_unanswered: int = 0
    problems: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        return (
            f"{self.kills} writers killed, {self.answers} answers in the journal,"
            f" {self.unanswered} requests cut off, of which {self.done_but_unanswered} were done;"
            f" problems: {self.problems or 'none'}"
        )


def write(url: str, name: str, end: Any) -> None:  # noqa: ANN401 - a pipe's end has no public type
    """Execute the requests that arrive and send their answers, until killed."""
    store = open_store(url, policy=POLICY)
    with suppress(EOFError):
        while True:
            end.send(execute(store, end.recv(), name))


def execute(store: SqlStore, request: Request, name: str) -> Answer:
    """Execute the request under its key, or return the result of its first execution."""
    handler, command = _handler_and_command(request)
    actor = NOOR if request.verb == "approve" else MAYA
    idempotency = Idempotency(request.key, ConceptSaved)
    while True:
        try:
            saved: ConceptSaved = store.run(
                handler,
                command,
                actor=actor,
                reason="chaos of kills",
                request_id=name,
                idempotency=idempotency,
            )
        except RequestInFlight:  # the server has not noticed yet that the first client is dead
            time.sleep(IN_FLIGHT_PAUSE_SECONDS)
        else:
            concept = saved.concept
            return Answer(concept.id, saved.seq, concept.status.value, concept.current_version)


def _handler_and_command(request: Request) -> tuple[Any, Any]:
    revision: dict[str, Any] = {"concept_id": request.concept_id, "expected_seq": request.seq}
    if request.verb == "create":
        return concepts.create_concept, concepts.CreateConcept(content=RATIO)

    if request.verb == "edit":
        command = concepts.EditConcept(content=RATIO, change_note="again", **revision)
        return concepts.edit_concept, command

    handler, command_type = STEPS[request.verb]
    return handler, command_type(**revision)


@define(eq=False)
class Conversation:
    """The requests and answers; each answer is in the journal before the next request."""

    chance: Random
    journal: IO[str]
    report: KillReport = field(factory=KillReport)
    last: Answer = NO_ANSWER
    pending: Request | None = None  # the request that was cut off
    request_count: int = 0
    seconds_per_request: float = FIRST_REQUEST_SECONDS

    def next_request(self) -> Request:
        """Return the request that was cut off, or a new one."""
        if self.pending is None:
            self.request_count += 1
            verb = self.chance.choice(NEXT_VERBS[self.last.status])
            key = f"key-{self.request_count}"
            self.pending = Request(key, verb, self.last.concept_id, self.last.seq)
        return self.pending

    def record(self, answer: Answer, writer: str) -> None:
        """Write the answer to the journal."""
        assert self.pending is not None
        line = canonical_json([writer, asdict(self.pending), asdict(answer)])
        self.journal.write(f"{line}\n")
        self.journal.flush()
        self.last = answer
        self.pending = None
        self.report.answers += 1

    def record_duration(self, seconds: float) -> None:
        """Update the moving average of a request's duration."""
        self.seconds_per_request = 0.9 * self.seconds_per_request + 0.1 * seconds


def kill_writers(url: str, times: int, chance: Random, journal: Path) -> KillReport:
    """Kill so many writers of one database, each during a request or right after it."""
    store = open_store(url, policy=POLICY)
    with journal.open("w", encoding="utf-8") as file:
        conversation = Conversation(chance, file)
        report = conversation.report
        for number in range(1, times + 1):
            _kill(url, f"writer-{number}", conversation)
            report.kills += 1
            if number % KILLS_PER_VERIFICATION == 0 or number == times:
                report.problems.extend(str(finding) for finding in verify(store))
        if conversation.pending:
            conversation.record(execute(store, conversation.pending, "parent"), "parent")

    report.problems.extend(_problems(store, journal, report, chance))
    store.dispose()
    return report


def _kill(url: str, name: str, conversation: Conversation) -> None:
    ours, theirs = create_pipe()
    writer = start_child(write, url, name, theirs)
    theirs.close()
    for number in range(conversation.chance.randint(0, MAX_REQUESTS)):
        started_at = time.monotonic()
        ours.send(conversation.next_request())
        conversation.record(ours.recv(), name)
        if number > 0:  # the first request also opens the store
            conversation.record_duration(time.monotonic() - started_at)

    ours.send(conversation.next_request())
    ours.poll(conversation.chance.uniform(0, conversation.seconds_per_request))
    writer.kill()
    writer.join()
    assert writer.exitcode == -SIGKILL
    try:
        conversation.record(ours.recv(), name)  # it may have answered at the last moment
    except (EOFError, ConnectionResetError):
        conversation.report.unanswered += 1
    writer.close()
    ours.close()


def _problems(store: SqlStore, journal: Path, report: KillReport, chance: Random) -> Iterator[str]:
    """Yield each difference between the journal and the history, and each changed answer."""
    changes = {(change.entity_id, change.seq): change for change in changes_after(store)}
    lines = journal.read_text(encoding="utf-8").splitlines()
    answers = [_parse_line(line) for line in lines]
    for writer, request, answer in answers:
        change = changes.pop((answer.concept_id, answer.seq), None)
        if change is None or (change.to_state, change.version) != (answer.status, answer.version):
            yield f"{request} was answered with {answer} and left {change}"
        elif change.request_id != writer:  # an earlier writer had done it and was killed
            report.done_but_unanswered += 1

    for change in changes.values():
        yield f"no answer reports {change}"
    for _, request, answer in chance.sample(answers, min(MAX_REPEATED, len(answers))):
        repeated = execute(store, request, "repeated")
        if repeated != answer:
            yield f"{request} was answered with {answer}, and then with {repeated}"


def _parse_line(line: str) -> tuple[str, Request, Answer]:
    writer, request, answer = json.loads(line)
    return writer, Request(**request), Answer(**answer)

"""A process that writes is killed in the middle of a request, again and again.

What it answered stands in a journal outside of it, written before the next request is asked. Afterwards everything that
was answered is there, a request that was not answered is asked again under its key, and all is well.
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
from tests.chaos.children import child, pipe
from tests.chaos.written import changes_after
from tests.conftest import POLICY

from indelible import concepts
from indelible.concepts import ConceptSaved, ConceptStatus
from indelible.kernel import Idempotency, RequestInFlight, canonical_json
from indelible.testing.stores import MAYA, NOOR, RATIO
from indelible_sql import SqlStore, open_store, verify

MOST_REQUESTS: Final = 12  # that a writer answers before the one in which it is killed
VERIFIED_EACH: Final = 25  # kills: a look at everything takes longer than a kill
ASKED_AGAIN: Final = 100  # answered requests, at the end
PAUSE_SECONDS: Final = 0.005
WAYS: Final = {  # what is asked next of a concept in this state; the more often named, the more often asked
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
    """One command of the story of a concept, under the caller's key."""

    key: str
    verb: str
    concept_id: str
    seq: int


@frozen
class Answer:
    """What a request was answered with: enough to know it again."""

    concept_id: str
    seq: int
    status: str
    version: int


NOTHING: Final = Answer("", 0, "", 0)


@define
class Killed:
    """How often a writer was killed, and what became of what it had been asked."""

    times: int = 0
    answered: int = 0
    unanswered: int = 0
    had_been_done: int = 0
    wrong: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        return (
            f"{self.times} writers killed, {self.answered} answers in the journal, {self.unanswered} requests cut off, "
            f"of which {self.had_been_done} had been done; wrong: {self.wrong or 'nothing'}"
        )


def write(url: str, name: str, end: Any) -> None:  # noqa: ANN401 - a pipe's end has no public type
    """Do what is asked for, and say so, until killed."""
    store = open_store(url, policy=POLICY)
    with suppress(EOFError):
        while True:
            end.send(done(store, end.recv(), name))


def done(store: SqlStore, request: Request, name: str) -> Answer:
    """The request, done or found done."""
    handler, command = _meant(request)
    actor, once = (
        NOOR if request.verb == "approve" else MAYA,
        Idempotency(request.key, ConceptSaved),
    )
    while True:
        try:
            saved: ConceptSaved = store.run(
                handler, command, actor=actor, reason="until killed", request_id=name, once=once
            )
        except RequestInFlight:  # the server has not noticed that whoever asked first is dead
            time.sleep(PAUSE_SECONDS)
        else:
            return Answer(
                saved.concept.id,
                saved.seq,
                saved.concept.status.value,
                saved.concept.current_version,
            )


def _meant(request: Request) -> tuple[Any, Any]:
    place: dict[str, Any] = {"concept_id": request.concept_id, "expected_seq": request.seq}
    if request.verb == "create":
        return concepts.create_concept, concepts.CreateConcept(content=RATIO)
    if request.verb == "edit":
        return concepts.edit_concept, concepts.EditConcept(
            content=RATIO, change_note="again", **place
        )
    handler, command = STEPS[request.verb]
    return handler, command(**place)


@define(eq=False)
class Story:
    """What is asked next, and what was answered: its journal is written before the next request."""

    chance: Random
    journal: IO[str]
    killed: Killed = field(factory=Killed)
    last: Answer = NOTHING
    pending: Request | None = None  # the request that was cut off
    asked: int = 0
    seconds: float = 0.005  # that a request takes, about

    def next(self) -> Request:
        """The request that was cut off, or a new one."""
        if self.pending is None:
            self.asked += 1
            verb = self.chance.choice(WAYS[self.last.status])
            self.pending = Request(f"key-{self.asked}", verb, self.last.concept_id, self.last.seq)
        return self.pending

    def told(self, answer: Answer, writer: str) -> None:
        """Keep the answer outside of the process that gave it."""
        assert self.pending is not None
        self.journal.write(f"{canonical_json([writer, asdict(self.pending), asdict(answer)])}\n")
        self.journal.flush()
        self.last, self.pending = answer, None
        self.killed.answered += 1


def kill_writers(url: str, times: int, chance: Random, journal: Path) -> Killed:
    """Kill so many writers of one database, each in the middle of a request or right after it."""
    store = open_store(url, policy=POLICY)
    with journal.open("w", encoding="utf-8") as kept:
        story = Story(chance, kept)
        killed = story.killed
        for number in range(1, times + 1):
            _kill(url, f"writer-{number}", story)
            killed.times += 1
            if not number % VERIFIED_EACH or number == times:
                killed.wrong += map(str, verify(store))
        if story.pending:
            story.told(done(store, story.pending, "nobody"), "nobody")
    killed.wrong += _wrong(store, journal, killed, chance)
    store.dispose()
    return killed


def _kill(url: str, name: str, story: Story) -> None:
    ours, theirs = pipe()
    writer = child(write, url, name, theirs)
    theirs.close()
    for turn in range(story.chance.randint(0, MOST_REQUESTS)):
        begun = time.monotonic()
        ours.send(story.next())
        story.told(ours.recv(), name)
        if turn:  # the first one opened the store
            story.seconds = 0.9 * story.seconds + 0.1 * (time.monotonic() - begun)
    ours.send(story.next())
    ours.poll(story.chance.uniform(0, story.seconds))
    writer.kill()
    writer.join()
    assert writer.exitcode == -SIGKILL
    try:
        story.told(ours.recv(), name)  # it may have answered at the last moment
    except (EOFError, ConnectionResetError):
        story.killed.unanswered += 1
    writer.close()
    ours.close()


def _wrong(store: SqlStore, journal: Path, killed: Killed, chance: Random) -> Iterator[str]:
    """What the history and the journal disagree on, and answers that are others when they are asked for again."""
    changes = {(each.entity_id, each.seq): each for each in changes_after(store)}
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    answers = [(writer, Request(**request), Answer(**answer)) for writer, request, answer in lines]
    for writer, request, answer in answers:
        change = changes.pop((answer.concept_id, answer.seq), None)
        if change is None or (change.to_state, change.version) != (answer.status, answer.version):
            yield f"{request} was answered with {answer} and left {change}"
        elif (
            change.request_id != writer
        ):  # an earlier writer had done it, and died before it could say so
            killed.had_been_done += 1
    yield from (f"nobody was told of {each}" for each in changes.values())
    for _, request, answer in chance.sample(answers, min(ASKED_AGAIN, len(answers))):
        if (again := done(store, request, "again")) != answer:
            yield f"{request} was answered with {answer}, and then with {again}"

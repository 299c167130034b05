"""Clients of the API, each with one request after the other and a journal of all answers.

A client repeats a request that got no answer, or a temporary refusal, under its Idempotency-Key.
It writes each answer to the journal before it sends the next request. A reader only reads, and its
answers are not in the journal.
"""

import json
import time
from collections import Counter
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from random import Random
from threading import Event, Lock, Thread
from typing import Any, Final, Protocol

from attrs import asdict, define, field, frozen
from sqlalchemy import select
from tests.doses.chaos.open_stores import changes_after

from indelible.kernel import Change
from indelible_sql import SqlStore, open_store
from indelible_sql.captures.tables import SIGNALS
from indelible_sql.concepts.tables import VERSIONS

REQUEST_SECONDS: Final = 120  # a request that takes longer is cut off and repeated
MAX_PAUSE_SECONDS: Final = 0.02
RETRY_SECONDS: Final = 0.2
NO_STATUS: Final = 0
SERVER_ERROR: Final = 500
PAGES: Final = 12  # that all clients capture, so that they change the same artifacts
DIMENSION: Final = 3
MODEL: Final = "chaos"
REASON: Final = "chaos of instances"
# A capture is as frequent as a change of the client's own concept.
NEXT_VERBS: Final = {
    "": ("create", "capture"),
    "DRAFT": ("edit", "edit", "submit", "capture", "capture", "capture"),
    "REVIEW": ("edit", "approve", "capture", "capture"),
    "APPROVED": ("edit", "publish", "capture", "capture"),
    "PUBLISHED": ("create", "capture"),
}
# The codes of a refusal after which a request is repeated: a server or a lock is not available.
TEMPORARY: Final = frozenset(
    {
        "STORE_UNREACHABLE",
        "STORE_BUSY",
        "STORE_READ_ONLY",
        "NO_CONNECTION_FREE",
        "REQUEST_IN_FLIGHT",
        "OUTCOME_UNKNOWN",
    }
)
NO_ANSWER: Final = "no answer"  # in the place of a code
READ: Final = "read"
WRITE: Final = "write"
READ_PATHS: Final = ("/v1/concepts?limit=10", "/v1/history?limit=10", "/v1/spaces")


@frozen
class Request:
    """A request under an Idempotency-Key; `tag` means if its change must be for this state."""

    key: str
    verb: str
    method: str
    path: str
    body: Mapping[str, Any]
    tag: str = ""


@frozen
class Answer:
    """The status and the JSON of a response; status 0 means that there was none."""

    status: int
    document: Mapping[str, Any] = field(factory=dict[str, Any])

    @property
    def is_success(self) -> bool:
        """Return whether the request was executed."""
        return self.status in (200, 201)

    @property
    def code(self) -> str:
        """Return the code of a refusal, '' without a response."""
        return str(self.document.get("code", ""))

    @property
    def is_temporary(self) -> bool:
        """Return whether the request must be repeated."""
        return self.status == NO_STATUS or self.code in TEMPORARY


@frozen
class Timing:
    """A request by its group, with its times on the monotonic clock, its status and its code."""

    group: str
    started_at: float
    ended_at: float
    status: int
    code: str = ""

    @property
    def seconds(self) -> float:
        """Return how long the request took."""
        return self.ended_at - self.started_at

    @property
    def is_success(self) -> bool:
        """Return whether the request was executed."""
        return self.status in (200, 201)


class JournalFile(Protocol):
    """A file that a journal is written to."""

    def write(self, text: str, /) -> int:
        """Write a line."""
        ...

    def flush(self) -> None:
        """Give what was written to the system."""
        ...


class Sender(Protocol):
    """A sender of the requests of a client."""

    def send(self, request: Request, request_id: str) -> Answer:
        """Send a request and return its answer, with status 0 where it was cut off."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


@define(eq=False)
class Connection:
    """A connection to the API that is opened again when it was lost."""

    host: str
    port: int
    api_key: str
    _connection: HTTPConnection | None = None

    def send(self, request: Request, request_id: str) -> Answer:
        """Send a request and return its answer, with status 0 where it was cut off."""
        if self._connection is None:
            self._connection = HTTPConnection(self.host, self.port, timeout=REQUEST_SECONDS)
        try:
            body = None if request.method == "GET" else json.dumps(request.body)
            headers = self._headers(request, request_id)
            self._connection.request(request.method, request.path, body, headers)
            with self._connection.getresponse() as response:
                return Answer(response.status, json.loads(response.read()))
        except (OSError, HTTPException, ValueError):
            self.close()
            return Answer(NO_STATUS)

    def close(self) -> None:
        """Close the connection."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def _headers(self, request: Request, request_id: str) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {self.api_key}",
            "Content-Type": "application/json",
            "X-Request-Id": request_id,
        }
        if request.key:
            headers["Idempotency-Key"] = request.key
        if request.tag:
            headers["If-Match"] = f'"{request.tag}"'
        return headers


@define(eq=False)
class Load:
    """All clients: the journal, and what happened to the requests.

    A client pauses for at most `max_pause_seconds` between two requests.
    """

    journal: JournalFile
    space_id: str
    max_pause_seconds: float = MAX_PAUSE_SECONDS
    codes: Counter[str] = field(factory=Counter[str])
    timings: list[Timing] = field(factory=list[Timing])
    problems: list[str] = field(factory=list[str])
    stopping: Event = field(factory=Event)  # clients complete their last requests
    is_abandoned: bool = False  # the instance does not answer any more
    _lock: Lock = field(factory=Lock)

    def record_failure(self, request: Request, answer: Answer) -> None:
        """Count an attempt without a result."""
        with self._lock:
            self.codes[answer.code or NO_ANSWER] += 1
            if not answer.is_temporary:
                self.problems.append(f"{request} was answered with {answer}")

    def record_time(self, request: Request, answer: Answer, started_at: float) -> None:
        """Keep how long an attempt took."""
        group = READ if request.verb == READ else WRITE
        code = answer.code
        if not answer.status:
            code = NO_ANSWER
        timing = Timing(group, started_at, time.monotonic(), answer.status, code)
        self.timings.append(timing)

    def record_answer(self, request: Request, answer: Answer, request_id: str) -> None:
        """Write an answer to the journal."""
        line = json.dumps([request_id, asdict(request), asdict(answer)])
        with self._lock:
            self.journal.write(f"{line}\n")
            self.journal.flush()


@define(eq=False)
class Client:
    """A client in a thread: it creates, edits and moves its own concept, and saves captures."""

    name: str
    connection: Sender
    load: Load
    chance: Random
    answers: int = 0
    request_count: int = 0
    concept: Mapping[str, Any] = field(factory=dict[str, Any])  # the last answer about it
    thread: Thread = field(init=False)

    def start(self) -> None:
        """Send requests until the load is stopped."""
        self.thread = Thread(target=self._run, name=self.name)
        self.thread.start()

    def _run(self) -> None:
        while not self.load.stopping.is_set():
            request = self._next_request()
            answer = self._send_until_answered(request)
            if not answer.is_success:
                return

            if request.verb not in (READ, "capture"):
                self.concept = answer.document
            self.answers += 1
            time.sleep(self.chance.uniform(0, self.load.max_pause_seconds))

        self.connection.close()

    def _send_until_answered(self, request: Request) -> Answer:
        """Send the request under its key until it is executed; refusals for good end the client."""
        for attempt in count(1):
            request_id = f"{request.key}-{attempt}"
            started_at = time.monotonic()
            answer = self.connection.send(request, request_id)
            self.load.record_time(request, answer, started_at)
            if answer.is_success:
                self._record_answer(request, answer, request_id)
                return answer

            self.load.record_failure(request, answer)
            if not answer.is_temporary or self.load.is_abandoned:
                return answer

            time.sleep(RETRY_SECONDS)

        raise AssertionError("a request has no end of attempts")

    def _record_answer(self, request: Request, answer: Answer, request_id: str) -> None:
        self.load.record_answer(request, answer, request_id)

    def _next_request(self) -> Request:
        self.request_count += 1
        key = f"{self.name}-{self.request_count}"
        status = self.concept["concept"]["status"] if self.concept else ""
        verb = self.chance.choice(NEXT_VERBS[status])
        if verb == "capture":
            return Request(key, verb, "POST", "/v1/captures", self._capture(key))
        if verb == "create":
            body = {"reason": REASON, "content": content_of(key)}
            return Request(key, verb, "POST", "/v1/concepts", body)

        path = f"/v1/concepts/{self.concept['concept']['id']}"
        tag = str(self.concept["seq"])
        if verb == "edit":
            body = {"reason": REASON, "change_note": key, "content": content_of(key)}
            return Request(key, verb, "PUT", path, body, tag)

        body = {"reason": REASON, "status": verb}
        return Request(key, verb, "POST", f"{path}/status", body, tag)

    def _capture(self, key: str) -> Mapping[str, Any]:
        embedding: list[float] = []
        for _ in range(DIMENSION):
            embedding.append(round(self.chance.uniform(0.1, 1), 3))
        return {
            "reason": REASON,
            "space_id": self.load.space_id,
            "url": f"https://example.org/{self.chance.randrange(PAGES)}",
            "title": key,
            "reading_depth": 1.5,
            "embedding": embedding,
            "embedding_model": MODEL,
        }


@define(eq=False)
class Reader(Client):
    """A client in a thread that reads lists; nothing of it is in the journal."""

    def _record_answer(self, request: Request, answer: Answer, request_id: str) -> None:
        """Write nothing."""

    def _next_request(self) -> Request:
        return Request("", READ, "GET", self.chance.choice(READ_PATHS), {})


def content_of(key: str) -> Mapping[str, str]:
    """Return the content of a concept that no other request has."""
    return {"name": f"Ratio of {key}", "definition": f"A comparison by division, {key}."}


# The comparison of a journal with the history and the signals of a database


SELECT_SIGNALS: Final = select(
    SIGNALS.c.id,
    SIGNALS.c.capture_key,
    SIGNALS.c.title,
    SIGNALS.c.url,
    SIGNALS.c.artifact_id,
    SIGNALS.c.request_id,
)
SELECT_VERSIONS: Final = select(
    VERSIONS.c.concept_id, VERSIONS.c.version_number, VERSIONS.c.name, VERSIONS.c.definition
)


@frozen
class Entry:
    """An answer of the journal, and the id of the attempt that got it."""

    request_id: str
    request: Request
    answer: Answer


@define
class Comparison:
    """The answers that were found, the requests done by an earlier attempt, and what is wrong."""

    answers: int = 0
    done_but_unanswered: int = 0
    problems: list[str] = field(factory=list[str])

    def count_done(self, entry: Entry, request_id: str | None) -> None:
        """Count a request that an attempt without an answer has executed."""
        if request_id == entry.request_id:
            return

        self.done_but_unanswered += 1
        if request_id is None or not request_id.startswith(f"{entry.request.key}-"):
            self.problems.append(f"{entry.request} was done by {request_id}")


def read_journal(path: Path) -> list[Entry]:
    """Return the answers of a journal, in order."""
    entries: list[Entry] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        request_id, request, answer = json.loads(line)
        entries.append(Entry(request_id, Request(**request), Answer(**answer)))

    return entries


def compare(url: str, entries: list[Entry]) -> Comparison:
    """Find each answer in the database with its values, and nothing that no answer reports."""
    comparison = Comparison(answers=len(entries))
    keys = Counter(entry.request.key for entry in entries)
    for key, times in keys.items():
        if times > 1:
            comparison.problems.append(f"{key} was answered {times} times")

    store = open_store(url)
    captures = [entry for entry in entries if entry.request.verb == "capture"]
    edits = [entry for entry in entries if entry.request.verb != "capture"]
    _compare_concepts(store, edits, comparison)
    _compare_signals(store, captures, comparison)
    store.dispose()
    return comparison


def _compare_concepts(store: SqlStore, entries: list[Entry], comparison: Comparison) -> None:
    changes: dict[tuple[str, int], Change] = {}
    for stored in changes_after(store):
        if stored.lifecycle == "concept":
            changes[stored.entity_id, stored.seq] = stored
    contents: dict[tuple[str, int], tuple[str, str]] = {}
    for row in _rows(store, SELECT_VERSIONS):
        version = (row["concept_id"], row["version_number"])
        contents[version] = (row["name"], row["definition"])

    for entry in entries:
        document = entry.answer.document
        concept_id = document["concept"]["id"]
        change = changes.pop((concept_id, document["seq"]), None)
        if change is None:
            comparison.problems.append(f"{entry} is not in the history")
            continue

        content = document["version"]["content"]
        number = document["version"]["version_number"]
        is_equal = (
            change.to_state == document["concept"]["status"]
            and change.version == number == document["concept"]["current_version"]
            and contents[concept_id, number] == (content["name"], content["definition"])
            and entry.request.body.get("content", content).items() <= content.items()
        )
        if not is_equal:
            comparison.problems.append(f"{entry} left {change}")
        comparison.count_done(entry, change.request_id)

    comparison.problems.extend(f"no answer reports {change}" for change in changes.values())


def _compare_signals(store: SqlStore, entries: list[Entry], comparison: Comparison) -> None:
    signals = {row["id"]: row for row in _rows(store, SELECT_SIGNALS)}
    for entry in entries:
        signal = signals.pop(entry.answer.document["signal_id"], None)
        if signal is None:
            comparison.problems.append(f"{entry} has no signal")
            continue

        body = entry.request.body
        expected = (entry.request.key, body["title"], body["url"])
        is_equal = (signal["capture_key"], signal["title"], signal["url"]) == expected
        if not is_equal or signal["artifact_id"] != entry.answer.document["artifact_id"]:
            comparison.problems.append(f"{entry} left {dict(signal)}")
        comparison.count_done(entry, signal["request_id"])

    comparison.problems.extend(f"no answer reports {row}" for row in signals.values())


def _rows(store: SqlStore, statement: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401 - a statement
    """Return all rows of a statement."""
    return store.read(lambda tx: list(tx.session.rows(statement, {})))

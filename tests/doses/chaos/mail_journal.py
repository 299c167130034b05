"""The sessions of the mail server, as its journal has them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import define, field, frozen


@frozen
class Delivery:
    """A message that the server accepted; the client had no answer until `until`."""

    message: str
    at: float
    until: float


@define
class Session:
    """A connection of one attempt at a task."""

    stage: str
    task: str
    fence: int
    attempt: int
    worker: int  # the id of the worker process
    process: int  # its own id, or that of its child process
    began_at: float
    deliveries: list[Delivery] = field(factory=list[Delivery])
    answered_at: float | None = None  # the client has worked on its task until then at least
    closed_at: float | None = None


@define
class JournalReader:
    """Reads a journal while it grows."""

    path: Path
    accepted: int = 0
    sessions: list[Session] = field(factory=list[Session])
    _offset: int = 0
    _open: dict[str, Session] = field(factory=dict[str, Session])

    def read(self) -> None:
        """Read the lines that were added since the last time."""
        with self.path.open("rb") as file:
            file.seek(self._offset)
            content = file.read()

        complete = content.rpartition(b"\n")[0]
        if not complete:
            return
        self._offset += len(complete) + 1
        for line in complete.splitlines():
            self._add(json.loads(line))

    def _add(self, event: dict[str, Any]) -> None:
        client: str = event["client"]
        if event["event"] == "hello":
            session = _new_session(client, event["at"])
            self._open[client] = session
            self.sessions.append(session)
            return

        session = self._open[client]
        match event["event"]:
            case "accepted":
                self.accepted += 1
                delivery = Delivery(event["message"], event["at"], event["until"])
                session.deliveries.append(delivery)
                session.answered_at = delivery.until
            case "refused" | "alive":
                session.answered_at = event["at"]
            case _:
                session.closed_at = event["at"]


def _new_session(client: str, at: float) -> Session:
    stage, task, fence, attempt, worker, process = client.split(".")
    return Session(stage, task, int(fence), int(attempt), int(worker), int(process), at)


def read_sessions(path: Path) -> Sequence[Session]:
    """Return all sessions of a journal, in the order in which they began."""
    reader = JournalReader(path)
    reader.read()
    return reader.sessions

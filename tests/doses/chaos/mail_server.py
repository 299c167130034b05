"""An SMTP server that writes each session into a journal, which is the oracle of the mail dose.

Usage: `python -m tests.doses.chaos.mail_server JOURNAL HOLD_SECONDS`. It prints its port and runs
until it is killed.

Each line of the journal is a JSON document with an event: `hello` when a client has said who it is,
`refused`, `alive`, `accepted` with the message's id, and `closed`. The recipient decides:
`unknown-...` is refused for ever, `greylisted-...` the first time. The answer to an accepted
message is held back, so that a client may be killed before it gets it.
"""

import asyncio
import json
import os
import sys
import time
from email import message_from_bytes
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST: Final = "127.0.0.1"
ACCEPTED: Final = "250 OK"
UNKNOWN: Final = "550 unknown address"
NOT_YET: Final = "451 try again later"


class Journal:
    """A file to which each event is written before the client gets an answer."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, event: str, client: str | None, **values: object) -> None:
        """Add a line."""
        line = {"event": event, "client": client or "", "at": time.time(), **values}
        os.write(self._file, f"{json.dumps(line)}\n".encode())


class Handler:
    """The answers of the server; aiosmtpd calls the methods by their names."""

    def __init__(self, journal: Journal, hold_seconds: float) -> None:
        self.journal = journal
        self._hold_seconds = hold_seconds
        self._greylisted = set[str]()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _: SMTP, session: Session, __: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Note who the client is."""
        if session.host_name is None:
            self.journal.write("hello", hostname)
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _: SMTP, session: Session, envelope: Envelope, address: str, __: list[str]
    ) -> str:
        """Accept or refuse a recipient."""
        kind = address.partition("-")[0]
        answer = ACCEPTED
        if kind == "unknown":
            answer = UNKNOWN
        elif kind == "greylisted" and address not in self._greylisted:
            self._greylisted.add(address)
            answer = NOT_YET

        if answer == ACCEPTED:
            envelope.rcpt_tos.append(address)
        else:
            self.journal.write("refused", session.host_name, answer=answer)
        return answer

    async def handle_NOOP(  # noqa: N802 - aiosmtpd's name
        self, _: SMTP, session: Session, __: Envelope, ___: str
    ) -> str:
        """Note that the client is still at work."""
        self.journal.write("alive", session.host_name)
        return ACCEPTED

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Note that a message is accepted, and say so later."""
        content = envelope.content
        assert isinstance(content, bytes)
        message_id = message_from_bytes(content)["Message-ID"].strip("<>").partition("@")[0]
        until = time.time() + self._hold_seconds
        self.journal.write("accepted", session.host_name, message=message_id, until=until)
        await asyncio.sleep(self._hold_seconds)
        return ACCEPTED


class Protocol(SMTP):
    """A connection that notes its end."""

    def connection_lost(self, error: Exception | None) -> None:
        """Note that the client is gone."""
        if self.session is not None and self.session.host_name is not None:
            self.event_handler.journal.write("closed", self.session.host_name)
        super().connection_lost(error)


async def serve(journal: Path, hold_seconds: float) -> None:
    """Serve for ever, at a free port that is printed."""
    handler = Handler(Journal(journal), hold_seconds)

    def create_protocol() -> Any:  # noqa: ANN401 - aiosmtpd's own
        return Protocol(handler, hostname="mail.example", timeout=3_600)

    server = await asyncio.get_running_loop().create_server(create_protocol, HOST, 0, backlog=500)
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), float(sys.argv[2])))

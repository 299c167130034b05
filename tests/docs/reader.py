"""Follow a page as a reader: in an empty directory, with one shell and one session of Python."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingMixIn, UnixStreamServer
from threading import Thread
from typing import Final

from tests.architecture.sources import ROOT
from tests.docs.examples import Example
from tests.docs.programs import STREAMS, Stream, run_command, run_session
from tests.forks import create_pipe, start_child

CHECKOUT: Final = "indelible"
LIMIT_SECONDS: Final = 600  # only what hangs reaches it: an installation on a busy machine does not
END_SECONDS: Final = 30
POLL_SECONDS: Final = 0.02
MAX_REQUEST: Final = 1 << 20
CLIENT: Final = """
import json, os, socket, sys

with socket.socket(socket.AF_UNIX) as server:
    server.connect(sys.argv[1])
    request = {
        "arguments": sys.argv[2:],
        "directory": os.getcwd(),
        "environment": dict(os.environ),
    }
    socket.send_fds(server, [json.dumps(request).encode()], [0, 1, 2])
    sys.exit(int(server.recv(16)))
"""


class CommandServer(ThreadingMixIn, UnixStreamServer):
    """Runs the command `indelible` for the shell, each in a process of its own."""


class CommandHandler(StreamRequestHandler):
    """Runs one command with the directory, environment and streams of its client."""

    def handle(self) -> None:
        """Run the command and send its exit code."""
        text, descriptors, _, _ = socket.recv_fds(self.connection, MAX_REQUEST, len(STREAMS))
        request = json.loads(text)
        streams = [Stream(descriptor) for descriptor in descriptors]
        child = start_child(
            run_command,
            request["arguments"],
            request["directory"],
            request["environment"],
            streams,
        )
        for descriptor in descriptors:
            os.close(descriptor)
        child.join()
        self.wfile.write(str(child.exitcode).encode())


@contextmanager
def command_server(directory: Path) -> Generator[str]:
    """Serve the command during the block; yield its definition for a shell."""
    address = directory / "commands"
    client = directory / "client.py"
    client.write_text(CLIENT, encoding="utf-8")
    with CommandServer(str(address), CommandHandler) as server:
        thread = Thread(target=partial(server.serve_forever, POLL_SECONDS))
        thread.start()
        try:
            yield f'indelible() {{ "{sys.executable}" -I -S "{client}" "{address}" "$@"; }}\n'
        finally:
            server.shutdown()
            thread.join()


class Shell:
    """A shell that runs one block after the other, as a reader's terminal does.

    It ends at the first command that fails, and at a variable that nobody has set.
    """

    def __init__(self, directory: Path, files: Path, environment: Mapping[str, str]) -> None:
        self._files = files
        self._number = 0
        self._ends, end_of_shell = os.pipe()
        self._end_of_shell = end_of_shell
        self._process = subprocess.Popen(
            ("/bin/bash", "--noprofile", "--norc", "-eu"),
            stdin=subprocess.PIPE,
            cwd=directory,
            env={**environment},
            pass_fds=(end_of_shell,),
            start_new_session=True,
            text=True,
        )
        os.close(end_of_shell)

    def run(self, text: str) -> str:
        """Run some lines and return what they print.

        Raises: AssertionError with the output when a command fails or nothing ends.
        """
        self._number += 1
        script = self._files / f"{self._number}.sh"
        output, errors = script.with_suffix(".out"), script.with_suffix(".err")
        script.write_text(text, encoding="utf-8")
        assert self._process.stdin is not None
        end = self._end_of_shell  # nothing that a block leaves running may hold it
        self._process.stdin.write(
            f'. "{script}" > "{output}" 2> "{errors}" < /dev/null {end}>&-; echo >&{end}\n'
        )
        self._process.stdin.flush()

        is_ready, _, _ = select.select([self._ends], [], [], LIMIT_SECONDS)
        has_ended = is_ready and os.read(self._ends, 1)
        printed = output.read_text(encoding="utf-8")
        assert has_ended, f"{text}\n{printed}{errors.read_text(encoding='utf-8')}"
        return printed

    def environment(self) -> dict[str, str]:
        """Return the variables that the shell passes to its programs."""
        pairs = self.run("env --null").split("\0")
        return dict(pair.split("=", 1) for pair in pairs if pair)

    def close(self) -> None:
        """End the shell and every program that it has left running."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        os.close(self._ends)
        end_group(self._process.pid)


def end_group(group_id: int) -> None:
    """End the processes of a group, those that ignore it by force."""
    deadline = time.monotonic() + END_SECONDS
    with suppress(ProcessLookupError):
        os.killpg(group_id, signal.SIGTERM)
        while time.monotonic() < deadline:
            os.killpg(group_id, 0)
            time.sleep(POLL_SECONDS)
        os.killpg(group_id, signal.SIGKILL)


class Session:
    """A session of Python: later programs see the names of earlier ones."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self._connection, theirs = create_pipe()
        self._child = start_child(run_session, theirs, str(directory), environment)
        theirs.close()

    def run(self, page: str, text: str) -> str:
        """Run a program and return what it prints; fail with its traceback."""
        self._connection.send((page, text))
        output, failure = self._connection.recv()
        assert not failure, f"{text}\n{output}{failure}"
        return str(output)

    def close(self) -> None:
        """End the session."""
        self._connection.close()
        self._child.join()


class Reader:
    """Follows pages in one directory, which lies next to a checkout and is empty at first."""

    def __init__(self, files: Path, command: str, variables: Mapping[str, str]) -> None:
        self.directory = files / "work"
        self.directory.mkdir()
        home = files / "home"
        home.mkdir()
        checkout = files / CHECKOUT
        checkout.mkdir()
        for path in ROOT.iterdir():
            (checkout / path.name).symlink_to(path)
        virtual_environment = checkout / ".venv"
        virtual_environment.unlink(missing_ok=True)
        virtual_environment.symlink_to(sys.prefix)

        programs = virtual_environment / "bin"
        self._shell = Shell(
            self.directory,
            files,
            {
                "HOME": str(home),
                "LANG": "C.UTF-8",
                "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
                **variables,
            },
        )
        self._shell.run(command)
        self._session: Session | None = None

    def follow(self, page: Path, example: Example) -> str:
        """Save the file of an example, or run the example and return what it prints."""
        if example.file:
            path = self.directory / example.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(example.text, encoding="utf-8")
            return ""

        if example.language == "sh":
            return self._shell.run(example.text)

        if self._session is None:
            self._session = Session(self.directory, self._shell.environment())
        return self._session.run(page.name, example.text)

    def close(self) -> None:
        """End everything that the pages have started."""
        if self._session is not None:
            self._session.close()
        self._shell.close()


@contextmanager
def reader(files: Path, variables: Mapping[str, str] | None = None) -> Generator[Reader]:
    """Yield a reader in an empty directory whose shell has the variables besides the usual ones."""
    with command_server(files) as command:
        follower = Reader(files, command, variables or {})
        try:
            yield follower
        finally:
            follower.close()

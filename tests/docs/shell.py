"""Run lines in a shell as a reader would; the `indelible` command runs in this process.

Importing the command takes a second and a half, which would be most of the time of all pages.
"""

import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import chdir, contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, UnixStreamServer
from tempfile import TemporaryDirectory
from threading import Thread
from unittest.mock import patch

from click.testing import CliRunner

from indelible_service.cli import main

CLIENT = """
import json, os, socket, sys

with socket.socket(socket.AF_UNIX) as server:
    server.connect(sys.argv[1])
    request = {
        "arguments": sys.argv[2:],
        "directory": os.getcwd(),
        "environment": dict(os.environ),
    }
    server.sendall(json.dumps(request).encode() + b"\\n")
    response = json.loads(server.makefile().read())

sys.stdout.write(response["stdout"])
sys.stderr.write(response["stderr"])
sys.exit(response["exit_code"])
"""


class CommandHandler(StreamRequestHandler):
    """Runs a command in the directory and the environment of its client."""

    def handle(self) -> None:
        """Read one request, run the command, and send its output."""
        request = json.loads(self.rfile.readline())
        environment = patch.dict(os.environ, request["environment"], clear=True)
        with chdir(request["directory"]), environment:
            result = CliRunner().invoke(main, request["arguments"])

        response = {
            "stdout": result.stdout,
            "stderr": result.stderr,
            "exit_code": result.exit_code,
        }
        self.wfile.write(json.dumps(response).encode())


@contextmanager
def command_server() -> Generator[str]:
    """Serve the command during the block; yield its definition for a shell."""
    with TemporaryDirectory() as directory:
        address = f"{directory}/commands"
        client = Path(directory) / "client.py"
        client.write_text(CLIENT, encoding="utf-8")
        with UnixStreamServer(address, CommandHandler) as server:
            thread = Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield f'indelible() {{ "{sys.executable}" -I -S "{client}" "{address}" "$@"; }}\n'
            finally:
                server.shutdown()
                thread.join()


def run_in_shell(text: str) -> str:
    """Run some lines and return what they print; fail if one of them fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with command_server() as definition:
        result = subprocess.run(
            ("/bin/bash", "-euo", "pipefail", "-c", definition + text),
            env={**os.environ, "PATH": path, "PYTHONWARNINGS": ""},
            check=False,
            capture_output=True,
            text=True,
        )

    assert result.returncode == 0, f"{text}\n{result.stdout}{result.stderr}"
    return result.stdout

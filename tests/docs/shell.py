"""Lines for a shell, as a reader would run them; the `indelible` command alone is answered here, loaded already."""

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

# A second and a half of imports for each command would be most of the time that all pages take.
CLIENT = """
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect(sys.argv[1])
    said = {"arguments": sys.argv[2:], "place": os.getcwd(), "environment": dict(os.environ)}
    server.sendall(json.dumps(said).encode() + b"\\n")
    answer = json.loads(server.makefile().read())
sys.stdout.write(answer["out"])
sys.stderr.write(answer["err"])
sys.exit(answer["code"])
"""


class Commands(StreamRequestHandler):
    """Runs a command in the place and the environment of whoever asks."""

    def handle(self) -> None:
        asked = json.loads(self.rfile.readline())
        with chdir(asked["place"]), patch.dict(os.environ, asked["environment"], clear=True):
            result = CliRunner().invoke(main, asked["arguments"])
        answer = {"out": result.stdout, "err": result.stderr, "code": result.exit_code}
        self.wfile.write(json.dumps(answer).encode())


@contextmanager
def answered() -> Generator[str]:
    """The definition of the command, for a shell, as long as the block lasts."""
    with TemporaryDirectory() as directory:
        address, client = f"{directory}/commands", Path(directory) / "client.py"
        client.write_text(CLIENT, encoding="utf-8")
        with UnixStreamServer(address, Commands) as server:
            thread = Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield f'indelible() {{ "{sys.executable}" -I -S "{client}" "{address}" "$@"; }}\n'
            finally:
                server.shutdown()
                thread.join()


def in_a_shell(text: str) -> str:
    """What the lines print; it fails where one of them does."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with answered() as definition:
        done = subprocess.run(
            ("/bin/bash", "-euo", "pipefail", "-c", definition + text),
            env={**os.environ, "PATH": path, "PYTHONWARNINGS": ""},
            check=False,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
    return done.stdout

"""`up` and `up --full` are one product, which starts anywhere its user may write."""

import json
import os
import pwd
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from attrs import field, frozen
from tests.conftest import folder
from tests.service.conftest import foreign_variables
from tests.service.full_runs import OWN_PORT, refused_starts
from tests.service.processes import (
    TIMEOUT_SECONDS,
    get,
    only_choice_of_ports,
    read_json_line,
    start_command,
    start_program,
    stop_command,
)

pytestmark = pytest.mark.slow

ROOT = 0
# A user without the rights of root, and without a home.
ACCOUNT = pwd.getpwnam("nobody")
READ_EVERYWHERE = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")

# The program of a process that runs several commands, which costs one start.
COMMANDS = """
import json, sys
from indelible_service.__main__ import main
from click.testing import CliRunner

documents = []
for words in json.loads(sys.argv[1]):
    result = CliRunner().invoke(main, [*words, "--json"], catch_exceptions=False)
    assert (result.exit_code, result.stderr) == (0, ""), (words, result.output)
    documents.append(json.loads(result.stdout))
print(json.dumps(documents))
"""


@frozen
class User:
    """A user in a directory: the options and the environment of the processes."""

    cwd: Path
    python: Sequence[str] = (sys.executable,)
    options: dict[str, Any] = field(factory=dict[str, Any])
    environment: dict[str, str] = field(factory=dict[str, str])

    @contextmanager
    def start(self, *words: str) -> Generator[subprocess.Popen[str]]:
        """Start an instance that chooses its port."""
        settings = {"INDELIBLE_PORT": OWN_PORT, **self.environment}
        with start_program(
            self.python, *words, cwd=self.cwd, settings=settings, options=self.options
        ) as process:
            yield process

    def run(self, *commands: Sequence[str]) -> list[Any]:
        """Run commands without any setting, all in one process, and return the JSON of each."""
        result = subprocess.run(
            (*self.python, "-c", COMMANDS, json.dumps(commands)),
            cwd=self.cwd,
            env={**foreign_variables(), **self.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
            **self.options,
        )
        assert (result.returncode, result.stderr) == (0, ""), commands
        documents: list[Any] = json.loads(result.stdout)
        return documents


def new_user(cwd: Path) -> User:
    """Return another user than root, with a Python that this user can start."""
    if os.geteuid() != ROOT:
        return User(cwd)

    os.chown(cwd, ACCOUNT.pw_uid, ACCOUNT.pw_gid)
    options = {"user": ACCOUNT.pw_uid, "group": ACCOUNT.pw_gid, "extra_groups": ()}
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HOME": ACCOUNT.pw_dir}
    if can_start_python(options):
        return User(cwd, (sys.executable,), options, environment)

    # This Python is in root's home: the user gets the right to read it, and no other one.
    account = (f"--reuid={ACCOUNT.pw_uid}", f"--regid={ACCOUNT.pw_gid}", "--clear-groups")
    return User(cwd, ("setpriv", *account, *READ_EVERYWHERE, sys.executable), {}, environment)


def can_start_python(options: dict[str, Any]) -> bool:
    """Return whether the user of the options can start this Python."""
    try:
        subprocess.run((sys.executable, "-c", ""), check=True, capture_output=True, **options)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


@pytest.fixture(params=["new user", "home", "private directory"])
def user(request: pytest.FixtureRequest) -> Generator[User]:
    """Return a user in a new directory: another one, or this one in places of its own."""
    with (
        only_choice_of_ports(),
        folder() as path,
        TemporaryDirectory(dir=Path.home()) as home,
    ):
        private = path / "private" / "directory"
        if request.param == "new user":
            path.chmod(0o755)
            yield new_user(path)
        elif request.param == "home":
            yield User(Path(home))
        else:
            private.parent.mkdir(mode=0o700)
            private.mkdir()
            yield User(private)


def owners_of(keys: Sequence[dict[str, Any]]) -> set[str]:
    """Return the owners of listed keys."""
    return {key["owner"] for key in keys}


def test_up_and_up_full_take_turns_in_one_directory_and_no_command_needs_a_url(user: User) -> None:
    with user.start("up", "--json") as process:
        small = read_json_line(process)
        _, keys, (concept, *_) = user.run(("demo",), ("key", "list"), ("list",))
        changes, one_change = user.run(("history", concept["id"]), ("history", "--limit", "1"))
        assert stop_command(process, signal.SIGINT) == 0

    owners = owners_of(keys)
    assert {"user:admin", "user:maya"} <= owners
    assert one_change
    assert len(changes) == concept["seq"]

    with user.start("up", "--full", "--json") as process:
        full = read_json_line(process)
        steps, keys, findings = user.run(("demo",), ("key", "list"), ("verify",))
        assert steps[0]["text"].endswith("of 51 concepts.")
        assert owners_of(keys) == owners
        assert findings == []
        assert get(full["address"], "/v1/concepts", full["key"])[0] == 200
        assert get(full["address"], "/v1/concepts", small["key"])[0] == 401
        assert stop_command(process, signal.SIGINT) == 0

    with user.start("up", "--json") as process:
        again = read_json_line(process)
        assert get(again["address"], "/v1/concepts", small["key"])[0] == 200
        assert stop_command(process) == 0

    assert again["key"] is None
    assert again["address"] == full["address"] == small["address"]
    for instance in (small, full):
        assert (user.cwd / instance["key_file"]).read_text() == instance["key"]


def test_a_second_instance_in_a_directory_says_in_one_line_where_the_first_one_is() -> None:
    """Test it with `up`; `test_full.py` has the test with `up --full`."""
    with folder() as path, start_command("up", "--json", cwd=path) as process:
        address = read_json_line(process)["address"]
        refusals = refused_starts(path)
        assert stop_command(process) == 0

    for refusal in refusals:
        assert refusal.exit_code == 3
        assert refusal.line.startswith("ALREADY_RUNNING: ")
        assert all(text in refusal.line for text in (str(path), address, str(process.pid)))


def test_a_chosen_port_is_never_replaced(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        with start_command("up", "--json", cwd=tmp_path, INDELIBLE_PORT=port) as process:
            assert process.wait(TIMEOUT_SECONDS) == 3

    error = json.loads((tmp_path / "log").read_text().splitlines()[-1])
    assert (error["code"], error["detail"]["port"]) == ("CANNOT_LISTEN", int(port))

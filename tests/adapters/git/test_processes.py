"""Git runs in a process group of its own that ends with its limits, and inherits nothing."""

import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import psutil
import pytest
from attrs import define, field

from indelible.projects.errors import GitFailed
from indelible_git.git import Git
from indelible_git.limits import GitLimits
from indelible_git.processes import (
    Command,
    Completed,
    OutputTooLarge,
    ProcessTooSlow,
    UnwatchedGroups,
    run,
)


class Stopped(Exception):
    """The request of a worker to stop."""


@define(eq=False)
class Groups:
    """The process groups of a task, in the order of their registration."""

    seen: list[int] = field(factory=list[int])
    open: set[int] = field(factory=set[int])
    refuses: bool = False

    @contextmanager
    def process_group(self, group_id: int) -> Generator[None]:
        assert os.getpgid(group_id) == group_id
        self.seen.append(group_id)
        if self.refuses:
            raise Stopped
        self.open.add(group_id)
        try:
            yield
        finally:
            os.getpgid(group_id)  # the leader was not waited for, so its id is still taken
            self.open.remove(group_id)


def shell(script: str, tmp_path: Path, groups: Groups, seconds: float = 60.0) -> Completed:
    command = Command(
        arguments=("/bin/sh", "-c", script),
        folder=tmp_path,
        environment={"PATH": os.environ["PATH"]},
        seconds=seconds,
        max_output_bytes=10_000,
    )
    return run(command, groups)


def wait_until_ended(group_id: int) -> None:
    while True:
        members = [p for p in psutil.process_iter() if _group(p) == group_id]
        if not members:
            return
        time.sleep(0.01)


def _group(process: psutil.Process) -> int | None:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return os.getpgid(process.pid)
    except (psutil.NoSuchProcess, ProcessLookupError):
        return None


def test_output_and_exit_code_are_returned(tmp_path: Path) -> None:
    groups = Groups()
    completed = shell("cat; echo out; echo err >&2; exit 3", tmp_path, groups)

    assert completed == Completed(3, b"out\n", b"err\n")
    assert len(groups.seen) == 1
    assert groups.open == set()


@pytest.mark.parametrize(
    "script",
    [
        "sleep 99 & sleep 99",
        "trap '' TERM; sleep 99 & sleep 99",  # it does not end when asked
        "exec >&- 2>&-; sleep 99",  # its output has ended
    ],
)
def test_a_process_that_is_too_slow_ends_with_its_children(tmp_path: Path, script: str) -> None:
    groups = Groups()
    with pytest.raises(ProcessTooSlow):
        shell(script, tmp_path, groups, seconds=0.2)

    wait_until_ended(groups.seen[0])


def test_a_process_deletes_its_locks_before_it_is_killed(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with pytest.raises(ProcessTooSlow):
        shell("trap 'rm lock; exit' TERM; touch lock; sleep 99 & wait", tmp_path, Groups(), 0.2)

    assert not lock.exists()


def test_a_process_that_prints_too_much_is_ended(tmp_path: Path) -> None:
    groups = Groups()
    with pytest.raises(OutputTooLarge):
        shell("while :; do echo xxxxxxxxxxxxxxxx; done", tmp_path, groups)

    wait_until_ended(groups.seen[0])


def test_a_task_that_must_stop_starts_nothing_that_stays(tmp_path: Path) -> None:
    groups = Groups(refuses=True)
    with pytest.raises(Stopped):
        shell("sleep 99", tmp_path, groups)

    wait_until_ended(groups.seen[0])


def test_a_watch_that_fails_ends_the_process(tmp_path: Path) -> None:
    def refuse() -> NoReturn:
        raise Stopped

    groups = Groups()
    waiting = "alias.wait=!sleep 99"
    with pytest.raises(Stopped):
        Git(groups=groups).run("-c", waiting, "wait", folder=tmp_path, watch=refuse)

    wait_until_ended(groups.seen[0])


def test_nothing_of_the_environment_reaches_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_DIR", "GIT_TRACE", "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "canary")
    config = tmp_path / ".gitconfig"
    config.write_text("[user]\n\tname = canary\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    output = Git().output("config", "--list", folder=tmp_path)
    assert b"canary" not in output
    output = Git().output("-c", "alias.env=!env", "env", folder=tmp_path)
    assert b"canary" not in output
    assert b"GIT_TERMINAL_PROMPT=0" in output


def test_a_signal_or_a_missing_program_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(GitFailed, match="signal 9"):
        Git().run("-c", "alias.die=!kill -9 $PPID", "die", folder=tmp_path)
    with pytest.raises(GitFailed, match="does not exist"):
        Git().run("version", folder=tmp_path / "missing")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GitFailed, match="does not exist"):
        Git().run("version", folder=tmp_path)


def test_limits_of_git_are_failures_of_its_command(tmp_path: Path) -> None:
    slow = Git(limits=GitLimits(command_seconds=0.2))
    with pytest.raises(GitFailed, match="longer than"):
        slow.run("-c", "alias.wait=!sleep 99", "wait", folder=tmp_path)
    loud = Git(limits=GitLimits(max_output_bytes=10))
    with pytest.raises(GitFailed, match="more than 10 bytes"):
        loud.run("help", "-a", folder=tmp_path)


@pytest.mark.parametrize("version", ["2.30.9", "1.99.0", "unknown"])
def test_a_git_that_ignores_our_configuration_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    program = tmp_path / "git"
    program.write_text(f"#!/bin/sh\necho git version {version}\n")
    program.chmod(0o755)
    Git().require_version(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    with pytest.raises(GitFailed, match=version):
        Git().require_version(tmp_path)


def test_errors_name_no_secret_and_have_one_line(tmp_path: Path) -> None:
    git = Git(secrets=("hunter2",))
    failed = Completed(1, b"", b"fatal: hunter2 at https://a:b@example.org/x\n\x1b[31mred\n")

    assert git.reason(failed) == "fatal: *** at https://***@example.org/x; [31mred"
    assert "hunter2" not in repr(git)
    assert isinstance(git.groups, UnwatchedGroups)
    assert tmp_path.exists()

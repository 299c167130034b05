"""Run git with an empty environment, so that no file but the repository's own decides anything."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from attrs import field, frozen

from indelible.projects.errors import GitFailed
from indelible.projects.ports import ProcessGroups
from indelible_git.limits import GitLimits
from indelible_git.processes import (
    Command,
    Completed,
    OutputTooLarge,
    ProcessTooSlow,
    UnwatchedGroups,
    run,
)
from indelible_git.texts import mask, one_line

MAX_REASON_CHARACTERS: Final = 500
VERSION: Final = re.compile(r"git version (?P<major>\d+)\.(?P<minor>\d+)")
# An older git ignores GIT_CONFIG_COUNT, and would run the hooks of a repository.
MIN_VERSION: Final = (2, 31)
NOWHERE: Final = "/dev/null"  # as a folder it does not exist, and nobody can put a file into it

# These hold for every command; the environment overrides the repository's own configuration.
CONFIGURATION: Final = {
    "advice.detachedHead": "false",
    "commit.gpgSign": "false",
    "core.attributesFile": NOWHERE,
    "core.autocrlf": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": NOWHERE,
    "core.sshCommand": "false",
    "core.symlinks": "false",
    "core.untrackedCache": "false",
    "credential.helper": "",  # an empty value removes all helpers
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    "i18n.commitEncoding": "UTF-8",
    "i18n.logOutputEncoding": "UTF-8",
    "init.defaultBranch": "main",
    "log.showSignature": "false",
    "maintenance.auto": "false",
    "protocol.version": "2",
    "push.gpgSign": "false",
    "push.recurseSubmodules": "no",
    "submodule.recurse": "false",
    "transfer.bundleURI": "false",
}


@frozen(kw_only=True)
class Git:
    """The git program with its configuration, its limits and the groups of its processes.

    `protocols` are the transports that git may use, such as `https`, separated by colons.
    `repository` is the repository of every command; without it, git looks for one in the folder.
    `secrets` are masked in every error.
    """

    protocols: str = "file"
    repository: Path | None = None
    configuration: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    limits: GitLimits = field(factory=GitLimits)
    groups: ProcessGroups = field(factory=UnwatchedGroups)

    def run(
        self,
        *arguments: str,
        folder: Path,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
        seconds: float | None = None,
        watch: Callable[[], None] | None = None,
    ) -> Completed:
        """Run a command in a folder and return its exit code and output, also if it fails.

        Raises:
            GitFailed: A limit was exceeded, a signal ended git, or git is not installed.
            PerformStopped: The task was asked to stop.
        """
        command = Command(
            arguments=("git", *arguments),
            folder=folder,
            environment={**self._environment(), **(environment or {})},
            stdin=stdin,
            seconds=seconds or self.limits.command_seconds,
            max_output_bytes=self.limits.max_output_bytes,
            watch=watch,
        )
        name = arguments[0]
        try:
            completed = run(command, self.groups)
        except ProcessTooSlow as error:
            raise GitFailed(name, f"it took longer than {error.seconds:g} seconds") from None
        except OutputTooLarge as error:
            raise GitFailed(name, f"it printed more than {error.max_bytes} bytes") from None
        except FileNotFoundError:
            raise GitFailed(name, "the program or its folder does not exist") from None
        if completed.code < 0:
            raise GitFailed(name, f"signal {-completed.code} ended it")

        return completed

    def output(
        self,
        *arguments: str,
        folder: Path,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return the output of a command that must succeed. Raises GitFailed."""
        completed = self.run(*arguments, folder=folder, stdin=stdin, environment=environment)
        if completed.code:
            raise GitFailed(arguments[0], self.reason(completed))

        return completed.stdout

    def require_version(self, folder: Path) -> None:
        """Raise GitFailed if git is too old to read its configuration from the environment."""
        output = self.output("version", folder=folder).decode(errors="replace")
        match = VERSION.search(output)
        if match is None or (int(match["major"]), int(match["minor"])) < MIN_VERSION:
            expected = ".".join(str(number) for number in MIN_VERSION)
            raise GitFailed("version", f"expected {expected} or later, got {output.strip()}")

    def reason(self, completed: Completed) -> str:
        """Return the messages of a failed command on one line, without secrets."""
        lines = completed.stderr.decode(errors="replace").splitlines()
        text = self.mask("; ".join(line.strip() for line in lines if line.strip()))
        return one_line(text, MAX_REASON_CHARACTERS) or f"exit code {completed.code}"

    def mask(self, text: str) -> str:
        """Return the text without secrets and without users of addresses."""
        return mask(text, self.secrets)

    def _environment(self) -> dict[str, str]:
        """Return the whole environment of a command; nothing is inherited but PATH."""
        configuration = {**CONFIGURATION, **self.configuration}
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": NOWHERE,
            "XDG_CONFIG_HOME": NOWHERE,
            "LC_ALL": "C",
            "TZ": "UTC",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": NOWHERE,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "",
            "GIT_ALLOW_PROTOCOL": self.protocols,
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_CONFIG_COUNT": str(len(configuration)),
        }
        if self.repository is not None:
            environment["GIT_DIR"] = str(self.repository)
        for number, (key, value) in enumerate(configuration.items()):
            environment[f"GIT_CONFIG_KEY_{number}"] = key
            environment[f"GIT_CONFIG_VALUE_{number}"] = value

        return environment

"""A shell of an operator, in which the steps of a runbook run one after the other."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import Final

from attrs import define, frozen
from tests.runbooks.pages import Step

LONGEST_SECONDS: Final = 120  # of the machine, for one step
LOOK_SECONDS: Final = 0.05
READ_BYTES: Final = 65_536


@frozen(kw_only=True)
class Done:
    """A step that has run: what it printed, with its errors, and its exit status."""

    step: Step
    observed: str
    status: int

    @property
    def is_as_expected(self) -> bool:
        """Return True if the step has succeeded, and printed what the page says."""
        return self.status == 0 and self.step.is_met_by(self.observed)

    def __str__(self) -> str:
        return (
            f"line {self.step.line}: $ {self.step.command}\n{self.observed}"
            f"[{self.status}; expected:]\n" + "\n".join(self.step.expected)
        )


@define(eq=False)
class Shell:
    """A Bash whose variables live from step to step; it knows nothing but its environment."""

    _process: subprocess.Popen[bytes]
    _let_time_pass: Callable[[], object]

    def run(self, step: Step) -> Done:
        """Run a step while time passes, and return what has come of it.

        A step that sets a variable fails if it is empty, unless the next one of the page asks that.
        """
        assert self._process.stdin is not None
        mark = secrets.token_hex(8)
        lines = [step.command, f'echo "{mark} $?"']
        if step.required_variable:
            lines.insert(1, f'[ $? = 0 -a -n "${step.required_variable}" ]')
        self._process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self._process.stdin.flush()
        output, status = self._read_until(mark)
        return Done(step=step, observed=output, status=status)

    def _read_until(self, mark: str) -> tuple[str, int]:
        assert self._process.stdout is not None
        text = ""
        deadline = time.monotonic() + LONGEST_SECONDS
        with DefaultSelector() as selector:
            selector.register(self._process.stdout, EVENT_READ)
            while mark not in text or not text.endswith("\n"):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"a step did not end: {text}")
                if selector.select(LOOK_SECONDS):
                    read = os.read(self._process.stdout.fileno(), READ_BYTES)
                    if not read:
                        raise EOFError(f"the shell has ended: {text}")
                    text += read.decode(errors="replace")
                else:
                    self._let_time_pass()
        output, _, status = text.rpartition(mark)
        return output, int(status)


@contextmanager
def shell(
    folder: Path, variables: Mapping[str, str], let_time_pass: Callable[[], object]
) -> Generator[Shell]:
    """Open a shell in a folder whose environment has nothing but the variables and the path."""
    programs = Path(sys.executable).parent
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(folder), **variables}
    with subprocess.Popen(
        ["/bin/bash", "--noprofile", "--norc", "-o", "pipefail"],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            yield Shell(process, let_time_pass)
        finally:
            process.kill()

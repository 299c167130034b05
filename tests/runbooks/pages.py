"""The pages of runbooks: their sections, and the steps that an operator copies from them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import evolve, frozen
from tests.architecture.sources import ROOT

from indelible.failure_modes import FOLDER

SECTIONS: Final = ("Detect", "Diagnose", "Recover", "Verify", "Roll back", "Escalate")
FENCE: Final = "```"
LANGUAGE: Final = "console"
PROMPT: Final = "$ "
SETTING: Final = re.compile(r"(?P<name>[A-Z_]+)=\$\(")
ANY: Final = "..."  # any text in a line; alone in its line any lines


@frozen(kw_only=True)
class Step:
    """A command of a runbook, and the lines that it is expected to print.

    `required_variable` is what it sets and later steps use, '' unless it is a command of that kind.
    """

    section: str
    command: str
    expected: tuple[str, ...]
    line: int
    required_variable: str = ""

    def is_met_by(self, observed: str) -> bool:
        """Return True if the output is the expected one."""
        lines = "".join(f"{line}\n" for line in observed.splitlines())
        return _pattern(self.expected).fullmatch(lines) is not None


@frozen(kw_only=True)
class Runbook:
    """A page: its name, its sections in order, and its steps."""

    name: str
    text: str
    sections: tuple[str, ...]
    steps: tuple[Step, ...]


def page_of(name: str) -> Path:
    """Return the file of a runbook."""
    return ROOT / FOLDER / f"{name}.md"


def read_runbook(name: str) -> Runbook:
    """Return the runbook with this name."""
    text = page_of(name).read_text(encoding="utf-8")
    return Runbook(
        name=name,
        text=text,
        sections=tuple(re.findall("^## (.+)$", text, re.MULTILINE)),
        steps=tuple(_with_variable(step, text) for step in _steps(text)),
    )


def _with_variable(step: Step, text: str) -> Step:
    """Return a step with the variable that it sets, unless the page asks whether it is empty."""
    setting = SETTING.match(step.command)
    if setting is None or f'-z "${setting["name"]}"' in text:
        return step
    return evolve(step, required_variable=setting["name"])


def _steps(text: str) -> Iterator[Step]:
    section, is_inside = "", False
    command, expected, began = "", list[str](), 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("## "):
            section = line.removeprefix("## ")
        if line.startswith(FENCE) or (is_inside and line.startswith(PROMPT)):
            if command:
                yield Step(section=section, command=command, expected=tuple(expected), line=began)
            command, expected = "", []
        if line.startswith(FENCE):
            is_inside = line.removeprefix(FENCE) == LANGUAGE
        elif is_inside and line.startswith(PROMPT):
            command, began = line.removeprefix(PROMPT), number
        elif is_inside and command.endswith("\\") and not expected:
            command += f"\n{line}"
        elif is_inside:
            expected.append(line)


def _pattern(expected: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the lines of an output."""
    pieces: list[str] = []
    for line in expected:
        if line == ANY:
            pieces.append(r"(?:.*\n)*")
        else:
            pieces.append(".*".join(map(re.escape, line.split(ANY))) + r"\n")
    return re.compile("".join(pieces))

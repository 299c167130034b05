"""The page of settings."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs.generators.markdown import cell, coded, page, table

from indelible.kernel import IndelibleError
from indelible_service.settings.service import Settings, all_setting_fields

EXAMPLE_FILE = Path(__file__).parents[2] / ".env.example"
EXAMPLE = re.compile(r"((?:^# .*\n)+)^(\w+)=", re.MULTILINE)
LEAD = """
Settings are read from the environment and from `.env` in the directory where the process starts;
the environment wins. A blank variable leaves its default. All faults are reported at once, by
name, and never with the value, which may be a secret. `.env.example` lists the same variables. The
libraries read none of them when they are used without the service: see [hooks](hooks.md).
"""


def settings_page() -> str:
    """Return the page of every variable with its meaning, format and default."""
    return page(
        "Settings", LEAD.lstrip(), table(("variable", "meaning", "must be", "default"), _rows())
    )


def _rows() -> Iterator[tuple[str, ...]]:
    meaning_by_variable = dict(meanings())
    for attribute in all_setting_fields():
        variable = attribute.metadata["variable"]
        default_text = setting_default(attribute)
        meaning = meaning_by_variable[variable].removesuffix(f" Default: {default_text}.")
        yield coded(variable), meaning, accepted_format(variable), coded(default_text)


def setting_default(attribute: Any) -> str:  # noqa: ANN401 - attrs leaves it open
    """Return the default of a setting as an operator would write it."""
    value = attribute.default
    if isinstance(value, bool):
        return "on" if value else "off"
    if value in (None, b"", ()):
        return ""
    return str(value)


def meanings() -> Iterator[tuple[str, str]]:
    """Yield each variable with its comment in `.env.example`."""
    for comment, variable in EXAMPLE.findall(EXAMPLE_FILE.read_text(encoding="utf-8")):
        lines = [line.removeprefix("# ") for line in comment.splitlines()]
        yield variable, cell(" ".join(lines))


def accepted_format(variable: str) -> str:
    """Return the accepted format, as the error for an invalid value names it."""
    try:
        Settings.read({variable: "?"})
    except IndelibleError as error:
        problem = str(error.detail["problems"][0])
        return cell(problem.removeprefix(f"{variable} must be "))

    return "any text"

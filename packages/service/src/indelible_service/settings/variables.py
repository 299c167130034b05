"""Read the variables of `.env`, and find variables with our prefix that are no settings."""

import difflib
import os
from collections.abc import Collection, Iterable
from io import StringIO
from pathlib import Path
from typing import Final

from dotenv.parser import Binding, parse_stream

PREFIX: Final = "INDELIBLE_"
# Variables with our prefix that the service does not read itself: those of `indelible demo` and
# `indelible ops`, of compose.yaml and of this repository's tests.
OTHER_VARIABLES: Final = {
    "INDELIBLE_APP_PASSWORD",
    "INDELIBLE_CHROMIUM",
    "INDELIBLE_IMAGES",
    "INDELIBLE_KEY",
    "INDELIBLE_OWNER_PASSWORD",
    "INDELIBLE_REDIS_PASSWORD",
    "INDELIBLE_URL",
}
TESTS_PREFIX: Final = "INDELIBLE_TEST_"
MIN_SIMILARITY: Final = 0.6


def read_file(path: Path, problems: list[str]) -> dict[str, str]:
    """Return the variables of a `.env` file, and add a line to the problems for each wrong line.

    A problem names the number of the line and never its text, which may contain a secret.
    """
    if not os.access(path, os.F_OK):
        return {}

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        problems.append(f"{path} must be a readable file of UTF-8 text ({type(error).__name__})")
        return {}

    return _values(path, parse_stream(StringIO(text)), problems)


def _values(path: Path, bindings: Iterable[Binding], problems: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for binding in bindings:
        if binding.error or (binding.key is not None and binding.value is None):
            lines = binding.original.string.lstrip("\n")
            skipped = len(binding.original.string) - len(lines)
            problems.append(f"line {binding.original.line + skipped} of {path} must be NAME=value")
        elif binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value

    return values


def unknown_variables(names: Iterable[str], settings: Collection[str]) -> list[str]:
    """Return a problem for each name with our prefix that is no setting, with the nearest one."""
    problems: list[str] = []
    for name in names:
        capitals = name.upper()
        is_ours = capitals.startswith(PREFIX) and not capitals.startswith(TESTS_PREFIX)
        if not is_ours or name in settings or name in OTHER_VARIABLES:
            continue

        problem = f"{name} is not a setting"
        nearest = difflib.get_close_matches(capitals, settings, 1, MIN_SIMILARITY)
        if nearest:
            problem += f"; the nearest one is {nearest[0]}"
        problems.append(problem)

    return problems

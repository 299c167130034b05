"""Each distribution and context has a short CLAUDE.md, and everything that it names exists."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.architecture.pages import PLACES, code, definitions
from tests.architecture.sources import ROOT, SOURCES, modules

from indelible_sql.contexts import CATALOG

MAX_LINES = 30
PARTS = ("**Owns:** ", "**Does not own:** ", "**Lifecycles:** ", "**Ports:** ")
INVARIANTS = "Invariants and their tests:"
WITH_CONTEXTS = ("indelible", "indelible_sql", "indelible_web")
NOT_CONTEXTS = {"kernel", "memory", "reactions", "testing"}
IDENTIFIER = re.compile(r"[A-Za-z_]\w*(\.\w+)*")
COMMANDS = {"indelible", "up"}
SETTINGS_FILE = ".env"


def contexts() -> list[str]:
    """Return the names of the contexts of core."""
    packages = sorted(path.parent.name for path in SOURCES["indelible"].glob("*/__init__.py"))
    return [name for name in packages if name not in NOT_CONTEXTS]


def folders() -> list[Path]:
    """Return every folder that needs a CLAUDE.md."""
    distributions = [package.parents[1] for package in SOURCES.values()]
    of_contexts = [
        SOURCES[name] / context
        for name in WITH_CONTEXTS
        for context in contexts()
        if (SOURCES[name] / context).exists()
    ]
    return [*distributions, *of_contexts, SOURCES["indelible"] / "kernel"]


@cache
def all_definitions() -> frozenset[str]:
    """Return the dotted names that any distribution defines, without their modules."""
    names: set[str] = set()
    for path in modules():
        names |= definitions(path)

    return frozenset(names)


def exists(name: str, folder: Path) -> bool:
    """Return whether a name in the CLAUDE.md of a folder is a file, a path or a definition."""
    if name in COMMANDS or name == SETTINGS_FILE or name.startswith("/v1/"):
        return True
    starts = (folder, *folder.glob("src/*"), *PLACES)
    if any((start / name).exists() for start in starts):
        return True
    if not IDENTIFIER.fullmatch(name):
        return False

    defined = all_definitions()
    return name in defined or name.rpartition(".")[2] in defined or is_declared(name)


def is_declared(name: str) -> bool:
    """Return whether a name is a lifecycle or a table."""
    return name in CATALOG.heads_by_lifecycle or any(
        f'"{name}"' in path.read_text(encoding="utf-8") for path in modules("indelible_sql")
    )


def lifecycles(name: str) -> set[str]:
    """Return the names of the lifecycles that a context, or the kernel, registers."""
    return {lifecycle.name for lifecycle in CATALOG.context_by_name[name].heads.values()}


def faults(folder: Path, text: str) -> Iterator[str]:
    """Yield everything that is wrong with the CLAUDE.md of a folder."""
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        yield f"{len(lines)} lines, expected at most {MAX_LINES}"
    for part in PARTS:
        if sum(line.startswith(part) for line in lines) != 1:
            yield f"expected one line that starts with {part}"

    _, heading, invariants = text.partition(INVARIANTS)
    if not heading:
        yield f"expected a line {INVARIANTS}"
    for line in invariants.strip().splitlines():
        if not any(name.startswith("tests/") for name in code(line)):
            yield f"no test: {line}"
    for name in code(text):
        if not exists(name, folder):
            yield f"{name} does not exist"


def named_lifecycles(text: str) -> set[str]:
    """Return the names in the line of the lifecycles."""
    line = next(line for line in text.splitlines() if line.startswith("**Lifecycles:**"))
    return set(code(line))


@pytest.mark.parametrize("folder", folders(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_claude_md_is_short_and_names_what_exists(folder: Path) -> None:
    text = (folder / "CLAUDE.md").read_text(encoding="utf-8")

    assert list(faults(folder, text)) == []


@pytest.mark.parametrize("name", [*contexts(), "kernel"])
def test_a_context_names_exactly_its_lifecycles(name: str) -> None:
    path = SOURCES["indelible"] / name / "CLAUDE.md"
    problem = f"correct the line **Lifecycles:** of {path.relative_to(ROOT)}"

    named = named_lifecycles(path.read_text(encoding="utf-8"))

    assert named == lifecycles(name), problem


def test_no_wheel_contains_a_claude_md() -> None:
    for package in SOURCES.values():
        settings = (package.parents[1] / "pyproject.toml").read_text(encoding="utf-8")
        assert 'exclude = ["CLAUDE.md"]' in settings


CLEAN = """# Rows

**Owns:** `Concept`.
**Does not own:** `http/`.
**Lifecycles:** `concept`.
**Ports:** `Store`.

Invariants and their tests:

- one: `tests/architecture/test_claude_md.py`
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("", "", None),
        ("`Concept`", "`Conceit`", "Conceit does not exist"),
        ("`http/`", "`htpp/`", "htpp/ does not exist"),
        ("`concept`", "`concepd`", "concepd does not exist"),
        ("**Ports:** ", "Ports: ", "expected one line that starts with **Ports:** "),
        ("test_claude_md.py", "test_no_md.py", "tests/architecture/test_no_md.py does not exist"),
        ("`tests/architecture/test_claude_md.py`", "tested", "no test: - one: tested"),
        ("# Rows", "#\n" * 21 + "#", "31 lines, expected at most 30"),
    ],
)
def test_a_planted_fault_is_reported(old: str, new: str, fault: str | None) -> None:
    expected = [fault] if fault else []

    assert list(faults(SOURCES["indelible_web"], CLEAN.replace(old, new))) == expected

"""The tree is the architecture: the same files in every context, and in every package."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.architecture.sources import SOURCES, modules

FLOOR_PLAN = {
    "__init__",
    "lifecycle",
    "entities",
    "rules",
    "commands",
    "errors",
    "ports",
    "handlers",
    "queries",
}
SOMETIMES = {"repositories", "tasks"}
CONTEXTS = ["captures", "concepts", "tokens"]
NOT_A_CONTEXT = {"__pycache__", "kernel", "memory", "testing"}
SAYS_NOTHING = {"utils", "helpers", "common", "base", "models", "manager"}
MOST_LINES = 400
MOST_README_LINES = 30


def contexts() -> list[Path]:
    folders = sorted(path for path in SOURCES["indelible"].iterdir() if path.is_dir())
    return [folder for folder in folders if folder.name not in NOT_A_CONTEXT]


def departures(context: Path) -> Iterator[str]:
    """What a context lacks of the floor plan, and what it has beside it; a file may have become a package."""
    found = {
        path.stem
        for path in context.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    yield from (f"lacks {name}" for name in sorted(FLOOR_PLAN - found))
    yield from (f"has {name}" for name in sorted(found - FLOOR_PLAN - SOMETIMES))


def faults(module: Path) -> Iterator[str]:
    """What is wrong with a file whatever it says."""
    if module.stem in SAYS_NOTHING or module.parent.name in SAYS_NOTHING:
        yield f"{module}: the name says nothing"
    if len(module.read_text(encoding="utf-8").splitlines()) > MOST_LINES:
        yield f"{module}: over {MOST_LINES} lines"


def project(package: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((package.parents[1] / "pyproject.toml").read_text())[
        "project"
    ]
    return found


def test_captures_concepts_and_tokens_are_contexts() -> None:
    assert [context.name for context in contexts()] == CONTEXTS


def test_every_context_has_exactly_the_files_of_the_floor_plan() -> None:
    assert {context.name: list(departures(context)) for context in contexts()} == {
        name: [] for name in CONTEXTS
    }


def test_a_missing_floor_and_a_room_of_its_own_are_named(tmp_path: Path) -> None:
    for name in FLOOR_PLAN - {"rules", "queries"}:
        (tmp_path / f"{name}.py").touch()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "__init__.py").touch()
    (tmp_path / "tasks.py").touch()
    (tmp_path / "services.py").touch()

    assert list(departures(tmp_path)) == ["lacks queries", "has services"]


def test_every_module_has_a_name_that_says_something_and_is_of_readable_length() -> None:
    assert not [fault for module in modules() for fault in faults(module)]


@pytest.mark.parametrize("name", ["utils.py", "base/__init__.py", "long.py"])
def test_a_planted_fault_of_a_module_is_named(tmp_path: Path, name: str) -> None:
    module = tmp_path / name
    module.parent.mkdir(exist_ok=True)
    module.write_text("#\n" * (MOST_LINES + 1 if name == "long.py" else MOST_LINES))

    assert [fault.partition(": ")[0] for fault in faults(module)] == [str(module)]


@pytest.mark.parametrize("package", SOURCES.values(), ids=SOURCES)
def test_every_package_is_typed_and_introduces_itself_in_short(package: Path) -> None:
    title, *rest = (package.parents[1] / "README.md").read_text(encoding="utf-8").splitlines()

    assert title == f"# {project(package)['name']}"
    assert 0 < len(rest) < MOST_README_LINES
    assert (package / "py.typed").exists()


def test_all_packages_have_one_version_and_pin_their_siblings_to_it() -> None:
    projects = {found["name"]: found for found in map(project, SOURCES.values())}
    version = projects["indelible"]["version"]
    extras = [found.get("optional-dependencies", {}) for found in projects.values()]
    needed = {line for found in projects.values() for line in found["dependencies"]}
    needed |= {
        line.partition(";")[0] for extra in extras for lines in extra.values() for line in lines
    }
    siblings = {line for line in needed if line.partition("==")[0] in projects}

    assert {found["version"] for found in projects.values()} == {version}
    assert siblings == {f"{name}=={version}" for name in projects if name != "indelible-service"}

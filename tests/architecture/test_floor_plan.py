"""The tree is the architecture: the same files in every context, and in every package."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.architecture.sources import SOURCES, modules

REQUIRED = {
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
OPTIONAL = {"repositories", "samples", "tasks"}
CONTEXTS = ["captures", "concepts", "contests", "money", "projects", "tokens"]
NOT_CONTEXTS = {"__pycache__", "kernel", "memory", "reactions", "testing"}
VAGUE_NAMES = {"utils", "helpers", "common", "base", "models", "manager"}
MAX_README_LINES = 30


def contexts() -> list[Path]:
    """Return the folders of the contexts of core."""
    folders = sorted(path for path in SOURCES["indelible"].iterdir() if path.is_dir())
    return [folder for folder in folders if folder.name not in NOT_CONTEXTS]


def departures(context: Path) -> Iterator[str]:
    """Yield the files that a context lacks or has in addition; a file may be a package."""
    names: set[str] = set()
    for path in context.iterdir():
        if path.suffix == ".py" or (path / "__init__.py").exists():
            names.add(path.stem)

    for name in sorted(REQUIRED - names):
        yield f"lacks {name}"
    for name in sorted(names - REQUIRED - OPTIONAL):
        yield f"has {name}"


def is_vague(module: Path) -> bool:
    """Return whether the name of a module or of its folder says nothing."""
    return module.stem in VAGUE_NAMES or module.parent.name in VAGUE_NAMES


def project(package: Path) -> dict[str, Any]:
    """Return the `project` table of a distribution."""
    settings = tomllib.loads((package.parents[1] / "pyproject.toml").read_text())
    table: dict[str, Any] = settings["project"]
    return table


def test_the_contexts_are_these() -> None:
    assert [context.name for context in contexts()] == CONTEXTS


@pytest.mark.parametrize("context", contexts(), ids=lambda context: context.name)
def test_a_context_has_the_files_of_the_floor_plan(context: Path) -> None:
    assert list(departures(context)) == []


def test_a_missing_and_an_additional_file_are_reported(tmp_path: Path) -> None:
    for name in REQUIRED - {"rules", "queries"}:
        (tmp_path / f"{name}.py").touch()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "__init__.py").touch()
    (tmp_path / "tasks.py").touch()
    (tmp_path / "services.py").touch()

    assert list(departures(tmp_path)) == ["lacks queries", "has services"]


@pytest.mark.slow
def test_no_module_has_a_vague_name() -> None:
    assert [module for module in modules() if is_vague(module)] == []


@pytest.mark.parametrize("name", ["utils.py", "base/__init__.py"])
def test_a_planted_vague_name_is_recognised(name: str) -> None:
    assert is_vague(Path("indelible") / name)


@pytest.mark.parametrize("package", SOURCES.values(), ids=SOURCES)
def test_a_package_is_typed_and_has_a_short_readme(package: Path) -> None:
    readme = (package.parents[1] / "README.md").read_text(encoding="utf-8")
    title, *rest = readme.splitlines()

    assert title == f"# {project(package)['name']}"
    assert 0 < len(rest) < MAX_README_LINES
    assert (package / "py.typed").exists()


def test_all_packages_have_one_version_and_pin_each_other_to_it() -> None:
    projects = {table["name"]: table for table in map(project, SOURCES.values())}
    version = projects["indelible"]["version"]

    needed: set[str] = set()
    for table in projects.values():
        needed.update(table["dependencies"])
        for lines in table.get("optional-dependencies", {}).values():
            needed.update(line.partition(";")[0] for line in lines)
    siblings = {line for line in needed if line.partition("==")[0] in projects}

    assert {table["version"] for table in projects.values()} == {version}
    assert siblings == {f"{name}=={version}" for name in projects if name != "indelible-service"}

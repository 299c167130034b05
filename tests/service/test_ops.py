"""`indelible ops`: a running service is operated over HTTP, by the routes that it describes."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Generator
from typing import cast

import pytest
from attrs import define, evolve
from tests.conftest import POLICY
from tests.doubles.serving import Double, Fault, Request, Response, served
from tests.service.commands import run
from tests.web.harness import Web

from indelible.memory import MemoryStore
from indelible.testing.stores import AnyStore

DOCUMENTS = "openapi.json"
DATABASES = ("indelible_sql", "sqlalchemy", "psycopg", "aiosqlite", "sqlite3")
# Prints the modules of databases that a command has imported.
WATCHED = """
import sys
from indelible_service.cli import main
main(sys.argv[1:], standalone_mode=False)
print(*(name for name in {names} if name in sys.modules), "end", file=sys.stderr)
"""


@define
class Service:
    """A service on a socket, and the key of its operator."""

    web: Web
    double: Double
    key: str

    @property
    def settings(self) -> dict[str, str]:
        """Return the variables of the operator's shell."""
        return {"INDELIBLE_URL": self.double.url, "INDELIBLE_KEY": self.key}

    def ops(self, *words: str) -> str:
        """Run an operation that succeeds, and return what it prints."""
        result = run("ops", *words, settings=self.settings)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *words: str, exit_code: int = 1) -> str:
        """Run an operation that is refused, and return what it says."""
        result = run("ops", *words, settings=self.settings)
        assert (result.exit_code, result.stdout) == (exit_code, ""), result.output
        return result.stderr

    def sent(self) -> list[Request]:
        """Return the requests, without those for the documents."""
        return [one for one in self.double.requests if DOCUMENTS not in one.path]


@pytest.fixture(scope="module")
def application() -> Web:
    return Web(cast("AnyStore", MemoryStore(policy=POLICY)))


@pytest.fixture
def service(application: Web) -> Generator[Service]:
    def handle(request: Request) -> Response:
        answer = application.client.open(
            request.path, method=request.method, headers=request.headers, data=request.body
        )
        return Response(status=answer.status_code, headers=dict(answer.headers), body=answer.data)

    with served(handle) as double:
        yield Service(application, double, application.new_key("admin"))


def halt(service: Service, *words: str) -> str:
    return service.ops("halt-all-payments", "--reason-code", "TRIAL", "--reason", "a test", *words)


def resume(service: Service) -> None:
    service.ops("resume-all-payments", "--reason", "the end of the test")


def test_the_help_lists_the_operations_of_the_service(service: Service) -> None:
    document = service.web.client.get(
        "/admin/openapi.json", headers={"Authorization": f"Bearer {service.key}"}
    ).get_json()
    text = run("ops", "--help", settings=service.settings).stdout
    names: list[str] = []
    for operations in document["paths"].values():
        names += [one["operationId"].replace("_", "-") for one in operations.values()]
    assert len(names) > 60
    assert [name for name in names if f"  {name} " not in text and f"  {name}\n" not in text] == []

    commands, _, queries = text.partition("Commands:")[2].partition("Queries:")
    assert "park-payout" in commands
    assert "list-payout-transfers" in queries
    assert "get-contest" in queries  # a public query
    assert "create-contest" not in text  # commands of users are no operations

    text = service.ops("park-payout", "--help")
    assert "park-payout [OPTIONS] TRANSFER_ID" in text
    assert "--reason TEXT" in text
    assert "TRANSFER_NOT_APPROVED" in text


@pytest.mark.slow
def test_a_command_changes_something_once_with_its_reason(service: Service) -> None:
    halted = halt(service, "--idempotency-key", "incident-7")
    assert "status: HALTED\n" in halted
    assert halt(service, "--idempotency-key", "incident-7") == halted
    resume(service)

    (first, second, _) = service.sent()
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == "incident-7"
    assert json.loads(first.body) == {"reason_code": "TRIAL", "reason": "a test"}


def test_two_commands_without_a_key_are_two_requests(service: Service) -> None:
    halt(service)
    resume(service)
    keys = {one.headers["idempotency-key"] for one in service.sent()}
    assert len(keys) == 2


def test_a_command_needs_a_reason(service: Service) -> None:
    assert "--reason" in service.refused("resume-all-payments", exit_code=2)
    assert service.sent() == []
    assert "TEXT_BLANK" in service.refused("resume-all-payments", "--reason", " ")


def test_each_refusal_has_its_code(service: Service) -> None:
    assert "park-payout" in service.refused("park-payouts", exit_code=2)
    text = service.refused("list-payout-transfers", "--status", "lost", exit_code=2)
    assert "failed_terminal" in text
    assert service.sent() == []

    text = service.refused("park-payout", "a?b#c", "--reason", "a test")
    assert text.startswith("TRANSFER_NOT_FOUND: Transfer a?b#c not found.")
    assert service.sent()[0].path == "/admin/payouts/transfers/a%3Fb%23c/park"
    halt(service)
    resume(service)
    text = service.refused("resume-all-payments", "--reason", "a test")
    assert text.startswith("INVALID_TRANSITION: ")
    assert "allowed actions: halt" in text
    service.key = service.web.new_key("contests:read")
    assert service.refused("show-stages").startswith("SCOPE_MISSING: ")
    service.key = "wrong"
    assert service.refused("show-stages").startswith("UNAUTHENTICATED: ")


@pytest.mark.slow
def test_values_that_are_no_texts_are_json(service: Service) -> None:
    words = ("import-field", "none", "--reason", "a test", "--primary")
    assert service.refused(*words, "['p']").startswith("VALUE_NOT_JSON: ")
    assert service.refused(*words, "@missing.json").startswith("VALUE_NOT_JSON: ")
    assert service.refused(*words, '["p-1"]').startswith("CONTEST_LOG_NOT_FOUND: ")
    assert json.loads(service.sent()[0].body)["primary"] == ["p-1"]


def test_fields_print_one_line_for_each_entry(service: Service) -> None:
    assert service.ops("get-payment-switch", "--field", "is_halted") in ("true\n", "false\n")
    assert service.ops("list-all-charges", "--field", "id") == ""
    assert service.ops("list-all-charges") == "0 entries\n"
    assert json.loads(service.ops("list-all-charges", "--json")) == {"items": [], "next": None}


@pytest.mark.slow
def test_health_is_asked_without_a_database(service: Service) -> None:
    failed = Response.json(503, {"code": "STORE_UNAVAILABLE", "title": "No database."})
    message = "Unable to connect to database"
    error = {"code": "DATABASE_CONNECTION_FAILED", "message": message}
    unhealthy = Response.json(503, {"status": "unhealthy", "error": error})
    service.double.plan(Fault(matching="GET /admin/openapi.json", answer=failed, times=2))
    service.double.plan(Fault(matching="GET /health", answer=unhealthy))
    text = service.refused("get-health", exit_code=3)
    assert text == f"DATABASE_CONNECTION_FAILED: {message}\n"
    assert service.refused("show-stages", exit_code=3) == "STORE_UNAVAILABLE: No database.\n"
    assert service.ops("get-health") == "status: healthy\n"


@pytest.mark.slow
@pytest.mark.parametrize("condition", [("--until", "status=HALTED"), ("--while", "status=OPEN")])
def test_a_query_waits_for_a_value(service: Service, condition: tuple[str, str]) -> None:
    halt(service)
    service.double.plan(
        Fault(matching="GET /admin/payments/switch", answer=Response.json(200, {"status": "OPEN"}))
    )
    words = ("get-payment-switch", *condition, "--field", "status")
    assert service.ops(*words) == "HALTED\n"
    resume(service)


@pytest.mark.slow
def test_a_value_that_does_not_come_is_unavailable(service: Service) -> None:
    halt(service)
    words = ("get-payment-switch", "--timeout", "1", "--while", "status=HALTED")
    text = service.refused(*words, exit_code=3)
    assert text.startswith("NOT_REACHED: status!=HALTED did not hold within 1 seconds")
    assert service.refused(*words, "--until", "status=OPEN", exit_code=2)
    text = service.refused(*words[:3], "--until", "status=CLOSED", exit_code=3)
    assert text.startswith("NOT_REACHED: status=CLOSED did not hold within 1 seconds: it is HALTED")
    resume(service)


def test_a_filter_with_the_name_of_an_option_has_another_name(service: Service) -> None:
    stage = "letters"
    words = ("list-tasks", stage, "--filter-until", "2026-01-01T00:00:00Z")

    assert service.ops(*words, "--until", "entries=0").startswith("0 entries")
    (request,) = service.sent()[-1:]
    assert request.path == f"/admin/tasks/{stage}?until=2026-01-01T00%3A00%3A00Z"


@pytest.mark.slow
def test_a_lost_answer_to_a_command_is_unknown_and_names_the_key(service: Service) -> None:
    halt(service)
    service.double.plan(Fault(matching="POST /admin/payments/resume", lost=True))
    text = service.refused("resume-all-payments", "--reason", "a test", exit_code=4)
    assert text.startswith("ANSWER_LOST: ")
    key = service.sent()[-1].headers["idempotency-key"]
    assert f"`--idempotency-key {key}`" in text

    words = ("resume-all-payments", "--reason", "a test", "--idempotency-key", key)
    assert "status: OPEN" in service.ops(*words)


def test_a_lost_answer_to_a_query_is_unavailable(service: Service) -> None:
    service.double.plan(Fault(matching="GET /admin/payments/switch", lost=True))
    text = service.refused("get-payment-switch", exit_code=3)
    assert text.startswith("NOT_RUNNING: ")


PAGE = Response(status=502, headers={"Content-Type": "text/html"}, body=b"<h1>a proxy</h1>")
BROKEN = Response(status=200, headers={"Content-Type": "application/json"}, body=b"{")
HALT = ("halt-all-payments", "--reason-code", "TRIAL", "--reason", "a test")


@pytest.mark.parametrize(("status", "exit_code"), [(429, 3), (409, 1), (302, 1)])
def test_the_exit_code_follows_from_the_status(
    service: Service, status: int, exit_code: int
) -> None:
    answer = evolve(PAGE, status=status)
    service.double.plan(Fault(matching="POST /admin/payments/halt", answer=answer))
    text = service.refused(*HALT, exit_code=exit_code)
    assert text == f"The service answered with status {status}.\n"


@pytest.mark.parametrize(("status", "exit_code"), [(502, 3), (503, 3), (504, 3), (500, 5)])
def test_a_query_without_an_answer_has_changed_nothing(
    service: Service, status: int, exit_code: int
) -> None:
    answer = evolve(PAGE, status=status)
    service.double.plan(Fault(matching="GET /admin/payments/switch", answer=answer))
    text = service.refused("get-payment-switch", exit_code=exit_code)
    assert text == f"The service answered with status {status}.\n"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (PAGE, "status 502"),
        (evolve(PAGE, status=500), "status 500"),
        (evolve(PAGE, status=503), "status 503"),
        (evolve(PAGE, status=504), "status 504"),
        (evolve(PAGE, status=200), "status 200"),
        (BROKEN, "status 200, with JSON that cannot be read"),
        (
            Response.json(503, {"code": "OUTCOME_UNKNOWN", "request_id": "r-1"}),
            "status 503, OUTCOME_UNKNOWN, request r-1",
        ),
        (Response.json(500, {"code": "INTERNAL_ERROR"}), "status 500, INTERNAL_ERROR"),
    ],
)
def test_an_answer_that_does_not_tell_the_outcome_of_a_command_is_lost(
    service: Service, answer: Response, cause: str
) -> None:
    service.double.plan(Fault(matching="POST /admin/payments/halt", answer=answer))
    text = service.refused(*HALT, exit_code=4)
    key = service.sent()[-1].headers["idempotency-key"]
    assert text == (
        f"ANSWER_LOST: The outcome of POST /admin/payments/halt is unknown ({cause}): repeat the"
        f" command with `--idempotency-key {key}`, which runs it once.\n"
    )


def test_a_refusal_by_a_fault_of_the_server_names_the_key(service: Service) -> None:
    problem: dict[str, object] = {"code": "STORE_BUSY", "title": "Store busy"}
    answer = Response.json(503, problem)
    service.double.plan(Fault(matching="POST /admin/payments/halt", answer=answer, times=2))
    text = service.refused(*HALT, exit_code=3)
    key = service.sent()[-1].headers["idempotency-key"]
    assert text == f"STORE_BUSY: Store busy\n  idempotency_key: {key}\n"

    document = json.loads(service.refused(*HALT, "--idempotency-key", "k", "--json", exit_code=3))
    assert document == {**problem, "fields": {"idempotency_key": "k"}}


@pytest.mark.parametrize(
    "condition", ["status", "=OPEN", "state=OPEN", "status.name=x", "entries=0"]
)
def test_a_condition_that_can_never_hold_is_refused_at_once(
    service: Service, condition: str
) -> None:
    words = ("get-payment-switch", "--until", condition)
    assert "'--until'" in service.refused(*words, exit_code=2).replace("--until:", "'--until':")
    assert service.sent() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        Fault(matching="switch", answer=PAGE, times=2),
        Fault(matching="switch", answer=evolve(PAGE, status=429), times=2),
        Fault(matching="switch", answer=BROKEN, times=2),
        Fault(matching="switch", lost=True, times=2),
    ],
)
def test_a_query_waits_out_an_interruption(service: Service, fault: Fault) -> None:
    halt(service)
    service.double.plan(fault)
    words = ("get-payment-switch", "--until", "status=HALTED", "--field", "status")
    assert service.ops(*words) == "HALTED\n"
    assert len(service.sent()) == 4
    resume(service)


def test_an_interruption_that_lasts_is_the_value_that_did_not_come(service: Service) -> None:
    service.double.plan(Fault(matching="switch", answer=PAGE, times=9))
    words = ("get-payment-switch", "--until", "status=HALTED", "--timeout", "1")
    text = service.refused(*words, exit_code=3)
    assert "it is unknown, the service answered with status 502." in text


def test_a_refusal_for_good_ends_the_wait(service: Service) -> None:
    words = ("show-task", "letters", "none", "--until", "task.fence=7")
    assert service.refused(*words).startswith("TASK_NOT_FOUND: ")
    assert len(service.sent()) == 1


@pytest.mark.parametrize("name", ["state", "status.name", "Status"])
def test_a_field_that_no_answer_has_is_refused_before_anything_is_sent(
    service: Service, name: str
) -> None:
    text = service.refused(*HALT, "--field", name, exit_code=2)
    assert f"the answer has no field '{name}'" in text
    assert "status" in text.partition("it has:")[2]
    assert "no field" in service.refused("list-all-charges", "--field", name, exit_code=2)
    assert service.sent() == []


def test_fields_of_objects_and_fields_without_a_value_are_printed(service: Service) -> None:
    answer: dict[str, object] = {
        "items": [{"next_step": None}, {"next_step": {"action": "score"}}],
        "next": None,
    }
    service.double.plan(
        Fault(matching="GET /admin/contests", answer=Response.json(200, answer), times=2)
    )
    words = ("list-watched-contests", "--field")
    assert service.ops(*words, "next_step") == 'null\n{"action": "score"}\n'
    assert service.ops(*words, "next_step.action") == "null\nscore\n"

    # Fields of values that are not described may be there.
    answer = {"task": {"arguments": {"speed": 3}, "result": None}}
    service.double.plan(Fault(matching="GET /admin/tasks", answer=Response.json(200, answer)))
    task = ("show-task", "letters", "none", "--field", "task.arguments.speed")
    assert service.ops(*task, "--field", "task.result.speed") == "3 null\n"


def test_a_key_that_no_header_can_carry_is_refused_without_its_value(service: Service) -> None:
    service.key += "\n"  # of a file
    assert service.ops("get-payment-switch", "--field", "is_halted")
    service.key = "secret\nkey"
    for words in (("get-payment-switch",), ("--help",)):
        text = service.refused(*words, exit_code=2)
        assert "INDELIBLE_KEY" in text
        assert "secret" not in text


def test_a_document_without_operations_is_another_service(service: Service) -> None:
    answer = Response.json(200, {"title": "another API"})
    service.double.plan(Fault(matching="GET /openapi.json", answer=answer))
    text = service.refused("get-payment-switch", exit_code=3)
    assert text.startswith("UNEXPECTED_ANSWER: ")
    assert "INDELIBLE_URL" in text
    assert "INDELIBLE_PORT" not in text


@pytest.mark.slow
def test_a_download_is_escaped_for_a_terminal_only(service: Service) -> None:
    payload = b"red \x1b[31m\xff\n"
    answer = Response(
        status=200, headers={"Content-Type": "application/octet-stream"}, body=payload
    )
    service.double.plan(Fault(matching="/payload", answer=answer, times=2))
    words = ("get-stripe-event-payload", "evt_1")
    assert run("ops", *words, settings=service.settings).stdout_bytes == payload

    reader, terminal = pty.openpty()
    program = [sys.executable, "-c", "from indelible_service.cli import main; main()", "ops"]
    subprocess.run(
        [*program, *words], stdout=terminal, env={**os.environ, **service.settings}, check=True
    )
    os.close(terminal)
    assert os.read(reader, 1000).splitlines()[0] == b"red \\u001b[31m\xef\xbf\xbd"
    os.close(reader)


def test_broken_json_is_no_answer(service: Service) -> None:
    answer = Response(status=200, headers={"Content-Type": "application/json"}, body=b"{")
    service.double.plan(Fault(matching="GET /admin/payments/switch", answer=answer))
    assert service.refused("get-payment-switch", exit_code=3).startswith("UNEXPECTED_ANSWER: ")


def test_control_characters_of_an_answer_are_escaped(service: Service) -> None:
    answer = Response.json(200, {"status": "\x1b[31mred", "digest": "a" * 64})
    service.double.plan(Fault(matching="GET /admin/payments/switch", answer=answer))
    assert service.ops("get-payment-switch") == f"status: \\u001b[31mred\ndigest: {'a' * 64}\n"


def test_without_a_service_the_help_says_so() -> None:
    settings = {"INDELIBLE_URL": "http://127.0.0.1:1"}
    result = run("ops", "--help", settings=settings)
    assert result.exit_code == 0
    assert "No server answers at http://127.0.0.1:1." in " ".join(result.stdout.split())
    refused = run("ops", "show-stages", settings=settings)
    assert refused.exit_code == 3
    assert "Hint: check INDELIBLE_URL" in refused.stderr
    assert "indelible up" not in refused.stderr


@pytest.mark.slow
def test_no_module_of_a_database_is_imported(service: Service) -> None:
    code = WATCHED.format(names=DATABASES)
    words = ("ops", "--url", service.double.url, "--key", service.key, "get-payment-switch")
    result = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("status: ")
    assert result.stderr == "end\n"

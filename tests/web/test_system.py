"""What watchers see: health, metrics, the log, and the headers of every answer."""

import json
import logging

import pytest
from attrs import evolve
from tests.web.failing import Failure
from tests.web.harness import SETTINGS, Web, concept_url, memory, problem

from indelible.kernel import StoreUnreachable
from indelible.kernel.keys import KeyNotFound
from indelible_web.contexts import CONTEXTS

UNREACHABLE = StoreUnreachable("OperationalError")
ORIGIN = "https://app.example.org"


def test_health_reports_whether_the_database_answers(
    web: Web, failing: Failure, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "indelible.web")
    sick = failing(UNREACHABLE).get("/health", key=None)
    said = str(caplog.messages[-1])

    assert web.get("/health", key=None).get_json() == {"status": "healthy"}
    assert (sick.status_code, sick.get_json()) == (
        503,
        {
            "status": "unhealthy",
            "error": {
                "code": "DATABASE_CONNECTION_FAILED",
                "message": "Unable to connect to database",
            },
        },
    )
    assert "STORE_UNREACHABLE" in said


def test_a_process_without_its_store_is_alive_but_not_ready(web: Web, failing: Failure) -> None:
    sick = failing(UNREACHABLE)
    unready = sick.get("/health/ready", key=None)

    assert web.get("/health/ready", key=None).get_json() == {"status": "ready"}
    assert web.get("/health/live", key=None).get_json() == {"status": "alive"}
    assert sick.get("/health/live", key=None).status_code == 200
    assert (problem(unready), unready.headers["Retry-After"]) == ((503, "NOT_READY"), "5")
    assert problem(failing(KeyNotFound("x")).get("/health/ready")) == (503, "NOT_READY")


def counted(web: Web) -> dict[str, float]:
    lines = web.get("/metrics", key=None).text.splitlines()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
    }


def test_metrics_count_answers_by_route_and_commands_by_outcome() -> None:
    web = Web(memory())
    saved = web.create()
    web.move(saved, "PUBLISHED")
    web.move(saved, "REVIEW")
    web.get("/v1/nowhere")
    web.send("BREW", "/v1/concepts")
    found = counted(web)

    assert found['indelible_requests_total{method="POST",route="/v1/concepts",status="201"}'] == 1
    assert found['indelible_requests_total{method="GET",route="none",status="404"}'] == 1
    assert found['indelible_requests_total{method="other",route="none",status="405"}'] == 1
    assert found['indelible_request_seconds_count{route="/v1/concepts/<concept_id>/status"}'] == 2
    assert found['indelible_commands_total{action="create",code="OK",lifecycle="concept"}'] == 1
    assert (
        found[
            'indelible_commands_total{action="publish",code="INVALID_TRANSITION",lifecycle="concept"}'
        ]
        == 1
    )
    assert found['indelible_transitions_total{action="submit",lifecycle="concept"}'] == 1


def test_every_action_of_every_lifecycle_has_a_metric_from_the_start() -> None:
    found = counted(Web(memory()))

    for name, action in {
        ("artifact", "capture"),
        *(
            (lifecycle.name, edge.action)
            for context in CONTEXTS
            for lifecycle in context.lifecycles
            for edge in lifecycle.edges
        ),
    }:
        assert found[f'indelible_transitions_total{{action="{action}",lifecycle="{name}"}}'] == 0
        assert (
            found[f'indelible_commands_total{{action="{action}",code="OK",lifecycle="{name}"}}']
            == 0
        )


def test_a_replayed_request_counts_as_a_command_and_not_as_a_transition() -> None:
    web = Web(memory())
    for _ in range(3):
        web.post(
            "/v1/concepts",
            json={"content": {"name": "Ratio"}, "reason": "a first draft"},
            once="line-7",
        )
    found = counted(web)

    assert found['indelible_commands_total{action="create",code="OK",lifecycle="concept"}'] == 3
    assert found['indelible_transitions_total{action="create",lifecycle="concept"}'] == 1


def test_two_applications_have_separate_metrics() -> None:
    busy, idle = Web(memory()), Web(memory())
    busy.create()

    name = 'indelible_transitions_total{action="create",lifecycle="concept"}'
    assert (counted(busy)[name], counted(idle)[name]) == (1, 0)


@pytest.mark.parametrize(
    "given", ["trace-7", "0af7651916cd43dd8448eb211c80319c", "a/b:c=d", "x" * 200]
)
def test_a_request_keeps_the_id_of_its_caller(web: Web, given: str) -> None:
    answer = web.post("/v1/concepts", json={}, headers={"X-Request-Id": given})

    assert answer.headers["X-Request-Id"] == answer.get_json()["request_id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 201, "\u00e9", "a\tb"])
def test_a_request_without_a_valid_id_gets_one(web: Web, given: str) -> None:
    first, second = (
        web.get("/health/live", environ={"HTTP_X_REQUEST_ID": given}) for _ in range(2)
    )

    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    assert given == "" or first.headers["X-Request-Id"] != given


def test_a_log_line_describes_the_request_and_quotes_no_input(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    body = {"content": {"name": "the canary"}, "reason": "a canary, too", "zzz": "\n forged line"}
    with caplog.at_level(logging.INFO, "indelible.web"):
        web.post("/v1/concepts?canary=1", json=body, headers={"X-Request-Id": "trace-7"})
        web.get("/v1/nowhere/canary", key=None)
    lines = [json.loads(record.getMessage()) for record in caplog.records]

    assert [set(line) for line in lines] == [
        {"event", "at", "request_id", "method", "route", "status", "ms", "actor", "code"}
    ] * 2
    assert [(line["route"], line["status"], line["actor"], line["code"]) for line in lines] == [
        ("/v1/concepts", 422, "user:maya", "INVALID_FIELDS"),
        ("none", 404, None, "ROUTE_NOT_FOUND"),
    ]
    assert lines[0]["request_id"] == "trace-7"
    assert lines[0]["ms"] == 2_000  # the test's clock ticks a second each time it is asked
    assert "canary" not in caplog.text
    assert web.key.split("_")[2] not in caplog.text


@pytest.mark.parametrize(
    "path", ["/v1/concepts", "/nowhere", "/health", "/metrics", "/openapi.json", "/docs"]
)
def test_every_answer_has_the_security_headers(web: Web, path: str) -> None:
    headers = web.get(path).headers

    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert not [
        name
        for name, _ in headers
        if name in {"Server", "Set-Cookie", "Access-Control-Allow-Origin"}
    ]
    assert "Strict-Transport-Security" not in headers


def test_answers_over_https_have_strict_transport_security(web: Web) -> None:
    answer = web.get("/health/live", environ={"wsgi.url_scheme": "https"})

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.fixture(scope="module")
def cors_web() -> Web:
    """Return an application that allows one foreign origin."""
    return Web(memory(), evolve(SETTINGS, cors_origins=(ORIGIN,)))


def test_a_listed_origin_passes_cors(cors_web: Web) -> None:
    asks = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "if-match",
    }
    preflight = cors_web.client.options("/v1/concepts/x", headers=asks)
    answer = cors_web.get("/v1/concepts", headers={"Origin": ORIGIN})

    assert preflight.status_code == 204
    assert (
        preflight.headers["Access-Control-Allow-Origin"]
        == answer.headers["Access-Control-Allow-Origin"]
        == ORIGIN
    )
    assert "PUT" in preflight.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in preflight.headers["Access-Control-Allow-Headers"]
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["https://evil.org", "null", f"{ORIGIN}.evil.org", "http://app.example.org"]
)
def test_an_unlisted_origin_does_not_pass_cors(cors_web: Web, origin: str) -> None:
    asks = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    preflight = cors_web.client.options("/v1/concepts/x", headers=asks)

    assert preflight.status_code == 405
    assert "Access-Control-Allow-Origin" not in preflight.headers
    assert (
        "Access-Control-Allow-Origin"
        not in cors_web.get("/v1/concepts", headers={"Origin": origin}).headers
    )


def test_a_head_request_is_a_get_without_a_body(web: Web) -> None:
    saved = web.create()
    answer = web.client.head(concept_url(saved), headers={"Authorization": f"Bearer {web.key}"})

    assert (answer.status_code, answer.headers["ETag"], answer.data) == (200, '"1"', b"")

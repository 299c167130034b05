"""Test health, metrics, the log, and the headers of every answer."""

import json
import logging
from typing import cast

import pytest
from attrs import evolve
from tests.logs import messages_of
from tests.web.failing import Failing, Failure
from tests.web.harness import SETTINGS, RenewableStore, Web, concept_url, memory, problem

from indelible.kernel import StoreUnreachable
from indelible.kernel.keys import KeyNotFound
from indelible.testing.stores import AnyStore
from indelible_web.contexts import CONTEXTS

UNREACHABLE = StoreUnreachable("OperationalError")
ORIGIN = "https://app.example.org"
LOG_FIELDS = {
    "event",
    "at",
    "request_id",
    "method",
    "route",
    "ids",
    "if_match",
    "status",
    "ms",
    "actor",
    "code",
}


def test_health_tells_whether_the_store_answers(
    web: Web, failing: Failure, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "indelible.web")

    unhealthy = failing(UNREACHABLE).get("/health", key=None)

    assert "STORE_UNREACHABLE" in caplog.messages[-1]
    assert unhealthy.status_code == 503
    assert unhealthy.get_json() == {
        "status": "unhealthy",
        "error": {
            "code": "DATABASE_CONNECTION_FAILED",
            "message": "Unable to connect to database",
        },
    }
    assert web.get("/health", key=None).get_json() == {"status": "healthy"}

    web_without_store = failing(UNREACHABLE)
    not_ready = web_without_store.get("/health/ready", key=None)

    assert web.get("/health/ready", key=None).get_json() == {"status": "ready"}
    assert web.get("/health/live", key=None).get_json() == {"status": "alive"}
    assert web_without_store.get("/health/live", key=None).status_code == 200
    assert problem(not_ready) == (503, "NOT_READY")
    assert not_ready.headers["Retry-After"] == "5"
    assert problem(failing(KeyNotFound("x")).get("/health/ready")) == (503, "NOT_READY")

    answer = web.get("/", key=None)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/console")


def counted(web: Web) -> dict[str, float]:
    """Return the values of the metrics by name and labels."""
    return samples(web.get("/metrics", key=None).text)


def samples(metrics: str) -> dict[str, float]:
    """Return the values of metrics in Prometheus' text format by name and labels."""
    values: dict[str, float] = {}
    for line in metrics.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            values[name] = float(value)

    return values


@pytest.mark.slow
def test_requests_with_a_credential_are_counted_by_its_outcome() -> None:
    store = RenewableStore()
    store.renew()
    web = Web(cast("AnyStore", store))
    web.key = web.new_key("history:read")
    before = counted(web)

    for key in (web.key, None, "ind_x_wrong"):
        web.get("/v1/history", key=key)
    store.put(cast("AnyStore", Failing(UNREACHABLE)))
    web.get("/v1/history")

    after = counted(web)
    for outcome in ("accepted", "refused", "failed"):
        name = f'indelible_authentications_total{{outcome="{outcome}"}}'
        assert after[name] - before[name] == 1, outcome


def test_metrics_count_answers_by_route_and_commands_by_outcome() -> None:
    web = Web(memory())
    saved = web.create()
    web.move(saved, "PUBLISHED")
    web.move(saved, "REVIEW")
    web.get("/v1/nowhere")
    web.send("BREW", "/v1/concepts")

    metrics = counted(web)
    assert metrics['indelible_requests_total{method="POST",route="/v1/concepts",status="201"}'] == 1
    assert metrics['indelible_requests_total{method="GET",route="none",status="404"}'] == 1
    assert metrics['indelible_requests_total{method="other",route="none",status="405"}'] == 1
    assert metrics['indelible_request_seconds_count{route="/v1/concepts/<concept_id>/status"}'] == 2
    assert metrics['indelible_commands_total{action="create",code="OK",lifecycle="concept"}'] == 1
    labels = 'action="publish",code="INVALID_TRANSITION",lifecycle="concept"'
    assert metrics[f"indelible_commands_total{{{labels}}}"] == 1
    assert metrics['indelible_transitions_total{action="submit",lifecycle="concept"}'] == 1


@pytest.mark.slow
def test_each_application_counts_repeated_commands_once_in_metrics_of_its_own() -> None:
    web = Web(memory())
    body = {"content": {"name": "Ratio"}, "reason": "a first draft"}
    for _ in range(3):
        web.post("/v1/concepts", json=body, once="line-7")

    metrics = counted(web)

    assert metrics['indelible_commands_total{action="create",code="OK",lifecycle="concept"}'] == 3
    assert metrics['indelible_transitions_total{action="create",lifecycle="concept"}'] == 1
    assert metrics['indelible_idempotency_hits_total{action="create",lifecycle="concept"}'] == 2

    busy = Web(memory())
    idle = Web(memory())
    busy.create()

    name = 'indelible_transitions_total{action="create",lifecycle="concept"}'
    assert counted(busy)[name] == 1
    assert counted(idle)[name] == 0

    actions = {("artifact", "capture")}
    for context in CONTEXTS:
        for lifecycle in context.lifecycles:
            for edge in lifecycle.edges:
                actions.add((lifecycle.name, edge.action))

    metrics = counted(Web(memory()))

    for name, action in actions:
        transitions = f'action="{action}",lifecycle="{name}"'
        commands = f'action="{action}",code="OK",lifecycle="{name}"'
        assert metrics[f"indelible_transitions_total{{{transitions}}}"] == 0
        assert metrics[f"indelible_commands_total{{{commands}}}"] == 0


def test_a_request_has_the_id_of_its_caller_or_a_new_one(web: Web) -> None:
    for request_id in ["trace-7", "0af7651916cd43dd8448eb211c80319c", "a/b:c=d", "x" * 200]:
        answer = web.post("/v1/concepts", json={}, headers={"X-Request-Id": request_id})

        assert answer.headers["X-Request-Id"] == request_id
        assert answer.get_json()["request_id"] == request_id

    for invalid_id in ["", "a b", "x" * 201, "\u00e9", "a\tb"]:
        environ = {"HTTP_X_REQUEST_ID": invalid_id}
        first_id = web.get("/health/live", environ=environ).headers["X-Request-Id"]
        second_id = web.get("/health/live", environ=environ).headers["X-Request-Id"]

        assert first_id
        assert first_id != second_id
        assert first_id != invalid_id


def test_a_log_line_describes_the_request_and_quotes_no_input(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    body = {"content": {"name": "the canary"}, "reason": "a canary, too", "zzz": "\n forged line"}
    with caplog.at_level(logging.INFO, "indelible.web"):
        web.post("/v1/concepts?canary=1", json=body, headers={"X-Request-Id": "trace-7"})
        web.get("/v1/nowhere/canary", key=None)

    invalid, unknown = map(json.loads, messages_of("indelible.web", caplog))
    assert set(invalid) == set(unknown) == LOG_FIELDS
    assert invalid["route"] == "/v1/concepts"
    assert invalid["status"] == 422
    assert invalid["actor"] == "user:maya"
    assert invalid["code"] == "INVALID_FIELDS"
    assert invalid["request_id"] == "trace-7"
    # The clock of the tests ticks one second at every call.
    assert invalid["ms"] == 2_000
    assert unknown["route"] == "none"
    assert unknown["status"] == 404
    assert unknown["actor"] is None
    assert unknown["code"] == "ROUTE_NOT_FOUND"
    assert "canary" not in caplog.text
    assert web.key.split("_")[2] not in caplog.text


def test_every_answer_has_the_security_headers(web: Web) -> None:
    for path in ["/v1/concepts", "/nowhere", "/health", "/metrics", "/openapi.json", "/docs"]:
        headers = web.get(path).headers

        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        for name in (
            "Server",
            "Set-Cookie",
            "Access-Control-Allow-Origin",
            "Strict-Transport-Security",
        ):
            assert name not in headers

    answer = web.get("/health/live", environ={"wsgi.url_scheme": "https"})

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"

    saved = web.create()
    answer = web.client.head(concept_url(saved), headers={"Authorization": f"Bearer {web.key}"})

    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"1"'
    assert answer.data == b""


@pytest.fixture(scope="module")
def cors_web() -> Web:
    """Return an application that allows one foreign origin."""
    return Web(memory(), evolve(SETTINGS, cors_origins=(ORIGIN,)))


@pytest.mark.slow
def test_a_listed_origin_alone_passes_cors(cors_web: Web) -> None:
    request_headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "if-match",
    }
    preflight = cors_web.client.options("/v1/concepts/x", headers=request_headers)
    answer = cors_web.get("/v1/concepts", headers={"Origin": ORIGIN})

    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "PUT" in preflight.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in preflight.headers["Access-Control-Allow-Headers"]
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers

    for origin in ["https://evil.org", "null", f"{ORIGIN}.evil.org", "http://app.example.org"]:
        request_headers = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
        preflight = cors_web.client.options("/v1/concepts/x", headers=request_headers)
        answer = cors_web.get("/v1/concepts", headers={"Origin": origin})

        assert problem(preflight) == (405, "METHOD_NOT_ALLOWED")
        assert "Access-Control-Allow-Origin" not in preflight.headers
        assert "Access-Control-Allow-Origin" not in answer.headers

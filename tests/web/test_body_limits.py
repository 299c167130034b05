"""Each route limits its bodies, by a limit of its own or by the application's."""

import io
from collections.abc import Callable

import pytest
from attrs import evolve
from tests.web.console.visitor import Site
from tests.web.drawings import CONTEXT, LARGE_BYTES, SMALL_BYTES, open_hook, take_form
from tests.web.harness import SETTINGS, Web, memory, problem

from indelible.kernel import UsageError
from indelible_service.serving.single_process import MIN_BUFFERED_BYTES, max_buffered_bytes
from indelible_web import concepts
from indelible_web.console.page import ConsolePage
from indelible_web.context import Webhook
from indelible_web.contexts import CONTEXTS
from indelible_web.http.operation import EmptyQuery
from indelible_web.http.routing import Routes

DEFAULT_BYTES = SETTINGS.max_body_bytes
JSON = {"Content-Type": "application/json"}
FORM = "application/x-www-form-urlencoded"
REASON = b'"reason": "a test"'


@pytest.fixture(scope="module")
def web() -> Web:
    web = Web(memory(), contexts=(*CONTEXTS, CONTEXT))
    web.key = web.new_key("drawings")
    return web


def padded(size: int, body: bytes = b"{}") -> bytes:
    """Return a JSON body with spaces, of so many bytes."""
    return body + b" " * (size - len(body))


def send_with_length(web: Web, path: str, body: bytes) -> tuple[int, str]:
    answer = web.post(path, data=body)
    return (answer.status_code, "") if answer.status_code < 400 else problem(answer)


def send_in_chunks(web: Web, path: str, body: bytes) -> tuple[int, str]:
    """Send a body without its length, as servers hand it over."""
    environ = {
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    answer = web.post(path, headers=JSON, environ=environ)
    return (answer.status_code, "") if answer.status_code < 400 else problem(answer)


Send = Callable[[Web, str, bytes], tuple[int, str]]
DRAWING_BODY = b'{"nodes": [], ' + REASON + b"}"


@pytest.mark.slow
@pytest.mark.parametrize("send", [send_with_length, send_in_chunks])
@pytest.mark.parametrize(
    ("path", "limit", "body", "status"),
    [
        ("/v1/drawings", LARGE_BYTES, DRAWING_BODY, 201),
        ("/v1/notes", SMALL_BYTES, b"{}", 200),
        ("/v1/letters", DEFAULT_BYTES, b"{}", 200),
    ],
)
def test_a_body_at_the_limit_of_its_route_is_read_and_a_longer_one_is_refused(
    web: Web, send: Send, path: str, limit: int, body: bytes, status: int
) -> None:
    assert send(web, path, padded(limit, body)) == (status, "")
    assert send(web, path, padded(limit + 1, body)) == (413, "BODY_TOO_LARGE")


@pytest.mark.slow
def test_a_body_that_is_too_large_is_refused_unread_with_the_limit_of_its_route(web: Web) -> None:
    for path in ["/v1/notes", "/v1/letters"]:
        limit = {"/v1/notes": SMALL_BYTES, "/v1/letters": DEFAULT_BYTES}[path]
        answer = web.post(path, data=padded(limit + 1))

        assert answer.get_json()["fields"] == {"max_bytes": limit}
        assert f"at most {limit} bytes" in answer.get_json()["detail"]

    body = b"[" * (SMALL_BYTES + 1)

    assert send_with_length(web, "/v1/notes", body) == (413, "BODY_TOO_LARGE")
    assert send_in_chunks(web, "/v1/notes", body) == (413, "BODY_TOO_LARGE")

    unread = io.BytesIO(padded(SMALL_BYTES))
    environ = {"wsgi.input": unread, "CONTENT_LENGTH": str(SMALL_BYTES + 1)}
    answer = web.post("/v1/notes", headers=JSON, environ=environ)

    assert problem(answer) == (413, "BODY_TOO_LARGE")
    assert unread.tell() == 0


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_webhook_has_a_limit_of_its_own(web: Web, *, is_chunked: bool) -> None:
    def status(size: int) -> int:
        if not is_chunked:
            return web.post("/webhooks/hook", data=b"x" * size, key=None).status_code
        environ = {"wsgi.input": io.BytesIO(b"x" * size), "wsgi.input_terminated": True}
        return web.post("/webhooks/hook", key=None, environ=environ).status_code

    assert (status(SMALL_BYTES), status(SMALL_BYTES + 1)) == (200, 413)


def form_of(token: str, size: int) -> bytes:
    """Return an encoded form of so many bytes."""
    start = f"csrf={token}&text=".encode()
    return start + b"x" * (size - len(start))


@pytest.mark.slow
@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize(
    ("path", "limit"), [("/console/form", DEFAULT_BYTES), ("/console/long-form", LARGE_BYTES)]
)
def test_a_form_of_the_console_has_the_default_limit_or_its_own(
    path: str, limit: int, *, is_chunked: bool
) -> None:
    member = Site(memory(), contexts=(*CONTEXTS, CONTEXT)).member("console")
    member.get("/console/history")
    token = member.page.csrf_token()

    def status(size: int) -> int:
        body = form_of(token, size)
        if not is_chunked:
            return member.client.post(path, data=body, content_type=FORM).status_code
        environ = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True}
        headers = {"Content-Type": FORM}
        return member.client.post(path, headers=headers, environ_overrides=environ).status_code

    assert (status(limit), status(limit + 1)) == (200, 413)


@pytest.mark.slow
def test_the_limit_of_an_application_is_that_of_its_settings() -> None:
    web = Web(memory(), evolve(SETTINGS, max_body_bytes=1_000), contexts=(*CONTEXTS, CONTEXT))
    web.key = web.new_key("drawings")

    assert send_with_length(web, "/v1/letters", padded(1_000)) == (200, "")
    assert send_with_length(web, "/v1/letters", padded(1_001)) == (413, "BODY_TOO_LARGE")
    assert send_with_length(web, "/v1/drawings", padded(1_001, DRAWING_BODY)) == (201, "")


@pytest.mark.slow
def test_a_server_buffers_more_than_the_largest_limit(web: Web) -> None:
    assert max_buffered_bytes(web.app) > LARGE_BYTES
    small = Web(memory(), contexts=(concepts.CONTEXT,))
    assert max_buffered_bytes(small.app) == MIN_BUFFERED_BYTES


def test_a_limit_below_one_byte_or_of_a_request_without_a_body_is_refused() -> None:
    bad = Routes("bad", "Routes with impossible limits.")
    for route, limit in (("POST /a", 0), ("GET /a", 1)):
        declare = bad.add(
            route, request_type=EmptyQuery, response_type=EmptyQuery, max_body_bytes=limit
        )
        with pytest.raises(UsageError, match="body limit"):
            declare(lambda _, query: query)
    with pytest.raises(UsageError, match="body limit"):
        ConsolePage(rule="/a", view=take_form, max_body_bytes=1)
    with pytest.raises(UsageError, match="body limit"):
        Webhook(name="a", rule="/a", open=open_hook, max_body_bytes=-1)

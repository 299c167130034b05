"""Middleware around every view: the request id, the log line, and the headers of the answer."""

import json
import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog
from attrs import frozen
from flask import Flask, Request, Response, g

from indelible.app import AppContext
from indelible.kernel import instant_text
from indelible_web.http import header_names
from indelible_web.http.errors import MalformedRequest
from indelible_web.http.metrics import Metrics
from indelible_web.http.request import RequestContext, current_request, this_request

REQUEST_ID: Final = re.compile("[!-~]{1,200}")
REQUEST_ID_HEADER: Final = "X-Request-Id"
MAX_LOGGED_METHOD_CHARACTERS: Final = 20
MAX_LOGGED_ID_CHARACTERS: Final = 200
MAX_LOGGED_TAG_CHARACTERS: Final = 40
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
ONE_YEAR: Final = "max-age=31536000"
CORS_HEADERS: Final = {
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match,"
        f" {header_names.POSITION}, X-Request-Id"
    ),
    "Access-Control-Allow-Methods": "GET, PATCH, POST, PUT",
    "Access-Control-Expose-Headers": (
        f"ETag, {header_names.POSITION}, Location, Retry-After, X-Request-Id"
    ),
    "Access-Control-Max-Age": "600",
}


class JsonMessage(dict[str, Any]):
    """The message of a record: JSON, written only for a formatter that asks for the text."""

    def __str__(self) -> str:
        return json.dumps(self, default=repr)


def render_event(
    _: logging.Logger, __: str, event: structlog.typing.EventDict
) -> tuple[tuple[JsonMessage], dict[str, Any]]:
    """Return the record's message, and its fields for a formatter that writes them itself."""
    return (JsonMessage(event),), {"extra": {"event_fields": event}}


logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(
    logging.getLogger("indelible.web"),
    processors=[render_event],
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


@frozen
class RequestMiddleware:
    """The hooks before and after every view."""

    _app_context: AppContext
    _metrics: Metrics
    _cors_origins: tuple[str, ...]

    def begin(self) -> Response | None:
        """Give the request its id, and answer a CORS preflight.

        Raises: MalformedRequest for a request without a host.
        """
        request = this_request()
        request_id = request.headers.get(REQUEST_ID_HEADER, "")
        if not REQUEST_ID.fullmatch(request_id):
            request_id = self._app_context.ids.new()
        g.current_request = RequestContext(
            request_id=request_id, began_at=self._app_context.clock.now()
        )
        if not request.host:
            raise MalformedRequest

        is_preflight = (
            request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        )
        if is_preflight and self._is_allowed_origin(request):
            return Response(status=204)
        return None

    def finish(self, response: Response) -> Response:
        """Add the headers, count the answer and log it."""
        request = this_request()
        current = current_request()
        now = self._app_context.clock.now()
        self._add_headers(request, response, current)

        took = max(now - current.began_at, timedelta())
        route = request.url_rule.rule if request.url_rule else "none"
        self._metrics.observe_request(request.method, route, response.status_code, took)
        logger.info(
            "request",
            at=instant_text(now),
            request_id=current.request_id,
            method=request.method[:MAX_LOGGED_METHOD_CHARACTERS],
            route=route,
            ids=_ids_of(request.view_args or {}),
            if_match=request.headers.get("If-Match", "")[:MAX_LOGGED_TAG_CHARACTERS] or None,
            status=response.status_code,
            ms=took // timedelta(milliseconds=1),
            actor=str(current.caller.actor) if current.caller else None,
            code=current.code,
        )

        return response

    def _add_headers(self, request: Request, response: Response, current: RequestContext) -> None:
        headers = response.headers
        present = {name.lower() for name, _ in headers}
        for name, value in HEADERS.items():
            if name.lower() not in present:
                headers.add(name, value)
        headers[REQUEST_ID_HEADER] = current.request_id
        if current.position:
            headers[header_names.POSITION] = current.position
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = ONE_YEAR
        if self._cors_origins:
            response.vary.add("Origin")
        if self._is_allowed_origin(request):
            response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response.headers.update(CORS_HEADERS)

    def _is_allowed_origin(self, request: Request) -> bool:
        return request.headers.get("Origin") in self._cors_origins


def _ids_of(arguments: Mapping[str, object]) -> dict[str, str]:
    """Return the ids in a path; another part of a path may be a secret."""
    ids: dict[str, str] = {}
    for name, value in arguments.items():
        if name == "id" or name.endswith("_id"):
            ids[name] = str(value)[:MAX_LOGGED_ID_CHARACTERS]
    return ids


def install_middleware(app: Flask, middleware: RequestMiddleware) -> None:
    """Run the middleware before every other hook, and after every other one."""
    app.before_request(middleware.begin)
    app.after_request(middleware.finish)

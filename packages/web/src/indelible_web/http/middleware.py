"""Middleware around every view: the request id, the log line, and the headers of the answer."""

import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog
from attrs import frozen
from flask import Flask, Response, g, request

from indelible.app import AppContext
from indelible.kernel import instant_text
from indelible_web.http.errors import MalformedRequest
from indelible_web.http.metrics import Metrics
from indelible_web.http.request import RequestContext, current_request

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
        "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id"
    ),
    "Access-Control-Allow-Methods": "GET, PATCH, POST, PUT",
    "Access-Control-Expose-Headers": "ETag, Location, Retry-After, X-Request-Id",
    "Access-Control-Max-Age": "600",
}

JSON_RENDERER: Final = structlog.processors.JSONRenderer()


def render_event(
    wrapped: logging.Logger, method: str, event: structlog.typing.EventDict
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the record's message, which is JSON, and its fields for a host's formatter."""
    fields = dict(event)
    message = JSON_RENDERER(wrapped, method, event)
    return (message,), {"extra": {"event_fields": fields}}


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
        if is_preflight and self._is_allowed_origin():
            return Response(status=204)
        return None

    def finish(self, response: Response) -> Response:
        """Add the headers, count the answer and log it."""
        current = current_request()
        now = self._app_context.clock.now()
        self._add_headers(response, current)

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

    def _add_headers(self, response: Response, current: RequestContext) -> None:
        headers = response.headers
        present = {name.lower() for name in headers.keys()}  # noqa: SIM118 - iterating yields pairs
        for name, value in HEADERS.items():
            if name.lower() not in present:
                headers.add(name, value)
        headers[REQUEST_ID_HEADER] = current.request_id
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = ONE_YEAR
        if self._cors_origins:
            response.vary.add("Origin")
        if self._is_allowed_origin():
            response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response.headers.update(CORS_HEADERS)

    def _is_allowed_origin(self) -> bool:
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

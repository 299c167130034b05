"""What surrounds every view: the request's id, its line in the log, and the headers of its answer."""

import logging
import re
from datetime import timedelta
from typing import Final

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
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
ONE_YEAR: Final = "max-age=31536000"
CORS: Final = {
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id"
    ),
    "Access-Control-Allow-Methods": "GET, POST, PUT",
    "Access-Control-Expose-Headers": "ETag, Location, Retry-After, X-Request-Id",
    "Access-Control-Max-Age": "600",
}

logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(
    logging.getLogger("indelible.web"),
    processors=[structlog.processors.JSONRenderer()],
    wrapper_class=structlog.stdlib.BoundLogger,
)


@frozen
class RequestMiddleware:
    """The hooks before and after every view."""

    _app_context: AppContext
    _metrics: Metrics
    _cors_origins: tuple[str, ...]

    def begin(self) -> Response | None:
        """Give the request its id; answer a browser that only asks whether it may ask."""
        given = request.headers.get(REQUEST_ID_HEADER, "")
        request_id = given if REQUEST_ID.fullmatch(given) else self._app_context.ids.new()
        g.exchange = RequestContext(request_id=request_id, began=self._app_context.clock.now())
        if not request.host:
            raise MalformedRequest
        is_preflight = (
            request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        )
        return Response(status=204) if is_preflight and self._is_friend() else None

    def finish(self, response: Response) -> Response:
        """The response with its headers; counted, and told to the log."""
        exchange, now = current_request(), self._app_context.clock.now()
        self._add_headers(response, exchange)
        took = max(now - exchange.began, timedelta())
        route = request.url_rule.rule if request.url_rule else "none"
        self._metrics.observe_request(request.method, route, response.status_code, took)
        logger.info(
            "request",
            at=instant_text(now),
            request_id=exchange.request_id,
            method=request.method[:20],
            route=route,
            status=response.status_code,
            ms=took // timedelta(milliseconds=1),
            actor=str(exchange.caller.actor) if exchange.caller else None,
            code=exchange.code,
        )
        return response

    def _add_headers(self, response: Response, exchange: RequestContext) -> None:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers[REQUEST_ID_HEADER] = exchange.request_id
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = ONE_YEAR
        if self._cors_origins:
            response.vary.add("Origin")
        if self._is_friend():
            response.headers.update(
                {"Access-Control-Allow-Origin": request.headers["Origin"], **CORS}
            )

    def _is_friend(self) -> bool:
        return request.headers.get("Origin") in self._cors_origins


def install_middleware(app: Flask, surroundings: RequestMiddleware) -> None:
    """Put the hooks around every view, first and last."""
    app.before_request(surroundings.begin)
    app.after_request(surroundings.finish)

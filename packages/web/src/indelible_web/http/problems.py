"""Errors as RFC 9457 problem documents."""

import logging
import traceback
from collections.abc import Callable
from http import HTTPStatus
from typing import ParamSpec, TypeVar

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from indelible.kernel import IndelibleError
from indelible.kernel.problems import http_problem
from indelible_web.http import errors
from indelible_web.http.bodies import current_limit
from indelible_web.http.nearest_paths import no_route
from indelible_web.http.request import current_request

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger("indelible.web")


def problem_response(error: Exception) -> Response:
    """Return the answer to a request that was refused or that failed."""
    return _answer(public_error(error))


def transport_problem_response(error: HTTPException) -> Response:
    """Return the answer to a request that Flask or Werkzeug refused."""
    response = _answer(transport_error(error, errors.MalformedRequest))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value

    return response


def transport_error(error: HTTPException, default: type[IndelibleError]) -> IndelibleError:
    """Return the error of a request that Flask or Werkzeug refused."""
    if error.code == HTTPStatus.NOT_FOUND:
        return no_route()
    return errors.from_transport(error.code or 0, default, current_limit())


def public_error(error: Exception) -> IndelibleError:
    """Return the error that the caller sees, InternalError for a fault of the server.

    The log gets a fault's type and its frames, but not its message, which could quote content.
    """
    if isinstance(error, IndelibleError):
        is_fault = error.http_status == HTTPStatus.INTERNAL_SERVER_ERROR
        if not is_fault:
            return error

    frames = "".join(traceback.format_tb(error.__traceback__))
    request_id = current_request().request_id
    logger.error("%s in request %s\n%s", type(error).__name__, request_id, frames)

    return errors.InternalError()


def error_or_result(
    function: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R | IndelibleError:
    """Return the function's result, or the public error if it raised one."""
    try:
        return function(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - one failed item must not refuse the others
        return public_error(error)


def handle_errors(app: Flask) -> None:
    """Answer every error of the application with a problem document."""
    app.register_error_handler(HTTPException, transport_problem_response)
    app.register_error_handler(Exception, problem_response)


def _answer(error: IndelibleError) -> Response:
    current = current_request()
    current.code = error.code
    answer = http_problem(error, current.request_id)

    return Response(answer.body, answer.status, answer.headers)

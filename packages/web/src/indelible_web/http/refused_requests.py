"""Requests of operators that access control refuses, as records."""

from collections.abc import Mapping
from typing import Any, Final, cast

from attrs import field, frozen
from flask import Request, request
from werkzeug.exceptions import HTTPException

from indelible.app import AppContext
from indelible.kernel import Actor, AuditContext, IndelibleError
from indelible.kernel.rejections import record_rejection
from indelible_web.http.parsing import parse_json
from indelible_web.http.request import Caller, current_request

MAX_READ_BYTES: Final = 2**16  # of the body of a request that is refused
UNKNOWN_REASON: Final = "no readable reason"


@frozen(kw_only=True)
class RefusedRequest:
    """A request to an operation, by the operation's name and the values of its path."""

    command_name: str
    path: Mapping[str, str]


@frozen
class RefusedRequests:
    """The records of refused requests; a flood has as many as the caller's rate allows."""

    _app_context: AppContext = field(repr=False)

    def add(self, operation_name: str, caller: Caller, error: IndelibleError) -> None:
        """Store the refusal of the current request; log a failure to do so."""
        refused = RefusedRequest(command_name=operation_name, path=request.view_args or {})
        record_rejection(
            self._app_context.store,
            refused,
            error,
            actor=caller.actor,
            reason=read_reason(request, caller.actor),
            request_id=current_request().request_id,
        )


def read_reason(request: Request, actor: Actor) -> str:
    """Return the reason in a body or a form, a fixed text if it has none that is usable."""
    if not 0 < (request.content_length or 0) <= MAX_READ_BYTES:
        return UNKNOWN_REASON
    try:
        body = request.form.to_dict() or parse_json(request.get_data())
        reason: Any = cast("Any", body)["reason"] if isinstance(body, dict) else None
        return AuditContext(actor=actor, reason=reason).reason
    except (IndelibleError, HTTPException, KeyError):
        return UNKNOWN_REASON

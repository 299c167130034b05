"""Requests of people to an installation."""

import json
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request

from attrs import frozen
from tests.runbooks.bed import Installation
from tests.service.processes import DIRECT, TIMEOUT_SECONDS

REQUEST_ID: Final = "X-Request-Id"


@frozen
class Reply:
    """An answer of the API."""

    status: int
    request_id: str
    document: Any


def send(
    installation: Installation, key: str, method: str, path: str, body: object, **headers: str
) -> Reply:
    """Send a request; in a header's name, underscores stand for hyphens."""
    request = Request(  # noqa: S310 - our own address
        installation.address + path,
        method=method,
        data=json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )
    try:
        with DIRECT.open(request, timeout=TIMEOUT_SECONDS) as response:
            return Reply(response.status, response.headers[REQUEST_ID], json.load(response))
    except HTTPError as error:
        with error:
            return Reply(error.code, error.headers[REQUEST_ID], json.load(error))

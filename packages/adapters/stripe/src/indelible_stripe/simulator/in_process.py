"""A simulator of Stripe without a socket: a transport for the gateway of the same process."""

import json
import re
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Final
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from indelible_stripe.simulator.answers import Answer
from indelible_stripe.simulator.engine import Engine

KEY_HEADER: Final = "idempotency-key"
# Stripe's library sends a random key with each POST that has none; ids must not follow from it.
RANDOM_KEY: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
BASE_ADDRESS: Final = "http://127.0.0.1:12111"  # nothing listens there: no request leaves


class EngineTransport(BaseAdapter):
    """Answers the requests of a `StripeApi` by an engine; a silent answer is a failed connection.

    `on_request` is called before each request. `on_silence` is called with the answer of a request
    that gets no reply, and lets the time of the client pass.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        on_request: Callable[[], object],
        on_silence: Callable[[Answer], object],
    ) -> None:
        """Keep the engine; its pages and links name `BASE_ADDRESS`."""
        super().__init__()
        engine.state.base_url = BASE_ADDRESS
        self._engine = engine
        self._on_request = on_request
        self._on_silence = on_silence

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002, ARG002 - of the base class
        timeout: object = None,  # noqa: ARG002 - of the base class
        verify: bool | str = True,  # noqa: FBT001, FBT002, ARG002 - of the base class
        cert: object = None,  # noqa: ARG002 - of the base class
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002 - of the base class
    ) -> requests.Response:
        """Return the answer of the engine.

        Raises:
            ReadTimeout: The engine lets the client hang.
            ConnectionError: The engine closes the connection.
        """
        self._on_request()
        url = urlsplit(request.url or "")
        content = str(request.body or "")  # the library sends forms as texts
        text = "&".join(part for part in (url.query, content) if part)
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        if RANDOM_KEY.fullmatch(headers.get(KEY_HEADER, "")):
            del headers[KEY_HEADER]
        answer = self._engine.answer(request.method or "GET", url.path, text, headers)
        if not answer.is_silent:
            return _response(request, answer)

        self._on_silence(answer)
        if answer.hangs:
            raise requests.ReadTimeout("the simulator does not answer", request=request)
        raise requests.ConnectionError("the simulator has closed the connection", request=request)

    def close(self) -> None:
        """Do nothing: there is no connection."""


def _response(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    response = requests.Response()
    response.status_code = int(answer.status)
    response.headers.update({"Content-Type": "application/json; charset=utf-8", **answer.headers})
    response.raw = BytesIO(json.dumps(answer.body).encode())
    response.url = request.url or ""
    response.request = request
    response.encoding = "utf-8"
    return response


def page_path(url: str) -> str:
    """Return the path of a page of the simulator, such as that of an onboarding."""
    return urlsplit(url).path

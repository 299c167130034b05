"""A JSON-RPC provider for web3 that keeps the node's address out of logs and errors.

web3's own HTTPProvider writes the address, with its key, into logs, and repeats requests.
"""

import json
import re
import weakref
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from select import POLLIN, poll
from time import monotonic
from typing import Any, Final, cast
from urllib.parse import urlsplit

from attrs import frozen
from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from indelible.kernel import UsageError
from indelible.tokens.errors import ChainUnreachable, InvalidNodeResponse
from indelible_evm.parsing import parse_array, parse_object

NODE_URL: Final = re.compile(
    r"https?://(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d+)?(?:[/?][!-~]*)?", re.ASCII
)
HEADERS: Final = {"Content-Type": "application/json", "Accept": "application/json"}
MAX_BYTES: Final = 64 << 20  # of a response; ten thousand logs need about eight million
MAX_MESSAGE_LENGTH: Final = 200
MIN_SECRET_LENGTH: Final = 8  # any longer part of the address may be a key
CHUNK_BYTES: Final = 65_536


@frozen
class Refusal(Exception):
    """A JSON-RPC error that a node returns instead of a result."""

    code: int
    message: str
    data: object = None

    def as_unreachable(self) -> ChainUnreachable:
        """Return the error for a caller that cannot react to the refusal."""
        return ChainUnreachable(f"{self.code}: {self.message[:MAX_MESSAGE_LENGTH]}")


class QuietProvider(JSONBaseProvider):
    """Sends web3's requests to one address, which no repr, error or log contains.

    Threads may share a provider. Each request takes an idle connection, or opens one.
    """

    # An answer may name another address (CCIP read). Never connect to a stranger's address.
    global_ccip_read_enabled = False

    def __init__(self, url: str, *, timeout_seconds: float) -> None:
        super().__init__()
        self._idle: list[HTTPConnection] = []
        if not NODE_URL.fullmatch(url):
            raise UsageError("expected an http or https URL of a node, with a host, without a user")

        parts = urlsplit(url)
        self._is_https = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port
        self._target = parts.path or "/"
        if parts.query:
            self._target += f"?{parts.query}"
        self._secrets = [
            part for part in re.split(r"[/?&=#]+", url) if len(part) >= MIN_SECRET_LENGTH
        ]
        self._timeout_seconds = timeout_seconds
        # web3 makes a cycle of itself and its provider. Of what is collected together, a socket may
        # come first; a finalizer is called before any of it.
        weakref.finalize(self, _close_all, self._idle)

    def close(self) -> None:
        """Close the idle connections."""
        _close_all(self._idle)

    def make_request(self, method: RPCEndpoint, params: object) -> RPCResponse:
        """Return the node's response to one request, as web3 expects it."""
        body = self.encode_rpc_request(method, params)
        return cast(RPCResponse, self._post(body))

    def make_batch_request(
        self, requests: list[tuple[RPCEndpoint, Any]]
    ) -> list[RPCResponse] | RPCResponse:
        """Return the node's responses in the order of the requests, or its one refusal of all."""
        document = self._post(self.encode_batch_rpc_request(requests))
        if parse_object(parse_object(document).get("error")):
            return cast(RPCResponse, document)

        # A node may answer in any order. The ids of the requests increase, so that the order of
        # the ids is the order of the requests.
        responses: dict[int, RPCResponse] = {}
        for item in parse_array(document):
            response = parse_object(item)
            request_id = response.get("id")
            if isinstance(request_id, int):
                responses[request_id] = cast(RPCResponse, response)
        if len(responses) != len(requests):
            raise InvalidNodeResponse("a batch was not answered with one response per request")

        return [responses[request_id] for request_id in sorted(responses)]

    def call(self, method: str, *params: tuple[object, ...]) -> list[object]:
        """Return the results of a method, one for each of the parameter lists.

        Raises: Refusal, ChainUnreachable, InvalidNodeResponse.
        """
        requests = [(RPCEndpoint(method), item) for item in params]
        if len(requests) == 1:
            return [self._result(self.make_request(*requests[0]))]

        responses = self.make_batch_request(requests)
        if not isinstance(responses, list):
            return [self._result(responses)]
        return [self._result(response) for response in responses]

    def _result(self, document: object) -> object:
        """Return the result in a response. Raises Refusal with secrets masked."""
        response = parse_object(document)
        error = parse_object(response.get("error"))
        if error:
            code = error.get("code")
            message = str(error.get("message"))
            for secret in self._secrets:
                message = message.replace(secret, "***")
            raise Refusal(code if isinstance(code, int) else 0, message, error.get("data"))

        if "result" not in response:
            raise InvalidNodeResponse("a response has neither a result nor an error")
        return response["result"]

    def _post(self, body: bytes) -> object:
        """Return the JSON document that the node returns for a request."""
        try:
            status, answer = self._exchange(body)
        except (OSError, HTTPException) as error:
            # Without `from error`: an unknown host and a wrong certificate contain the address.
            raise ChainUnreachable(type(error).__name__) from None

        document: object = None
        with suppress(ValueError, RecursionError):
            document = json.loads(answer)

        # Nodes return JSON-RPC errors with any HTTP status. 429 is always too many requests.
        refusal = parse_object(parse_object(document).get("error"))
        is_refusal = bool(refusal) and status != HTTPStatus.TOO_MANY_REQUESTS
        if status != HTTPStatus.OK and not is_refusal:
            raise ChainUnreachable(f"HTTP {status}")
        if document is None:
            raise InvalidNodeResponse("a response is not JSON")

        return document

    def _exchange(self, body: bytes) -> tuple[int, bytes]:
        """Send a request over one connection, and return the status and the body."""
        connection = self._take_connection()
        try:
            answer = self._read_answer(connection, body)
        except BaseException:
            connection.close()
            raise

        if connection.sock is not None:  # None after the node has closed the connection
            self._idle.append(connection)
        return answer

    def _take_connection(self) -> HTTPConnection:
        """Return an idle connection that is still open, or a new one."""
        with suppress(IndexError):  # another thread may take the last one
            while True:
                idle = self._idle.pop()
                watch = poll()  # `select` cannot watch file descriptors above 1,023
                watch.register(idle.sock, POLLIN)
                has_input = watch.poll(0)
                if not has_input:  # input without a request can only be the end of the stream
                    return idle
                idle.close()

        connection_type = HTTPSConnection if self._is_https else HTTPConnection
        return connection_type(self._host, self._port, timeout=self._timeout_seconds)

    def _read_answer(self, connection: HTTPConnection, body: bytes) -> tuple[int, bytes]:
        """Return the status and the body. The timeout is for the whole response."""
        deadline = monotonic() + self._timeout_seconds
        connection.request("POST", self._target, body, HEADERS)
        response = connection.getresponse()

        answer = bytearray()
        while chunk := response.read1(CHUNK_BYTES):
            answer += chunk
            # The connection's own timeout is only for the time between two chunks.
            if len(answer) > MAX_BYTES or monotonic() > deadline:
                raise TimeoutError
        if response.length:
            raise HTTPException("the response is incomplete")

        # `read1` does not close the response, and an open one blocks the next request.
        response.close()
        return response.status, bytes(answer)


def _close_all(connections: list[HTTPConnection]) -> None:
    while connections:
        connections.pop().close()

"""web3's way to a node, of our own: web3's HTTPProvider writes the address into its logs, and asks again unasked."""

import json
import re
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
from indelible_evm.reading import members, sequence

ADDRESS: Final = re.compile(
    r"https?://(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d+)?(?:[/?][!-~]*)?", re.ASCII
)
HEADERS: Final = {"Content-Type": "application/json", "Accept": "application/json"}
MAX_BYTES: Final = 64 << 20  # of an answer; ten thousand logs have about eight million
MAX_SAID: Final = 200
SECRET_CHARACTERS: Final = (
    8  # as many make a part of the address a secret: providers have the key there
)


@frozen
class Refusal(Exception):
    """What a node answers in place of a result."""

    code: int
    message: str
    data: object = None

    def unreachable(self) -> ChainUnreachable:
        """What it is for whoever can do nothing about it."""
        return ChainUnreachable(f"{self.code}: {self.message[:MAX_SAID]}")


class QuietProvider(JSONBaseProvider):
    """Takes web3's requests to one address, which is in no repr, no error and no log; errors are those of the port."""

    global_ccip_read_enabled = (
        False  # a stranger's contract would choose an address, and we would go there
    )

    def __init__(self, url: str, *, timeout_seconds: float) -> None:
        super().__init__()
        self._idle: list[HTTPConnection] = []
        if not ADDRESS.fullmatch(url):
            raise UsageError(
                "the address of a node is http or https, with a host and without credentials before it"
            )
        parts = urlsplit(url)
        self._kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._host, self._port = parts.hostname or "", parts.port
        self._target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        self._secrets = [
            each for each in re.split(r"[/?&=#]+", url) if len(each) >= SECRET_CHARACTERS
        ]
        self._timeout_seconds = timeout_seconds

    def close(self) -> None:
        """End the connections on which nothing is asked now."""
        while self._idle:
            self._idle.pop().close()

    __del__ = close

    def make_request(self, method: RPCEndpoint, params: object) -> RPCResponse:
        return cast(RPCResponse, self._said(self.encode_rpc_request(method, params)))

    def make_batch_request(
        self, requests: list[tuple[RPCEndpoint, Any]]
    ) -> list[RPCResponse] | RPCResponse:
        said = self._said(self.encode_batch_rpc_request(requests))
        if members(members(said).get("error")):  # a refusal of them all
            return cast(RPCResponse, said)
        answers = {
            key: each
            for each in map(members, sequence(said))
            if isinstance(key := each.get("id"), int)
        }
        if len(answers) != len(requests):
            raise InvalidNodeResponse("it did not answer each request of a batch once")
        return [cast(RPCResponse, answers[key]) for key in sorted(answers)]  # as they were numbered

    def ask(self, method: str, *each: tuple[object, ...]) -> list[object]:
        """The results of a method for each of the parameters; Refusal, ChainUnreachable, ChainWrong."""
        asked = [(RPCEndpoint(method), params) for params in each]
        answers = (
            self.make_batch_request(asked) if len(asked) > 1 else [self.make_request(*asked[0])]
        )
        return [
            self._result(answer) for answer in (answers if isinstance(answers, list) else [answers])
        ]

    def _result(self, answer: object) -> object:
        read = members(answer)
        if error := members(read.get("error")):
            code, message = error.get("code"), str(error.get("message"))
            for secret in self._secrets:
                message = message.replace(secret, "***")
            raise Refusal(code if isinstance(code, int) else 0, message, error.get("data"))
        if "result" not in read:
            raise InvalidNodeResponse("an answer has neither a result nor an error")
        return read["result"]

    def _said(self, body: bytes) -> object:
        try:
            status, answer = self._exchange(body)
        except (OSError, HTTPException) as error:
            # Not `from error`: a name that is not found, and a certificate of another host, tell where we went.
            raise ChainUnreachable(type(error).__name__) from None
        try:
            said: object = json.loads(answer)
        except (ValueError, RecursionError):
            said = None
        is_refusal = status != HTTPStatus.TOO_MANY_REQUESTS and members(members(said).get("error"))
        if status != HTTPStatus.OK and not is_refusal:
            raise ChainUnreachable(f"HTTP {status}")
        if said is None:
            raise InvalidNodeResponse("an answer is no JSON")
        return said

    def _exchange(self, body: bytes) -> tuple[int, bytes]:
        connection = self._connection()
        try:
            answer = self._answer(connection, body)
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None:  # else the node has ended it
            self._idle.append(connection)
        return answer

    def _connection(self) -> HTTPConnection:
        with suppress(IndexError):
            while idle := self._idle.pop():
                watch = poll()  # not `select`, which knows no more than 1,024 files
                watch.register(idle.sock, POLLIN)
                if not watch.poll(0):  # what comes unasked can only be the end
                    return idle
                idle.close()
        return self._kind(self._host, self._port, timeout=self._timeout_seconds)

    def _answer(self, connection: HTTPConnection, body: bytes) -> tuple[int, bytes]:
        deadline = monotonic() + self._timeout_seconds
        connection.request("POST", self._target, body, HEADERS)
        response = connection.getresponse()
        answer = bytearray()
        while piece := response.read1(65_536):
            answer += piece
            if (
                len(answer) > MAX_BYTES or monotonic() > deadline
            ):  # the connection's own is between two pieces
                raise TimeoutError
        if response.length:
            raise HTTPException("the answer ends in its middle")
        response.close()  # `read1` leaves it open, and an open one lets no other request pass
        return response.status, bytes(answer)

"""A hostile request and its expected answer, as one line."""

from typing import Unpack

from attrs import field, frozen
from tests.web.harness import Json, Sent

HERE = "/v1/concepts/{here}"
BIRTH = {"content": {"name": "Ratio"}, "reason": "a first draft"}
EDIT = {"content": {"name": "Ratio"}, "change_note": "says it more plainly"}
STEP = {"status": "REVIEW", "reason": "ready for review"}
MEBIBYTE = 2**20


@frozen
class Line:
    """A request and its answer."""

    row: int
    status: int
    code: str
    method: str
    path: str
    sent: Sent = field(factory=Sent)

    def __str__(self) -> str:
        said = self.sent.get("data") or self.sent.get("json") or self.sent.get("headers") or ""
        return (
            f"{self.row} {self.method} {self.path} {said}"[:80]
            .encode("ascii", "backslashreplace")
            .decode()
        )


def get(row: int, status: int, code: str, path: str, **sent: Unpack[Sent]) -> Line:
    return Line(row, status, code, "GET", path, sent)


def birth(row: int, status: int, code: str, **sent: Unpack[Sent]) -> Line:
    return Line(row, status, code, "POST", "/v1/concepts", sent)


def edit(row: int, status: int, code: str, **sent: Unpack[Sent]) -> Line:
    return Line(row, status, code, "PUT", HERE, sent)


def step(row: int, status: int, code: str, **sent: Unpack[Sent]) -> Line:
    return Line(row, status, code, "POST", f"{HERE}/status", sent)


def named(name: object, **more: object) -> Json:
    return BIRTH | {"content": {"name": name}, **more}


def raw(text: str) -> bytes:
    """A birth whose reason is this text of JSON."""
    return b'{"content": {"name": "Ratio"}, "reason": ' + text.encode() + b"}"

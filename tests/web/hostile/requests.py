"""A hostile request with its row of the fact sheet and its expected answer."""

from typing import Unpack

from attrs import field, frozen
from tests.web.harness import Json, Sent

# `here` is the id of a concept that no test changes.
CONCEPT = "/v1/concepts/{here}"
CREATION = {"content": {"name": "Ratio"}, "reason": "a first draft"}
EDIT = {"content": {"name": "Ratio"}, "change_note": "says it more plainly"}
STEP = {"status": "REVIEW", "reason": "ready for review"}
MEBIBYTE = 2**20
MAX_LABEL_CHARACTERS = 80


@frozen
class HostileRequest:
    """A request and its expected answer: a status and an error code."""

    row: int
    status: int
    code: str
    method: str
    path: str
    options: Sent = field(factory=Sent)

    def __str__(self) -> str:
        options = self.options
        content = options.get("data") or options.get("json") or options.get("headers") or ""
        return ascii_label(f"{self.row} {self.method} {self.path} {content}")


def ascii_label(text: str) -> str:
    """Return the beginning of the text in ASCII, as a test's report can show it."""
    return text[:MAX_LABEL_CHARACTERS].encode("ascii", "backslashreplace").decode()


def get(row: int, status: int, code: str, path: str, **options: Unpack[Sent]) -> HostileRequest:
    return HostileRequest(row, status, code, "GET", path, options)


def create(row: int, status: int, code: str, **options: Unpack[Sent]) -> HostileRequest:
    return HostileRequest(row, status, code, "POST", "/v1/concepts", options)


def edit(row: int, status: int, code: str, **options: Unpack[Sent]) -> HostileRequest:
    return HostileRequest(row, status, code, "PUT", CONCEPT, options)


def move(row: int, status: int, code: str, **options: Unpack[Sent]) -> HostileRequest:
    return HostileRequest(row, status, code, "POST", f"{CONCEPT}/status", options)


def creation(**fields: object) -> Json:
    """Return the body of a creation with these fields replaced or added."""
    return {**CREATION, **fields}


def creation_of(**content: object) -> Json:
    """Return the body of a creation of a concept with this content."""
    return creation(content={"name": "Ratio", **content})


def raw_creation(reason: str) -> bytes:
    """Return the body of a creation whose reason is this text of JSON."""
    return b'{"content": {"name": "Ratio"}, "reason": ' + reason.encode() + b"}"

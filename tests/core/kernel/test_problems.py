"""The HTTP answer to an error is one for all web frameworks."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from attrs import frozen

from indelible.kernel import (
    Actor,
    Conflict,
    IndelibleError,
    InvalidTransition,
    Stale,
    StoreUnreachable,
    UsageError,
    http_problem,
)


@frozen
class TooLate(Conflict):
    """An error of a host with a status of its own."""

    message: ClassVar[str] = "It is too late since {since}: {actor} was there first."
    http_status: ClassVar[int] = 410
    http_headers: ClassVar[Mapping[str, str]] = {"Link": "</tickets>"}
    since: datetime
    actor: Actor


def document(error: IndelibleError) -> dict[str, object]:
    """Return the document of an error."""
    parsed: dict[str, object] = json.loads(http_problem(error).body)
    return parsed


def test_an_answer_has_status_headers_and_document() -> None:
    answer = http_problem(Stale("t-1", 1, 2), "request-7", "https://example.org/errors")

    assert (answer.status, answer.headers) == (412, {"Content-Type": "application/problem+json"})
    assert json.loads(answer.body) == {
        "type": "https://example.org/errors#STALE",
        "title": "Stale",
        "status": 412,
        "code": "STALE",
        "detail": "Entity t-1 has changed: expected seq 1, got 2.",
        "fields": {"entity_id": "t-1", "expected_seq": 1, "actual_seq": 2},
        "request_id": "request-7",
        "allowed": None,
    }


def test_a_refused_transition_names_the_allowed_ones() -> None:
    refused = InvalidTransition("ticket", "CLOSED", "rename", ("close",))

    assert document(refused)["allowed"] == ["close"]


def test_an_error_of_a_host_has_its_own_status_and_headers() -> None:
    answer = http_problem(TooLate(datetime(2999, 1, 1, tzinfo=UTC), Actor.user("maya")))

    assert (answer.status, answer.headers["Link"]) == (410, "</tickets>")
    assert json.loads(answer.body)["fields"] == {
        "since": "2999-01-01T00:00:00.000000+00:00",
        "actor": {"kind": "user", "id": "maya"},
    }


def test_the_values_of_a_fault_are_not_shown() -> None:
    unreachable = http_problem(StoreUnreachable("at db.internal:5432"))
    defect = http_problem(UsageError("the pepper is hunter2"))

    assert (unreachable.status, unreachable.headers["Retry-After"]) == (503, "5")
    assert defect.status == 500
    assert b"db.internal" not in unreachable.body
    assert b"hunter2" not in defect.body


def test_a_lone_surrogate_becomes_an_escape() -> None:
    assert b"\\ud800" in http_problem(Stale("\ud800", 1)).body

"""Every refusal is a problem of RFC 9457, and a fault of ours shows nothing of itself."""

import logging
import sys
from typing import ClassVar

import pytest
from attrs import frozen
from tests.web.failing import Failure
from tests.web.harness import KEYS, SETTINGS, Web, concept_url, memory, problem

from indelible.app import AppContext
from indelible.concepts.errors import ConceptNotFound, CorrectionTargetNotPublished, SelfApproval
from indelible.kernel import (
    IdempotencyKeyConflict,
    IndelibleError,
    InvalidActor,
    InvalidTransition,
    OutcomeUnknown,
    RequestInFlight,
    Stale,
    StoreBusy,
    StoreUnreachable,
    UsageError,
)
from indelible.kernel.errors import error_types
from indelible.kernel.keys import KeyPolicy
from indelible.kernel.problems import http_problem, problem_of
from indelible.kernel.values import TextTooLong
from indelible.memory import MemoryStore
from indelible.policy import Policy
from indelible_sql import open_store
from indelible_web import create_app
from indelible_web.contexts import CONTEXTS
from indelible_web.http.errors import MalformedJson, Unauthenticated
from indelible_web.http.examples import examples_of
from indelible_web.http.responses import json_text

BIRTH = {"content": {"name": "Ratio"}, "reason": "a first draft"}


@frozen
class Refused(IndelibleError):
    """A refusal of no known kind."""

    code: ClassVar[str] = "REFUSED_SOMEHOW"
    what: str


STATUSES: list[tuple[type[IndelibleError], int]] = [
    (MalformedJson, 400),
    (Unauthenticated, 401),
    (SelfApproval, 403),
    (ConceptNotFound, 404),
    (CorrectionTargetNotPublished, 409),
    (InvalidTransition, 409),
    (RequestInFlight, 409),
    (Stale, 412),
    (TextTooLong, 422),
    (InvalidActor, 422),
    (IdempotencyKeyConflict, 409),
    (UsageError, 500),
    (Refused, 500),
    (StoreBusy, 503),
    (OutcomeUnknown, 503),
]
OURS = ("indelible.", "indelible_web.")


def is_real(leaf: type[IndelibleError]) -> bool:
    """Return whether the class is the one in its module, not the copy that attrs replaced."""
    return (
        leaf.__module__.startswith(OURS)
        and getattr(sys.modules[leaf.__module__], leaf.__name__, None) is leaf
    )


LEAVES = sorted({leaf for leaf in error_types() if is_real(leaf)}, key=lambda leaf: leaf.code)


UNEXPECTED_ERRORS: tuple[type[Exception], ...] = (
    ZeroDivisionError,
    RecursionError,
    KeyError,
    TypeError,
    MemoryError,
    OSError,
    StopIteration,
)


FAULTS = [
    (StoreUnreachable("at db.internal:5432"), 503, "STORE_UNREACHABLE", "5"),
    (StoreBusy(7), 503, "STORE_BUSY", "5"),
    (RequestInFlight("line-7"), 409, "REQUEST_IN_FLIGHT", "1"),
    (IdempotencyKeyConflict("line-7"), 409, "IDEMPOTENCY_KEY_CONFLICT", None),
    (OutcomeUnknown(), 503, "OUTCOME_UNKNOWN", None),
    (UsageError("the pepper is hunter2"), 500, "INTERNAL_ERROR", None),
    (Refused("the pepper is hunter2"), 500, "INTERNAL_ERROR", None),
    *((fault("the pepper is hunter2"), 500, "INTERNAL_ERROR", None) for fault in UNEXPECTED_ERRORS),
]


@pytest.mark.parametrize(
    ("error", "status", "code", "retry_after"), FAULTS, ids=lambda value: str(value)[:20]
)
def test_an_error_of_the_store_gets_its_status_and_code(
    failing: Failure, error: Exception, status: int, code: str, retry_after: str | None
) -> None:
    answer = failing(error).post("/v1/concepts", json=BIRTH)

    assert problem(answer) == (status, code)
    assert answer.headers.get("Retry-After") == retry_after
    assert "hunter2" not in answer.text
    assert "db.internal" not in answer.text


def test_a_fault_is_logged_with_its_traceback_and_without_its_message(
    failing: Failure,
    caplog: pytest.LogCaptureFixture,
) -> None:
    web = failing(ZeroDivisionError("the pepper is hunter2"))
    with caplog.at_level(logging.INFO, "indelible.web"):
        answer = web.get("/v1/learning-order")

    assert "ZeroDivisionError" in caplog.text
    assert answer.headers["X-Request-Id"] in caplog.text
    assert "failing.py" in caplog.text
    assert "hunter2" not in caplog.text


@pytest.mark.slow
def test_a_missing_or_another_pepper_reveals_nothing(sqlite_url: str) -> None:
    whole, forgetful = (
        open_store(sqlite_url, policy=Policy(keys=keys)) for keys in (KEYS, KeyPolicy())
    )
    web = Web(whole)
    web.client = create_app(AppContext(store=forgetful), SETTINGS).test_client()
    answer = web.get("/v1/concepts")
    whole.dispose()
    forgetful.dispose()

    assert problem(answer) == (500, "INTERNAL_ERROR")
    assert "pepper" not in answer.text

    web = Web(memory())
    other = Web(
        MemoryStore(policy=Policy(keys=KeyPolicy(pepper=b"another pepper, as long as the 1st")))
    )

    assert problem(other.get("/v1/concepts", key=web.key)) == (401, "UNAUTHENTICATED")


def test_every_error_is_a_problem_with_a_title_and_the_status_of_its_kind() -> None:
    for leaf, status in STATUSES:
        assert leaf.http_status == status

    named: dict[str, object] = {}
    for context in CONTEXTS:
        named.update(context.examples)
    examples = examples_of(named)

    for leaf in LEAVES:
        error = examples.of_class(leaf)
        result = problem_of(error, "request-1")
        answer = http_problem(error, "request-1")

        assert result.status == answer.status == leaf.http_status >= 400, leaf
        assert answer.body == json_text(result)
        assert result.code == leaf.code
        assert result.title == leaf.code.replace("_", " ").capitalize()
        assert result.type == f"/docs#{leaf.code}"


def test_a_problem_describes_the_error_in_words_and_in_fields(web: Web) -> None:
    saved = web.create()
    answer = web.put(
        concept_url(saved),
        json={"content": {"name": "a" * 1_001}, "change_note": "too long"},
        seq=1,
    )
    body = answer.get_json()

    assert answer.content_type == "application/problem+json"
    assert body["title"] == "Text too long"
    assert body["detail"] == "Field name is too long: at most 1000 characters are allowed."
    assert body["fields"] == {"field": "name", "max_length": 1_000}
    assert body["allowed"] is None

    answer = web.post("/v1/concepts", json=BIRTH | {"\ud800": 1})

    assert answer.get_json()["fields"]["wrong"] == {
        "\ud800": "Unknown field: expected one of change_note, content, corrects, reason."
    }
    assert b"\\ud800" in answer.data

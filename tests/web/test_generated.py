"""Requests that schemathesis makes from the document: each answer is one that the document promises."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

import schemathesis
from hypothesis import settings
from schemathesis.config import SchemathesisConfig
from tests.web.harness import Web, memory

CONFIG = {
    "checks": {
        # If-Match is missed with 428, before anything else is looked at.
        "missing_required_header": {"expected-statuses": [400, 401, 403, 422, 428]},
        # A list can be so much too long that its body is.
        "negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428]},
        # What the document calls valid can still be unknown, stale, out of turn, or against a rule that it says in
        # words: a control in a reason, a cursor of another list, an instant before the year 2000.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", 400, 404, 409, 412, 422]},
    },
}


class Case(Protocol):
    """A request that schemathesis made."""

    def call_and_validate(self, *, headers: Mapping[str, str]) -> object: ...


class Schema(Protocol):
    """The document, as schemathesis reads it."""

    def parametrize(self) -> Callable[[Callable[..., None]], Callable[..., None]]: ...


WEB = Web(memory())  # here, for the tests are made from its document when they are collected
config = cast("Any", SchemathesisConfig).from_dict(CONFIG)
schema = cast("Schema", schemathesis.openapi.from_wsgi("/openapi.json", WEB.app, config=config))


@schema.parametrize()
@settings(max_examples=8, derandomize=True, deadline=None)
def test_every_answer_is_one_that_the_document_promises(case: Case) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {WEB.key}"})

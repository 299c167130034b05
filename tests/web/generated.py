"""Requests that schemathesis makes from the document, right ones and wrong ones, and what it finds in the answers."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import schemathesis
from attrs import Factory, define, field, frozen
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from tests.web.harness import Json, Web

BATCH = (
    "/v1/captures/batch"  # answered item by item: what is wrong with one is told in its own outcome
)
PROMPT = "/v1/authors/prompt"  # what is made here is seldom signed; and a GET of it asks for a wallet of that name
UNFIT = ("positive_data_acceptance", "allow_header_conformance")
CONFIG: dict[str, dict[str, Any]] = {
    "checks": {
        # If-Match is missed with 428, before anything else is looked at.
        "missing_required_header": {"expected-statuses": [400, 401, 403, 422, 428]},
        # A list can be so much too long that its body is.
        "negative_data_rejection": {
            "expected-statuses": [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428]
        },
        # What the document calls valid can still be unknown, stale, out of turn, or against a rule that it says in
        # words: a control in a reason, a cursor of another list, an instant before the year 2000.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", 400, 404, 409, 412, 422]},
        # Its own requests do not go through its WSGI transport: that no route is open without a key is counted.
        "ignored_auth": {"enabled": False},
    },
    "phases": {"stateful": {"enabled": False}},
}


@define
class Found:
    """How many answers had each status, and what was wrong."""

    statuses: Counter[int] = field(factory=Counter[int])
    wrong: list[str] = field(factory=list[str])


@frozen(kw_only=True)
class Making:
    """How requests are made: so many, from this document if not the application's own, with these hooks."""

    examples: int
    seed: int
    document: Json | None = None
    hooks: Mapping[str, Callable[..., object]] = Factory(dict[str, Callable[..., object]])
    is_covering: bool = (
        True  # also the cases that the document's limits suggest, which are always the same
    )


def operations(web: Web) -> list[tuple[str, str]]:
    """Every method and path of the document."""
    return [
        (method.upper(), path) for path, each in web.document["paths"].items() for method in each
    ]


def generated(web: Web, making: Making) -> Callable[[str, str], Found]:
    """What comes of so many generated requests of one operation, and of those that its limits suggest."""
    dose = {
        "generation": {"max-examples": making.examples, "deterministic": making.seed == 0},
        "seed": making.seed,
        "headers": {"Authorization": f"Bearer {web.key}"},
        "phases": {**CONFIG["phases"], "coverage": {"enabled": making.is_covering}},
    }
    config = cast("Any", SchemathesisConfig).from_dict(CONFIG | dose)
    schema = cast("Any", schemathesis.openapi).from_dict(
        making.document or web.document, config=config
    )
    schema.app = web.app
    for name, hook in making.hooks.items():
        schema.hooks.register_hook_with_name(hook, name)

    def of_operation(method: str, path: str) -> Found:
        found = Found()
        for event in from_schema(schema.include(method=method, path=path)).execute():
            _count(event, found)
        if path == BATCH:
            found.wrong = [
                each for each in found.wrong if not each.startswith("negative_data_rejection")
            ]
        if path == PROMPT:
            found.wrong = [each for each in found.wrong if not each.startswith(UNFIT)]
        return found

    return of_operation


def _count(event: Any, found: Found) -> None:  # noqa: ANN401 - of several kinds
    if hasattr(event, "recorder"):
        answers = [each.response for each in event.recorder.interactions.values()]
        found.statuses.update(answer.status_code if answer else 0 for answer in answers)
        found.wrong += _failures(event.recorder)
    error = getattr(event, "value", None) or getattr(event, "exception", None)
    if error is not None:
        found.wrong.append(repr(error))


def _failures(recorder: Any) -> Iterator[str]:  # noqa: ANN401 - it has no public type
    for checks in recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                yield f"{check.name}: {check.failure_info.failure}\n{check.failure_info.code_sample}"

"""Requests that schemathesis generates from the document, and the faults in their answers."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, cast

import schemathesis
from attrs import Factory, define, field, frozen
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from tests.web.harness import Json, Web

# A batch is answered item by item: each outcome names its own error.
BATCH = "/v1/captures/batch"
# Generated prompts are seldom signed, and a GET of the path asks for a wallet of that name.
PROMPT = "/v1/authors/prompt"
CHECKS_UNFIT_FOR_PROMPTS = ("positive_data_acceptance", "allow_header_conformance")
CONFIG: dict[str, dict[str, Any]] = {
    "checks": {
        # A missing If-Match is refused with 428 before anything else is checked.
        "missing_required_header": {"expected-statuses": [400, 401, 403, 422, 428]},
        # A list can be so long that its body is too large.
        "negative_data_rejection": {
            "expected-statuses": [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428]
        },
        # Valid data can still be unknown, stale, not allowed in this state, or against a rule that
        # the document has in words only: a control character in a reason, a cursor of another
        # list, an instant before the year 2000.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", 400, 404, 409, 412, 422]},
        # This check does not use the WSGI transport; other tests count the routes without a key.
        "ignored_auth": {"enabled": False},
    },
    "phases": {"stateful": {"enabled": False}},
}


@define
class Found:
    """The number of answers by status, and the faults in them."""

    statuses: Counter[int] = field(factory=Counter[int])
    wrong: list[str] = field(factory=list[str])


@frozen(kw_only=True)
class Making:
    """The settings of generated requests.

    `is_covering` adds the cases that the document's limits suggest, which are always the same.
    """

    examples: int
    seed: int
    document: Json | None = None
    hooks: Mapping[str, Callable[..., object]] = Factory(dict[str, Callable[..., object]])
    is_covering: bool = True


def operations(document: Json) -> list[tuple[str, str]]:
    """Return every method and path of the document."""
    result: list[tuple[str, str]] = []
    for path, methods in document["paths"].items():
        result += [(method.upper(), path) for method in methods]

    return result


def generated(web: Web, making: Making) -> Callable[[str, str], Found]:
    """Return a function that sends an operation's generated requests and returns the outcome."""
    schema = _schema(web, making)

    def of_operation(method: str, path: str) -> Found:
        outcome = Found()
        for event in from_schema(schema.include(method=method, path=path)).execute():
            _count(event, outcome)
        outcome.wrong = _without_unfit_checks(path, outcome.wrong)

        return outcome

    return of_operation


def _schema(web: Web, making: Making) -> Any:  # noqa: ANN401 - it has no public type
    options = {
        **CONFIG,
        "generation": {"max-examples": making.examples, "deterministic": making.seed == 0},
        "seed": making.seed,
        "headers": {"Authorization": f"Bearer {web.key}"},
        "phases": {**CONFIG["phases"], "coverage": {"enabled": making.is_covering}},
    }
    config = cast("Any", SchemathesisConfig).from_dict(options)
    # A hook writes into the examples of the document; other tests read the application's own.
    document = deepcopy(making.document or web.document)
    schema = cast("Any", schemathesis.openapi).from_dict(document, config=config)
    schema.app = web.app
    for name, hook in making.hooks.items():
        schema.hooks.register_hook_with_name(hook, name)
    _extract_constants(schema)

    return schema


def _extract_constants(schema: Any) -> None:  # noqa: ANN401 - it has no public type
    """Read the application's constants, which the schemas of single operations then share.

    Otherwise each operation reads every module again, for a third of its processor time.
    """
    first_path = next(iter(schema))
    first_method = next(iter(schema[first_path]))
    schema[first_path][first_method].as_strategy()


def _without_unfit_checks(path: str, faults: list[str]) -> list[str]:
    if path == BATCH:
        return [fault for fault in faults if not fault.startswith("negative_data_rejection")]
    if path == PROMPT:
        return [fault for fault in faults if not fault.startswith(CHECKS_UNFIT_FOR_PROMPTS)]
    return faults


def _count(event: Any, outcome: Found) -> None:  # noqa: ANN401 - of several kinds
    if hasattr(event, "recorder"):
        for interaction in event.recorder.interactions.values():
            answer = interaction.response
            outcome.statuses[answer.status_code if answer else 0] += 1
        outcome.wrong += _failures(event.recorder)

    error = getattr(event, "value", None) or getattr(event, "exception", None)
    if error is not None:
        outcome.wrong.append(repr(error))


def _failures(recorder: Any) -> Iterator[str]:  # noqa: ANN401 - it has no public type
    for checks in recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info
                yield f"{check.name}: {failure.failure}\n{failure.code_sample}"

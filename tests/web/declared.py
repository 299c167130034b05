"""Compare what a route of operators refuses with the codes that it declares."""

from typing import Final

from flask import Flask
from tests.web.harness import problem
from werkzeug.test import TestResponse

from indelible.kernel import IdempotencyKeyConflict, RequestInFlight, Stale, StoreUnreachable
from indelible_web.http import errors
from indelible_web.money import CONTEXT

# What each route may answer, each list and each command.
EVERYWHERE: Final = frozenset(
    error.code
    for error in (
        errors.Unauthenticated,
        errors.ScopeMissing,
        errors.InvalidFields,
        errors.TooManyRequests,
        errors.InternalError,
        StoreUnreachable,
        errors.InvalidCursor,
        errors.IdempotencyKeyRequired,
        errors.InvalidIdempotencyKey,
        errors.MalformedJson,
        IdempotencyKeyConflict,
        RequestInFlight,
        Stale,
        errors.BodyTooLarge,
        errors.UnsupportedBody,
    )
)


def declared_codes(app: Flask, method: str, path: str) -> frozenset[str]:
    """Return the codes that the operation at a path declares."""
    endpoint, _ = app.url_map.bind("localhost").match(path, method)
    group, _, name = endpoint.partition(".")
    for routes in CONTEXT.admin_routes:
        for operation in routes.operations:
            if (routes.name, operation.name) == (group, name):
                return frozenset(leaf.code for leaf in operation.errors)

    raise LookupError(f"{method} {path} is no operators' route of money")


def assert_declared(app: Flask, method: str, path: str, answer: TestResponse) -> None:
    """Assert that a refusal has a code of its route, or one that every route may answer."""
    if answer.status_code < 400:
        return

    _, code = problem(answer)
    assert code in declared_codes(app, method, path) | EVERYWHERE, f"{method} {path}: {code}"

"""Scenarios of rate limits: rows 8, 9 and 37."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.web.harness import SCOPES
from tests.web.hostile.scenario import REQUESTS_PER_MINUTE, Deployment, Scenario, Send
from tests.web.hostile.scopes import GET_PATHS
from werkzeug.test import TestResponse

GUESSED_AUTHORIZATIONS: Final = (
    "Bearer ind_x_y",
    "Bearer ind_id-00000001_guess",
    "Bearer",
    "Bearer ",
    "Basic bWF5YTpzZWNyZXQ=",
    "Basic \u00ff",
    "Bearer ghp_0",
    "Bearer ind__x",
    "Bearer ind_x_",
    "Bearer ind_\u00e9_\u00ff",
    "Bearer ind_a_b, Bearer ind_c_d",
    "a" * 5_000,
)
ADDRESS_HEADERS: Final = (
    "X-Forwarded-For",
    "X-Real-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Originating-IP",
    "X-Remote-Addr",
    "True-Client-IP",
    "CF-Connecting-IP",
    "Fastly-Client-IP",
    "Forwarded",
    "Via",
    "X-ProxyUser-Ip",
)


def guess_over_the_limit(authorization: str, deployment: Deployment) -> Send:
    """Guess a key as often as allowed, and once more."""
    address = deployment.new_address()
    headers = {"Authorization": authorization}

    def guess() -> TestResponse:
        return deployment.limited_web.get(
            "/v1/concepts", key=None, headers=headers, environ=address
        )

    for _ in range(REQUESTS_PER_MINUTE):
        guess()
    return guess


def request_over_the_limit(path: str, deployment: Deployment) -> Send:
    web = deployment.limited_web
    key = web.new_key(*SCOPES, "history:read")
    for _ in range(REQUESTS_PER_MINUTE):
        web.get("/v1/concepts", key=key)

    return lambda: web.get(path, key=key)


def guess_with_a_forged_address(header: str, deployment: Deployment) -> Send:
    """Guess from one address, and name another one in a header of each request."""
    address = deployment.new_address()

    def guess() -> TestResponse:
        headers = {header: f"192.0.2.{next(deployment.numbers)}"}
        return deployment.limited_web.get(
            "/v1/concepts", key=None, headers=headers, environ=address
        )

    for _ in range(REQUESTS_PER_MINUTE):
        guess()
    return guess


def limit_scenarios() -> Iterator[Scenario]:
    code = "TOO_MANY_REQUESTS"
    for authorization in GUESSED_AUTHORIZATIONS:
        prepare = partial(guess_over_the_limit, authorization)
        yield Scenario(8, authorization, 429, code, prepare)
    for path in GET_PATHS:
        yield Scenario(9, path, 429, code, partial(request_over_the_limit, path))
    for header in ADDRESS_HEADERS:
        yield Scenario(37, header, 429, code, partial(guess_with_a_forged_address, header))

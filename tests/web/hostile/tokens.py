"""Hostile numbers of tokens, by row of the fact sheet."""

from collections.abc import Iterator

from tests.web.hostile.requests import HostileRequest, get


def impossible_token_ids() -> Iterator[HostileRequest]:
    """Yield numbers that no token has."""
    for text in ("1e3", "0x10", "1_000", "%201", "01", "+1", "1.0", "\u0663", "NaN", "x"):
        yield get(53, 422, "INVALID_FIELDS", f"/v1/tokens/{text}")
    for ending in ("", "/history"):
        yield get(53, 422, "NUMBER_OUT_OF_RANGE", f"/v1/tokens/{2**256}{ending}")
    for text in ("-0", "-1", "-9223372036854775808", str(10**78), "9" * 400):
        yield get(53, 422, "INVALID_FIELDS", f"/v1/tokens/{text}")


TOKEN_REQUESTS = list(impossible_token_ids())

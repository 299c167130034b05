"""Test that health is answered within its limit while the check hangs, and recovers by itself."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, active_count
from time import monotonic

import pytest

from indelible.kernel import StoreUnreachable
from indelible_web.http.probe import Probe, ProbeTimeout

LIMIT_SECONDS = 0.2
MARGIN_SECONDS = 10
REQUESTS = 8


def fails(probe: Probe) -> str:
    """Return the code of the error of a probe, '' where it succeeds."""
    try:
        probe.run()
    except (ProbeTimeout, StoreUnreachable) as error:
        return error.code
    return ""


@pytest.mark.slow
def test_a_check_that_hangs_is_a_timeout_and_takes_one_thread() -> None:
    database_answers = Event()
    probe = Probe(database_answers.wait, LIMIT_SECONDS)
    threads_before = active_count()

    with ThreadPoolExecutor(REQUESTS) as pool:
        start = monotonic()
        codes = list(pool.map(fails, [probe] * REQUESTS))
        seconds = monotonic() - start
        assert active_count() <= threads_before + REQUESTS + 1
    assert codes == ["HEALTH_TIMEOUT"] * REQUESTS
    assert seconds < LIMIT_SECONDS + MARGIN_SECONDS

    database_answers.set()
    while fails(probe):
        assert monotonic() - start < LIMIT_SECONDS + 2 * MARGIN_SECONDS
    assert fails(probe) == ""


@pytest.mark.parametrize("error", [StoreUnreachable("gone"), ZeroDivisionError()])
def test_a_check_that_fails_is_raised_and_checked_again(error: Exception) -> None:
    errors: list[Exception] = [error]

    def check() -> None:
        if errors:
            raise errors.pop()

    probe = Probe(check, MARGIN_SECONDS)
    with pytest.raises(type(error)):
        probe.run()
    probe.run()

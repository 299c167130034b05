"""Test that a request calls no more functions, in no more files, than its limits allow."""

from collections.abc import Generator
from typing import Any, Final

import pytest
from tests.architecture.sources import PACKAGES
from tests.cost_limits import MAX_REQUEST_CALLS
from tests.request_calls import CallCounts, WarmApplication, count_calls, warm_application

from indelible.kernel import Actor

PLANTED: Final = """
def letters():
    yield from "abc"

def planted():
    return [letter for letter in letters()], max(1, 2, key=lambda number: -number)
"""


@pytest.fixture(scope="module")
def application() -> Generator[WarmApplication]:
    with warm_application() as application:
        yield application


@pytest.mark.parametrize("method", MAX_REQUEST_CALLS)
def test_a_request_stays_within_its_limits(application: WarmApplication, method: str) -> None:
    request = application.get if method == "GET" else application.put
    counts = count_calls(request)
    limits = MAX_REQUEST_CALLS[method]

    assert counts.calls <= limits.calls, counts.table()
    assert counts.functions <= limits.functions, counts.table()
    assert counts.files <= limits.files, counts.table()
    assert counts.generated <= limits.generated, counts.table()


def test_equal_requests_make_equal_calls(application: WarmApplication) -> None:
    assert count_calls(application.get) == count_calls(application.get)


def test_calls_are_counted_by_function_and_file() -> None:
    functions: dict[str, Any] = {}
    code = compile(PLANTED, str(PACKAGES / "core" / "src" / "indelible" / "planted.py"), "exec")
    exec(code, functions)  # noqa: S102 - the code above
    counts = count_calls(functions["planted"])

    calls = {function.name: number for function, number in counts.by_function.items()}
    assert calls == {"letters": 1, "planted": 1, "planted.<locals>.<lambda>": 2}
    assert counts.by_file() == {"indelible/planted.py": 4}
    assert "1 planted, line 5" in counts.table()


def test_other_code_is_not_counted_and_generated_methods_apart() -> None:
    counts = count_calls(lambda: hash(Actor.user("maya")))

    assert counts.generated == 2
    assert "Actor.user" in {function.name for function in counts.by_function}
    assert count_calls(lambda: sorted([2, 1], key=lambda number: number)) == CallCounts()

"""Each code of the registry of payments is asserted by a test that runs.

The test has to assert the code, or the error that has it: a mention is not enough.
"""

import re
from functools import cache
from typing import Final

import pytest
from tests.architecture.asserted import asserted_words, skip_marks_of
from tests.architecture.called import Module, module_of
from tests.architecture.sources import ROOT

from indelible.kernel.errors import error_types
from indelible.money.errors.registry import PAYMENT_CODES, CodeUse

# The last folder has the suites that tests/conformance runs on every store.
FOLDERS: Final = (
    "tests/core",
    "tests/sql",
    "tests/web",
    "tests/adapters",
    "packages/core/src/indelible/testing/money",
)
CODES: Final = sorted({entry.code for entry in PAYMENT_CODES if entry.use is not CodeUse.ALIAS})


@cache
def sources() -> dict[str, str]:
    """Return the text of each file with tests, by its path in the repository."""
    texts: dict[str, str] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            texts[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")

    return texts


@cache
def words_of(path: str, test: str) -> frozenset[str]:
    """Return the words that a test of a file asserts."""
    return asserted_words(module_of(path), test)


def spelling_of(code: str) -> re.Pattern[str]:
    """Return the pattern of a code and of the names of the errors that have it."""
    names = {code, *(leaf.__name__ for leaf in error_types() if leaf.code == code)}
    spellings = "|".join(re.escape(name) for name in sorted(names))
    return re.compile(rf"(?<!\w)(?:{spellings})(?!\w)")


def find_test(code: str) -> str | None:
    """Return the first test that runs and asserts a code or its error, None if there is none."""
    spelling = spelling_of(code)
    for path, text in sources().items():
        if spelling.search(text) is None:
            continue
        module = module_of(path)
        for test in module.functions:
            if not test.startswith("test_") or skip_marks_of(module, test):
                continue
            if any(spelling.search(word) for word in words_of(path, test)):
                return f"{path}::{test}"

    return None


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_asserted_by_a_test(code: str) -> None:
    problem = f"no test asserts {code} or its error; searched: {', '.join(FOLDERS)}"

    assert find_test(code) is not None, problem


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("assert run().code == 'ALREADY_PAID'", True),
        ("assert run().code == 'ALREADY_PAID_TWICE'", False),
        ("assert run().code != 'ALREADY_PAID'", False),
        ("with pytest.raises(errors.AlreadyPaid): run()", True),
        ("raise errors.AlreadyPaid", False),
        ("run('ALREADY_PAID')\n    assert run().is_done", False),
        ("run = 'ALREADY_PAID'", False),
    ],
)
def test_a_code_that_is_only_mentioned_is_not_asserted(body: str, *, expected: bool) -> None:
    module = Module.of(f"def test_it(run):\n    {body}\n")

    spelling = spelling_of("ALREADY_PAID")

    words = asserted_words(module, "test_it")

    assert any(spelling.search(word) for word in words) is expected

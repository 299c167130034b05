"""Each error code is asserted by a test that runs: the code itself, or the error that has it."""

import pytest
from tests.architecture.asserted import asserted_words
from tests.architecture.called import Module
from tests.architecture.code_tests import WORD, asserting_tests, spellings_of_codes

pytestmark = pytest.mark.slow


def test_every_code_is_asserted_by_a_test() -> None:
    assert sorted(set(spellings_of_codes()) - set(asserting_tests({}))) == []


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
    asserted = asserted_words(module, "test_it")
    words = {word for text in asserted for word in WORD.findall(text)}

    assert (not words.isdisjoint(spellings_of_codes()["ALREADY_PAID"])) is expected

"""The words that a test asserts are read from its source: values, parameters and helpers."""

from typing import Final

import pytest
from tests.architecture.asserted import all_conditions, asserted_words, skip_marks_of, used_words
from tests.architecture.called import Module

CONSTANT: Final = """
LATE = ("REFUNDED", "CODE")
def test_it(run):
    assert run.outcome == LATE
"""
LITERAL: Final = """
def test_it(run):
    expected = "CODE" if run.is_late else ""
    assert run.code == expected
"""
LOOP: Final = """
def test_it(run):
    for status, code in ((404, "CODE"), (409, "OTHER")):
        assert run.code == code
"""
COLUMN: Final = """
@pytest.mark.parametrize(("body", "code"), [("one", "CODE"), ("two", "OTHER")])
def test_it(body, code):
    assert code_of(body) == code
"""
INPUT_COLUMN: Final = """
@pytest.mark.parametrize(("body", "code"), [("CODE", "OTHER")])
def test_it(body, code):
    assert code_of(body) == code
"""
HELPER: Final = """
def check(run, expected):
    assert run.code == expected
def test_it(run):
    check(run, "CODE")
"""
HELPER_INPUT: Final = """
def check(run, body):
    assert run(body).is_done
def test_it(run):
    check(run, "CODE")
"""
METHOD: Final = """
class Run:
    def require(self, code):
        assert self.code == code
def test_it():
    run = Run()
    run.require("CODE")
"""
RAISES: Final = """
def refused(call):
    with pytest.raises(IndelibleError, match="CODE"):
        call()
def test_it(run):
    refused(run)
"""
UNCALLED: Final = """
def check(run):
    assert run.code == "CODE"
def test_it(run):
    assert run.is_done
"""
EXCLUDED: Final = """
def test_it(run):
    assert "CODE" not in run.codes
    assert not run.has("CODE")
"""
LOCAL_RESULT: Final = """
def test_it(run):
    result = run("CODE")
    assert result.is_done
"""
MESSAGE: Final = """
def test_it(run):
    assert run.is_done, "CODE"
"""


@pytest.mark.parametrize(
    "source",
    [CONSTANT, LITERAL, LOOP, COLUMN, HELPER, METHOD, RAISES],
    ids=["constant", "literal", "loop", "column", "helper", "method", "raises"],
)
def test_a_word_that_a_condition_stands_for_is_asserted(source: str) -> None:
    assert "CODE" in asserted_words(Module.of(source), "test_it")


@pytest.mark.parametrize(
    "source",
    [INPUT_COLUMN, HELPER_INPUT, UNCALLED, EXCLUDED, LOCAL_RESULT, MESSAGE],
    ids=["column of inputs", "input of a helper", "uncalled", "excluded", "result", "message"],
)
def test_a_word_that_no_condition_asserts_is_not_asserted(source: str) -> None:
    assert "CODE" not in asserted_words(Module.of(source), "test_it")


def test_inputs_are_used_words() -> None:
    assert "CODE" in used_words(Module.of(INPUT_COLUMN), "test_it")
    assert "CODE" in used_words(Module.of(HELPER_INPUT), "test_it")


def test_a_condition_that_cannot_fail_is_none() -> None:
    module = Module.of("def test_it():\n    assert True\n    assert 'text'\n")

    assert all_conditions(module, "test_it") == []


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.skipif(True)\ndef test_it():\n    pass\n",
        "@pytest.mark.xfail\ndef test_it():\n    pass\n",
        "def test_it():\n    pytest.skip('later')\n",
        "pytestmark = pytest.mark.skip\ndef test_it():\n    pass\n",
    ],
)
def test_a_test_that_does_not_run_is_found(source: str) -> None:
    assert skip_marks_of(Module.of(source), "test_it") != []


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.slow\ndef test_it():\n    pass\n",
        "def test_it():\n    assert push_skipped() and skip_pauses(1)\n",
    ],
)
def test_a_test_with_another_mark_or_call_runs(source: str) -> None:
    assert skip_marks_of(Module.of(source), "test_it") == []

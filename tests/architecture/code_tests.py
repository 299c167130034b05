"""Which test asserts each error code: the code itself, or the error that has it.

A mention is not enough; `tests.architecture.asserted` says what a test asserts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.architecture.asserted import asserted_words, skip_marks_of
from tests.architecture.called import module_of
from tests.architecture.sources import ROOT

from indelible_service.contract.errors import all_errors

WORD: Final = re.compile(r"\w+")


def asserting_tests(known: Mapping[str, str]) -> Mapping[str, str]:
    """Return a test that runs and asserts each code; a code without one is missing.

    A test that is known, and still does, is kept; for each other code it is the first one.
    """
    spellings = dict(spellings_of_codes())
    found: dict[str, str] = {}
    for code, node in known.items():
        path, _, name = node.partition("::")
        words = spellings.get(code, frozenset())
        if _is_test(path, name) and asserts_one_of(path, name, words):
            found[code] = node
            del spellings[code]

    paths = _paths_by_word(frozenset(word for words in spellings.values() for word in words))
    for code, words in sorted(spellings.items()):
        candidates = dict.fromkeys(path for word in sorted(words) for path in paths.get(word, ()))
        test = next((one for path in candidates for one in _tests_in(path, words)), None)
        if test is not None:
            found[code] = test
    return found


def spellings_of_codes() -> Mapping[str, frozenset[str]]:
    """Return each code with the names of the errors that have it."""
    spellings: dict[str, frozenset[str]] = {}
    for error in all_errors():
        known = spellings.get(error.code, frozenset((error.code,)))
        spellings[error.code] = known | {error.__name__}
    return spellings


def asserts_one_of(path: str, test: str, words: frozenset[str]) -> bool:
    """Return whether a test that runs asserts one of the words, alone or in a longer text."""
    module = module_of(path)
    if skip_marks_of(module, test):
        return False
    asserted = asserted_words(module, test)
    return any(not words.isdisjoint(WORD.findall(text)) for text in asserted)


def _is_test(path: str, test: str) -> bool:
    """Return whether a file has a test of a name."""
    return (ROOT / path).is_file() and test in module_of(path).functions


def _tests_in(path: str, words: frozenset[str]) -> Iterator[str]:
    for test in module_of(path).functions:
        if test.startswith("test_") and asserts_one_of(path, test, words):
            yield f"{path}::{test}"


def _paths_by_word(words: frozenset[str]) -> Mapping[str, Sequence[str]]:
    """Return the files with tests that contain each word."""
    result: dict[str, list[str]] = {}
    for path in _files():
        for word in words.intersection(WORD.findall(path.read_text(encoding="utf-8"))):
            result.setdefault(word, []).append(str(path.relative_to(ROOT)))
    return result


def _files() -> Iterator[Path]:
    """Yield the files with tests, and the suites that they run on every store."""
    yield from sorted((ROOT / "tests").rglob("test_*.py"))
    for folder in sorted((ROOT / "packages").rglob("src/*/testing")):
        yield from sorted(folder.rglob("*.py"))

"""Every error that the reference lists is named by a test, by its code or by its class."""

import re

from docs.generators.errors import errors
from tests.architecture.sources import ROOT, SOURCES

WORD = re.compile(r"\w+")
TESTS = (ROOT / "tests", SOURCES["indelible"] / "testing")


def test_every_error_is_named_by_a_test() -> None:
    named: set[str] = set()
    for folder in TESTS:
        for path in folder.rglob("*.py"):
            named.update(WORD.findall(path.read_text("utf-8")))

    unnamed: list[str] = []
    for error in errors():
        if error.code not in named and error.__name__ not in named:
            unnamed.append(error.code)
    assert unnamed == []

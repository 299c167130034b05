"""Run a conformance suite without pytest."""

from indelible.kernel import IndelibleError
from indelible.testing.own import ContextConformance
from indelible.testing.own.walks import Walk


def play(suite: type[ContextConformance]) -> Walk:
    """Run every test of a suite, and return its walk."""
    suite.setup_class()
    try:
        tests = suite()
        for name in dir(tests):
            if name.startswith("test_"):
                getattr(tests, name)()
    finally:
        suite.teardown_class()
    return suite.walk


def broken(suite: type[ContextConformance]) -> dict[str, str]:
    """Run every test of a suite, and return the messages of those that fail by their names."""
    messages: dict[str, str] = {}
    suite.setup_class()
    try:
        tests = suite()
        for name in dir(tests):
            if name.startswith("test_"):
                try:
                    getattr(tests, name)()
                except (AssertionError, IndelibleError) as error:
                    messages[name] = str(error)
    finally:
        suite.teardown_class()
    return messages

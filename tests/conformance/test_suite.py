"""A suite whose test another one would hide is refused."""

import pytest

from indelible.kernel.errors import UsageError
from indelible.testing.suite import Suite


class FirstConformance(Suite):
    def test_equal(self) -> None: ...


class SecondConformance(Suite):
    def test_equal(self) -> None: ...

    def test_other(self) -> None: ...


def test_two_suites_with_a_test_of_one_name_are_not_combined() -> None:
    with pytest.raises(UsageError, match=r"two tests named test_equal: of First.* and of Second"):
        type("Both", (FirstConformance, SecondConformance), {})


def test_a_suite_does_not_replace_a_test_of_its_base() -> None:
    with pytest.raises(UsageError, match="two tests named test_other"):
        type("Other", (SecondConformance,), {"test_other": repr})

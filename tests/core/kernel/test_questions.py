"""Questions that the stores would answer differently are refused when they are asked."""

from collections.abc import Callable

import pytest

from indelible.kernel import UsageError
from indelible.kernel.questions import (
    Comparison,
    Question,
    above,
    at_least,
    at_most,
    below,
    different,
    equal,
    question_of,
)


@pytest.mark.parametrize("compare", [equal, different, below, at_most, above, at_least])
def test_a_comparison_with_none_is_refused(compare: Callable[[str, object], Comparison]) -> None:
    with pytest.raises(UsageError, match="use `absent"):
        compare("party", None)


def test_a_limit_below_zero_is_refused() -> None:
    assert Question(order=(), limit=0).answer([1, 2], lambda row: row) == ()
    with pytest.raises(UsageError, match="expected 0 or more"):
        Question(limit=-1)


def test_a_page_after_an_id_is_in_order_of_ids() -> None:
    with pytest.raises(UsageError, match="in order of ids"):
        question_of((), {}, after="a", order=("created_at", "id"))

"""Test filters of lists, and positions in them."""

from datetime import UTC, datetime

import pytest

from indelible.kernel.lists import InvalidPosition, NamedListFilter, NamedListOrder

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("prefix", ["", "No", "None"])
def test_an_entry_without_a_name_has_no_prefix(prefix: str) -> None:
    matching = NamedListFilter(name_prefix=prefix)
    assert not matching.matches({"updated_at": NOW, "name": None})
    assert matching.matches({"updated_at": NOW, "name": "None"})


@pytest.mark.parametrize("order", NamedListOrder)
def test_a_position_without_its_order_is_refused(order: NamedListOrder) -> None:
    for position in (order, f"{order} ", "a", f"{order}a b", " a"):
        with pytest.raises(InvalidPosition):
            NamedListFilter(order=order).values_at(position)

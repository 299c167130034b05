"""What needs the attention of an operator of money, and what does not any longer."""

import re

import pytest
from tests.web.console.visitor import Site, Visitor

from indelible.money import DisputeStatus
from indelible.testing.money.payments import apply, dispute_object, paid_charge
from indelible.testing.stores import BEGINNING

pytestmark = pytest.mark.slow

MONEY = "/console/money"
HOME = "/console/"
DISPUTES = f"{MONEY}/disputes"


@pytest.fixture
def operator(any_site: Site) -> Visitor:
    return any_site.member("console", "admin")


def items_of(visitor: Visitor, path: str) -> list[str]:
    """Return the sentences of a page's links about what needs attention."""
    body = visitor.get(path).get_data(as_text=True)
    _, _, part = body.partition('id="attention"')
    part, _, _ = part.partition("</section>")
    return re.findall(r"<a [^>]*>([^<]*)</a>", part)


# Disputes


@pytest.mark.parametrize("status", DisputeStatus)
def test_evidence_is_due_only_while_a_dispute_needs_a_response(
    any_site: Site, operator: Visitor, status: DisputeStatus
) -> None:
    any_site.clock.time = BEGINNING
    paid_charge(any_site.store)
    subject = dispute_object(status=status.value)
    apply(any_site.store, "evt_d1", "charge.dispute.created", subject)
    needs_response = status.value.endswith("needs_response")

    items = items_of(operator, DISPUTES)
    assert len(items) == needs_response
    assert all(item.startswith("Evidence about 25.01 USD is due until ") for item in items)
    assert "overdue" not in operator.page.words

    any_site.clock.forward(minutes=2)
    operator.get(DISPUTES)
    assert "dp_1" in operator.page.words
    assert ("overdue" in operator.page.words) is needs_response

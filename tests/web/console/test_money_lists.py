"""Lists of money in the console: their next pages keep the filters, also after a refused form."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from tests.web.console.test_money import MONEY, WORKER
from tests.web.console.visitor import Site, Visitor

from indelible.money import OpenCharge
from indelible.money.handlers.charges import open_charge
from indelible.testing.money.reconciliations import difference, finish, start
from indelible.testing.money.scenarios import REFERENCE
from indelible.testing.money.transfers import called, planned
from indelible.testing.stores import FAR
from indelible_web.money import payout_pages

pytestmark = pytest.mark.slow


@pytest.fixture
def operator(site: Site) -> Visitor:
    return site.member("console", "admin")


def open_charges(site: Site, number: int, party: str = "ada") -> None:
    """Open charges of a party."""
    for index in range(number):
        command = OpenCharge(
            reference="pool-1",
            party=party,
            item=f"entry-{party}-{index}",
            amount_minor=2_501,
            currency="EUR",
            expires_at=FAR,
        )
        site.store.run(open_charge, command, actor=WORKER, reason="a test")


def charges_on(visitor: Visitor) -> set[str]:
    prefix = f"{MONEY}/payments/"
    return {link for link in visitor.page.links if link.startswith(prefix)}


def refuse(visitor: Visitor, path: str, ending: str) -> None:
    """Send a form of a page without a reason, with pages of one item."""
    visitor.get(path)
    form = visitor.page.form(ending)
    fields = {name: values[0] for name, values in form.fields.items()}
    answer = visitor.post(f"{form.action}?limit=1", {**fields, "reason": " "})
    assert answer.status_code == 422


def test_the_next_page_is_reached_after_a_refused_form(site: Site, operator: Visitor) -> None:
    open_charges(site, 2)
    refuse(operator, MONEY, "/halt")
    first = charges_on(operator)

    assert operator.get(operator.page.link("cursor=")).status_code == 200
    assert len(first | charges_on(operator)) == 2

    planned(site.store)
    refuse(operator, f"{MONEY}/payouts", "/plan")

    assert operator.get(operator.page.link("cursor=")).status_code == 200

    planned(site.store)
    operator.get(f"{MONEY}/ledger?reference={REFERENCE}&limit=1")
    link = operator.page.link("cursor=")

    assert f"reference={REFERENCE}" in link
    assert operator.get(link).status_code == 200

    for path, filters, status in [
        (MONEY, {"party": "ada", "reference": "pool-1"}, "SUCCEEDED"),
        (f"{MONEY}/inbox", {"event_type": "charge.refunded"}, "PROCESSED"),
        (f"{MONEY}/payouts", {"party": "ann", "reference": REFERENCE}, "parked"),
    ]:
        planned(site.store)
        operator.get(f"{path}?{urlencode(filters)}&limit=2")

        (tab,) = [link for link in operator.page.links if f"status={status}" in link]

        kept = dict(parse_qsl(urlsplit(tab).query))
        assert kept == {**filters, "limit": "2", "status": status}
        assert operator.get(tab).status_code == 200


def test_the_links_to_other_pages_keep_the_filters(site: Site, operator: Visitor) -> None:
    open_charges(site, 3, "ada")
    open_charges(site, 3, "bob")
    operator.get(f"{MONEY}?party=ada&reference=pool-1&status=PENDING&limit=2")
    first = charges_on(operator)

    assert operator.get(operator.page.link("cursor=")).status_code == 200
    second = charges_on(operator)
    assert (len(first), len(second), first & second) == (2, 1, set())
    back = operator.page.link("party=ada")
    assert "cursor=" not in back
    operator.get(back)
    assert charges_on(operator) == first


def test_all_discrepancies_of_a_report_are_on_its_pages(site: Site, operator: Visitor) -> None:
    subjects = [f"subject-{number:03}" for number in range(1, 121)]
    found = [difference(number, subject) for number, subject in enumerate(subjects, start=1)]
    report = finish(site.store, start(site.store), *found)
    operator.get(f"{MONEY}/reconciliations/{report.id}")
    text = operator.page.words
    while any("cursor=" in link for link in operator.page.links):
        operator.get(operator.page.link("cursor="))
        text += operator.page.words

    assert [subject for subject in subjects if subject not in text] == []


def test_a_transfer_shows_its_newest_requests_first(
    site: Site, operator: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(site.store)
    transfer = called(site.store, "ann")
    address = f"{MONEY}/payouts/{transfer.id}"
    operator.get(address)
    words = operator.page.words
    assert words.index("Attempt 2") < words.index("Attempt 1")
    assert "before them" not in words

    monkeypatch.setattr(payout_pages, "MAX_ROWS", 1)
    operator.get(address)
    assert "Attempt 2" in operator.page.words
    assert "Attempt 1" not in operator.page.words
    assert f"{transfer.id}/attempts lists the 1 before them." in operator.page.words

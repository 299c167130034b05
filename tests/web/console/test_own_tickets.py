"""The console's pages of a host's tickets and orders, without JavaScript."""

import re
from collections.abc import Generator
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.conftest import POLICY
from tests.examples.orders import orders
from tests.examples.parcels import Parcel, parcels
from tests.examples.tickets import Status, Ticket, tickets
from tests.web.console.own_site import (
    assert_sound,
    member_of,
    now,
    own_site,
    run,
    text_of,
)
from tests.web.console.visitor import EVERY_MARKUP, Site, Visitor

from indelible.kernel import Head
from indelible.testing.stores import MAYA, NOOR
from indelible_sql import open_store

LIST = "/console/tickets"
OWN = (tickets, orders, parcels)
NUMBERS = count(1_000)


@pytest.fixture
def site(sqlite_url: str) -> Generator[Site]:
    store: Any = open_store(sqlite_url, contexts=OWN, policy=POLICY)
    store.upgrade()
    yield own_site(*OWN, store=store)
    store.dispose()


@pytest.fixture
def member(site: Site) -> Visitor:
    return member_of(site, *OWN)


def opened(site: Site, number: str = "", title: str = "Fire") -> Head[Any]:
    number = number or f"T-{next(NUMBERS)}"
    return run(site, tickets, Ticket.open(number=number, title=title))


def at(head: Head[Any], ending: str = "") -> str:
    return f"{LIST}/{head.id}{ending}"


def labels_on(member: Visitor) -> list[str]:
    """Return the labels of the rows of a list."""
    assert member.answer is not None
    rows = member.answer.text.partition("<tbody")[2]
    return re.findall(r"<th [^>]*><a [^>]*><bdi>(.*?)</bdi>", rows)


def test_a_ticket_goes_from_open_to_closed(site: Site, member: Visitor) -> None:
    member.get("/console/")
    assert member.get(member.page.link(LIST)).status_code == 200
    assert "Nothing here yet" in member.page.words
    assert member.get(member.page.link("/new/open")).status_code == 200
    assert_sound(member)
    member.send("open", number="T-1", title="Printer on fire", reason="a call")
    member.follow()
    assert "T-1 is saved: open." in member.page.words
    assert "<title>T-1 " in text_of(member)
    entity_id = member.page.form("/assign").action.split("/")[-2]
    assert_sound(member)

    member.send("rename", title="Printer in room 4", reason="seen")
    member.follow()
    assert "Saved as change 2: rename." in member.page.words
    assert "Printer [removed: on fire] [added: in room 4]" in member.page.words
    member.send("assign", assignee="ann", reason="on duty")
    member.follow()
    assert [form.action.split("/")[-1] for form in member.page.forms[2:]] == ["close"]
    member.send("close", resolution="Put\nout.", reason="done")
    member.follow()
    assert "Nothing can follow the state Closed." in member.page.words
    assert "by user:maya" in member.page.words

    head = now(site, tickets, entity_id)
    assert (head.seq, head.entity.status) == (4, Status.CLOSED)
    assert head.entity.resolution == "Put\nout."


def test_a_long_history_has_pages(site: Site, member: Visitor) -> None:
    head = opened(site, title="Title 1")
    for number in range(2, 26):
        head = run(site, tickets, Ticket.rename(head, title=f"Title {number}"))
    member.get(at(head))
    assert text_of(member).count('class="act-') == 20
    assert "Title [removed: 5] [added: 6]" in member.page.words
    member.get(member.page.link("before=6"))
    assert "[added: Title 1]" in member.page.words
    assert "Title [removed: 4] [added: 5]" in member.page.words
    assert not [link for link in member.page.links if "before=" in link]
    assert member.get(at(head, "?before=1")).status_code == 200
    assert member.get(at(head, "?before=0")).status_code == 422
    assert member.get(at(head, "?before=x")).status_code == 422


def test_a_refused_form_keeps_what_was_typed(site: Site, member: Visitor) -> None:
    head = opened(site)
    member.get(at(head))
    run(site, tickets, Ticket.rename(head, title="Smoke"))
    answer = member.send("rename", title="My long <title>", reason="my reason")
    assert answer.status_code == 412
    assert "STALE" in member.page.words
    assert "Somebody has changed it since you opened the page." in member.page.words
    fields = member.page.form("rename").fields
    assert fields["title"] == ["My long <title>"]
    assert fields["reason"] == ["my reason"]
    assert fields["expected_seq"] == ["2"]
    assert now(site, tickets, head.id).entity.title == "Smoke"

    assert member.send("rename").status_code == 303
    assert now(site, tickets, head.id).entity.title == "My long <title>"

    for seq in ["", "x", "1.0", "99999999999999999999", "-1", "0", None]:
        head = opened(site)
        member.get(at(head))
        answer = member.send("rename", title="Other", reason="x", expected_seq=seq)
        assert answer.status_code == 422
        assert member.page.form("rename").fields["title"] == ["Other"]
        assert now(site, tickets, head.id) == head

    head = run(site, tickets, Ticket.assign(opened(site), assignee="ann"))
    member.get(at(head))
    answer = member.send("close", resolution="Fire", reason="done")
    assert answer.status_code == 409
    assert "the resolution only repeats the title" in member.page.words
    assert member.page.form("close").fields["resolution"] == ["Fire"]

    head = opened(site)
    member.get(at(head))
    closed = run(site, tickets, Ticket.assign(head, assignee="ann"))
    run(site, tickets, Ticket.close(closed, resolution="Out."))
    answer = member.send("rename", title="Typed text", reason="my reason", expected_seq="3")
    assert answer.status_code == 409
    assert "INVALID_TRANSITION" in member.page.words
    assert "Your input" in member.page.words
    assert "Typed text" in member.page.words
    assert "my reason" in member.page.words


@pytest.mark.parametrize(
    ("typed", "status", "code", "message"),
    [
        ({"number": "T 1"}, 422, "TEXT_HAS_CONTROLS", "contains a control character"),
        ({"number": ""}, 422, "TEXT_BLANK", "Field number is blank."),
        ({"number": None}, 422, "INVALID_FIELDS", "Missing data for required field."),
        ({"title": "x" * 1_001}, 422, "TEXT_TOO_LONG", "at most 1000 characters"),
        ({"reason": ""}, 422, "TEXT_BLANK", "Field reason is blank."),
        ({"reason": "x" * 20_001}, 422, "TEXT_TOO_LONG", "Field reason is too long"),
        ({"number": "T-9"}, 409, "TICKET_NUMBER_TAKEN", "Another ticket has number T-9."),
    ],
)
def test_a_faulty_field_is_named_beside_it_and_nothing_is_saved(
    site: Site, member: Visitor, typed: dict[str, str], status: int, code: str, message: str
) -> None:
    opened(site, "T-9")
    member.get(f"{LIST}/new/open")
    sent: dict[str, Any] = {"number": "T-1", "title": "Kept title", "reason": "a call", **typed}
    answer = member.send("open", **sent)
    assert (answer.status_code, code in member.page.words) == (status, True)
    (name,) = typed
    fault_id = "error-reason-open" if name == "reason" else f"error-open-{name}"
    fault = re.search(rf'<p class="fault" id="{fault_id}">(.*?)</p>', text_of(member))
    assert fault is not None
    assert message in fault[1]
    assert f'aria-describedby="{fault_id}"' in text_of(member)
    fields = member.page.form("open").fields
    for field_name, value in sent.items():
        assert fields[field_name] == [value or ""]
    assert member.get(LIST).status_code == 200
    assert labels_on(member) == ["T-9"]


def test_a_form_that_is_sent_twice_has_one_effect(site: Site, member: Visitor) -> None:
    member.get(f"{LIST}/new/open")
    page = member.page
    first = member.send("open", number="T-1", title="Fire", reason="a call")
    member.page = page
    second = member.send("open", number="T-1", title="Fire", reason="a call")
    assert first.location == second.location

    member.get(first.location)
    page = member.page
    member.send("rename", title="Smoke", reason="seen")
    member.page = page
    assert member.send("rename", title="Smoke", reason="seen").status_code == 303
    assert now(site, tickets, first.location.rpartition("/")[2]).seq == 2


def test_unknown_ids_actions_and_tokens_change_nothing(site: Site, member: Visitor) -> None:
    head = opened(site)
    token = member.get(at(head)) and member.page.csrf_token()
    for path in ("nobody", "%00", "new", f"{head.id}x", "a" * 300, f"{head.id}/nothing"):
        assert member.get(f"{LIST}/{path}").status_code == 404, path
    for path in ("nobody/rename", f"{head.id}/burn", "new/burn"):
        sent = {"csrf": token, "title": "x", "reason": "x", "expected_seq": "1"}
        assert member.post(f"{LIST}/{path}", sent).status_code in {404, 405}, path
    assert now(site, tickets, head.id) == head

    member.get(at(head))
    sent = {"title": "Other", "reason": "x", "expected_seq": "1"}
    for forged in ({}, {"csrf": "0" * 64}):
        assert member.post(at(head, "/rename"), {**sent, **forged}).status_code == 403
    assert now(site, tickets, head.id) == head


def test_scopes_open_the_pages(site: Site) -> None:
    head = opened(site)
    stranger = site.member("console")
    stranger.get("/console/")
    assert not [link for link in stranger.page.links if LIST in link]
    assert stranger.get(LIST).status_code == 403
    assert stranger.get(at(head)).status_code == 403
    assert stranger.get("/console/search?q=T-1").status_code == 200
    assert head.id not in text_of(stranger)

    reader = site.member("console", "tickets:read")
    assert reader.get(LIST).status_code == 200
    assert not [link for link in reader.page.links if "/new/" in link]
    assert reader.get(at(head)).status_code == 200
    assert "your key needs the scope tickets:write" in reader.page.words
    assert reader.get(f"{LIST}/new/open").status_code == 403
    sent = {"csrf": reader.page.csrf_token(), "title": "x", "reason": "x", "expected_seq": "1"}
    assert reader.post(at(head, "/rename"), sent).status_code == 403
    assert now(site, tickets, head.id) == head
    assert site.visitor().get(LIST).status_code == 303


def test_markup_in_fields_and_reasons_is_text(member: Visitor) -> None:
    member.get(f"{LIST}/new/open")
    member.send("open", number="<b>T</b>&\"'", title=EVERY_MARKUP, reason=f"Why {EVERY_MARKUP}")
    entity_id = member.answer.location.rpartition("/")[2] if member.answer else ""
    member.follow()
    assert_sound(member)
    member.send("assign", assignee='"><script>x</script>', reason=EVERY_MARKUP)
    assert member.follow().status_code == 200
    paths = (LIST, f"{LIST}/{entity_id}", member.page.link("as-of"), "/console/history")
    for path in (*paths, "/console/search?q=%3Cb%3ET%3C/b%3E%26%22%27"):
        assert member.get(path).status_code == 200, path
        assert_sound(member)
        assert "<b>T</b>&\"'" in member.page.words
    query = urlencode({"assignee": EVERY_MARKUP, "text": EVERY_MARKUP})
    assert member.get(f"{LIST}?{query}").status_code in {200, 422}
    assert_sound(member)


def test_the_list_filters_searches_sorts_and_pages(site: Site, member: Visitor) -> None:
    heads = [opened(site, f"T-{number}", f"Fire {number}") for number in range(30)]
    for head in heads[:3]:
        run(site, tickets, Ticket.assign(head, assignee="ann"))

    newest = [f"T-{number}" for number in range(29, -1, -1)]
    member.get(f"{LIST}?limit=25")
    assert labels_on(member) == newest[:25]
    member.get(member.page.link("cursor="))
    assert labels_on(member) == newest[25:]
    assert member.page.link("limit=25")
    expected = {
        "status=ASSIGNED": ["T-2", "T-1", "T-0"],
        "status=ASSIGNED&order=oldest": ["T-0", "T-1", "T-2"],
        "assignee=ann&order=changed": ["T-2", "T-1", "T-0"],
        "assignee=+ann+&status=OPEN": [],
        "order=changed&limit=3": ["T-2", "T-1", "T-0"],
        "text=FIRE+2": sorted(["T-2", *[f"T-{number}" for number in range(20, 30)]]),
        "text=fire+2&status=OPEN": [f"T-{number}" for number in range(20, 30)],
        "text=fire+2&assignee=ann": ["T-2"],
        "text=nothing": [],
    }
    for query, labels in expected.items():
        assert member.get(f"{LIST}?{query}").status_code == 200
        is_in_order_of_id = "text" in query  # and two ids of one millisecond have no order
        actual = labels_on(member)
        assert (sorted(actual) if is_in_order_of_id else actual) == labels, query
        assert_sound(member)
    member.get(f"{LIST}?text=fire&status=OPEN&limit=5&order=oldest")
    fields = member.page.form("/tickets").fields
    assert (fields["text"], fields["status"]) == (["fire"], ["OPEN"])
    member.get(f"{LIST}?text=fire&limit=25")
    member.get(member.page.link("cursor="))
    assert len(labels_on(member)) == 5

    opened(site)
    for query, status in [
        ("status=LOST", 422),
        ("status=open", 422),
        ("assignee=a+b", 422),
        ("assignee=%00", 422),
        ("text=%00", 422),
        ("text=" + "x" * 201, 422),
        ("order=sideways", 422),
        ("limit=0", 422),
        ("limit=1000", 422),
        ("limit=x", 422),
        ("cursor=abc", 400),
    ]:
        assert member.get(f"{LIST}?{query}").status_code == status
        assert "Refused." in member.page.words
        assert labels_on(member) == []
        if query == "assignee=a+b":
            assert member.page.form("/tickets").fields["assignee"] == ["a b"]
            assert "assignee" in member.page.words

    member.get(f"{LIST}?limit=1")
    url = member.page.link("cursor=")
    assert member.get(f"{url}&status=OPEN").status_code == 400
    assert member.get(f"{url}&order=oldest").status_code == 400


def test_history_and_search_know_a_ticket_by_its_label_as_it_was(
    site: Site, member: Visitor
) -> None:
    head = opened(site, "T-1")
    for query in ("T-1", head.id):
        member.get(f"/console/search?q={query}")
        assert "T-1: Fire" in member.page.words
        assert member.page.link(at(head))
    member.get("/console/history")
    assert "T-1: Fire Open Open" in member.page.words
    assert member.page.link(at(head))

    head = opened(site)
    run(site, tickets, Ticket.rename(head, title="Smoke"))
    member.get(at(head))
    pasts = [link for link in member.page.links if "/as-of?" in link]
    assert len(pasts) == 2
    titles: list[bool] = []
    for past in pasts:
        assert member.get(past).status_code == 200
        assert member.page.link(at(head))
        titles.append("Fire" in member.page.words)
    assert titles == [False, True]

    assert member.get(at(head, "/as-of?at=2001-01-01T00:00:00Z")).status_code == 404
    assert member.get(at(head, "/as-of?at=yesterday")).status_code == 422
    assert member.get(at(head, "/as-of")).status_code == 422


def test_orders_and_parcels_are_placed_and_sent_by_their_forms(site: Site, member: Visitor) -> None:
    member.get("/console/orders/new/draft")
    assert "Begin an order." in member.page.words
    assert member.send("draft", number="O-1", pieces="x", piece_cents="5").status_code == 422
    assert member.page.form("draft").fields["pieces"] == ["x"]
    sent = member.send("draft", number="O-1", pieces="9", piece_cents="10000", reason="needed")
    member.follow()
    assert "Total cents 90000" in member.page.words
    member.send("place", reason="now")
    member.follow()
    assert "Placed" in member.page.words
    assert member.send("approve", reason="my own").status_code == 422
    assert "approver of order" in member.page.words
    assert f"must be another than buyer, which is {MAYA}" in member.page.words

    noor = site.member("console", "orders:read", "orders:write", owner=NOOR)
    noor.get("/console/orders")
    assert "90000" in noor.page.words
    assert str(MAYA) in noor.page.words
    noor.get(sent.location)
    noor.send("approve", reason="within the budget")
    noor.follow()
    assert "Approver user:noor" in noor.page.words

    head = run(site, parcels, Parcel.pack(label="P-1"))
    member.get(f"/console/parcels/{head.id}")
    assert_sound(member)
    assert member.send("send", reason="on the van").status_code == 303
    assert now(site, parcels, head.id).seq == 2

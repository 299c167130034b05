"""Values and names on a host's pages that are hard: nothing is changed, lost or mistaken."""

import re
from enum import auto
from typing import Any, cast

import pytest
from attrs import fields_dict
from tests.web.console.own_records import EMPTY, FULL, Mode, Trap, made_of, records
from tests.web.console.own_site import assert_sound, member_of, now, own_site, run, text_of
from tests.web.console.visitor import Site, Visitor

from indelible.declare import (
    Aggregate,
    Context,
    Identifier,
    Label,
    OneLine,
    States,
    aggregate,
    creates,
    field,
)
from indelible.kernel import Head, UsageError
from indelible.testing.stores import MAYA
from indelible_web.own_pages.links import MAX_OFFERED

pytestmark = pytest.mark.slow

MARK = "\u202e"  # reorders the text behind it


@pytest.fixture
def site() -> Site:
    return own_site(records)


@pytest.fixture
def member(site: Site) -> Visitor:
    return member_of(site, records)


def made(site: Site, values: dict[str, Any] = FULL) -> Head[Any]:
    return run(site, records, made_of(values))


@pytest.mark.parametrize("values", [FULL, EMPTY], ids=["full", "empty"])
def test_a_form_that_is_sent_as_it_is_changes_no_value(
    site: Site, member: Visitor, values: dict[str, Any]
) -> None:
    head = made(site, values)
    member.get(f"/console/records/{head.id}")
    assert_sound(member)
    assert member.send("/edit", reason="as it was").status_code == 303
    after = now(site, records, head.id)
    assert after.seq == 2
    for name in values:
        assert getattr(after.entity, name) == getattr(head.entity, name), name
    member.follow()
    assert "As of change 2" in member.page.words
    assert (
        "[added: " not in member.page.words.partition("As of change 2")[0].partition("Edit by")[2]
    )


def test_each_value_is_typed_into_a_control_of_its_kind(site: Site, member: Visitor) -> None:
    head = made(site, EMPTY)
    member.get(f"/console/records/{head.id}")
    controls: dict[str, tuple[str, str]] = {}
    for tag, attributes in member.page.tags:
        if tag in {"input", "textarea", "select"} and "name" in attributes:
            controls[attributes["name"]] = (tag, attributes.get("type", ""))
    expected = {
        "name": ("input", ""),
        "body": ("textarea", ""),
        "parts": ("textarea", ""),
        "currency": ("input", ""),
        "at": ("input", "datetime-local"),
        "day": ("input", "date"),
        "count": ("input", "number"),
        "price": ("input", ""),
        "flag": ("input", "checkbox"),
        "answer": ("select", ""),
        "colour": ("select", ""),
        "document": ("textarea", ""),
    }
    assert {name: controls[name] for name in expected} == expected
    # A field for times would drop the microseconds, and an input the line breaks.
    member.get(f"/console/records/{made(site).id}")
    (time,) = [one for _, one in member.page.tags if one.get("name") == "at"]
    assert (time["type"], time["value"]) == ("text", "2026-05-04T03:02:01.123456")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"count": "0"}, "count"),
        ({"count": "1.5"}, "count"),
        ({"count": "9223372036854775808"}, "count"),
        ({"count": "٣"}, "count"),
        ({"count": " 7 "}, None),
        ({"amount": "-1"}, "amount"),
        ({"price": "1.234"}, "price"),
        ({"price": "1e3"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"at": "2026-02-30T10:00"}, "at"),
        ({"at": "now"}, "at"),
        ({"at": "1999-12-31T23:59"}, "at"),
        ({"at": "2026-05-04 10:00"}, None),
        ({"at": "2026-05-04T12:00:00+02:00"}, None),
        ({"day": "31.12.2026"}, "day"),
        ({"colour": "blue"}, "colour"),
        ({"colour": ""}, "colour"),
        ({"answer": "maybe"}, "answer"),
        ({"currency": "euro"}, "currency"),
        ({"digest": "A" * 64}, "digest"),
        ({"digest": "a" * 65}, "digest"),
        ({"name": " "}, "name"),
        ({"line": "a\nb"}, "line"),
        ({"body": "\x00"}, "body"),
        ({"body": "x" * 20_001}, "body"),
        ({"parts": ["x"] * 201}, "parts"),
        ({"parts": ["x" * 20_001]}, "parts"),
        ({"document": "{"}, "document"),
        ({"document": "[]"}, "document"),
        ({"document": '{"a": 1, "a": 2}'}, "document"),
        ({"document": '{"a": ' + "[" * 100 + "]" * 100 + "}"}, "document"),
        ({"document": '{"a": NaN}'}, "document"),
        ({"document": ""}, "document"),
    ],
)
def test_a_wrong_value_is_named_beside_its_field_and_stays(
    site: Site, member: Visitor, typed: dict[str, Any], fault: str | None
) -> None:
    head = made(site, EMPTY)
    member.get(f"/console/records/{head.id}")
    shown = member.page.form("/edit").fields
    answer = member.send("/edit", reason="typed", **typed)
    if fault is None:
        assert answer.status_code == 303, member.page.words
        return
    assert answer.status_code == 422, member.page.words
    assert f'id="error-edit-{fault}"' in text_of(member)
    assert_sound(member)
    assert now(site, records, head.id) == head
    kept = member.page.form("/edit").fields
    for name, value in typed.items():
        if name in {"colour", "answer"}:
            continue  # A list of choices cannot show what is none of them.
        texts = cast("list[str]", value) if isinstance(value, list) else [str(value)]
        shown_texts = kept[name][: len(texts)]
        assert [text.replace("\r\n", "\n") for text in shown_texts] == texts
    for name in ("name", "body", "count", "document"):
        if name not in typed:
            assert kept[name] == shown[name], name


def test_more_boxes_come_without_a_script_and_save_nothing(site: Site, member: Visitor) -> None:
    head = made(site)
    member.get(f"/console/records/{head.id}")
    assert len(member.page.form("/edit").fields["parts"]) == 2 + 2
    answer = member.send(
        "/edit", parts=["a", "", "b", "c"], name="typed", more_boxes="parts", reason="r"
    )
    assert answer.status_code == 200
    fields = member.page.form("/edit").fields
    assert fields["parts"] == ["a", "b", "c", "", ""]
    assert (fields["name"], fields["reason"]) == (["typed"], ["r"])
    assert now(site, records, head.id) == head

    member.get("/console/records/new/make")
    assert member.send("/make", parts=["a", "b"], more_boxes="parts").status_code == 200
    assert member.page.form("/make").fields["parts"] == ["a", "b", "", ""]


def test_a_field_of_a_flag_filters(site: Site, member: Visitor) -> None:
    made(site)
    made(site, EMPTY)
    member.get("/console/records?flag=true&colour=dark_red&count=9223372036854775807")
    assert "R-1" in member.page.words
    assert "R-2" not in member.page.words
    assert member.page.form("/records").fields["flag"] == ["true"]
    assert member.get("/console/records?flag=yes").status_code == 422


def test_words_of_states_and_fields_are_for_people(site: Site, member: Visitor) -> None:
    head = made(site)
    member.get(f"/console/records/{head.id}")
    assert "In use" in member.page.words
    assert "Put away to Put away" in member.page.words
    assert "End the use of the record." in member.page.words
    assert "Dark red" in member.page.words
    member.send("/put-away", reason="no longer used")
    member.follow()
    assert "Nothing can follow the state Put away." in member.page.words


def test_a_character_that_reorders_text_is_marked(site: Site, member: Visitor) -> None:
    head = run(site, records, made_of(FULL, line=f"{MARK}abc"))
    member.get("/console/records")
    assert "U+202E" in text_of(member)
    member.get(f"/console/records/{head.id}")
    assert "U+202E" in text_of(member)
    (box,) = [one for _, one in member.page.tags if one.get("name") == "line"]
    assert box["value"] == f"{MARK}abc"


def test_pages_are_named_after_a_line_or_after_the_end_of_an_id() -> None:
    class Kind(States):
        """The states of both."""

        ON = auto()

    @aggregate(final=(Kind.ON,))
    class Named(Aggregate):
        """It has no unique field."""

        status: Kind
        title: OneLine

        @creates(Kind.ON)
        def add(self, id: Identifier, title: OneLine) -> None: ...

    named = Context(Named)
    site = own_site(named)
    member = member_of(site, named)
    run(site, named, Named.add(id="0123456789abcdef", title="A title"))
    run(site, named, Named.add(id="fedcba9876543210", title="\u200b"))
    member.get("/console/nameds")
    assert "A title" in member.page.words
    assert "Named …ba9876543210"[-12:] in member.page.words
    assert "Named …" in member.page.words
    member.get("/console/nameds/new/add")
    assert member.send("add", id="new", title="x", reason="r").status_code == 303
    assert member.follow().status_code == 200
    assert member.get("/console/nameds/new/add").status_code == 200


def test_fields_with_the_names_of_the_console_s_own_are_kept_apart() -> None:
    traps = Context(Trap, filters=("text", "actor", "since"), search=("key",))
    site = own_site(traps)
    member = member_of(site, traps)
    member.get("/console/traps/new/set")
    names = [name for name in fields_dict(Trap) if name not in ("id", "status", "user_id")]
    form = member.page.form("/set").fields
    typed = {name: f"the {name}" for name in form if name not in {"csrf", "once"}}
    assert len(typed) == len([name for name in names if not name.endswith("_at")])
    assert member.post("/console/traps/new/set", {**form, **typed}).status_code == 303
    member.follow()
    (head,) = site.store.read(traps.list)
    assert head.entity.user_id == MAYA.id
    for name in ("csrf", "once", "key", "next", "next_", "more_boxes", "reason", "text", "before"):
        value = getattr(head.entity, name)
        assert value.startswith(f"the {name.rstrip('_')}"), name
    assert len({getattr(head.entity, name) for name in ("next", "next_")}) == 2
    for query in ("actor=the+actor&text=the+text&since=the+since", "text_=the+key"):
        member.get(f"/console/traps?{query}")
        assert head.id in text_of(member), query
    member.get("/console/traps?actor=me")
    assert head.id not in text_of(member)


def test_two_pages_with_one_address_stop_the_start() -> None:
    @aggregate(final=(Mode.ON,))
    class Review(Aggregate):
        """Its list has the address of a page of concepts."""

        status: Mode
        title: OneLine

        @creates(Mode.ON)
        def add(self, title: OneLine) -> None: ...

    for name, page in (("reviews", "list_reviews"), ("search", "search"), ("sign_in", "sign_in")):
        with pytest.raises(UsageError) as refusal:
            own_site(Context(Review, name=name))
        assert f"GET /console/{name.replace('_', '-')}" in str(refusal.value)
        assert page in str(refusal.value)
        assert f"own_{name}_list" in str(refusal.value)
    with pytest.raises(UsageError) as refusal:
        own_site(Context(Review, name="spaces"))
    assert "two contexts have routes of the name spaces" in str(refusal.value)


@aggregate(final=(Mode.ON,))
class Customer(Aggregate):
    """Somebody who orders."""

    status: Mode
    name: Label

    @creates(Mode.ON)
    def register(self, name: Label) -> None: ...


@aggregate(final=(Mode.ON,))
class Invoice(Aggregate):
    """An invoice of a customer, perhaps after another one."""

    status: Mode
    number: Identifier = field(unique=True)
    customer: Identifier = field(references=Customer)
    replaces: Identifier | None = field(references="Invoice")

    @creates(Mode.ON)
    def write(
        self, number: Identifier, customer: Identifier, replaces: Identifier | None = None
    ) -> None: ...


def test_a_reference_is_offered_and_shown_by_its_label_to_those_who_may_read_it() -> None:
    customers, invoices = Context(Customer), Context(Invoice)
    site = own_site(customers, invoices)
    customer = run(site, customers, Customer.register(name="Noor & sons"))
    first = run(site, invoices, Invoice.write(number="I-1", customer=customer.id))
    second = Invoice.write(number="I-2", customer=customer.id, replaces=first.id)
    member = member_of(site, customers, invoices)
    path = f"/console/invoices/{run(site, invoices, second).id}"
    for page in ("/console/invoices", path):
        member.get(page)
        assert member.page.link(f"/console/customers/{customer.id}")
        assert member.page.link(f"/console/invoices/{first.id}")
        assert "Noor & sons" in member.page.words

    member.get("/console/invoices/new/write")
    sent = member.send("/write", number="I-3", customer="nobody", reason="x")
    assert (sent.status_code, "CUSTOMER_NOT_FOUND" in member.page.words) == (404, True)
    assert member.page.form("/write").fields["customer"] == ["nobody"]
    assert 'id="error-write-customer"' in text_of(member)

    reader = site.member("console", "invoices:read")
    reader.get(path)
    assert "Noor & sons" not in reader.page.words
    assert customer.id in reader.page.words

    writer = member_of(site, scopes=("console", "invoices:read", "invoices:write"))
    writer.get("/console/invoices/new/write")
    assert offered_by(writer, "customer") == []
    assert customer.id not in text_of(writer)
    assert "Noor & sons" not in text_of(writer)


def offered_by(visitor: Visitor, field_name: str) -> list[str]:
    """Return the ids that the form of the last page offers for a field."""
    (box,) = [one for _, one in visitor.page.tags if one.get("name") == field_name]
    if "list" not in box:
        return []
    names = [one.get("id", "") for tag, one in visitor.page.tags if tag == "datalist"]
    assert names.count(box["list"]) == 1
    _, _, after = text_of(visitor).partition(f'<datalist id="{box["list"]}">')
    return re.findall(r'<option value="([^"]+)">', after.partition("</datalist>")[0])


def test_a_form_offers_the_newest_aggregates_to_which_a_field_can_refer() -> None:
    customers, invoices = Context(Customer), Context(Invoice)
    site = own_site(customers, invoices)
    member = member_of(site, customers, invoices)
    member.get("/console/invoices/new/write")
    assert offered_by(member, "customer") == []

    names = [f"<Noor> \u200b& sons {number}" for number in range(MAX_OFFERED + 1)]
    ids = [run(site, customers, Customer.register(name=name)).id for name in names]
    invoice = run(site, invoices, Invoice.write(number="I-1", customer=ids[0]))
    member.get("/console/invoices/new/write")
    assert_sound(member)
    assert offered_by(member, "customer") == ids[:0:-1]
    assert offered_by(member, "replaces") == [invoice.id]
    assert offered_by(member, "number") == []
    assert member.answer is not None
    label = f"&lt;Noor&gt; U+200B&amp; sons {MAX_OFFERED}"
    assert f'<option value="{ids[-1]}">{label}</option>' in member.answer.text
    assert "Choose one of the newest, or type an id. Empty for none." in member.page.words

    sent = member.send("/write", number="I-2", customer="nobody", reason="x")
    assert sent.status_code == 404
    assert offered_by(member, "customer") == ids[:0:-1]
    assert member.send("/write", number="I-2", customer=ids[0], reason="x").status_code == 303

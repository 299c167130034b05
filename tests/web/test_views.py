"""Views take the fields of a class of the domain; wrong ones are refused when they are made."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from attrs import NOTHING, field, fields, frozen
from tests.core.kernel.tickets import Ticket

from indelible.kernel import Head, UsageError
from indelible.kernel.aggregates import change_for
from indelible.kernel.audit import AuditContext
from indelible.kernel.execution import created
from indelible.kernel.kinds import Count, Identifier, Instant, Text, kinds
from indelible.testing.stores import MAYA
from indelible_web.http.schemas import Side, schema_of
from indelible_web.http.views import fields_of, view_of

AT = datetime(2026, 1, 1, tzinfo=UTC)


@frozen(kw_only=True, field_transformer=kinds)
class Parcel:
    """A value of the domain."""

    created_at: Instant
    weight: Count
    id: Identifier
    note: Text = ""
    place: Identifier | None = None
    photo: bytes = field(default=b"", converter=bytes)


@frozen(kw_only=True, field_transformer=fields_of(Parcel, leave_out=("photo",)))
class ParcelView:
    """A parcel."""

    is_heavy: bool


@frozen(kw_only=True, field_transformer=fields_of(Ticket))
class TicketView:
    """A ticket; its id is read by the code that tests it."""

    id: str
    seq: int


def names_of(view: type) -> list[str]:
    """Return the names of the fields of a view."""
    return [attribute.name for attribute in fields(cast("Any", view))]


def test_a_view_has_the_fields_of_its_class_and_its_own() -> None:
    assert names_of(ParcelView) == ["id", "weight", "note", "place", "created_at", "is_heavy"]

    @frozen(
        kw_only=True,
        field_transformer=fields_of(
            Parcel, first=("place", "is_heavy"), leave_out=("photo", "note")
        ),
    )
    class View:
        is_heavy: bool

    assert names_of(View) == ["place", "is_heavy", "id", "weight", "created_at"]

    note = fields(cast("Any", ParcelView)).note

    assert note.type is str
    assert (note.default, note.validator, dict(note.metadata)) == (NOTHING, None, {})

    schema = cast("Any", schema_of(ParcelView, Side.ANSWER)())

    assert list(schema.fields) == names_of(ParcelView)
    assert all(one.required for one in schema.fields.values())

    @frozen(kw_only=True)
    class Details(ParcelView):
        routes: tuple[str, ...]

    assert names_of(Details) == [*names_of(ParcelView), "routes"]


def test_a_head_is_seen_by_its_view_with_its_seq() -> None:
    ticket = created(Ticket.open(id="T-1", reporter="ann", title="Fire"), now=AT, actor=MAYA)
    audit = AuditContext(actor=MAYA, reason="a test", request_id="request-1")
    head = Head(entity=ticket, revision=change_for(audit, None, ticket, "open").revision)

    view = view_of(TicketView, head)

    assert (view.id, view.seq) == ("T-1", 1)
    assert cast("Any", view).status is ticket.status


def unknown_field_left_out() -> None:
    @frozen(kw_only=True, field_transformer=fields_of(Parcel, leave_out=("photo", "colour")))
    class Wrong:
        pass


def unknown_first_field() -> None:
    @frozen(
        kw_only=True,
        field_transformer=fields_of(Parcel, first=("colour",), leave_out=("photo",)),
    )
    class Wrong:
        pass


def field_named_twice() -> None:
    @frozen(
        kw_only=True,
        field_transformer=fields_of(Parcel, first=("note",), leave_out=("photo", "note")),
    )
    class Wrong:
        pass


def field_of_another_type() -> None:
    @frozen(kw_only=True, field_transformer=fields_of(Parcel, leave_out=("photo",)))
    class Wrong:
        weight: str


def field_that_is_inherited() -> None:
    @frozen(kw_only=True, field_transformer=fields_of(Parcel, leave_out=("photo",)))
    class Wrong(ParcelView):
        pass


def field_that_no_answer_can_have() -> None:
    @frozen(kw_only=True, field_transformer=fields_of(Parcel))
    class Wrong:
        pass


FAULTS: dict[Callable[[], None], str] = {
    unknown_field_left_out: "Parcel has no field colour that could be left out",
    unknown_first_field: "neither Parcel nor the view has a field colour",
    field_named_twice: "field note is named twice",
    field_of_another_type: "field weight has another type than in Parcel: <class 'int'>",
    field_that_is_inherited: "field id is inherited already: leave it out",
    field_that_no_answer_can_have: "field photo cannot be in an answer: <class 'bytes'>",
}


def test_a_wrong_view_is_refused_with_file_and_line_and_all_faults() -> None:
    for declare, fault in FAULTS.items():
        with pytest.raises(UsageError) as refused:
            declare()

        assert fault in refused.value.problem
        assert f"{__file__}:" in refused.value.problem

    with pytest.raises(UsageError) as refused:

        @frozen(
            kw_only=True,
            field_transformer=fields_of(Parcel, first=("colour",), leave_out=("size", "photo")),
        )
        class Wrong:
            weight: str

    assert len(refused.value.problem.splitlines()) == 4

    with pytest.raises(UsageError, match="dict has no fields: a view needs an attrs class"):
        fields_of(dict)


def test_a_field_that_is_left_out_can_be_one_of_the_view() -> None:
    @frozen(kw_only=True, field_transformer=fields_of(Parcel, leave_out=("photo", "weight")))
    class View:
        weight: str

    assert names_of(View)[-1] == "weight"

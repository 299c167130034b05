"""An aggregate is saved only as declared: fixed fields, times, versions and records."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

import pytest
from attrs import evolve, field, frozen

from indelible.kernel import (
    Actor,
    AuditContext,
    Edge,
    Head,
    IndelibleError,
    Lifecycle,
    NotFound,
    Revision,
    digest,
)
from indelible.kernel.aggregate_errors import (
    FieldFixed,
    InvalidBirth,
    RecordMismatch,
    RecordsDiffer,
    TimeNotAdvanced,
    VersionMismatch,
)
from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.history import Record
from indelible.testing.stores import refusal

Value = Any  # of any field

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
AUDIT = AuditContext(actor=Actor.user("maya"), reason="a test")


class PlanStatus(StrEnum):
    """The states of a plan."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


PLAN = Lifecycle(
    name="plan",
    edges=(
        Edge("", "open", PlanStatus.OPEN, 1),
        Edge(PlanStatus.OPEN, "revise", PlanStatus.OPEN, 1),
        Edge(PlanStatus.OPEN, "close", PlanStatus.CLOSED, 0),
    ),
)


@frozen(kw_only=True)
class PlanText(Record):
    """The text of one version of a plan."""

    record_name: ClassVar[str] = "text"
    head_fields: ClassVar[Mapping[str, str]] = {
        "plan_id": "id",
        "number": "version",
        "written_at": "updated_at",
    }

    plan_id: str
    number: int
    written_at: datetime
    text: str


@frozen
class PlanNotFound(NotFound):
    """No plan has this id."""

    message: ClassVar[str] = "Plan {plan_id} not found."
    plan_id: str


@frozen(kw_only=True)
class Plan(Aggregate):
    """A plan of an owner, with versioned texts."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = PLAN
    missing_error = PlanNotFound
    fixed: ClassVar[tuple[str, ...]] = ("owner",)
    version_field: ClassVar[str] = "version"
    version_records: ClassVar[tuple[type[Record], ...]] = (PlanText,)

    owner: str
    version: int
    status: PlanStatus
    color: str = field(default="red")


def text_of(plan: Plan, text: str = "first") -> PlanText:
    """Return the record that belongs to the plan's current version."""
    return PlanText(plan_id=plan.id, number=plan.version, written_at=plan.updated_at, text=text)


def new_plan() -> Plan:
    return Plan.create("open", now=NOW, id="p-1", owner="maya")


def head_of(plan: Plan) -> Head[Plan]:
    """Return the head of a new plan."""
    return Head(entity=plan, revision=Revision(1, "OPEN", 1, "0" * 64))


def refusal_of(
    head: Head[Plan] | None, plan: Plan, action: str, *records: PlanText
) -> IndelibleError:
    """Return the error with which the change is refused."""
    error = refusal(lambda: change_for(AUDIT, head, plan, action, records=records))
    assert error is not None
    return error


def test_a_change_stores_the_fields_and_the_digests_of_the_records() -> None:
    plan = new_plan()
    text = text_of(plan)
    change = change_for(AUDIT, None, plan, "open", data={"note": "why"}, records=(text,))

    assert change.data == {"owner": "maya", "color": "red", "text": digest(text), "note": "why"}
    assert change.revision == Revision(1, "OPEN", 1, change.hash)
    assert change.adds_version == 1


@pytest.mark.parametrize(
    ("name", "value"), [("owner", "noor"), ("id", "p-2"), ("created_at", LATER)]
)
def test_a_fixed_field_keeps_its_value(name: str, value: Value) -> None:
    head = head_of(new_plan())
    closed = head.entity.transition("close", now=LATER)
    error = refusal_of(head, evolve(closed, **{name: value}), "close")

    assert isinstance(error, FieldFixed)
    assert error.detail["field"] == name
    assert error.detail["actual"] == str(value)


def test_a_new_aggregate_has_one_time() -> None:
    plan = evolve(new_plan(), updated_at=LATER)

    assert isinstance(refusal_of(None, plan, "open", text_of(plan)), InvalidBirth)


@pytest.mark.parametrize("at", [NOW, NOW - timedelta(seconds=1)], ids=["same", "earlier"])
def test_an_update_is_later_than_the_value_before(at: datetime) -> None:
    head = head_of(new_plan())
    closed = evolve(head.entity.transition("close"), updated_at=at)

    assert isinstance(refusal_of(head, closed, "close"), TimeNotAdvanced)


def test_a_version_number_is_the_one_of_the_change() -> None:
    head = head_of(new_plan())
    skipped = evolve(head.entity.transition("revise", now=LATER), version=3)
    error = refusal_of(head, skipped, "revise", text_of(skipped))

    assert isinstance(error, VersionMismatch)
    assert error.detail == {"entity_id": "p-1", "expected": 2, "actual": 3}


def test_a_version_needs_its_record_once() -> None:
    head = head_of(new_plan())
    revised = head.entity.transition("revise", now=LATER)
    without_record = refusal_of(head, revised, "revise")
    with_two_records = refusal_of(head, revised, "revise", text_of(revised), text_of(revised))

    assert isinstance(without_record, RecordsDiffer)
    assert without_record.detail["expected"] == ("text",)
    assert isinstance(with_two_records, RecordsDiffer)


def test_a_change_without_a_version_has_no_records() -> None:
    head = head_of(new_plan())
    closed = head.entity.transition("close", now=LATER)

    assert isinstance(refusal_of(head, closed, "close", text_of(closed)), RecordsDiffer)


@pytest.mark.parametrize(
    ("name", "value"), [("plan_id", "p-2"), ("number", 1), ("written_at", NOW)]
)
def test_a_record_belongs_to_the_value_that_it_is_saved_with(
    name: str,
    value: Value,
) -> None:
    head = head_of(new_plan())
    revised = head.entity.transition("revise", now=LATER)
    record = evolve(text_of(revised), **{name: value})
    error = refusal_of(head, revised, "revise", record)

    assert isinstance(error, RecordMismatch)
    assert error.detail["field"] == name


@frozen(kw_only=True)
class PlanOrigin(Record):
    """The origin of a plan, which its first change adds."""

    record_name: ClassVar[str] = "origin"
    head_fields: ClassVar[Mapping[str, str]] = {"plan_id": "id", "written_at": "created_at"}

    plan_id: str
    written_at: datetime


class PlanWithOrigin(Plan):
    """A plan whose first change adds its origin."""

    first_records: ClassVar[tuple[type[Record], ...]] = (PlanOrigin,)


class PlanWithoutVersions(PlanWithOrigin):
    """A plan with an origin and without versions of its text."""

    version_records: ClassVar[tuple[type[Record], ...]] = ()


def origin_of(plan: Plan) -> PlanOrigin:
    """Return the origin of a plan."""
    return PlanOrigin(plan_id=plan.id, written_at=plan.created_at)


def test_the_first_change_adds_the_first_records_after_the_others() -> None:
    plan = PlanWithOrigin.create("open", now=NOW, id="p-1", owner="maya")
    text, origin = text_of(plan), origin_of(plan)
    change = change_for(AUDIT, None, plan, "open", records=(text, origin))

    assert (change.data["text"], change.data["origin"]) == (digest(text), digest(origin))
    for records in ((text,), (origin,), (origin, text), (text, origin, origin)):
        with pytest.raises(RecordsDiffer) as refused:
            change_for(AUDIT, None, plan, "open", records=records)
        assert refused.value.expected == ("text", "origin")


def test_no_later_change_adds_a_first_record() -> None:
    plan = PlanWithOrigin.create("open", now=NOW, id="p-1", owner="maya")
    head = head_of(plan)
    revised = plan.transition("revise", now=LATER)
    closed = plan.transition("close", now=LATER)

    assert change_for(AUDIT, head, revised, "revise", records=(text_of(revised),)).version == 2
    with pytest.raises(RecordsDiffer):
        change_for(AUDIT, head, revised, "revise", records=(text_of(revised), origin_of(plan)))
    with pytest.raises(RecordsDiffer):
        change_for(AUDIT, head, closed, "close", records=(origin_of(plan),))


def test_an_aggregate_without_versions_can_have_first_records() -> None:
    plan = PlanWithoutVersions.create("open", now=NOW, id="p-1", owner="maya")
    change = change_for(AUDIT, None, plan, "open", records=(origin_of(plan),))

    assert change.data["origin"] == digest(origin_of(plan))


def test_a_first_record_belongs_to_its_aggregate() -> None:
    plan = PlanWithOrigin.create("open", now=NOW, id="p-1", owner="maya")
    stray = evolve(origin_of(plan), plan_id="p-2")

    with pytest.raises(RecordMismatch):
        change_for(AUDIT, None, plan, "open", records=(text_of(plan), stray))

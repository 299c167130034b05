"""Rules that stand beside a field: they are those of the class, and wrong ones are refused."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

import pytest
from attrs import fields_dict, frozen

from indelible.kernel import Conflict, Edge, Lifecycle, UsageError
from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import absent_in, present_in, required_in
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.field_rules import field
from indelible.kernel.kinds import (
    Count,
    Digest,
    Identifier,
    Kind,
    OneLine,
    Text,
    kinds,
)
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.values import TEXTS, is_text, text_tuple
from indelible.testing.stores import BEGINNING


class Status(StrEnum):
    """The states of a box."""

    EMPTY = "EMPTY"
    FULL = "FULL"
    SENT = "SENT"


class OtherStatus(StrEnum):
    """A state that has the same text, and one that no box has."""

    FULL = "FULL"
    LOST = "LOST"


BOX = Lifecycle(
    name="box",
    edges=(
        Edge("", "make", Status.EMPTY, 0),
        Edge(Status.EMPTY, "fill", Status.FULL, 0),
        Edge(Status.FULL, "send", Status.SENT, 0),
    ),
)


TIMES: Final = {"id": "box", "created_at": BEGINNING, "updated_at": BEGINNING}
# What a sent box has.
SENT_VALUES: Final = {"content": "pen", "carrier": "post", "weight": 2, "note": "fragile"}


@frozen
class LabelTaken(Conflict):
    """Another box has the label."""

    message: ClassVar[str] = "Label {label} is taken."
    label: str


@frozen(kw_only=True, field_transformer=kinds)
class Box(Aggregate):
    """A box whose rules stand beside its fields."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = BOX
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("first", present_in("note", Status.SENT)),
    )

    status: Status
    serial: Identifier = field(unique=LabelTaken)
    digest: Digest | None = field(unique=LabelTaken, unique_name="same_digest")
    content: Identifier | None = field(required_in=(Status.FULL, Status.SENT))
    carrier: Identifier | None = field(
        unique=LabelTaken,
        required_in=(Status.SENT,),
        allowed_in=(Status.EMPTY, Status.FULL),
        condition_name="sent_by",
    )
    weight: Count | None = field(required_in=(Status.SENT,), allowed_in=(Status.FULL,))
    seal: Identifier | None = field(allowed_in=(Status.SENT,))
    note: OneLine | None = None
    size: Count = field(default=3)


def test_rules_of_fields_follow_those_of_the_class() -> None:
    every_state = tuple(Status)

    assert Box.one_per_parent == (
        OnePerParent(
            name="one_serial", parent_field="serial", states=every_state, error=LabelTaken
        ),
        OnePerParent(
            name="same_digest", parent_field="digest", states=every_state, error=LabelTaken
        ),
        OnePerParent(
            name="one_carrier", parent_field="carrier", states=every_state, error=LabelTaken
        ),
    )
    assert Box.conditions == (
        Condition("first", present_in("note", Status.SENT)),
        Condition("content_of_status", required_in("content", Status.FULL, Status.SENT)),
        Condition("sent_by", present_in("carrier", Status.SENT)),
        Condition(
            "weight_of_status", present_in("weight", Status.SENT), absent_in("weight", Status.EMPTY)
        ),
        Condition("seal_of_status", absent_in("seal", Status.EMPTY, Status.FULL)),
    )


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"status": Status.EMPTY}, ""),
        ({"status": Status.EMPTY, "weight": 2}, "weight"),
        ({"status": Status.EMPTY, "content": "pen"}, "content"),
        ({"status": Status.EMPTY, "carrier": "post"}, ""),
        ({"status": Status.FULL, "content": "pen"}, ""),
        ({"status": Status.FULL, "content": "pen", "weight": 2}, ""),
        ({"status": Status.FULL, "content": "pen", "seal": "wax"}, "seal"),
        ({"status": Status.SENT, **SENT_VALUES}, ""),
        ({"status": Status.SENT, **SENT_VALUES, "seal": "wax"}, ""),
        ({"status": Status.SENT, **SENT_VALUES, "weight": None}, "weight"),
    ],
)
def test_a_field_must_may_or_cannot_have_a_value_in_a_state(
    values: dict[str, object], refused: str
) -> None:
    every_value: dict[str, Any] = {"serial": "a", **TIMES, **values}
    if not refused:
        assert Box(**every_value).status == values["status"]
        return

    with pytest.raises(FieldNotOfState) as error:
        Box(**every_value)
    assert error.value.field == refused


def test_a_field_with_rules_is_a_field_with_a_kind() -> None:
    fields = fields_dict(Box)

    assert fields["serial"].metadata == {"max_length": 200}
    assert fields["carrier"].default is None
    assert fields["size"].default == 3
    with pytest.raises(TypeError, match="serial"):
        Box.create("make", now=BEGINNING, id="a")


def test_conditions_name_the_line_of_their_field() -> None:
    condition = Box.conditions[1]
    assert isinstance(condition, Condition)

    file, number = condition.declared_at.rsplit(":", 1)
    line = Path(file).read_text(encoding="utf-8").splitlines()[int(number) - 1]

    assert line.strip().startswith("content: Identifier")


def test_all_faults_of_rules_are_named_at_once_with_file_and_line() -> None:
    with pytest.raises(UsageError) as error:

        @frozen(kw_only=True, field_transformer=kinds)
        class Wrong(Aggregate):
            lifecycle: ClassVar[Lifecycle[StrEnum]] = BOX

            status: Status
            endless: Annotated[str, Kind(is_text)] = field(unique=LabelTaken)
            vague: str = field(unique=LabelTaken)
            long: Text | None = field(unique=LabelTaken)
            number: Count = field(unique=LabelTaken)
            labels: Annotated[tuple[str, ...], Kind(text_tuple, TEXTS)] = field(unique=LabelTaken)
            named: Identifier = field(unique=LabelTaken, unique_name="One Name")
            name_of_twenty_eight_letters: Identifier = field(unique=LabelTaken)
            foreign: Identifier | None = field(required_in=(OtherStatus.LOST,))
            alike: Identifier | None = field(allowed_in=(OtherStatus.FULL,))
            full: Identifier = field(required_in=(Status.FULL,))
            double: Identifier | None = field(
                required_in=(Status.FULL,), allowed_in=(Status.SENT, Status.FULL)
            )
            anywhere: Identifier | None = field(allowed_in=Status)
            known: Identifier = field(allowed_in=(Status.FULL,))
            stateless: Identifier | None = field(condition_name="of_nothing")
            common: Identifier | None = field(unique_name="one_common")

    text = str(error.value)
    for problem in (
        "the kind of field endless has no bounds: max_length",
        "field vague has no kind",
        "field long cannot be unique: its kind is no text of at most 600 characters",
        "field number cannot be unique: its kind is no text",
        "field labels cannot be unique: its kind is no text",
        "field named cannot be unique: name of a rule is 'One Name'",
        "field name_of_twenty_eight_letters cannot be unique: name of a rule",
        "field foreign names the state <OtherStatus.LOST: 'LOST'>, which is no Status",
        "field alike names the state <OtherStatus.FULL: 'FULL'>, which is no Status",
        "field full is never empty",
        "field double is both required and allowed in FULL",
        "field anywhere is allowed in every state, which says nothing",
        "field known is never empty",
        "field stateless names a condition and no state",
        "field common has a unique_name and is not unique",
    ):
        assert re.search(rf"test_field_rules\.py:\d+: {re.escape(problem)}", text), problem


def test_two_conditions_of_one_name_are_refused() -> None:
    with pytest.raises(UsageError, match="condition note_of_status is declared twice"):

        @frozen(kw_only=True, field_transformer=kinds)
        class Wrong(Aggregate):
            lifecycle: ClassVar[Lifecycle[StrEnum]] = BOX
            conditions: ClassVar[tuple[AnyCondition, ...]] = (
                Condition("note_of_status", present_in("note", Status.SENT)),
            )

            status: Status
            note: OneLine | None = field(required_in=(Status.SENT,))


def test_rules_need_kinds_and_an_aggregate() -> None:
    with pytest.raises(UsageError, match="without field_transformer=kinds"):

        @frozen(kw_only=True)
        class WithoutKinds(Aggregate):
            lifecycle: ClassVar[Lifecycle[StrEnum]] = BOX

            status: Status
            serial: str = field(unique=LabelTaken)

    with pytest.raises(UsageError, match="its class has no status"):

        @frozen(kw_only=True, field_transformer=kinds)
        class NoAggregate:
            serial: Identifier = field(unique=LabelTaken)

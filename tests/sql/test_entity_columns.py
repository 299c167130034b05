"""The columns of a head follow from the kinds of its aggregate's fields."""

from enum import StrEnum
from typing import Annotated, ClassVar

import pytest
from attrs import frozen
from sqlalchemy import Column, Text

from indelible.captures.entities.records import Centroid
from indelible.kernel import Edge, Lifecycle, UsageError
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord
from indelible.kernel.kinds import Count, Currency, Flag, Identifier, Kind, Label, kinds
from indelible.kernel.values import LINE, is_text
from indelible.money.entities.payees import Payee
from indelible_sql.captures.columns import DOMAINS, EMBEDDING
from indelible_sql.contests.tables.contests import CONTESTS
from indelible_sql.schema.columns import CONTENT, IDENTIFIER, NONBLANK_TEXT, ORDINAL
from indelible_sql.schema.entity_columns import entity_column, entity_columns, named_columns
from indelible_sql.schema.entity_tables import entity_head
from indelible_sql.schema.value_columns import CURRENCY, FLAG


class Status(StrEnum):
    """The state of a parcel."""

    PACKED = "PACKED"


@frozen(kw_only=True, field_transformer=kinds)
class Parcel(Aggregate):
    """A parcel with a field of a kind that names no column."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(
        name="parcel", edges=(Edge("", "pack", Status.PACKED, 1),)
    )
    version_field: ClassVar[str] = "number"

    status: Status
    number: Count
    label: Label
    former: Status | None = None
    currency: Currency
    is_heavy: Flag
    remark: Annotated[str, Kind(is_text, LINE)]


@frozen(kw_only=True, field_transformer=kinds)
class Item(BulkRecord):
    """An item of a parcel."""

    record_name: ClassVar[str] = "items"

    name: Identifier


def test_a_kind_gives_the_type_and_none_gives_null() -> None:
    columns = entity_columns(Parcel, types={"remark": CONTENT})

    assert [(column.name, column.type, column.nullable) for column in columns] == [
        ("label", NONBLANK_TEXT, False),
        ("former", IDENTIFIER, True),
        ("currency", CURRENCY, False),
        ("is_heavy", FLAG, False),
        ("remark", CONTENT, False),
    ]
    assert entity_column(Parcel, "number").type is ORDINAL
    assert [column.name for column in entity_columns(Item)] == ["name"]
    named = named_columns(Parcel, "is_heavy", "label", types={"label": CONTENT})
    assert [(column.name, column.type) for column in named] == [
        ("is_heavy", FLAG),
        ("label", CONTENT),
    ]


def test_a_context_has_domains_of_its_own() -> None:
    types = {column.name: column.type for column in entity_columns(Centroid, domains=DOMAINS)}

    assert types["vector"] is EMBEDDING
    assert types["seq"] is ORDINAL
    with pytest.raises(UsageError, match="field vector of Centroid has no kind with a column"):
        entity_columns(Centroid)


def test_a_field_without_a_column_and_a_type_without_a_field_are_refused() -> None:
    with pytest.raises(UsageError, match="field remark of Parcel has no kind with a column"):
        entity_columns(Parcel)
    with pytest.raises(UsageError, match="Parcel has no fields for these columns: remarks"):
        entity_columns(Parcel, types={"remarks": Text()})


def test_a_computed_column_stands_behind_the_one_of_a_field() -> None:
    names = [column.name for column in CONTESTS.columns]

    assert names[names.index("settlement_run_id") + 1] == "settlement_run_status"
    assert names[-1] == "attempted_action"
    with pytest.raises(UsageError, match="Payee has no columns before computed ones: purpose"):
        entity_head("parcels", Payee, computed_behind={"purpose": Column("other", Text())})

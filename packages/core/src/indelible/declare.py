"""Declare a lifecycle of your own: an aggregate whose methods are its actions.

`docs/tutorials/your-first-lifecycle.md` explains each line of a declaration.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar, dataclass_transform, overload

import attrs

from indelible.kernel.actions import At, ChangingAction, Fields, action, creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.appends import DECLARED_RECORDS, AppendedRecord, StoredRecord
from indelible.kernel.choices import chooses
from indelible.kernel.contexts import Context
from indelible.kernel.declared_finders import finds
from indelible.kernel.derived_errors import derived_missing_error
from indelible.kernel.errors import WORD_BOUNDARY, Refused
from indelible.kernel.execution import current_actor
from indelible.kernel.field_rules import field
from indelible.kernel.kept_values import KEEP
from indelible.kernel.kinds import (
    Amount,
    Count,
    Currency,
    Date,
    Digest,
    Flag,
    Identifier,
    Instant,
    Label,
    Natural,
    NonBlankText,
    OneLine,
    Text,
    Texts,
    Version,
    decimal_kind,
    kinds,
)
from indelible.kernel.lifecycle import Lifecycle

__all__ = [
    # an aggregate
    "Aggregate",
    "Context",
    "States",
    "action",
    "aggregate",
    "chooses",
    "creates",
    "field",
    "finds",
    # rows that an action appends
    "AppendedRecord",
    "StoredRecord",
    "record",
    # commands
    "KEEP",
    "At",
    "ChangingAction",
    "Fields",
    "Refused",
    "current_actor",
    # kinds of fields
    "Amount",
    "Count",
    "Currency",
    "Date",
    "Digest",
    "Flag",
    "Identifier",
    "Instant",
    "Label",
    "Natural",
    "NonBlankText",
    "OneLine",
    "Text",
    "Texts",
    "Version",
    "decimal_kind",
]

E = TypeVar("E", bound=Aggregate)
R = TypeVar("R", bound=AppendedRecord)


class States(StrEnum):
    """The states of a lifecycle; `auto()` gives each its own name as its value."""

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[Any]) -> str:
        """Return the name of a state."""
        del start, count, last_values
        return name


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(field, attrs.field)
)
def aggregate(
    *,
    final: tuple[StrEnum, ...] = (),
    adopts: tuple[StrEnum, ...] = (),
    adopted: tuple[StrEnum, ...] = (),
) -> Callable[[type[E]], type[E]]:
    """Make a class the declaration of an aggregate, and derive all that follows from it.

    `final` are the states that no action leaves. `adopts` are those in which the rows of an
    older table become aggregates (`indelible_sql.adopt`): their first change is `adopt_closed`
    for `Status.CLOSED`, which no command takes. Once all rows are adopted, rename `adopts` to
    `adopted`: what they began with stays legal, and nothing begins like that again. The name of
    the lifecycle is that of the class, `purchase_order` for `PurchaseOrder`, and the error of
    an unknown id `PurchaseOrderNotFound`, unless the class has its own `lifecycle` and
    `missing_error`.

    Raises:
        UsageError: The declaration is wrong; all faults are named at once, with file and line.
    """

    def declare(entity: type[E]) -> type[E]:
        own = vars(entity)
        if "lifecycle" not in own:
            entity.lifecycle = Lifecycle(name=WORD_BOUNDARY.sub("_", entity.__name__).lower())
        if "missing_error" not in own:
            name, module = entity.__name__, entity.__module__
            entity.missing_error = derived_missing_error(name, module=module)
        entity.final_states = final
        entity.adopting_states = adopts
        entity.adopted_states = adopted
        return attrs.frozen(kw_only=True, field_transformer=kinds)(entity)

    return declare


@overload
def record(cls: type[R], /) -> type[R]: ...
@overload
def record(*, time_field: str = "", actor_field: str = "") -> Callable[[type[R]], type[R]]: ...
@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(field, attrs.field)
)
def record(
    cls: type[R] | None = None, /, *, time_field: str = "", actor_field: str = ""
) -> type[R] | Callable[[type[R]], type[R]]:
    """Make a class the declaration of the rows that an action appends.

    `time_field` gets the time of the action, and `actor_field` its actor, such as `user:maya`. The
    name of the record is that of the class, `label_scan` for `LabelScan`, unless the class has its
    own `record_name`.

    Raises:
        UsageError: The declaration is wrong; all faults are named at once, with file and line.
    """

    def declare(declared: type[R]) -> type[R]:
        if "record_name" not in vars(declared):
            declared.record_name = WORD_BOUNDARY.sub("_", declared.__name__).lower()
        declared.time_field = time_field
        declared.actor_field = actor_field
        record_type = attrs.frozen(kw_only=True, field_transformer=kinds)(declared)
        DECLARED_RECORDS[record_type.__module__, record_type.__qualname__] = record_type
        return record_type

    return declare if cls is None else declare(cls)

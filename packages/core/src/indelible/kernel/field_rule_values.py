"""The rules of a field as they are declared, before its class is made."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from attrs import frozen

from indelible.kernel.errors import Conflict

TakenError = Callable[[str], Conflict]


@frozen(kw_only=True)
class FieldRules:
    """The rules that `field` declares.

    No two aggregates have the same value of a `unique` field, in whatever state they are; the error
    for `number` of `Ticket` is `TicketNumberTaken`. The field must have a value in each state of
    `required_in`, may have one in each of `allowed_in`, and has none in any other. Without both it
    may have one in every state. The actions of `actor_of` store their actor in the field, such as
    `user:maya`, those of `reason_of` their reason; nobody passes either. With `fixed_once_set` it
    keeps its first value, and in the states of `fixed_in` any value. `references` is the class
    whose id it has: an unknown id of `Customer` is `CustomerNotFound`. `version_of` are the fields
    whose versions it numbers. Where it and a field of `differs_from` both have values, these are
    different ones.
    """

    unique: TakenError | bool
    unique_name: str
    required_in: tuple[StrEnum, ...]
    allowed_in: tuple[StrEnum, ...]
    condition_name: str
    actor_of: tuple[str, ...]
    fixed_once_set: bool
    fixed_in: tuple[StrEnum, ...]
    references: type[Any] | str
    version_of: tuple[str, ...] | None
    differs_from: tuple[str, ...]
    reason_of: tuple[str, ...]
    declared_at: str


NO_RULES: Final = FieldRules(
    unique=False,
    unique_name="",
    required_in=(),
    allowed_in=(),
    condition_name="",
    actor_of=(),
    fixed_once_set=False,
    fixed_in=(),
    references="",
    version_of=None,
    differs_from=(),
    reason_of=(),
    declared_at="",
)

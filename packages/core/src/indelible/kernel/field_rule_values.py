"""The rules of a field as they are declared, before its class is made."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from attrs import frozen

from indelible.kernel.errors import Conflict

TakenError = Callable[[str], Conflict]


@frozen(kw_only=True)
class FieldRules:
    """The rules that `field` declares."""

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
    declared_at="",
)

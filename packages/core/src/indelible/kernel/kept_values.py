"""KEEP: the default of a parameter whose field stays as it is unless the caller passes a value."""

from collections.abc import Mapping
from inspect import Parameter
from typing import Any

from indelible.kernel.errors import UsageError


class Keep:
    """The type of KEEP, its only value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "KEEP"

    def __reduce__(self) -> str:
        """Return the name of the only value, which a copy is too."""
        return "KEEP"


# Of any type, so that it is a default of parameters of every type.
KEEP: Any = Keep()


def with_kept_values(
    arguments: Mapping[str, Any],
    parameters: Mapping[str, Parameter],
    before: Any,  # noqa: ANN401 - an aggregate of any class
) -> Mapping[str, Any]:
    """Return the arguments of an action with the values that fields keep.

    Raises:
        UsageError: KEEP is passed for a parameter that has another default.
    """
    if KEEP not in arguments.values():
        return arguments

    values: dict[str, Any] = {}
    for name, value in arguments.items():
        stays = value is KEEP
        if stays and parameters[name].default is not KEEP:
            raise UsageError(f"parameter {name} keeps nothing: it has no default KEEP")
        values[name] = getattr(before, name) if stays else value
    return values


def passed_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are passed, without those that are kept."""
    return {name: value for name, value in values.items() if value is not KEEP}

"""The signatures of methods that a declaration reads, and the calls that do not fit them."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

C = TypeVar("C", bound=Callable[..., Any])


def without_self(signature: inspect.Signature) -> tuple[bool, inspect.Signature]:
    """Return whether a method has `self`, and its signature without it."""
    parameters = list(signature.parameters.values())
    has_self = bool(parameters) and parameters[0].name == "self"
    if has_self:
        parameters = parameters[1:]
    return has_self, inspect.Signature(parameters)


def bound_arguments(
    called: object,
    target_name: str,
    signature: inspect.Signature,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> Mapping[str, Any]:
    """Return the arguments of a call by their names, those that it leaves out included.

    Raises:
        TypeError: They do not fit the signature; Python's own error would not name `called`.
    """
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        names = _parameter_names(target_name, signature.parameters)
        raise TypeError(f"{called!r}(...): {error}; it takes ({names})") from None

    bound.apply_defaults()
    return bound.arguments


def needs_target(call: C) -> C:
    """Make `__call__` of an action or a choice say which target it needs, if it gets none."""

    @wraps(call)
    def checked(self: Any, *args: Any, **kwargs: Any) -> object:  # noqa: ANN401 - of either class
        if not args:
            noun = self.entity.lifecycle.name
            names = _parameter_names(noun, self.parameters)
            problem = f"needs the {noun.replace('_', ' ')} that it changes"
            raise TypeError(f"{self!r}() {problem}: {self!r}({names})")
        return call(self, *args, **kwargs)

    return cast("C", checked)


def _parameter_names(target_name: str, parameters: Mapping[str, inspect.Parameter]) -> str:
    """Return what a call takes, the target first where there is one."""
    names = [target_name, *parameters] if target_name else list(parameters)
    return ", ".join(names)

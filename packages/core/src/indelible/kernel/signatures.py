"""The signatures of methods that a declaration reads."""

import inspect


def without_self(signature: inspect.Signature) -> tuple[bool, inspect.Signature]:
    """Return whether a method has `self`, and its signature without it."""
    parameters = list(signature.parameters.values())
    has_self = bool(parameters) and parameters[0].name == "self"
    if has_self:
        parameters = parameters[1:]
    return has_self, inspect.Signature(parameters)

"""Runtime checks that an adapter has the methods and signatures of its port."""

from collections.abc import Callable, Iterator
from inspect import Parameter, Signature, iscoroutinefunction, signature
from typing import Any, ClassVar, Protocol, cast, get_origin, get_type_hints

from attrs import frozen

from indelible.kernel.errors import Invalid

NO_MEMBER = "nothing"


@frozen
class ContractViolated(Invalid):
    """An adapter lacks a method of its port, or has it with another signature."""

    message: ClassVar[str] = (
        "Adapter {adapter} does not implement {method} of port {port}: expected {expected}, "
        "got {actual}."
    )
    adapter: str
    port: str
    method: str
    expected: str
    actual: str


def check_contract(adapter: object, port: object, *, follow_properties: bool = False) -> None:
    """Check that the adapter has every method and property of its port.

    A method must take the port's parameters under the same names; further parameters need
    defaults. With `follow_properties` the values of properties that are ports themselves are
    checked too.

    Raises:
        ContractViolated: A member is missing, or a method's signature differs.
    """
    port_class = _class_of(port)
    for name, member in _members(port_class):
        if isinstance(member, property):
            _check_property(adapter, port_class, name)
            if follow_properties:
                _follow(adapter, name, member)
        else:
            _check_method(adapter, port_class, name, member)


def _class_of(port: object) -> type:
    """Return the protocol of a plain or a subscripted type."""
    return cast("type", get_origin(port) or port)


def _is_protocol(candidate: object) -> bool:
    return isinstance(candidate, type) and bool(getattr(candidate, "_is_protocol", False))


def _members(port: type) -> Iterator[tuple[str, Any]]:
    """Yield the public methods and properties of a protocol and its bases, each name once."""
    names: set[str] = set()
    for base in port.__mro__:
        if base is Protocol or not _is_protocol(base):
            continue
        for name, member in vars(base).items():
            is_declared = callable(member) or isinstance(member, property)
            if is_declared and not name.startswith("_") and name not in names:
                names.add(name)
                yield name, member


def _check_property(adapter: object, port: type, name: str) -> None:
    # A property is looked up on the class: reading it could call an outside system.
    if hasattr(type(adapter), name) or name in getattr(adapter, "__dict__", {}):
        return

    if not hasattr(adapter, name):
        raise _violation(adapter, port, name, "a property", NO_MEMBER)


def _follow(adapter: object, name: str, member: property) -> None:
    """Check the value of a property whose type is a port."""
    port = get_type_hints(member.fget).get("return")
    if _is_protocol(_class_of(port)):
        check_contract(getattr(adapter, name), port, follow_properties=True)


def _check_method(adapter: object, port: type, name: str, declared: Callable[..., object]) -> None:
    expected = _without_self(signature(declared))
    method = getattr(adapter, name, None)
    if not callable(method):
        raise _violation(adapter, port, name, str(expected), NO_MEMBER)

    actual = signature(method)
    is_same_color = iscoroutinefunction(method) == iscoroutinefunction(declared)
    if not is_same_color or not _accepts(actual, expected):
        raise _violation(adapter, port, name, str(expected), str(actual))


def _without_self(declared: Signature) -> Signature:
    _, *parameters = declared.parameters.values()
    return declared.replace(parameters=parameters)


def _accepts(actual: Signature, expected: Signature) -> bool:
    """Return True if every call that fits the expected signature fits the actual one."""
    kinds = {parameter.kind for parameter in actual.parameters.values()}
    if {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD} <= kinds:
        return True

    for name, parameter in expected.parameters.items():
        if not _accepts_parameter(actual.parameters.get(name), parameter):
            return False

    further = [
        parameter
        for name, parameter in actual.parameters.items()
        if name not in expected.parameters
    ]
    return all(parameter.default is not Parameter.empty for parameter in further)


def _accepts_parameter(actual: Parameter | None, expected: Parameter) -> bool:
    if actual is None:
        return False

    has_same_kind = actual.kind is expected.kind
    may_be_passed_both_ways = actual.kind is Parameter.POSITIONAL_OR_KEYWORD
    is_variable = expected.kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    if not has_same_kind and (is_variable or not may_be_passed_both_ways):
        return False

    is_optional = expected.default is not Parameter.empty
    return not is_optional or actual.default is not Parameter.empty


def _violation(
    adapter: object, port: type, name: str, expected: str, actual: str
) -> ContractViolated:
    return ContractViolated(type(adapter).__qualname__, port.__name__, name, expected, actual)

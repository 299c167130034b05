"""Runtime checks that an adapter has the methods and signatures of its port."""

from collections.abc import Iterator
from inspect import Parameter, Signature, iscoroutinefunction, signature
from typing import Any, ClassVar, cast, get_origin, get_type_hints

from attrs import frozen

from indelible.kernel.errors import Invalid


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
    port_class = cast("type", get_origin(port) or port)
    for name, declared in _members(port_class).items():
        is_property = isinstance(declared, property)
        expected = "a property" if is_property else str(_without_self(signature(declared)))
        actual = _difference(adapter, name, declared)
        if actual is not None:
            adapter_name = type(adapter).__qualname__
            raise ContractViolated(adapter_name, port_class.__name__, name, expected, actual)
        if is_property and follow_properties:
            value_type = get_type_hints(declared.fget).get("return")
            if getattr(get_origin(value_type) or value_type, "_is_protocol", False):
                check_contract(getattr(adapter, name), value_type, follow_properties=True)


def _members(port: type) -> dict[str, Any]:
    """Return the public methods and properties of a protocol and its bases."""
    members: dict[str, Any] = {}
    for base in reversed(port.__mro__):
        if getattr(base, "_is_protocol", False):
            members.update(vars(base))
    return {
        name: member
        for name, member in members.items()
        if not name.startswith("_") and (callable(member) or isinstance(member, property))
    }


def _difference(adapter: object, name: str, declared: Any) -> str | None:  # noqa: ANN401 - a member
    """Return what an adapter has instead of a member of its port."""
    # The class is asked first: to read a property of an adapter could call an outside system.
    if not hasattr(type(adapter), name) and not hasattr(adapter, name):
        return "nothing"
    if isinstance(declared, property):
        return None

    method = getattr(adapter, name)
    if not callable(method):
        return "nothing"
    actual = signature(method)
    is_same_color = iscoroutinefunction(method) == iscoroutinefunction(declared)
    if is_same_color and _accepts(actual, _without_self(signature(declared))):
        return None
    return str(actual)


def _without_self(declared: Signature) -> Signature:
    _, *parameters = declared.parameters.values()
    return declared.replace(parameters=parameters)


def _accepts(actual: Signature, expected: Signature) -> bool:
    """Return True if the calls that the expected signature allows fit the actual one."""
    try:
        for positional, named in _calls(list(expected.parameters.values())):
            actual.bind(*positional, **named)
    except TypeError:
        return False
    return True


def _calls(parameters: list[Parameter]) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Yield arguments: as few as possible, all by position, and all by name."""
    required = [one for one in parameters if one.default is Parameter.empty]
    for chosen, by_name in ((required, True), (parameters, False), (parameters, True)):
        positional: list[str] = []
        named: dict[str, str] = {}
        for one in chosen:
            is_variable = one.kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
            if is_variable and by_name:
                continue  # an argument by position cannot follow one by name
            may_have_name = one.kind is Parameter.POSITIONAL_OR_KEYWORD and by_name
            if may_have_name or one.kind in (Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD):
                named[one.name] = one.name
            else:
                positional.append(one.name)
        yield positional, named

"""Errors that follow from the names of an aggregate and its fields, without a class by hand.

A derived leaf is like a declared one. Its module is that of the aggregate, which has no attribute
of its name: catch it by its kind, or compare its code.
"""

from typing import Final, TypeVar, cast

from attrs import frozen

from indelible.kernel.errors import WORD_BOUNDARY, Conflict, IndelibleError, NotFound

E = TypeVar("E", bound=IndelibleError)

DOCSTRING: Final = "An error that follows from the names of an aggregate."


@frozen
class ValueTaken(Conflict):
    """Another aggregate has the value of a unique field: the base of derived leaves."""

    value: str


@frozen
class EntityNotFound(NotFound):
    """No aggregate has the id: the base of derived leaves."""

    entity_id: str


def derived_taken_error(class_name: str, field: str, *, module: str = __name__) -> type[ValueTaken]:
    """Return the error for a value that another aggregate has: `TicketNumberTaken`."""
    field_words = field.split("_")
    capitalized = "".join(word.capitalize() for word in field_words)
    message = f"Another {_words(class_name)} has {' '.join(field_words)} {{value}}."
    return _leaf(ValueTaken, f"{class_name}{capitalized}Taken", message, module)


@frozen
class VersionNotFound(NotFound):
    """An aggregate has no version of a number: the base of derived leaves."""

    entity_id: str
    number: int


def derived_version_error(class_name: str, *, module: str = __name__) -> type[VersionNotFound]:
    """Return the error for a number that no version has: `ConsentVersionNotFound`."""
    message = f"Version {{number}} of {_words(class_name)} {{entity_id}} not found."
    return _leaf(VersionNotFound, f"{class_name}VersionNotFound", message, module)


def derived_missing_error(class_name: str, *, module: str = __name__) -> type[EntityNotFound]:
    """Return the error for an id that no aggregate has: `TicketNotFound`."""
    words = _words(class_name)
    message = f"{words[0].upper()}{words[1:]} {{entity_id}} not found."
    return _leaf(EntityNotFound, f"{class_name}NotFound", message, module)


def _leaf(base: type[E], name: str, message: str, module: str) -> type[E]:
    """Return a leaf of an error with fields; its code follows from its name."""
    body = {"__doc__": DOCSTRING, "__module__": module, "message": message}
    leaf = cast("type[E]", type(name, (base,), body))
    return frozen(leaf)


def _words(class_name: str) -> str:
    """Return the words of a class's name; abbreviations stay in upper case."""
    words: list[str] = []
    for word in WORD_BOUNDARY.split(class_name):
        is_abbreviation = len(word) > 1 and word.isupper()
        words.append(word if is_abbreviation else word.lower())
    return " ".join(words)

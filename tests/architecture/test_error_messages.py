"""Every error of every package has a message of its own that its values fit."""

import ast
import re
from inspect import getsource
from string import Formatter

import pytest
from attrs import fields
from tests.architecture.sources import modules

from indelible.kernel import IndelibleError
from indelible.kernel.errors import WORD_BOUNDARY
from indelible_service.contract.errors import all_errors

SENTENCE_END = re.compile(r"[.!?] [A-Z{]")


def field_names(error: type[IndelibleError]) -> set[str]:
    return {attribute.name for attribute in fields(error)}


def declares_code(error: type[IndelibleError]) -> bool:
    """Return whether the source of a leaf gives its code."""
    return "code: ClassVar[str] =" in getsource(error)


def test_a_leaf_declares_its_own_message() -> None:
    for error in all_errors():
        assert vars(error).get("message", "").strip(), error
        assert error.message != error.__doc__, error


def test_a_message_uses_only_fields_of_its_error() -> None:
    for error in all_errors():
        names = {name for _, name, _, _ in Formatter().parse(error.message) if name is not None}

        assert names <= field_names(error), error


def test_a_message_can_be_formatted() -> None:
    for error in all_errors():
        values: dict[str, object] = {}
        for attribute in fields(error):
            # An error that a stage raises itself checks its number.
            values[attribute.name] = 1.5 if attribute.type is float else f"<{attribute.name}>"
        described = error(**values).describe()

        assert described, error
        assert "{" not in described, error


def test_a_message_is_one_sentence() -> None:
    for error in all_errors():
        assert error.message.endswith("."), error
        assert SENTENCE_END.search(error.message) is None, error


def test_a_leaf_declares_a_code_only_where_it_differs_from_its_name() -> None:
    for error in all_errors():
        derived = WORD_BOUNDARY.sub("_", error.__name__).upper()

        assert (error.code != derived) == declares_code(error), error


def test_no_two_leaves_share_a_message() -> None:
    messages = [error.message for error in all_errors()]

    assert sorted(messages) == sorted(set(messages))


@pytest.mark.slow
def test_no_code_reads_the_name_of_a_handler_or_a_docstring_of_an_error() -> None:
    found: list[str] = []
    for path in modules():
        text = path.read_text(encoding="utf-8")
        if "__name__" not in text and "__doc__" not in text:
            continue

        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Attribute):
                continue
            reads_handler_name = node.attr == "__name__" and ast.unparse(node.value) == "handler"
            if reads_handler_name or node.attr == "__doc__":
                found.append(f"{path}:{node.lineno}")

    assert found == []

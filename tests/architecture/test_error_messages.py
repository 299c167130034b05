"""Every error of every package has a message of its own that its values fit."""

from string import Formatter

from attrs import fields

from indelible.kernel import IndelibleError
from indelible_service.contract.errors import all_errors


def field_names(error: type[IndelibleError]) -> set[str]:
    return {attribute.name for attribute in fields(error)}


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


def test_no_two_leaves_share_a_message() -> None:
    messages = [error.message for error in all_errors()]

    assert sorted(messages) == sorted(set(messages))

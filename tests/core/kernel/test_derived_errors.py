"""Errors that follow from the names of an aggregate: leaves like those that are declared."""

import pytest
from attrs import asdict
from attrs.exceptions import FrozenInstanceError

from indelible.kernel import Conflict, NotFound
from indelible.kernel.derived_errors import derived_missing_error, derived_taken_error
from indelible.kernel.errors import error_types


def test_the_error_of_a_taken_value_follows_from_class_and_field() -> None:
    leaf = derived_taken_error("Ticket", "number", module="shop.tickets")
    error = leaf("T-1")

    assert issubclass(leaf, Conflict)
    assert (leaf.__name__, leaf.__module__) == ("TicketNumberTaken", "shop.tickets")
    assert leaf.code == "TICKET_NUMBER_TAKEN"
    assert error.title == "Ticket number taken"
    assert error.detail == asdict(error) == {"value": "T-1"}
    assert str(error) == "TICKET_NUMBER_TAKEN: Another ticket has number T-1."
    assert repr(error) == "TicketNumberTaken(value='T-1')"
    assert leaf in error_types(Conflict)


def test_the_error_of_an_unknown_id_follows_from_the_class() -> None:
    leaf = derived_missing_error("Ticket", module="shop.tickets")
    error = leaf("t-1")

    assert issubclass(leaf, NotFound)
    assert (leaf.__name__, leaf.__module__) == ("TicketNotFound", "shop.tickets")
    assert leaf.code == "TICKET_NOT_FOUND"
    assert error.detail == {"entity_id": "t-1"}
    assert str(error) == "TICKET_NOT_FOUND: Ticket t-1 not found."
    assert repr(error) == "TicketNotFound(entity_id='t-1')"
    assert leaf in error_types(NotFound)


@pytest.mark.parametrize(
    ("class_name", "field", "code", "message"),
    [
        (
            "PurchaseOrder",
            "order_number",
            "PURCHASE_ORDER_ORDER_NUMBER_TAKEN",
            "Another purchase order has order number 7.",
        ),
        ("ISBNRecord", "isbn", "ISBN_RECORD_ISBN_TAKEN", "Another ISBN record has isbn 7."),
    ],
)
def test_names_of_several_words_are_words_in_the_message(
    class_name: str, field: str, code: str, message: str
) -> None:
    error = derived_taken_error(class_name, field)("7")

    assert (error.code, error.describe()) == (code, message)


def test_a_missing_aggregate_is_named_with_a_capital() -> None:
    error = derived_missing_error("PurchaseOrder")("7")

    assert error.describe() == "Purchase order 7 not found."


def test_derived_errors_are_frozen_and_a_value_ends_without_its_full_stop() -> None:
    error = derived_taken_error("Ticket", "number")("No. 7.")

    assert error.describe() == "Another ticket has number No. 7."
    with pytest.raises(FrozenInstanceError):
        error.value = "8"  # type: ignore[misc]  # refused at run time too

"""The errors of the routes of money; all others are core's."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Invalid


@frozen
class AddressInvalid(Invalid):
    """An address that no browser can be sent to."""

    code: ClassVar[str] = "ADDRESS_INVALID"
    message: ClassVar[str] = (
        "Field {field} is no address: expected https:// or http:// and at most {max_length} "
        "characters without spaces, got {length} characters."
    )
    field: str
    max_length: int
    length: int

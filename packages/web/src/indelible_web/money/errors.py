"""The errors of the routes of money; all others are core's."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Invalid


@frozen
class AddressInvalid(Invalid):
    """An address that no browser can be sent to."""

    message: ClassVar[str] = (
        "Field {field} is no address: expected https:// or http:// and a host that is not "
        "link-local, no user, no backslash and at most {max_length} characters without spaces, "
        "got {length} characters."
    )
    field: str
    max_length: int
    length: int


@frozen
class AccountReplaced(Conflict):
    """A repeated onboarding of an account that is not the payee's any more."""

    message: ClassVar[str] = (
        "{party} has another account since this request was first answered: send it with a new "
        "idempotency key."
    )
    party: str

"""The requests of the routes of payers."""

import re
from typing import Any, ClassVar, Final

from attrs import Attribute, field, frozen

from indelible.kernel.values import IDENTIFIER, is_identifier
from indelible_web.http.paging import PageQuery
from indelible_web.money.errors import AddressInvalid

MAX_ADDRESS_LENGTH: Final = 2_000
ADDRESS: Final = {"max_length": MAX_ADDRESS_LENGTH}
ADDRESS_PATTERN: Final = re.compile(r"https?://[!-~]+")


def is_address(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate the address of a web page.

    Raises: AddressInvalid.
    """
    text = str(value)
    is_short = len(text) <= MAX_ADDRESS_LENGTH
    if not is_short or not ADDRESS_PATTERN.fullmatch(text):
        raise AddressInvalid(attribute.name, MAX_ADDRESS_LENGTH, len(text))


@frozen(kw_only=True)
class NewPayment:
    """A payment of the caller's charge for an item, such as an entry.

    The charge decides the amount and the currency.
    """

    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    item: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class NewIntent(NewPayment):
    """A payment on the payer's own page."""

    command_name: ClassVar[str] = "create_intent"


@frozen(kw_only=True)
class NewCheckout(NewPayment):
    """A payment on Stripe's page, and the pages to which it leads back."""

    command_name: ClassVar[str] = "create_checkout"
    success_url: str = field(validator=is_address, metadata=ADDRESS)
    cancel_url: str = field(validator=is_address, metadata=ADDRESS)


@frozen(kw_only=True)
class PaymentQuery:
    """A query on one payment of the caller."""

    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    intent_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class StatementQuery(PageQuery):
    """A page of the caller's statement."""

    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)

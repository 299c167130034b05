"""The requests of the routes of payers."""

import re
from ipaddress import ip_address
from typing import Annotated, Any, ClassVar, Final
from urllib.parse import urlsplit

from attrs import Attribute, frozen

from indelible.kernel.kinds import Identifier, Kind, kinds
from indelible.kernel.values import is_identifier
from indelible_web.http.paging import PageQuery
from indelible_web.money.errors import AddressInvalid

MAX_ADDRESS_LENGTH: Final = 2_000
ADDRESS_PATTERN: Final = re.compile(r"https?://[!-~]+")


def is_address(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate the address of a web page: it has no user, and is of no link-local host.

    Raises: AddressInvalid.
    """
    text = str(value)
    is_short = len(text) <= MAX_ADDRESS_LENGTH
    if not is_short or not ADDRESS_PATTERN.fullmatch(text) or not _has_public_host(text):
        raise AddressInvalid(attribute.name, MAX_ADDRESS_LENGTH, len(text))


def _has_public_host(address: str) -> bool:
    """Return False for an address with a user, without a host, or of a link-local host.

    A browser takes a backslash for a slash, and other programs do not: such an address has none.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if "\\" in address or "@" in parts.netloc or not host:
        return False

    try:
        return not ip_address(host).is_link_local
    except ValueError:
        return True


Country = Annotated[
    str,
    Kind(
        is_identifier,
        {"max_length": 2},
        description="The country of the account: two letters of ISO 3166.",
    ),
]
Address = Annotated[str, Kind(is_address, {"max_length": MAX_ADDRESS_LENGTH})]


@frozen(kw_only=True, field_transformer=kinds)
class NewPayment:
    """A payment of the caller's charge for an item, such as an entry.

    The charge decides the amount and the currency.
    """

    user_id: Identifier
    item: Identifier


@frozen(kw_only=True)
class NewIntent(NewPayment):
    """A payment on the payer's own page."""

    command_name: ClassVar[str] = "create_intent"


@frozen(kw_only=True, field_transformer=kinds)
class NewCheckout(NewPayment):
    """A payment on Stripe's page, and the pages to which it leads back."""

    command_name: ClassVar[str] = "create_checkout"
    success_url: Address
    cancel_url: Address


@frozen(kw_only=True, field_transformer=kinds)
class OwnPayee:
    """The caller as a payee."""

    user_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class OwnOnboarding:
    """The caller's own account at Stripe, and the pages to which its onboarding leads back."""

    command_name: ClassVar[str] = "onboard_payee"
    user_id: Identifier
    country: Country
    refresh_url: Address
    return_url: Address


@frozen(kw_only=True, field_transformer=kinds)
class PaymentQuery:
    """A query on one payment of the caller."""

    user_id: Identifier
    intent_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class StatementQuery(PageQuery):
    """A page of the caller's statement."""

    user_id: Identifier

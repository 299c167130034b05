"""Pages of lists, and the signed cursors that lead from one page to the next."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Sequence
from typing import Annotated, ClassVar, Final, Generic, TypeVar

from attrs import evolve, field, fields, frozen

from indelible.kernel.kinds import Kind, kinds
from indelible.kernel.lists import FILTERS
from indelible.kernel.values import bounded_int, field_values, is_identifier
from indelible_web.http.errors import InvalidCursor
from indelible_web.http.signatures import equals_one, signature_of

T = TypeVar("T")
# Filters of lists that the first release did not have.
LIST_FILTERS: Final = frozenset({*FILTERS, "order"})
SIGNATURE_CHARACTERS: Final = 64  # The hex digits of an HMAC-SHA-256.
PageSize = Annotated[int, Kind(bounded_int, {"minimum": 1, "maximum": 100})]
Cursor = Annotated[str, Kind(is_identifier, {"max_length": 1_000})]


# A class with slots cannot be a second base.
@frozen(kw_only=True, slots=False, field_transformer=kinds)
class PageQuery:
    """A page of a list: its size, and the cursor of its first item."""

    # Filters that an earlier release did not have.
    added_filters: ClassVar[frozenset[str]] = frozenset()

    limit: PageSize = 50
    cursor: Cursor | None = None


@frozen(kw_only=True)
class Page(Generic[T]):
    """Items of a list, and the cursor of the next page; None on the last page."""

    items: tuple[T, ...]
    next: str | None


@frozen
class Cursors:
    """The cursors of one rule with one set of filters; another rule or filter refuses them.

    `_route` is the rule without its prefix: `/v1/contests` and `/admin/contests` accept each
    other's cursors. A cursor only says where a page begins, so a caller learns nothing by that.

    The first secret signs; a cursor that another one has signed is valid too.
    """

    _secrets: tuple[bytes, ...] = field(repr=False)
    _route: str
    _query: PageQuery

    def start(self) -> str:
        """Return the key of the item before the page; '' before the first page.

        Raises: InvalidCursor.
        """
        cursor = self._query.cursor
        if cursor is None:
            return ""

        try:
            item = urlsafe_b64decode(cursor[SIGNATURE_CHARACTERS:].encode()).decode()
        except (Error, UnicodeError) as error:
            raise InvalidCursor from error
        if not equals_one(cursor, [self._signed(secret, item) for secret in self._secrets]):
            raise InvalidCursor

        return item

    def after(self, item: str) -> str:
        """Return the cursor of the items that follow the one with this key."""
        return self._signed(self._secrets[0], item)

    def _signed(self, secret: bytes, item: str) -> str:
        signature = signature_of(secret, ["cursor", self._route, self._filters(), item])
        return signature + urlsafe_b64encode(item.encode()).decode()

    def _filters(self) -> dict[str, object]:
        """Return what is signed: the page size and the position may change from page to page.

        A filter that a later release has added is signed where it is set, so that older cursors of
        the whole list stay valid.
        """
        filters = field_values(evolve(self._query, limit=1, cursor=None))
        for attribute in fields(type(self._query)):
            is_added = attribute.name in self._query.added_filters
            if is_added and filters[attribute.name] == attribute.default:
                del filters[attribute.name]

        return filters

    def page(self, rows: Sequence[T], key: Callable[[T], object]) -> Page[T]:
        """Return the page of rows that were read with a limit of one more than the page's."""
        items = tuple(rows[: self._query.limit])
        if len(rows) == len(items):
            return Page(items=items, next=None)

        return Page(items=items, next=self.after(str(key(items[-1]))))

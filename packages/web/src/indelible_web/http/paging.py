"""Pages, and the signed cursors that lead from one to the next."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from attrs import evolve, field, frozen
from attrs.validators import optional

from indelible.kernel import canonical_json
from indelible.kernel.values import bounded_int, is_identifier
from indelible_web.http.errors import InvalidCursor

T = TypeVar("T")
DIGEST: Final = 64  # hex digits of SHA-256


@frozen(kw_only=True, slots=False)  # without slots, it can be a second base
class PageQuery:
    """Which page of a list."""

    limit: int = field(default=50, validator=bounded_int, metadata={"minimum": 1, "maximum": 100})
    cursor: str | None = field(
        default=None, validator=optional(is_identifier), metadata={"max_length": 1_000}
    )


@frozen(kw_only=True)
class Page(Generic[T]):
    """Some items of a list, and the cursor of those that follow; None after the last."""

    items: tuple[T, ...]
    next: str | None


@frozen
class Cursors:
    """The cursors of one list, asked for in one way: another list's do not fit."""

    _secret: bytes = field(repr=False)
    _route: str
    _asked: PageQuery

    def start(self) -> str:
        """Where the page begins: after this item, '' being the beginning; or InvalidCursor."""
        cursor = self._asked.cursor
        if cursor is None:
            return ""
        try:
            after = urlsafe_b64decode(cursor[DIGEST:].encode()).decode()
        except (Error, UnicodeError) as error:
            raise InvalidCursor from error
        if not hmac.compare_digest(self.after(after).encode(), cursor.encode()):
            raise InvalidCursor
        return after

    def after(self, item: str) -> str:
        """The cursor of what follows the item."""
        bound = canonical_json(
            ["cursor", self._route, evolve(self._asked, limit=1, cursor=None), item]
        )
        return (
            hmac.digest(self._secret, bound.encode(), "sha256").hex()
            + urlsafe_b64encode(item.encode()).decode()
        )

    def page(self, found: Sequence[T], place: Callable[[T], object]) -> Page[T]:
        """The page of what was found, of which one more than the limit was asked for."""
        items = tuple(found[: self._asked.limit])
        return Page(
            items=items, next=self.after(str(place(items[-1]))) if len(found) > len(items) else None
        )

"""A reader of the feed outside the database, which keeps every cursor that it was given."""

from attrs import define, field
from tests.feeds import wait_for_complete_feed

from indelible.kernel import Change
from indelible.kernel.errors import ForeignCursor
from indelible_sql import SqlStore

PAGE = 500


@define
class Reader:
    """The changes that were read, in pages, and the cursor after each page."""

    pages: list[tuple[Change, ...]] = field(factory=list[tuple[Change, ...]])
    cursors: list[str] = field(factory=list[str])

    @property
    def changes(self) -> list[Change]:
        """Return everything that was read, oldest first."""
        changes: list[Change] = []
        for page in self.pages:
            changes.extend(page)
        return changes

    def read(self, store: SqlStore) -> None:
        """Read to the end of the feed, from the newest cursor. Raises: ForeignCursor."""
        wait_for_complete_feed(store)
        while True:
            after = self.cursors[-1] if self.cursors else ""
            feed = store.feed(after=after, limit=PAGE)
            if not feed.changes:
                return
            self.pages.append(feed.changes)
            self.cursors.append(feed.cursor)

    def go_back(self, store: SqlStore) -> list[Change]:
        """Forget what the store does not have, as documented, and return it, oldest first."""
        lost: list[Change] = []
        while self.cursors:
            try:
                store.feed(after=self.cursors[-1], limit=1)
            except ForeignCursor:
                lost = [*self.pages.pop(), *lost]
                self.cursors.pop()
            else:
                break
        known = {change.hash for change in store.feed(limit=1_000_000).changes}
        return [change for change in lost if change.hash not in known]

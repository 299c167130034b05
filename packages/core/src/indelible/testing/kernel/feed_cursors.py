"""The conformance suite of cursors: those that name no change of the store are refused."""

from functools import partial

from indelible.app import ReadTx
from indelible.kernel import Feed
from indelible.kernel.errors import ForeignCursor
from indelible.kernel.feed_cursors import feed_cursor, parse_cursor
from indelible.testing.kernel.followed_feeds import MANY, create_many
from indelible.testing.stores import AnyStore, create, refusal
from indelible.testing.suite import Suite


class FeedCursorsConformance(Suite):
    """Subclass it with a fixture `store`: an empty store."""

    def test_a_cursor_behind_the_end_of_the_feed_is_foreign(self, store: AnyStore) -> None:
        create(store)
        error = refusal(partial(store.feed, after=behind(store, 1_000_000)))
        assert isinstance(error, ForeignCursor), error

    def test_a_cursor_is_foreign_where_its_position_has_another_change(
        self, store: AnyStore
    ) -> None:
        """So it is after a restore that is older than the cursor, once changes were written."""
        create_many(store, 2)
        first, second = _cursors(store)
        other = f"{first.partition('.')[0]}.{second.partition('.')[2]}"
        assert store.feed(after=first, limit=MANY).cursor == second

        for position in (other, first[:-1], f"0{first}", first.upper() + "A"):
            error = refusal(partial(store.feed, after=position))
            assert isinstance(error, ForeignCursor), position
            error = refusal(partial(_read_backwards, store, position))
            assert isinstance(error, ForeignCursor), position


def behind(store: AnyStore, number: int) -> str:
    """Return a cursor of a position behind the end of the feed."""
    end = parse_cursor(store.feed(limit=MANY).cursor)
    return feed_cursor(end.position + number, end.hash_start)


def _cursors(store: AnyStore) -> list[str]:
    """Return the cursor of each change, in the order of the feed."""
    number = len(store.feed(limit=MANY).changes)
    return [store.feed(limit=limit).cursor for limit in range(1, number + 1)]


def _read_backwards(store: AnyStore, cursor: str) -> Feed:
    """Return the change before a cursor."""

    def query(tx: ReadTx) -> Feed:
        return tx.history.backwards(before=cursor, limit=1)

    return store.read(query)

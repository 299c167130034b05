"""API keys in SQL."""

from attrs import frozen
from sqlalchemy import Column

from indelible.kernel import Change, Head
from indelible.kernel.keys import KEY, Key, KeyNotFound
from indelible_sql.columns import ACTOR, DIGEST, INSTANT, TEXTS, required
from indelible_sql.heads import Heads
from indelible_sql.session import Session
from indelible_sql.tables import head

KEYS = head(
    "keys",
    KEY,
    required("owner", ACTOR),
    required("scopes", TEXTS),
    required("secret_digest", DIGEST),
    Column("expires_at", INSTANT),
)
HEADS = Heads(table=KEYS, entity=Key, missing=KeyNotFound)


@frozen
class SqlKeys:
    """Keys, to be looked at and to be changed."""

    _session: Session

    def get(self, key_id: str) -> Head[Key]:
        """The key as it stands, or KeyNotFound."""
        return HEADS.get(self._session, key_id)

    def page(self, *, after: str, limit: int) -> tuple[Head[Key], ...]:
        """The next `limit` keys after an id, in order of id."""
        return HEADS.page(self._session, after=after, limit=limit)

    def load(self, key_id: str, *, expected_seq: int) -> Head[Key]:
        """The key, locked until the transaction ends; KeyNotFound or Stale."""
        return HEADS.load(self._session, key_id, expected_seq=expected_seq)

    def record(self, change: Change, key: Key) -> None:
        """Move the head to the key and add the change that says so; Stale when another was first."""
        HEADS.record(self._session, change, key)

"""API keys in SQL."""

from sqlalchemy import Column

from indelible.kernel.keys import KEY, Key, KeyNotFound
from indelible_sql.kernel.repository import HeadMapping
from indelible_sql.schema.columns import ACTOR, DIGEST, INSTANT, JSON_ARRAY, required
from indelible_sql.schema.tables import head

KEYS = head(
    "keys",
    KEY,
    required("owner", ACTOR),
    required("scopes", JSON_ARRAY),
    required("secret_digest", DIGEST),
    Column("expires_at", INSTANT),
)
KEY_HEADS = HeadMapping(table=KEYS, entity=Key, missing=KeyNotFound)

"""Illegal writes to the buckets of rates: one that is removed or renamed would be full again."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Insert, Update, insert, text, update
from tests.guards.attack_parts import Kind
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import by_rowid, raw, replacing
from tests.guards.task_rows import LIVE_UNTIL, OTHER_RATED, RATED

from indelible.testing.stores import BEGINNING
from indelible_sql.kernel.rate_tables import RATE_BUCKETS

NEW_BUCKET: Mapping[str, object] = {"stage": "new", "empty_at": BEGINNING}
# Well-formed for a comparison of characters.
IMPOSSIBLE_INSTANT = "2026-02-31T00:00:00.000000+00:00"


def insert_bucket(**columns: object) -> Insert:
    """Return the insert of a new bucket, with some columns changed."""
    return insert(RATE_BUCKETS).values({**NEW_BUCKET, **columns})


def update_bucket(**columns: object) -> Update:
    """Return an update of a stored bucket."""
    return update(RATE_BUCKETS).where(RATE_BUCKETS.c.stage == RATED).values(**columns)


def nested_permits() -> Sequence[Statement]:
    """Return a take of permits in which a trigger takes others, which would be lost."""
    body = (
        "UPDATE rate_buckets SET empty_at = '2026-01-02T00:00:00.000000+00:00'"
        " WHERE stage = NEW.stage;"
    )
    trigger = f"CREATE TEMP TRIGGER nested BEFORE UPDATE ON main.rate_buckets BEGIN {body} END"
    return text(trigger), update_bucket(empty_at=LIVE_UNTIL)


# Later than any clock of a database is ahead of another one.
NEVER: Final = datetime(2999, 1, 1, tzinfo=UTC)

LEGAL_ON_RATES: Kind = {
    "a bucket is added": lambda _: (insert_bucket(),),
    "permits are taken": lambda _: (update_bucket(empty_at=LIVE_UNTIL),),
    "a bucket is read by a clock that was set back": lambda _: (update_bucket(empty_at=BEGINNING),),
}
ON_RATES: Mapping[str, Kind] = {
    "a bucket broken": {
        "a bucket of another stage": lambda _: (update_bucket(stage="new"),),
        "a second bucket of a stage": lambda _: (insert_bucket(stage=RATED),),
        "a bucket that is empty until 2999": lambda _: (update_bucket(empty_at=NEVER),),
        "a new bucket that is empty until 2999": lambda _: (insert_bucket(empty_at=NEVER),),
        "a bucket that is empty for ever": lambda _: (
            update_bucket(empty_at=raw("'3000-01-01T00:00:00.000000+00:00'")),
        ),
    },
}
# INSERT OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_BUCKETS: Kind = {
    "a bucket, replaced": lambda _: (replacing(insert_bucket(stage=RATED)),),
    "a bucket, replaced by another": lambda _: (
        update_bucket(stage=OTHER_RATED).prefix_with("OR REPLACE"),
    ),
    "a bucket, replaced by rowid": lambda _: (by_rowid(RATE_BUCKETS, NEW_BUCKET, 1),),
    "a bucket that was empty on February 31": lambda _: (
        update_bucket(empty_at=raw(f"'{IMPOSSIBLE_INSTANT}'")),
    ),
}

"""The order of the feed on PostgreSQL: positions, the floors of writers, and the feed's end.

A position is drawn before its row is visible, and rows become visible in another order. Each
transaction therefore holds a shared advisory lock from before its first position until its end,
whose key is its floor: the last position that was drawn before. No row up to the smallest floor can
still appear. A transaction of another database holds no such lock, and delays nothing.

SQLite has one writer, so that its rows become visible in the order of positions.

Decision: docs/design/the-feed.md
"""

from typing import Final

from sqlalchemy import BigInteger, literal_column

from indelible_sql.engine.prepared import SCHEMA

FEED_END_FUNCTION_NAME: Final = "feed_end"
# SQLAlchemy's placeholder, which `schema_translate_map` replaces in any text.
TRANSLATED_SCHEMA: Final = f"__[SCHEMA_{SCHEMA}]"

# A key has 64 bits: the first 16 name the table of history, because a database may have several
# stores, and the others are the floor. A floor of more bits is lowered, which only delays the feed.
FLOOR_BITS: Final = 48
MAX_FLOOR: Final = 2**FLOOR_BITS - 1
MAX_TABLE_NUMBER: Final = 2**15 - 1
# One for each transaction: its later statements repeat the floor of the first, so that a
# transaction of many statements holds one lock. A value of a session's own cannot raise it.
FLOOR_SETTING: Final = "indelible.feed_floor"
# The last position that was drawn before the statement. The trigger sets it for each statement, so
# that no value from before the statement counts.
STATEMENT_FLOOR_SETTING: Final = "indelible.statement_floor"

# The function waits for whoever draws a position. A query of the sequence does not, and shows up to
# 32 positions too many while a draw writes its log: a feed up to there would miss changes.
LAST_POSITION: Final = (
    "coalesce(pg_sequence_last_value('{schema}.history_position_seq'::regclass), 0)"
)
LAST_POSITION_ON_SQLITE: Final = "(SELECT coalesce(max(position), 0) FROM main.history)"
FEED_END: Final = f"{TRANSLATED_SCHEMA}.{FEED_END_FUNCTION_NAME}()"
END_OF_FEED = literal_column(FEED_END, BigInteger())

# The locks of all writers of this store.
IS_FLOOR: Final = f"""locktype = 'advisory'
      AND mode = 'ShareLock'
      AND objsubid = 1
      AND classid::bigint >> 16 = ('{{schema}}.history'::regclass::bigint & {MAX_TABLE_NUMBER})
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
FLOOR: Final = "((classid::bigint & 65535) << 32) | objid::bigint"

HOLD_FEED: Final = (
    f"""
CREATE FUNCTION {SCHEMA}.history_holds_feed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
DECLARE
  last bigint := {LAST_POSITION.format(schema=SCHEMA)};
  earlier bigint := nullif(current_setting('{FLOOR_SETTING}', true), '')::bigint;
  floor bigint := greatest(least(last, earlier, {MAX_FLOOR}), 0);
BEGIN
  PERFORM pg_advisory_xact_lock_shared(
    (('{SCHEMA}.history'::regclass::bigint & {MAX_TABLE_NUMBER}) << {FLOOR_BITS}) | floor
  );
  IF floor IS DISTINCT FROM earlier THEN
    PERFORM set_config('{FLOOR_SETTING}', floor::text, true);
  END IF;
  PERFORM set_config('{STATEMENT_FLOOR_SETTING}', last::text, true);
  RETURN NULL;
END $$
""".strip(),
    (
        f"CREATE TRIGGER history_holds_feed BEFORE INSERT ON {SCHEMA}.history\n"
        f"FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.history_holds_feed()"
    ),
    f"ALTER TABLE {SCHEMA}.history ENABLE ALWAYS TRIGGER history_holds_feed",
)

# The last position is read before the floors, and rows are read by a later statement: a writer
# whose lock is not seen has drawn its positions after the last one, or its rows are visible then.
# A standby does not see the locks of its primary, and a transaction with one snapshot may not see
# the rows. For them the feed ends at what was handled or sealed by a committed transaction.
FEED_END_FUNCTION: Final = f"""
CREATE FUNCTION {SCHEMA}.{FEED_END_FUNCTION_NAME}() RETURNS bigint LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
DECLARE
  last bigint;
  lowest bigint;
BEGIN
  IF pg_is_in_recovery() OR current_setting('transaction_isolation') <> 'read committed' THEN
    RETURN greatest(
      (SELECT coalesce(max(ends_at::bigint), 0) FROM {SCHEMA}.seals),
      (
        SELECT coalesce(max(substring(feed_cursor FROM '^[0-9]{{1,18}}')::bigint), 0)
        FROM {SCHEMA}.subscriber_cursors
      )
    );
  END IF;
  last := {LAST_POSITION.format(schema=SCHEMA)};
  lowest := (
    SELECT min({FLOOR})
    FROM pg_locks
    WHERE {IS_FLOOR.format(schema=SCHEMA)}
  );
  RETURN least(last, lowest);
END $$
""".strip()


def latest_end(dialect: str) -> str:
    """Return the expression of the feed's end, for a guard.

    In a transaction with one snapshot it is the last position that was drawn: the end that such a
    transaction reads may be older than the cursor that it moves.
    """
    if dialect == "sqlite":
        return LAST_POSITION_ON_SQLITE

    return (
        "(CASE WHEN current_setting('transaction_isolation') = 'read committed'"
        f" THEN {SCHEMA}.{FEED_END_FUNCTION_NAME}() ELSE {LAST_POSITION.format(schema=SCHEMA)} END)"
    )

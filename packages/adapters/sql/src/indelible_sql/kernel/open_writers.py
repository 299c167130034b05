"""The statement that finds the writers which delay PostgreSQL's feed."""

from sqlalchemy import BigInteger, Text, text

from indelible_sql.schema.columns import INSTANT
from indelible_sql.schema.feed import FLOOR, IS_FLOOR, TRANSLATED_SCHEMA

# A prepared transaction has no process. It is found by the number of its transaction, on which it
# holds a lock as well. The times of another role's transactions are hidden from the store's role.
# A lock that a session holds without a transaction delays the feed, once it holds back a change.
OPEN_WRITERS = text(
    f"""
    WITH floors AS (
      SELECT pid, virtualtransaction, min({FLOOR}) AS floor
      FROM pg_locks
      WHERE {IS_FLOOR.format(schema=TRANSLATED_SCHEMA)}
      GROUP BY pid, virtualtransaction
    ),
    prepared AS (
      SELECT held.virtualtransaction, transactions.gid, transactions.prepared,
        transactions.owner
      FROM pg_prepared_xacts AS transactions
      JOIN pg_locks AS held
        ON held.locktype = 'transactionid'
        AND held.pid IS NULL
        AND held.transactionid = transactions.transaction
    ),
    writers AS (
      SELECT
        floors.pid AS process,
        prepared.gid AS prepared_as,
        coalesce(activity.usename, prepared.owner) AS role,
        nullif(activity.application_name, '') AS program,
        coalesce(
          activity.xact_start,
          prepared.prepared,
          (
            SELECT history.at
            FROM {TRANSLATED_SCHEMA}.history
            WHERE history.position > floors.floor
            ORDER BY history.position
            LIMIT 1
          )
        ) AS since
      FROM floors
      LEFT JOIN pg_stat_activity AS activity ON activity.pid = floors.pid
      LEFT JOIN prepared
        ON floors.pid IS NULL
        AND prepared.virtualtransaction = floors.virtualtransaction
    )
    SELECT current_database() AS database, process, prepared_as, since, role, program
    FROM writers
    WHERE since IS NOT NULL
    ORDER BY since, process
    """
).columns(
    database=Text(),
    process=BigInteger(),
    prepared_as=Text(),
    since=INSTANT,
    role=Text(),
    program=Text(),
)

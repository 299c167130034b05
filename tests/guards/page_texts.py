"""The texts between the tables of docs/reference/guards.md."""

INTRODUCTION = """
# Guards

This page lists what the databases refuse when a write bypasses the domain, which guard refuses
it, and what happens without that guard. `python -m tests.guards.table` measures everything and
writes this page. `nox -s guards` measures everything again and compares; the gate compares every
tenth row.

A guard is a trigger, a key, a check, a domain's rule, a NOT NULL, a generated column, or a
privilege that is not granted. The guard's name is in the error.
"""
KINDS = """
## Kinds of illegal writes

Each write is a legal one with one change (`tests/guards/attacks*.py`). The writes to heads, columns
and records are generated from the registered contexts. On PostgreSQL each is tried as the
application role and as the owner; the table names the guards that the owner meets. On SQLite each
is tried on a default connection with foreign keys on and off.
"""
FOREIGN_KEYS_OFF = """
## What SQLite accepts with foreign keys off

SQLite then accepts only a head without its record: a head that is advanced or inserted alone.
That head cannot advance again, and `verify` reports it.
"""
GUARDS = """
## What each guard refuses

The schema check is disabled, one guard is removed, and an attack that it refuses is tried again.
If other guards refuse the attack first, the guard is redundant on purpose: the attack is tried
without those guards, and then without this guard as well. Removing a unique key also removes the
keys that refer to it, and removing a primary key also removes the NOT NULL of its columns.

On SQLite a trigger repeats every key, because a connection starts with foreign keys off and
because `INSERT OR REPLACE` deletes rows silently. The key itself remains for `PRAGMA
foreign_key_check` and for readers. On both databases the rules of a column back up the keys that
contain the column.
"""
PRIVILEGES = """
### Privileges of the application role

This table lists what the role may not do at all, and the guard that would refuse it if the role
had the privilege.
"""
UNREACHED_GUARDS = """
## Guards that no attack reaches

The guards `keeps_fields` have more cases than a table can show. For each action,
`tests/guards/test_fields_of_actions.py` tries each field that the action does not change; each of
these guards refuses some.
"""
REPLICA_MODE = """
## What a superuser can do

In replica mode (`session_replication_role = replica`) PostgreSQL does not check foreign keys. The
guards are `ENABLE ALWAYS` triggers and column rules, which still apply. Everything that only a
key refuses is accepted, and `verify` detects each case. Without replica mode a superuser meets
the same guards as the owner.

An owner or a superuser can also drop guards, rewrite rows and restore the guards. `verify`
detects every byte that was changed this way (`tests/guards/test_flips.py`), unless an entity's
history is written again from the changed row on with matching digests: the result is a different,
valid history. Before the newest seal that you noted outside of the database, `verify --against`
detects this too, and every row that is missing (`tests/guards/test_owner_tampers.py`). What is
newer remains in the owner's power. Anyone who can write a SQLite file is its owner.
"""
DETECTED = """
## What no guard can detect

The databases cannot compute a digest, and they have no trusted clock. These writes are
well-formed and accepted, and `verify` reports each:
"""
DATABASE_ONLY = """
## What only the database knows

- `history.txid` on PostgreSQL is the number of the transaction that wrote the row. No caller
  supplies it, and nothing but the look-up of a lost COMMIT uses it. `verify` does not read it.
- `history.position` has gaps on PostgreSQL where a transaction rolled back; on SQLite positions
  are 1 to n. `verify` checks the order of two changes of one entity; seals contain the order of
  different entities' changes.
- `tasks` are in no digest: they state what is still to be done. `verify` compares them with their
  attempts, each of which has a digest. An owner who changes a task so that its attempts still fit
  causes it to be performed again or not at all, but history stays the same.
- `rate_buckets` are in no digest: they state how many tasks may be claimed now. An owner who
  changes one delays tasks by one refill at most, or lets as many be claimed as the bucket holds.
- `hung_threads` are in no digest: they state which threads tasks occupy now, for people. Nothing
  is decided by them.
- `subscriber_cursors` are in no digest: they state how far a subscriber has followed the feed. An
  owner who moves one back lets changes be handled again, which has no second effect; one who moves
  it ahead leaves changes without their reactions, which reconciliation finds. `verify` reports one
  behind the end of the feed, which would leave all later changes without theirs.
- `verify` computes generated columns again (`previous_seq`, `previous_version`,
  `previous_number`, `lifecycle`, a key's `version`). PostgreSQL lets no role write them; in a
  SQLite file they can be changed like any byte.
"""

"""What docs/reference/guards.md says between its tables."""

BEGINNING = """
# Guards

What the databases refuse when nobody asks the domain, which guard refuses it, and what would happen without that guard.
`python -m tests.guards.table` measures all of it and writes this page, and `tests/guards/test_mutation.py`
compares them.

A guard is a trigger, a key, a check, a domain's rule, a NOT NULL, a column that the database makes, or a privilege that
is not granted. Its name is the code of its refusal.
"""
KINDS = """
## Kinds of illegal writes

Each write is a legal one with one thing changed (`tests/guards/attacks*.py`). On PostgreSQL they are tried as the
application's role and as the owner (the guards named here are those that the owner meets), on SQLite over a default
connection with foreign keys on and off.
"""
ALONE = """
## What gets through SQLite with foreign keys off

Only what a head says before its record exists: a head that is moved or born alone. It cannot move again, and `verify`
names it.
"""
GUARDS = """
## What each guard holds

With the schema check silenced and one guard gone, an attack that it refuses is tried again. Where others are named as
refusing before it, the guard is redundant on purpose: the attack is tried without those, and then without it as well.
Keys that point at a unique key go with it, and a primary key goes with the NOT NULL of its columns.

On SQLite every key is repeated by a trigger, because a connection begins with foreign keys off and because `INSERT OR
REPLACE` removes rows without a word; the key itself stays, for `PRAGMA foreign_key_check` and for readers. On both
databases the rules of a column stand behind the keys that the column is part of.
"""
PRIVILEGES = """
### Privileges of the application's role

What the role may not do at all, and the guard that it would meet if it might.
"""
UNSEEN = """
## Guards that nothing reaches
"""
REPLICA = """
## What a superuser can do

In replica mode (`session_replication_role = replica`) PostgreSQL's foreign keys are asleep. Ours are `ENABLE ALWAYS`
triggers and rules of columns, which are not; all that the keys alone refuse gets through, and `verify` finds each.
Without replica mode a superuser meets the same guards as the owner.

An owner or a superuser can also drop guards, rewrite rows and put the guards back. `verify` finds every byte that was
changed that way (`tests/guards/test_flips.py`), unless an entity's history is written again from the changed row on,
with digests that fit: from inside, that is another history and not a wrong one. A receipt that is deleted leaves no
trace either. Keep the digests of last changes, or an export, where the owner cannot write. Whoever holds a SQLite file
is its owner.
"""
LIED = """
## What no guard can see

Neither database knows what a digest is made of, and neither has a clock that it trusts. These writes are well-formed
and accepted, and `verify` names each:
"""
DATABASE_ALONE = """
## What the database alone knows

- `history.txid` on PostgreSQL, the number of the transaction that wrote the row, is given by nobody and kept nowhere
  else. `verify` sees a changed one only where it puts an entity's changes out of order.
- `history.position` on PostgreSQL has holes wherever a transaction rolled back; on SQLite positions are 1 to n. The
  order of two changes of one entity is checked; the order of different entities' changes is known to nothing else.
- `work` and `attempts` are in no digest: they say what is still to be done and how it went, and what an owner makes of
  them is work that is done once more or not at all, never another history.
- Generated columns (`previous_seq`, `previous_version`, `previous_number`, `lifecycle`, a key's `version`) are made
  again by `verify`. PostgreSQL lets nobody write them; in a SQLite file they can be altered like any byte.
"""

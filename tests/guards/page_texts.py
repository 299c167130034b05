"""The texts between the tables of `measured.md`."""

INTRODUCTION = """
# Guards, measured

This file states what the databases refuse when a write bypasses the domain, which guard refuses
it, and what happens without that guard. `python -m tests.guards.table` measures everything and
writes this file. `nox -s guards` measures everything again and compares; the gate compares every
tenth row. `docs/reference/guards.md` is the page for readers: `docs/generators/guards.py` writes it
from the declarations, with the attacks of this file.

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
"""
DETECTED = """
## What no guard can detect

The databases cannot compute a digest, and they have no trusted clock. These writes are
well-formed and accepted, and `verify` reports each:
"""

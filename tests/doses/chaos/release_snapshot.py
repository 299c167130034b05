"""Print the snapshot file of a database, as the installed release reads and compares it.

Usage: `python -m tests.doses.chaos.release_snapshot OWNER_URL REVISION`.
"""

import sys

from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.maintenance.snapshot_files import BETWEEN, as_paragraphs
from indelible_sql.schema.migrate import migrating
from indelible_sql.schema.snapshot import facts

with migrating(sys.argv[1], SCHEMA) as (connection, _):
    paragraphs = as_paragraphs(facts(connection, SCHEMA, CATALOG))
    title = f"-- the next release, revision {sys.argv[2]}"
    sys.stdout.write(BETWEEN.join((title, *paragraphs)) + "\n")

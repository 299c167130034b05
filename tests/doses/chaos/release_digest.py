"""Print the digest of a database's facts, as the installed release reads them.

Usage: `python -m tests.doses.chaos.release_digest OWNER_URL`.
"""

import sys

from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.migrate import migrating
from indelible_sql.schema.snapshot import facts, facts_digest

with migrating(sys.argv[1], SCHEMA) as (connection, _):
    sys.stdout.write(facts_digest(facts(connection, SCHEMA, CATALOG)))

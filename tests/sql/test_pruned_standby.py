"""A standby verifies deletions by a clock that may be behind that of its primary."""

from pathlib import Path
from typing import Final

import psycopg
import pytest
from tests.conftest import POLICY
from tests.sql.operational import REJECTIONS, RUNS, fill, prune, retain, seal_all
from tests.sql.standbys import primary_with_standby

from indelible_sql import open_store
from indelible_sql.maintenance.verify import verify_rows

pytestmark = pytest.mark.slow

AN_HOUR_BEHIND: Final = """
    CREATE OR REPLACE FUNCTION indelible.database_time(has_waited boolean) RETURNS timestamptz
    LANGUAGE sql AS $$ SELECT pg_catalog.statement_timestamp() - interval '1 hour' $$
"""


def test_a_standby_whose_clock_is_behind_accepts_a_new_mark(cluster: Path) -> None:
    with primary_with_standby(cluster) as standby:
        primary = standby.source
        store = open_store(primary.url, policy=POLICY, read_url=standby.url)
        fill(store)
        seal_all(store)
        retain(store, REJECTIONS, 0)
        assert prune(store, REJECTIONS) == RUNS
        with psycopg.connect(primary.admin_url, autocommit=True) as admin:
            admin.execute(AN_HOUR_BEHIND)
        standby.catch_up()

        mark, *missing = verify_rows(store)  # the primary has no other clock
        assert mark.detail.startswith("rows before ")
        assert len(missing) > RUNS
        with store.standby_session(is_only_standby=True):
            assert verify_rows(store) == ()
        store.dispose()

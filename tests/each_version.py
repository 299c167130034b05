"""Choose the tests that run on each tested release of PostgreSQL: those of SQL that may differ.

Left out are the tests of this library's processes and pools, and the ones that repeat the same SQL
for asyncio or many times. They run on the newest release. Tests that repeat one proof do so less
often on the others, see `tests/dose_sizes.py`.

`python -m tests.each_version` prints the files of these tests, and with `--gate` what of them the
gate runs on the oldest release: `nox -s versions` runs all.
"""

import sys

MODULES = (
    "tests/guards/test_admission.py",
    "tests/guards/test_attacks.py",
    "tests/guards/test_partitions.py",
    "tests/guards/test_rebuild.py",
    "tests/sql/test_alembic.py",
    "tests/sql/test_captures.py",
    "tests/sql/test_captures_search.py",
    "tests/sql/test_captures_statements.py",
    "tests/sql/test_concurrent_creates.py",
    "tests/sql/test_driver_errors.py",
    "tests/sql/test_export.py",
    "tests/sql/test_faults.py",
    "tests/sql/test_first_plans.py",
    "tests/sql/test_feed.py",
    "tests/sql/test_hosts.py",
    "tests/sql/test_lost_commit.py",
    "tests/sql/test_many_heads.py",
    "tests/sql/test_migrations.py",
    "tests/sql/test_open_faults.py",
    "tests/sql/test_partitions.py",
    "tests/sql/test_plans.py",
    "tests/sql/test_prepared.py",
    "tests/sql/test_races.py",
    "tests/sql/test_row_order.py",
    "tests/sql/test_session_settings.py",
    "tests/sql/test_statements.py",
    "tests/sql/test_tokens.py",
    "tests/sql/test_tokens_tables.py",
    "tests/sql/test_versions.py",
    "tests/sql/test_zones.py",
)
CASES = (
    "tests/conformance/test_stores.py::TestPartitionsKernel::",
    "tests/conformance/test_stores.py::TestPostgresql::",
    "tests/conformance/test_stores.py::TestPostgresqlKernel::",
    "tests/conformance/test_stores.py::TestPostgresqlWithoutPgvector::",
    "tests/service/test_backups.py::test_a_dump_is_restored_into_an_empty_database",
)
# They take most of the time. The gate's other tests of that release run statements of each kind,
# and export and import every context.
OUTSIDE_GATE = (
    "tests/conformance/test_stores.py::TestPostgresql::",
    "tests/guards/test_attacks.py",
    "tests/guards/test_rebuild.py",
    "tests/sql/test_captures.py",
    "tests/sql/test_lost_commit.py",
    "tests/sql/test_migrations.py",
    "tests/sql/test_races.py",
    "tests/sql/test_session_settings.py",
    "tests/sql/test_zones.py",
)
# Cases by what only newer releases have: constraints that are not enforced (18), privileges on
# parameters (15), and a schema `public` in which the owner of the database creates tables (15).
NEWER = (
    "NOT ENFORCED",
    "a key that is not enforced",
    "may enter replica mode",
    "test_a_lifecycle_of_an_unregistered_context",
)


def files() -> tuple[str, ...]:
    """Return the files with tests that run on each version."""
    files_of_cases = {node_id.partition("::")[0] for node_id in CASES}
    return (*sorted(files_of_cases), *MODULES)


def contains(node_id: str) -> bool:
    """Return whether a test runs on each version."""
    path = node_id.partition("::")[0]
    if any(case in node_id for case in NEWER):
        return False
    return path in MODULES or node_id.startswith(CASES)


def parts_in_gate() -> tuple[str, ...]:
    """Return the cases and files that the gate runs on the oldest release, as pytest names them."""
    parts = [name for name in (*CASES, *MODULES) if name not in OUTSIDE_GATE]
    return tuple(name.removesuffix("::") for name in parts)


if __name__ == "__main__":
    sys.stdout.write("\n".join(parts_in_gate() if "--gate" in sys.argv else files()))

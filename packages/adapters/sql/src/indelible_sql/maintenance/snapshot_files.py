"""Write the generated files of the schema, and compare a database with what they contain."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Final

from indelible.kernel import to_json_value
from indelible_sql.engine.errors import translate_errors
from indelible_sql.maintenance.hosts import NO_HEADS, missing_guards, unchecked_names
from indelible_sql.maintenance.release_snapshots import loaded_snapshot
from indelible_sql.maintenance.role_settings import reported_settings
from indelible_sql.schema import migrate, revisions
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.findings import Fault
from indelible_sql.schema.installed_files import DECLARED, SNAPSHOTS, installed_file
from indelible_sql.schema.migrate import admitted_state
from indelible_sql.schema.partitions import MIN_PARTITIONS, PARTITIONED
from indelible_sql.schema.snapshot import facts, facts_digest
from indelible_sql.store.kernel_store import AnySqlStore

# The shapes of a store, each with its number of partitions of history.
SHAPES: Final = {"postgresql": None, PARTITIONED: MIN_PARTITIONS, "sqlite": None}


def differences(store: AnySqlStore, owner_url: str | None = None) -> Mapping[str, str]:
    """Map each fact that differs between the database and its file to "missing" or "unexpected".

    A function that an upgrade repairs is "missing" or "broken". A host's guard can be "missing",
    and a host's lifecycle without a registered context is "LIFECYCLE_NOT_CHECKED". A setting of a
    role that writes is "unexpected".
    At an additive revision of the next release, nothing differs if its mark has the digest of the
    facts; otherwise that revision's own additions are among the differences.
    `owner_url` is needed for a database on PostgreSQL that differs: the file is loaded into a
    schema of its own there.
    Raises SchemaOutOfDate or SchemaTooNew for a database of another revision.
    """
    kinds: dict[str, str] = {}
    with translate_errors(), store.engines.reader.connect() as connection:
        state = admitted_state(connection, store.schema)
        lines = facts(connection, store.schema, store.schema_catalog)
    if facts_digest(lines) != state.digest:
        expected, actual = Counter(_expected_facts(store, owner_url)), Counter(lines)
        kinds.update(dict.fromkeys(sorted(expected - actual), "missing"))
        kinds.update(dict.fromkeys(sorted(actual - expected), "unexpected"))
    for name, fault in _function_faults(store).items():
        kinds[f"function {name}: `indelible db upgrade` repairs it"] = fault
    kinds.update(_other_faults(store))

    return kinds


def _expected_facts(store: AnySqlStore, owner_url: str | None) -> tuple[str, ...]:
    """Return the facts of the installed snapshot file."""
    path = installed_file(SNAPSHOTS[store.engines.reader.dialect.name])
    with loaded_snapshot(store, path, owner_url) as (connection, schema):
        return facts(connection, schema, store.schema_catalog)


def later_revision(store: AnySqlStore) -> str:
    """Return the additive revision of the next release that the database is at, or ''."""
    with translate_errors(), store.engines.reader.connect() as connection:
        state = admitted_state(connection, store.schema)
    return state.revision if state.is_later else ""


def _function_faults(store: AnySqlStore) -> Mapping[str, str]:
    faults: dict[str, str] = {}
    if store.engines.reader.dialect.name == "sqlite":
        return faults

    with translate_errors(), store.engines.reader.connect() as connection:
        for context in store.schema_catalog.contexts:
            if context.function_faults is not None:
                faults.update(context.function_faults(connection, store.schema))

    return faults


def _other_faults(store: AnySqlStore) -> Mapping[str, str]:
    faults: dict[str, str] = {}
    with translate_errors(), store.engines.reader.connect() as connection:
        for guard in missing_guards(connection, store, NO_HEADS):
            faults[f"guard {guard.name} of table {guard.table.name}"] = "missing"
        for name in unchecked_names(connection, store, NO_HEADS):
            fact = f"lifecycle {name}: name the module of its context with `--module`"
            faults[fact] = Fault.LIFECYCLE_NOT_CHECKED
        for setting in reported_settings(connection, store.schema):
            faults[str(setting)] = "unexpected"

    return faults


def generated_files(
    contexts: Catalog, title: str, owner_urls: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the texts of all generated files by their names.

    `owner_urls` are the addresses of an empty database of each kind, which is migrated.
    """
    catalog = Catalog(contexts.contexts)  # with its own names, not those that are in the file
    texts: dict[str, str] = {}
    for dialect, name in SNAPSHOTS.items():
        texts[name] = snapshot_text(dialect, catalog, title)

    digests = {
        shape: _migrated_digest(owner_urls[shape.partition("_")[0]], shape, number, catalog)
        for shape, number in SHAPES.items()
    }
    document = {
        "revision": revisions.known_revisions()[-1],
        "digests": digests,
        "names": to_json_value(catalog.names),
    }
    texts[DECLARED] = json.dumps(document, indent=2, sort_keys=True) + "\n"
    return texts


def snapshot_text(dialect: str, catalog: Catalog, title: str) -> str:
    """Return the text of a snapshot file: its title, and the statements of an upgrade."""
    statements = revisions.printed_upgrade(dialect, catalog).strip()
    return f"-- {title}, revision {revisions.known_revisions()[-1]}\n\n{statements}\n"


def _migrated_digest(owner_url: str, shape: str, number: int | None, catalog: Catalog) -> str:
    """Migrate an empty schema to a shape, and return the digest of its facts."""
    # Not by `migrate.upgrade`, which compares with the digests of the present file.
    with migrate.migrating(owner_url, shape) as (connection, schema):
        revisions.upgrade_to_newest(connection, schema, catalog, number)
        migrate.complete_upgrade(connection, schema, catalog, role=None)
        return facts_digest(facts(connection, shape, catalog))

"""The tables of concepts: the head, its versions and their warnings."""

from sqlalchemy import Column, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.schema import Computed

from indelible.concepts import CONCEPT
from indelible_sql.schema.columns import (
    ACTOR,
    BIG_INTEGER,
    C_COLLATED_TEXT,
    CONTENT,
    IDENTIFIER,
    INSTANT,
    JSON_ARRAY,
    NAME_KEY,
    ORDINAL,
    required,
)
from indelible_sql.schema.tables import head, key, table

VERSION_KEY = ("concept_id", "version_number")
CONCEPTS = head(
    "concepts",
    CONCEPT,
    required("name_key", NAME_KEY),
    key(
        "concepts_version",
        ["id", "current_version", "name_key"],
        "concept_versions",
        [*VERSION_KEY, "name_key"],
        deferred=True,
    ),
    key(
        "concepts_warnings",
        ["id", "current_version"],
        "concept_warnings",
        VERSION_KEY,
        deferred=True,
    ),
    Index("concepts_name_key", "name_key"),
    Index("concepts_status", "status", "id"),
    Index("concepts_created_at", "created_at", "id"),
    Index("concepts_updated_at", "updated_at", "id"),
    version=required("current_version", ORDINAL),
)
VERSIONS = table(
    "concept_versions",
    required("id", IDENTIFIER),
    required("concept_id", IDENTIFIER),
    required("version_number", ORDINAL),
    Column(
        "previous_number", BIG_INTEGER, Computed("NULLIF(version_number - 1, 0)", persisted=True)
    ),
    required("name", C_COLLATED_TEXT),
    required("definition", CONTENT),
    required("explanation", CONTENT),
    required("examples", JSON_ARRAY),
    required("prerequisites", JSON_ARRAY),
    required("learning_objective", CONTENT),
    required("misconceptions", JSON_ARRAY),
    Column("scope_boundaries", CONTENT),
    required("created_by", ACTOR),
    required("created_at", INSTANT),
    Column("change_note", CONTENT),
    required("name_key", NAME_KEY),
    required("search_key", CONTENT),
    PrimaryKeyConstraint(*VERSION_KEY, name="concept_versions_pkey"),
    UniqueConstraint("id", name="concept_versions_id"),
    UniqueConstraint(*VERSION_KEY, "created_at", name="concept_versions_created_at"),
    UniqueConstraint(*VERSION_KEY, "name_key", name="concept_versions_name_key"),
    key("concept_versions_concept", ["concept_id"], "concepts", ["id"]),
    key(
        "concept_versions_previous",
        ["concept_id", "previous_number"],
        "concept_versions",
        VERSION_KEY,
    ),
    has_rowid=False,
)
WARNINGS = table(
    "concept_warnings",
    required("concept_id", IDENTIFIER),
    required("version_number", ORDINAL),
    required("computed_at", INSTANT),
    required("ruleset", ORDINAL),
    required("warnings", JSON_ARRAY),
    PrimaryKeyConstraint(*VERSION_KEY, name="concept_warnings_pkey"),
    key(
        "concept_warnings_version",
        [*VERSION_KEY, "computed_at"],
        "concept_versions",
        [*VERSION_KEY, "created_at"],
    ),
    has_rowid=False,
)

"""The names of a schema's parts, which a store needs without the contexts that declare them."""

from collections.abc import Mapping
from typing import Any, Final, Self

from attrs import frozen

from indelible_sql.schema.installed_files import declared_document

# How the names of guards on history begin that a host's lifecycle may have too.
SHARED_PREFIXES: Final = (
    "history_needs_",
    "history_keeps_fields_of_",
    "history_declares_data_of_",
    "history_names_",
    "history_retired_of_",
)


@frozen
class FactNames:
    """The names of what a release reads facts of.

    A host's own lifecycle has guards on history, which are compared with its declaration elsewhere.
    """

    tables: tuple[str, ...]
    guards: tuple[str, ...]
    lifecycles: tuple[str, ...]
    functions: tuple[str, ...]
    optional_indexes: tuple[str, ...]

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        """Return the names in a document of JSON."""
        return cls(**{kind: tuple(names) for kind, names in document.items()})


@frozen
class SchemaNames:
    """The names of what the contexts of a schema register.

    `owners` maps each table and lifecycle, such as "table tokens", to the name of its context;
    `stages` and `settings` do so for theirs.
    """

    facts: FactNames
    updatable: tuple[str, ...]
    prunable: tuple[str, ...]
    owners: Mapping[str, str]
    stages: Mapping[str, str]
    settings: Mapping[str, str]

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        """Return the names in a document of JSON."""
        return cls(
            facts=FactNames.parse(document["facts"]),
            updatable=tuple(document["updatable"]),
            prunable=tuple(document["prunable"]),
            owners=document["owners"],
            stages=document["stages"],
            settings=document["settings"],
        )


def declared_names() -> SchemaNames:
    """Return the names of what the contexts declare, without importing them."""
    return SchemaNames.parse(declared_document()["names"])

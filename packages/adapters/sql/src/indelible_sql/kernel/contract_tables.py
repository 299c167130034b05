"""The table of the versions of a service's contract."""

from collections.abc import Iterator

from sqlalchemy import Index

from indelible.kernel.contract_versions import ContractVersion, ContractVersions
from indelible_sql.kernel.mappings import HeadMapping
from indelible_sql.schema.entity_conditions import entity_guards
from indelible_sql.schema.entity_tables import entity_head
from indelible_sql.schema.guard import Guard

CONTRACT_VERSIONS = entity_head(
    "api_contract_versions",
    ContractVersion,
    Index("api_contract_versions_number", "number", unique=True),
)
CONTRACT_HEADS = HeadMapping(
    table=CONTRACT_VERSIONS, entity=ContractVersion, finders=ContractVersions
)


def contract_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of the versions of the contract."""
    yield from entity_guards(CONTRACT_VERSIONS, ContractVersion, dialect)

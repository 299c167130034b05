"""The indexes that serve the finders of a host's aggregate, beside those of its other rules."""

from collections.abc import Collection, Iterator

from sqlalchemy import Index

from indelible.kernel import UsageError
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.declared_finders import declared_finders


def finder_indexes(
    table_name: str, entity: type[Aggregate], indexed: Collection[str]
) -> Iterator[Index]:
    """Yield an index for each set of fields that a finder compares and that no other index serves.

    `indexed` are the fields with an index of their own. A unique field has one too. The names
    follow from the fields: a finder with other fields needs another index.

    Raises:
        UsageError: An index of another field has the name.
    """
    names = set(indexed)
    known = {frozenset((field,)) for field in indexed}
    for finder in declared_finders(entity).values():
        fields = frozenset(finder.fields)
        if finder.unique_field or fields in known:
            continue
        known.add(fields)
        name = "_and_".join(finder.fields)
        if name in names:
            raise UsageError(f"the indexes of {finder} and of field {name} have one name")
        yield Index(f"{table_name}_by_{name}", *finder.fields, "id")

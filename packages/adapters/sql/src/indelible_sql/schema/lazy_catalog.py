"""A catalog that imports each of indelible's contexts when it is first used."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from indelible.kernel import Lifecycle
from indelible.kernel.settings import ConfigKey
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.schema_names import SchemaNames, declared_names
from indelible_sql.schema.sql_context import SqlContext

T = TypeVar("T")


@frozen(eq=False, slots=False)
class LazyCatalog(Catalog):
    """A catalog of contexts by their modules, each of which has a CONTEXT, and of a host's own.

    What a store needs of all contexts is their names, which a generated file lists.
    """

    modules: Mapping[str, str] = field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Check the host's contexts against each other and against the names of the others.

        Raises:
            UsageError: Two have the same; each fault is on a line of its own.
        """
        if self._contexts:
            self._check_shared_names(self.modules, self.names.owners)

    @property
    def contexts(self) -> tuple[SqlContext, ...]:
        """Return all contexts, and import those that are not imported yet."""
        return (*(self._import(name) for name in self.modules), *self._contexts)

    @property
    def used_contexts(self) -> tuple[SqlContext, ...]:
        """Return the contexts that are imported: no transaction has used another one."""
        return (*self._imported.values(), *self._contexts)

    def find(self, name: str) -> SqlContext | None:
        """Return the context of this name."""
        if name in self.modules:
            return self._import(name)
        return self._own.get(name)

    def extended(self, contexts: tuple[SqlContext, ...]) -> "LazyCatalog":
        """Return the catalog with more contexts of the host.

        Raises:
            UsageError: Two contexts have the same name, table or lifecycle.
        """
        return LazyCatalog((*self._contexts, *contexts), modules=self.modules)

    @cached_property
    def names(self) -> SchemaNames:
        """Return the names of what indelible's contexts register."""
        return declared_names()

    @cached_property
    def stages(self) -> Mapping[str, Lifecycle[StrEnum]]:
        """Map each stage whose tasks belong to aggregates to their lifecycle."""
        own: dict[str, Lifecycle[StrEnum]] = {}
        for context in self._contexts:
            own.update(context.stages)
        return _LazyMapping(own, self.names.stages, lambda owner: self._import(owner).stages)

    @cached_property
    def settings(self) -> Mapping[str, ConfigKey[Any]]:
        """Map each setting's name to its key."""
        own: dict[str, ConfigKey[Any]] = {}
        for context in self._contexts:
            own.update(context.settings)
        return _LazyMapping(own, self.names.settings, lambda owner: self._import(owner).settings)

    @cached_property
    def _imported(self) -> dict[str, SqlContext]:
        return {}

    def _import(self, name: str) -> SqlContext:
        if name not in self._imported:
            context: SqlContext = import_module(self.modules[name]).CONTEXT
            self._imported[name] = context
        return self._imported[name]

    @cached_property
    def _own(self) -> Mapping[str, SqlContext]:
        return {context.name: context for context in self._contexts}


@frozen(eq=False)
class _LazyMapping(Mapping[str, T], Generic[T]):
    """The values that a host's contexts register, and those of contexts that are not imported."""

    own: Mapping[str, T]
    owners: Mapping[str, str]
    values_of: Callable[[str], Mapping[str, T]]

    def __getitem__(self, name: str) -> T:
        if name in self.own:
            return self.own[name]
        return self.values_of(self.owners[name])[name]

    def __iter__(self) -> Iterator[str]:
        yield from {**self.owners, **self.own}

    def __len__(self) -> int:
        return len({*self.owners, *self.own})

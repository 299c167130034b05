"""The routes of a host's aggregate with numbered versions: the list of them, and each one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Self, TypeAlias

from attrs import frozen

from indelible.kernel import Actor
from indelible.kernel.contexts import AnyContext
from indelible.kernel.kinds import Identifier, Version
from indelible.kernel.numbered_versions import VersionEntry
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.routing import Routes
from indelible_web.http.views import view_of
from indelible_web.own_classes import generated_class, name_view, required_field

Generated: TypeAlias = Any  # a generated class of requests or of answers, or a value of one


@frozen(kw_only=True)
class NumberedVersion:
    """A version by its number: who made it by which action, when and why; `seq` is its change."""

    number: int
    seq: int
    action: str
    actor: Actor
    reason: str
    changed_at: datetime

    @classmethod
    def of(cls, entry: VersionEntry) -> Self:
        """Return the answer about a version."""
        change = entry.change
        return cls(
            number=entry.number,
            seq=change.seq,
            action=change.action,
            actor=change.actor,
            reason=change.reason,
            changed_at=change.at,
        )


@frozen(kw_only=True)
class VersionRoutes:
    """The routes of the versions of one context; `target` is the path of an aggregate."""

    context: AnyContext
    view_type: type[Any]
    target: str
    scope: str

    @property
    def noun(self) -> str:
        """Return the name of the lifecycle."""
        noun: str = self.context.aggregate.lifecycle.name
        return noun

    def declare(self, routes: Routes) -> None:
        """Declare both routes."""
        path = f"{self.target}/versions"
        list_type = self._query_type("VersionsQuery", PageQuery)
        declare_list = routes.pages(
            f"GET {path}",
            self.scope,
            request_type=list_type,
            response_type=NumberedVersion,
            reads_standby=True,
        )
        declare_list(self._list_view())
        one_type = self._query_type("VersionQuery", object, number=required_field(Version))
        declare_one = routes.add(
            f"GET {path}/<number>",
            self.scope,
            request_type=one_type,
            response_type=self.view_type,
            reads_standby=True,
            shows_head_alone=True,
        )
        declare_one(self._version_view())

    def _list_view(self) -> Callable[[OperationContext, Generated], Page[NumberedVersion]]:
        context, name = self.context, f"{self.noun}_id"

        def list_versions(operation: OperationContext, query: Generated) -> Page[NumberedVersion]:
            cursors = operation.cursors(query)
            after = int(cursors.start() or 0)
            entity_id, limit = getattr(query, name), query.limit + 1
            entries = operation.store.read(context.versions, entity_id, after=after, limit=limit)
            views = [NumberedVersion.of(entry) for entry in entries]
            return cursors.page(views, lambda view: view.number)

        sentence = f"List the versions of the {self._words}, oldest first."
        name_view(list_versions, f"list_{self.noun}_versions", sentence)
        return list_versions

    def _version_view(self) -> Callable[[OperationContext, Generated], Generated]:
        context, view_type, name = self.context, self.view_type, f"{self.noun}_id"

        def get_version(operation: OperationContext, query: Generated) -> Generated:
            entity_id = getattr(query, name)
            head = operation.store.read(context.version, entity_id, query.number)
            return view_of(view_type, head)

        sentence = f"Show the {self._words} as the first change of a version has left it."
        name_view(get_version, f"get_{self.noun}_version", sentence)
        return get_version

    @property
    def _words(self) -> str:
        return self.noun.replace("_", " ")

    def _query_type(self, suffix: str, base: type[Any], **fields: Generated) -> type[Any]:
        """Return the class of requests about an aggregate."""
        attributes: dict[str, Generated] = {f"{self.noun}_id": required_field(Identifier), **fields}
        name = f"{self.context.aggregate.__name__}{suffix}"
        sentence = f"The versions of a {self._words}."
        return generated_class(name, attributes, sentence, base=base)

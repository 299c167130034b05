"""The REST API of a host's context, and its pages: all of it follows from the declaration.

    app = create_app(app_context, settings, (*CONTEXTS, own_context(tickets)))

| route | what it does |
| --- | --- |
| `GET /tickets` | list tickets by the declared filters, a page at a time |
| `POST /tickets` | create a ticket, by the first action that creates |
| `GET /tickets/<ticket_id>` | show a ticket; the ETag is its seq |
| `GET /tickets/<ticket_id>/as-of` | show a ticket as it was at a time |
| `GET /shipments/<shipment_id>/scans` | list the rows of a record that actions append |
| `POST /tickets/<ticket_id>/assign` | run an action; `If-Match` names the seq that was read |

Another action that creates has its own route, `POST /tickets/import`. An aggregate with numbered
versions has `GET /consents/<consent_id>/versions`, and `.../versions/<number>` for each. The
scopes are `tickets:read` and `tickets:write`. The pages are those of `indelible_web.own_pages`.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from inspect import getdoc
from typing import Any, TypeAlias

from attrs import Attribute, Factory, field, fields_dict, frozen
from attrs.validators import optional

from indelible.app import WriteTx
from indelible.kernel import Head
from indelible.kernel.actions import Action, Command, actions_of
from indelible.kernel.choices import choices_of
from indelible.kernel.contexts import AnyContext
from indelible.kernel.kinds import Identifier, Instant
from indelible_web.context import WebContext
from indelible_web.http.action_requests import (
    ActionRequest,
    AnyAction,
    request_of,
    requested_command,
)
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.routing import EXPECTED_SEQ, Routes, View
from indelible_web.http.views import fields_of, view_of
from indelible_web.own_classes import generated_class, name_view, required_field
from indelible_web.own_pages import Subject, nav_of, pages_of, search_of
from indelible_web.own_pages.controls import MORE_BOXES
from indelible_web.own_pages.links import links_of, newest_links_of
from indelible_web.own_pages.subject import OwnAction
from indelible_web.own_rows import declare_rows
from indelible_web.own_versions import VersionRoutes

Generated: TypeAlias = Any  # a generated class of requests or of answers, or a value of one


def own_context(context: AnyContext) -> WebContext:
    """Return what an application needs to serve a host's context.

    Raises:
        UsageError: A parameter of an action has a name or a type that no request can have.
    """
    own = _OwnRoutes(context)
    own.declare()
    subject = own.subject()
    lifecycle = context.aggregate.lifecycle
    names = [f"{name}_{lifecycle.name}" for name in choices_of(context.aggregate)]
    return WebContext(
        name=context.name,
        routes=(own.routes,),
        lifecycles=(lifecycle,),
        commands=tuple(names),
        pages=tuple(pages_of(subject)),
        nav=(nav_of(subject),),
        action_labels=subject.action_labels(),
        entity_links={lifecycle.name: partial(links_of, subject)},
        newest_links={lifecycle.name: partial(newest_links_of, subject)},
        searches=(search_of(subject),),
        hidden_form_fields=frozenset({EXPECTED_SEQ, MORE_BOXES}),
    )


def scopes_of(context: AnyContext) -> tuple[str, str]:
    """Return the scopes that open the routes of a context: to read, and to write."""
    return f"{context.name}:read", f"{context.name}:write"


def path_of(context: AnyContext) -> str:
    """Return the path of all aggregates of a context, below the prefix of the API."""
    return f"/{_segment(context.name)}"


def _routes_of(own: "_OwnRoutes") -> Routes:
    return Routes(own.context.name, f"{own.noun.capitalize()}: {own.summary}")


def _view_of(own: "_OwnRoutes") -> type[Any]:
    """Return the class of the answers: the fields of the aggregate, and its seq."""
    return generated_class(
        f"{own.context.aggregate.__name__}View",
        {"id": required_field(str), "seq": required_field(int)},
        f"{own.title} as its last change left it.",
        transformer=fields_of(own.context.aggregate),
    )


def _list_query_of(own: "_OwnRoutes") -> type[Any]:
    """Return the class of the requests for a page: each filter may be missing."""
    attributes = fields_dict(own.context.aggregate)
    filters = {name: _optional(attributes[name]) for name in own.context.filters}
    name = f"{own.context.aggregate.__name__}ListQuery"
    return generated_class(name, filters, f"A page of the {own.noun} list.", base=PageQuery)


@frozen(eq=False, slots=False)
class _OwnRoutes:
    """The routes of one context while they are declared."""

    context: AnyContext
    routes: Routes = field(init=False, default=Factory(_routes_of, takes_self=True))
    view: type[Any] = field(init=False, default=Factory(_view_of, takes_self=True))
    list_query: type[Any] = field(init=False, default=Factory(_list_query_of, takes_self=True))
    actions: list[OwnAction] = field(init=False, factory=list[OwnAction])

    @property
    def noun(self) -> str:
        """Return the name of the lifecycle, such as `ticket`."""
        noun: str = self.context.aggregate.lifecycle.name
        return noun

    @property
    def title(self) -> str:
        """Return the name of the aggregate as it begins a sentence."""
        return f"A {self.noun.replace('_', ' ')}"

    @property
    def summary(self) -> str:
        """Return the first sentence of the aggregate."""
        return (getdoc(self.context.aggregate) or "").partition("\n")[0]

    @property
    def path(self) -> str:
        """Return the path of all aggregates."""
        return path_of(self.context)

    @property
    def target(self) -> str:
        """Return the path of one aggregate."""
        return f"{self.path}/<{self.noun}_id>"

    @property
    def read_scope(self) -> str:
        """Return the scope of queries."""
        return scopes_of(self.context)[0]

    @property
    def write_scope(self) -> str:
        """Return the scope of commands."""
        return scopes_of(self.context)[1]

    def declare(self) -> None:
        """Declare every route."""
        self._declare_list()
        self._declare_queries()
        if self.context.aggregate.numbered_versions is not None:
            versions = VersionRoutes(
                context=self.context,
                view_type=self.view,
                target=self.target,
                scope=self.read_scope,
            )
            versions.declare(self.routes)
        declare_rows(self.routes, self.context, target=self.target, scope=self.read_scope)
        is_first = True
        for action in self._actions():
            if isinstance(action, Action) and action.is_creating:
                self._declare_birth(action, self.path if is_first else self._action_path(action))
                is_first = False
            else:
                self._declare_change(action)

    def subject(self) -> Subject:
        """Return what the pages need to know, once the routes are declared."""
        return Subject(
            context=self.context,
            view_type=self.view,
            list_query=self.list_query,
            actions=tuple(self.actions),
            read_scope=self.read_scope,
            write_scope=self.write_scope,
        )

    def _actions(self) -> Iterator[AnyAction]:
        """Yield what a caller can run: no retired action, and a choice instead of its actions."""
        for action in actions_of(self.context.aggregate).values():
            if action.edges and not action.chosen_by:
                yield action
        yield from choices_of(self.context.aggregate).values()

    def _action_path(self, action: AnyAction) -> str:
        return f"{self.path}/{_segment(action.name)}"

    def _declare_list(self) -> None:
        context, view_type = self.context, self.view

        def list_all(operation: OperationContext, query: Generated) -> Page[Any]:
            cursors = operation.cursors(query)
            values = {name: getattr(query, name) for name in context.filters}
            filters = {name: value for name, value in values.items() if value is not None}
            limit = query.limit + 1
            after = cursors.start()
            heads = operation.read(context.list, after=after, limit=limit, **filters)
            views = [view_of(view_type, head) for head in heads]
            return cursors.page(views, lambda view: view.id)

        name_view(list_all, f"list_{context.name}", f"List {context.name.replace('_', ' ')}.")
        declare = self.routes.pages(
            f"GET {self.path}",
            self.read_scope,
            request_type=self.list_query,
            response_type=view_type,
            reads_standby=True,
            reads_with_key=True,
        )
        declare(list_all)

    def _declare_queries(self) -> None:
        context, view_type, name = self.context, self.view, f"{self.noun}_id"
        target = {name: required_field(Identifier)}
        answer = self.view.__name__
        query_type = generated_class(f"{answer}Query", target, f"{self.title} by its id.")
        past = {**target, "at": required_field(Instant)}
        past_type = generated_class(f"{answer}AsOfQuery", past, f"{self.title} at a time.")

        def get_one(operation: OperationContext, query: Generated) -> Generated:
            head = operation.read(context.get, getattr(query, name))
            return view_of(view_type, head)

        def get_past(operation: OperationContext, query: Generated) -> Generated:
            at: datetime = query.at
            return view_of(view_type, operation.store.read(context.as_of, getattr(query, name), at))

        name_view(get_one, f"get_{self.noun}", f"Show {self.title.lower()}; its ETag is its seq.")
        name_view(get_past, f"get_{self.noun}_as_of", f"Show {self.title.lower()} of the past.")
        for route, request_type, view in (
            (f"GET {self.target}", query_type, get_one),
            (f"GET {self.target}/as-of", past_type, get_past),
        ):
            declare = self.routes.add(
                route,
                self.read_scope,
                request_type=request_type,
                response_type=view_type,
                reads_with_key=view is get_one,
                shows_head_alone=True,
            )
            declare(view)

    def _declare_birth(self, action: AnyAction, path: str) -> None:
        declare = self.routes.add(
            f"POST {path}",
            self.write_scope,
            request_type=self._runnable(action).request_type,
            response_type=self.view,
            location_id=lambda view: str(view.id),
        )
        declare(self.actions[-1].run)

    def _declare_change(self, action: AnyAction) -> None:
        declare = self.routes.add(
            f"POST {self.target}/{_segment(action.name)}",
            self.write_scope,
            request_type=self._runnable(action).request_type,
            response_type=self.view,
        )
        declare(self.actions[-1].run)

    def _runnable(self, action: AnyAction) -> OwnAction:
        """Return an action with its requests and its view, which routes and pages share."""
        own_action = OwnAction(
            action=action, request_type=request_of(action), run=self._runner(action)
        )
        self.actions.append(own_action)
        return own_action

    def _runner(self, action: AnyAction) -> View[Any, Any]:
        """Return the view that runs an action, and answers with what it has left."""
        context, view_type = self.context, self.view

        def handler(tx: WriteTx, request: ActionRequest[Any]) -> Generated:
            command: Command[Any] = requested_command(context.of(tx), request)
            head: Head[Any] = context.execute(tx, command)
            return view_of(view_type, head)

        def run(operation: OperationContext, request: Generated) -> Generated:
            return operation.run(handler, request)

        sentence = getdoc(action.method) or f"{action.name} {self.noun}."
        name_view(run, f"{action.name}_{self.noun}", sentence.replace("_", " ").capitalize())
        return run


def _segment(name: str) -> str:
    """Return a name as a segment of a path."""
    return name.replace("_", "-")


def _optional(attribute: "Attribute[Any]") -> Any:  # noqa: ANN401 - a field of attrs
    """Return a field of an aggregate as a filter, which may be missing."""
    value_type: Any = attribute.type
    return field(
        type=value_type | None,
        default=None,
        validator=None if attribute.validator is None else optional(attribute.validator),
        metadata=dict(attribute.metadata),
    )

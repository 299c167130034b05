"""A host's aggregate as its pages see it: its names, fields, actions and addresses."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from inspect import getdoc
from typing import Any, Final, TypeAlias, cast

from attrs import Attribute, field, fields, frozen, make_class
from flask import url_for

from indelible.kernel import Head, labels
from indelible.kernel.actions import Action
from indelible.kernel.choices import Choice
from indelible.kernel.contexts import MAX_SEARCH_CHARACTERS, AnyContext
from indelible.kernel.kinds import column_kind, kinds
from indelible.kernel.lists import ListOrder
from indelible.kernel.values import is_blank, is_text
from indelible_web.console.layout import field_label
from indelible_web.console.page import EntityLink
from indelible_web.http.action_requests import ActionRequest, AnyAction
from indelible_web.http.examples import attributes_of
from indelible_web.http.responses import to_json
from indelible_web.http.routing import EXPECTED_SEQ, USER_ID, View
from indelible_web.own_pages.controls import (
    SHORT,
    Control,
    FieldControl,
    control_of,
    controls_of,
    document_text,
    free_name,
)

Generated: TypeAlias = Any  # a value of a generated class
AnyEntity: TypeAlias = Any  # an aggregate, or its view
MAX_COLUMNS: Final = 4  # beside those that every list has
ORDER: Final = "order"


@frozen(kw_only=True, eq=False, slots=False)
class OwnAction:
    """An action that a caller can run, the class of its requests, and the view that runs one."""

    action: AnyAction
    request_type: type[ActionRequest[Any]]
    run: View[Any, Any]

    @property
    def name(self) -> str:
        """Return the name of the action."""
        return self.action.name

    @property
    def label(self) -> str:
        """Return the name of the action for people."""
        return field_label(self.name)

    @property
    def segment(self) -> str:
        """Return the name of the action in an address."""
        return self.name.replace("_", "-")

    @property
    def is_creating(self) -> bool:
        """Return True if the action creates."""
        return self.action.is_creating

    @property
    def hint(self) -> str:
        """Return the first sentence about the action, blank if nobody has written one."""
        return (getdoc(self.action.method) or "").partition("\n\n")[0]

    @property
    def target(self) -> str:
        """Return the state to which the action leads for people, blank if it stays."""
        actions: Sequence[Action[Any, ...]]
        actions = self.action.actions if isinstance(self.action, Choice) else (self.action,)
        states = [field_label(str(one.to_state)) for one in actions if one.to_state is not None]
        return " or ".join(dict.fromkeys(states))

    @cached_property
    def controls(self) -> tuple[FieldControl, ...]:
        """Return the controls of the parameters that a person types."""
        others = {self.request_type.declaration.target_field, EXPECTED_SEQ, USER_ID, "reason"}
        attributes = attributes_of(self.request_type)
        return controls_of(one for one in attributes if one.name not in others)


@frozen(kw_only=True)
class FieldText:
    """A field of an aggregate as a page shows it."""

    name: str
    label: str
    control: Control
    value: Any
    link: EntityLink | None = None


@frozen(kw_only=True, eq=False, slots=False)
class Subject:
    """A context with all that its pages need; `list_query` is the class of its lists' requests."""

    context: AnyContext
    view_type: type[Any]
    list_query: type[Any]
    actions: tuple[OwnAction, ...]
    read_scope: str
    write_scope: str

    @property
    def entity(self) -> type[Any]:
        """Return the class of the aggregate."""
        return self.context.aggregate

    @property
    def segment(self) -> str:
        """Return the name of the context in an address."""
        return self.context.name.replace("_", "-")

    @property
    def title(self) -> str:
        """Return the name of the context for people."""
        return field_label(self.context.name)

    @property
    def noun(self) -> str:
        """Return the name of one aggregate, such as `purchase order`."""
        name: str = self.entity.lifecycle.name
        return name.replace("_", " ")

    @property
    def summary(self) -> str:
        """Return the first sentence of the aggregate."""
        return (getdoc(self.entity) or "").partition("\n\n")[0]

    @property
    def creating(self) -> tuple[OwnAction, ...]:
        """Return the actions that create."""
        return tuple(one for one in self.actions if one.is_creating)

    @cached_property
    def fields(self) -> tuple[FieldControl, ...]:
        """Return the fields that the declaration names, with their controls."""
        return tuple(
            control_of(attribute)
            for attribute in fields(self.entity)
            if attribute.name not in labels.FRAME
        )

    @cached_property
    def unique_fields(self) -> tuple[str, ...]:
        """Return the fields whose value no two aggregates have."""
        return labels.unique_fields(self.entity)

    @property
    def key_fields(self) -> tuple[str, ...]:
        """Return the unique fields by which people call an aggregate; a digest is no name."""
        return labels.key_fields(self.entity)

    @cached_property
    def line_fields(self) -> tuple[str, ...]:
        """Return the fields that are a line of text which somebody has written."""
        return labels.line_fields(self.entity)

    @cached_property
    def columns(self) -> tuple[FieldControl, ...]:
        """Return the fields that a list shows, those of its filters first."""
        shown_elsewhere = {*self.key_fields[:1], *self.line_fields[:1]}
        columns: list[FieldControl] = []
        for one in self.fields:
            is_short = (
                one.control in SHORT and column_kind(self.entity, one.name) not in labels.DIGESTS
            )
            if is_short and one.name not in shown_elsewhere:
                columns.append(one)
        columns.sort(key=lambda one: one.name not in self.context.filters)
        return tuple(columns[:MAX_COLUMNS])

    @cached_property
    def text_name(self) -> str:
        """Return the name of the parameter that the search of a list has."""
        return free_name("text", self.context.filters)

    @cached_property
    def page_query(self) -> type[Any]:
        """Return the class of the requests for a page of the list, with its text and its order."""
        limits = {"max_length": MAX_SEARCH_CHARACTERS}
        text: Attribute[str] = field(default="", validator=is_text, metadata=limits, type=str)
        # No filter is called `order`, which is a word of SQL.
        order: Any = field(default=None, type=cast("Any", ListOrder | None))
        attributes: dict[str, Any] = {self.text_name: text, ORDER: order}
        return make_class(
            f"{self.entity.__name__}PageQuery",
            attributes,
            bases=(self.list_query,),
            frozen=True,
            kw_only=True,
            slots=False,
            field_transformer=kinds,
        )

    def endpoint(self, page: str) -> str:
        """Return the name under which Flask knows a page."""
        return f"own_{self.context.name}_{page}"

    def url(self, page: str, entity_id: str = "", **values: str | int) -> str:
        """Return the address of a page."""
        arguments: dict[str, Any] = {**values}
        if entity_id:
            arguments["entity_id"] = entity_id
        return url_for(f"console.{self.endpoint(page)}", **arguments)

    def label_of(self, entity: AnyEntity) -> str:
        """Return the name of an aggregate: its unique field, a line of it, or a part of its id."""
        return labels.label_of(self.entity, entity)

    def line_of(self, entity: AnyEntity) -> str:
        """Return the line that stands behind the label, blank if there is none."""
        for name in self.line_fields:
            value = getattr(entity, name)
            if isinstance(value, str) and not is_blank(value) and value != self.label_of(entity):
                return value
        return ""

    def texts_of(
        self,
        entity: AnyEntity,
        controls: Sequence[FieldControl],
        links: Mapping[tuple[str, str], EntityLink],
    ) -> tuple[FieldText, ...]:
        """Return fields of an aggregate as a page shows them.

        `links` holds those of its references, by field and id.
        """
        texts: list[FieldText] = []
        for one in controls:
            value = getattr(entity, one.name)
            if one.control is Control.DOCUMENT and value is not None:
                value = document_text(value)
            elif one.control is Control.DECIMAL and value is not None:
                value = to_json(value)
            text = FieldText(
                name=one.name,
                label=one.label,
                control=one.control,
                value=value,
                link=links.get((one.name, str(value))),
            )
            texts.append(text)
        return tuple(texts)

    def allowed(self, head: Head[Any]) -> tuple[OwnAction, ...]:
        """Return the actions that a head allows."""
        names = self.context.allowed_actions(head)
        return tuple(one for one in self.actions if one.name in names)

    def action_labels(self) -> Mapping[tuple[str, str], str]:
        """Return the label of every action, by lifecycle and action, for the page of history."""
        lifecycle = self.entity.lifecycle
        return {(lifecycle.name, edge.action): field_label(edge.action) for edge in lifecycle.edges}

"""The forms of a host's actions: one that creates, and one that changes."""

from typing import Any, cast

from attrs import NOTHING
from flask import redirect, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from indelible.kernel import Head, IndelibleError
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import render_page
from indelible_web.http.errors import InvalidFields
from indelible_web.http.operation import OperationContext
from indelible_web.http.parsing import invalid_fields
from indelible_web.http.routing import EXPECTED_SEQ, USER_ID, field_names
from indelible_web.http.scalars import DECIMAL
from indelible_web.http.schemas import Side, schema_of, structure
from indelible_web.own_pages.controls import MORE_BOXES
from indelible_web.own_pages.details import Sent, form_of, sent_form, show_one
from indelible_web.own_pages.subject import Generated, OwnAction, Subject


def show_new(
    console: ConsoleContext, subject: Subject, own_action: OwnAction, sent: Sent | None = None
) -> Response:
    """Show the form of an action that creates, with what was sent, if it was not run."""
    return render_page(
        "console/own_new",
        error=sent.error if sent else None,
        subject=subject,
        here=subject.endpoint("list"),
        form=form_of(console, subject, own_action, sent=sent),
    )


def create(console: ConsoleContext, subject: Subject, own_action: OwnAction) -> Response:
    """Run an action that creates; after an error the form keeps its input."""
    if MORE_BOXES in request.form:
        return show_new(console, subject, own_action, sent_form(own_action, None))
    try:
        view = _run(console, subject, own_action, None)
    except IndelibleError as error:
        return show_new(console, subject, own_action, sent_form(own_action, error))

    console.notices.leave(f"{subject.label_of(view)} is saved: {own_action.label.lower()}.")
    return redirect(subject.url("show", view.id), 303)


def change(
    console: ConsoleContext, entity_id: str, subject: Subject, own_action: OwnAction
) -> Response:
    """Run an action on an aggregate; after an error its page keeps the input."""
    head = console.app_context.store.read(subject.context.get, entity_id)
    if MORE_BOXES in request.form:
        return show_one(console, entity_id, subject, sent_form(own_action, None))
    try:
        view = _run(console, subject, own_action, head)
    except IndelibleError as error:
        return show_one(console, entity_id, subject, sent_form(own_action, error))

    console.notices.leave(f"Saved as change {view.seq}: {own_action.label.lower()}.")
    return redirect(subject.url("show", view.id), 303)


def _run(
    console: ConsoleContext, subject: Subject, own_action: OwnAction, head: Head[Any] | None
) -> Generated:
    """Run the action of the current request's form, once, and return the view of the new head.

    Raises: InvalidFields, or an error of the action.
    """
    operation = console.operation(reason=form_text("reason"), response_type=subject.view_type)
    return own_action.run(operation, _request_of(operation, own_action, head))


def _request_of(
    operation: OperationContext, own_action: OwnAction, head: Head[Any] | None
) -> Generated:
    """Return the request that the current form says, as the same request of the REST API."""
    request_type: type[Any] = own_action.request_type
    known = field_names(request_type)
    values: dict[str, Any] = {}
    if "reason" in known:
        values["reason"] = operation.reason
    if head is not None:
        values[own_action.request_type.declaration.target_field] = head.id
        values[EXPECTED_SEQ] = _seq_of(request.form.get(EXPECTED_SEQ, ""))
    for one in own_action.controls:
        before = None if head is None else getattr(head.entity, one.name, None)
        value = one.json_value(one.typed_in(request.form), before)
        if value is not NOTHING:
            values[one.name] = value

    arguments = _loaded(request_type, values)
    if USER_ID in known:
        arguments[USER_ID] = operation.caller.user_id
    return structure(arguments, request_type)


def _loaded(request_type: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a form as the schema of the action's requests reads them.

    Raises: InvalidFields, or the error of a field's limit.
    """
    schema: Any = schema_of(cast("type", request_type), Side.BODY)(partial=(USER_ID,))
    try:
        loaded: dict[str, Any] = schema.load(values)
    except ValidationError as error:
        raise invalid_fields([error.messages_dict]) from error
    return loaded


def _seq_of(text: str) -> int:
    """Return the seq that a form carries.

    Raises: InvalidFields.
    """
    if not DECIMAL.fullmatch(text):
        raise InvalidFields({EXPECTED_SEQ: "Not a whole number."})
    return int(text)

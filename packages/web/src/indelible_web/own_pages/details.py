"""The console's page of one aggregate of a host: its fields, its next steps and its history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from attrs import field, frozen
from flask import request
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible.kernel import Change, Head, IndelibleError, Stale, instant_text
from indelible.kernel.kinds import Count, Instant, Version, kinds
from indelible.kernel.numbered_versions import VersionEntry
from indelible.kernel.references import references_of
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import EntityLink, NewestLinks
from indelible_web.http.errors import InvalidFields
from indelible_web.own_pages.controls import EMPTY_BOXES, Control, FieldControl, FormTexts
from indelible_web.own_pages.links import offered_links, reference_links
from indelible_web.own_pages.rows import RowsQuery, RowTable, read_tables
from indelible_web.own_pages.subject import OwnAction, Subject
from indelible_web.own_pages.timeline import timeline_of
from indelible_web.own_pages.versions import read_versions, version_items

CHANGES_PER_PAGE: Final = 20
MAX_OPEN_FORMS: Final = 2  # with more actions, each form opens with a click


@frozen(kw_only=True, field_transformer=kinds)
class HistoryPageQuery(RowsQuery):
    """The seq before which the history is shown, and the number before which the versions are."""

    before: Count | None = None
    versions_before: Count | None = None


@frozen(kw_only=True, field_transformer=kinds)
class PastQuery(RowsQuery):
    """The time at which an aggregate is shown."""

    at: Instant


@frozen(kw_only=True, field_transformer=kinds)
class VersionQuery:
    """The number of the version that is shown."""

    number: Version


@frozen(kw_only=True)
class Sent:
    """A form that was sent and not run: its action, its texts and its reason."""

    own_action: OwnAction
    texts: FormTexts
    reason: str
    error: IndelibleError | None = None


@frozen(kw_only=True)
class ActionForm:
    """The form of an action, with the texts that its boxes show.

    `offered` has, for a field that refers to another aggregate, the newest ones by their ids.
    """

    own_action: OwnAction
    url: str
    once: str
    texts: FormTexts
    reason: str
    errors: Mapping[str, str]
    offered: Mapping[str, Mapping[str, EntityLink]]
    seq: int | None = None
    is_open: bool = True


@frozen(kw_only=True)
class Details:
    """An aggregate with a page of its changes, and the data before the first of them."""

    head: Head[Any]
    changes: tuple[Change, ...]
    before: Mapping[str, Any] = field(factory=dict[str, Any])
    versions: tuple[VersionEntry, ...] = ()
    tables: tuple[RowTable, ...] = ()


def show_one(
    console: ConsoleContext, entity_id: str, subject: Subject, sent: Sent | None = None
) -> Response:
    """Show one aggregate, and the form that was sent, if it was not run."""
    query = parse_fields(HistoryPageQuery, request.args)
    details = console.app_context.store.read(_read_details, subject, entity_id, query)
    head = details.head
    may_write = console.operation().caller.has_scope(subject.write_scope)
    forms = _forms_of(console, subject, head, sent) if may_write else ()
    is_offered = sent is None or any(one.own_action is sent.own_action for one in forms)

    return render_page(
        "console/own_one",
        error=sent.error if sent else None,
        **_values_of(console, subject, head),
        forms=forms,
        sent=sent,
        is_offered=is_offered,
        is_stale=sent is not None and isinstance(sent.error, Stale),
        may_write=may_write,
        allowed=subject.allowed(head),
        entries=timeline_of(subject, details.changes, details.before),
        versions=version_items(subject, details.versions),
        tables=details.tables,
    )


def show_past(console: ConsoleContext, entity_id: str, subject: Subject) -> Response:
    """Show one aggregate as it was at a time."""
    query = parse_fields(PastQuery, request.args)
    at: datetime = query.at
    head, tables = console.app_context.store.read(_read_past, subject, entity_id, query)

    values = _values_of(console, subject, head)
    return render_page("console/own_past", **values, at=at, at_text=instant_text(at), tables=tables)


def show_version(
    console: ConsoleContext, entity_id: str, number: str, subject: Subject
) -> Response:
    """Show one aggregate as a version has it, with what differs from the version before."""
    query = parse_fields(VersionQuery, {}, number=number)
    head, entries = console.app_context.store.read(_read_version, subject, entity_id, query.number)
    items = version_items(subject, entries)

    return render_page("console/own_version", **_values_of(console, subject, head), item=items[0])


def form_of(
    console: ConsoleContext,
    subject: Subject,
    own_action: OwnAction,
    *,
    head: Head[Any] | None = None,
    sent: Sent | None = None,
    is_open: bool = True,
) -> ActionForm:
    """Return the form of an action: with what was sent, or with the values of the head."""
    texts: dict[str, tuple[str, ...]] = {}
    for one in own_action.controls:
        shown_texts = tuple(sent.texts[one.name]) if sent else one.texts_of(_value_of(head, one))
        if one.control is Control.TEXTS:
            shown_texts += ("",) * EMPTY_BOXES
        texts[one.name] = shown_texts

    page = f"create_{own_action.name}" if head is None else f"do_{own_action.name}"
    return ActionForm(
        own_action=own_action,
        url=subject.url(page, "" if head is None else head.id),
        once=console.app_context.ids.new(),
        texts=texts,
        reason=sent.reason if sent else "",
        errors=field_errors(subject, sent.error if sent else None),
        offered=_offered_in(console, subject, own_action),
        seq=None if head is None else head.seq,
        is_open=is_open,
    )


def sent_form(own_action: OwnAction, error: IndelibleError | None) -> Sent:
    """Return the form of the current request, which was not run."""
    texts = {one.name: one.typed_in(request.form) for one in own_action.controls}
    return Sent(own_action=own_action, texts=texts, reason=form_text("reason"), error=error)


def field_errors(subject: Subject, error: IndelibleError | None) -> Mapping[str, str]:
    """Return what is wrong with single fields of a form, by their names."""
    if error is None:
        return {}
    if isinstance(error, InvalidFields):
        return {path.partition(".")[0]: text for path, text in error.wrong.items()}
    for rule in subject.entity.one_per_parent:
        if isinstance(rule.error, type) and isinstance(error, rule.error):
            return {rule.parent_field: error.describe()}
    for reference in subject.entity.references:
        if isinstance(error, reference.target_of(subject.entity).missing_error):
            return {reference.field: error.describe()}
    name = error.detail.get("field")
    return {name: error.describe()} if isinstance(name, str) else {}


def _offered_in(
    console: ConsoleContext, subject: Subject, own_action: OwnAction
) -> Mapping[str, Mapping[str, EntityLink]]:
    """Return the aggregates to which a form offers to refer, by field and id."""
    names = {one.name for one in own_action.controls}
    newest_links: dict[str, NewestLinks] = {}
    for reference in references_of(subject.entity):
        target = reference.target_of(subject.entity).lifecycle.name
        if reference.field in names and target in console.newest_links:
            newest_links[reference.field] = console.newest_links[target]
    if not newest_links:
        return {}
    caller = console.operation().caller
    return console.app_context.store.read(offered_links, caller, newest_links)


def _value_of(head: Head[Any] | None, control: FieldControl) -> object:
    """Return the value that a field has now; a parameter that is no field has none."""
    return None if head is None else getattr(head.entity, control.name, None)


def _forms_of(
    console: ConsoleContext, subject: Subject, head: Head[Any], sent: Sent | None
) -> tuple[ActionForm, ...]:
    """Return the forms of the allowed actions, that of the sent one first."""
    allowed = list(subject.allowed(head))
    sent_action = sent.own_action if sent else None
    allowed.sort(key=lambda one: one is not sent_action)
    forms: list[ActionForm] = []
    for own_action in allowed:
        is_sent = own_action is sent_action
        form = form_of(
            console,
            subject,
            own_action,
            head=head,
            sent=sent if is_sent else None,
            is_open=is_sent or len(allowed) <= MAX_OPEN_FORMS,
        )
        forms.append(form)
    return tuple(forms)


def _values_of(console: ConsoleContext, subject: Subject, head: Head[Any]) -> dict[str, Any]:
    """Return the values for every page that shows an aggregate."""
    links = console.app_context.store.read(
        reference_links, subject, console.operation().caller, (head,), console.entity_links
    )
    return {
        "subject": subject,
        "here": subject.endpoint("list"),
        "head": head,
        "label": subject.label_of(head.entity),
        "line": subject.line_of(head.entity),
        "texts": subject.texts_of(head.entity, subject.fields, links),
    }


def _read_details(tx: ReadTx, subject: Subject, entity_id: str, query: HistoryPageQuery) -> Details:
    head = subject.context.get(tx, entity_id)
    last_seq = head.seq
    if query.before is not None:
        last_seq = min(query.before - 1, head.seq)
    after = max(0, last_seq - CHANGES_PER_PAGE)
    # The change before the page says which fields the first one of the page has changed.
    first = max(0, after - 1)
    changes = subject.context.history(tx, entity_id, after=first, limit=last_seq - first)
    before: Mapping[str, Any] = {}
    if first != after:
        before, changes = changes[0].data, changes[1:]
    versions = read_versions(tx, subject, head, query.versions_before)
    tables = read_tables(tx, subject, head, query)
    return Details(head=head, changes=changes, before=before, versions=versions, tables=tables)


def _read_past(
    tx: ReadTx, subject: Subject, entity_id: str, query: PastQuery
) -> tuple[Head[Any], tuple[RowTable, ...]]:
    head = subject.context.as_of(tx, entity_id, query.at)
    return head, read_tables(tx, subject, head, query)


def _read_version(
    tx: ReadTx, subject: Subject, entity_id: str, number: int
) -> tuple[Head[Any], tuple[VersionEntry, ...]]:
    """Return the head of a version, and the version with the one before it."""
    head = subject.context.version(tx, entity_id, number)
    after = max(0, number - 2)
    return head, subject.context.versions(tx, entity_id, after=after, limit=number - after)

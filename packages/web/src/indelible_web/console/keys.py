"""The console's pages of API keys: the list, one key, and the forms to create and to revoke one."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Final

from attrs import evolve, frozen
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible.kernel import Change, IndelibleError
from indelible.kernel.key_issue import IssueKey, issue_key
from indelible.kernel.keys import (
    KEY,
    MAX_SCOPES,
    Key,
    KeyCreated,
    KeyFilter,
    KeyNotFound,
    KeySaved,
    KeyStatus,
    RevokeKey,
    get_key,
    list_keys,
    revoke_key,
)
from indelible.kernel.kinds import Count, Identifier, kinds
from indelible.kernel.lists import ListOrder
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage, NavItem
from indelible_web.http.errors import InvalidFields
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.request import ADMIN

WRITE: Final = "keys:write"  # It opens the form that creates a key.
PAGE_SIZE: Final = 50
MAX_CHANGES: Final = 10  # A key is created and revoked; it has no third change.
DEFAULT_DAYS: Final = 90
DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
ONE_DAY: Final = timedelta(days=1)


@frozen(kw_only=True)
class KeyListQuery(KeyFilter, PageQuery):
    """The filters of the list of keys, and a page of it; the newest keys come first."""

    added_filters: ClassVar[frozenset[str]] = frozenset()

    order: ListOrder | None = ListOrder.NEWEST


@frozen(kw_only=True, field_transformer=kinds)
class KeyQuery:
    """The id of a key."""

    key_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class RevokeForm(KeyQuery):
    """The form that revokes a key, with the seq of the key that its page has shown."""

    seq: Count


@frozen(kw_only=True)
class KeyRow:
    """A key of the list, and the change that created it."""

    saved: KeySaved
    creation: Change
    is_expired: bool


def show_keys(console: ConsoleContext) -> Response:
    """Show the keys of the caller, or those of everybody for an operator."""
    context = console.operation()
    is_operator = ADMIN in context.caller.scopes
    query = parse_fields(KeyListQuery, request.args)
    query = evolve(query, limit=min(query.limit, PAGE_SIZE))
    if not is_operator:
        query = evolve(query, owner=context.caller.actor)

    cursors = context.cursors(query)
    page = context.store.read(
        _read_rows, query, after=cursors.start(), limit=query.limit + 1, now=context.clock.now()
    )
    key_page: Page[KeyRow] = cursors.page(page, lambda row: query.position_of(row.saved.key))

    return render_page(
        "console/keys",
        query=query,
        page=key_page,
        statuses=tuple(KeyStatus),
        is_operator=is_operator,
        may_create=_may_create(context),
        own_key_id=context.caller.id,
    )


def show_key(console: ConsoleContext, key_id: str, error: IndelibleError | None = None) -> Response:
    """Show one key, its history, and the form that revokes it."""
    context = console.operation()
    query = parse_fields(KeyQuery, {}, key_id=key_id)
    saved = _visible_key(context, query.key_id)
    changes = context.store.read(
        lambda tx: tx.history.of(KEY.name, query.key_id, limit=MAX_CHANGES)
    )
    now = context.clock.now()

    return render_page(
        "console/key",
        error=error,
        saved=saved,
        is_expired=_is_expired(saved.key, now),
        changes=changes[::-1],
        own_key_id=context.caller.id,
        once=console.app_context.ids.new(),
        reason=request.form.get("reason", ""),
    )


def new_key_form(console: ConsoleContext) -> Response:
    """Show the form that creates a key."""
    return _form_page(console)


def create_key(console: ConsoleContext) -> Response:
    """Create a key and show its secret, this one time; after an error the form keeps its input."""
    context = console.operation(reason=form_text("reason"), response_type=KeyCreated)
    try:
        command = _issue_command(console, context)
        created = context.run(issue_key, command)
    except IndelibleError as error:
        return _form_page(console, error)

    # The secret is in no address and no store, so that the answer itself has to show it.
    return render_page("console/key_created", status=201, created=created)


def revoke(console: ConsoleContext, key_id: str) -> Response:
    """Revoke a key; after an error the form keeps the reason."""
    context = console.operation(reason=form_text("reason"), response_type=KeySaved)
    query = parse_fields(KeyQuery, {}, key_id=key_id)
    _visible_key(context, query.key_id)
    try:
        form = parse_fields(RevokeForm, request.form, key_id=key_id)
        context.run(revoke_key, RevokeKey(key_id=form.key_id, expected_seq=form.seq))
    except IndelibleError as error:
        return show_key(console, key_id, error)

    console.notices.leave(f"Key {key_id} is revoked. The next request with it is refused.")
    return redirect(url_for("console.show_keys"), 303)


def _form_page(console: ConsoleContext, error: IndelibleError | None = None) -> Response:
    context = console.operation()
    issuer = context.store.read(get_key, context.caller.id).key
    today = context.clock.now().date()

    default_day = today + DEFAULT_DAYS * ONE_DAY
    if issuer.expires_at is not None:
        default_day = min(default_day, issuer.expires_at.date())
    expires_on = default_day.isoformat()
    if request.method == "POST":
        expires_on = request.form.get("expires_on", "")

    return render_page(
        "console/new_key",
        error=error,
        issuer=issuer,
        scopes=_offered_scopes(console, context),
        chosen=frozenset(request.form.getlist("scopes")),
        expires_on=expires_on,
        today=today.isoformat(),
        once=console.app_context.ids.new(),
        reason=request.form.get("reason", ""),
    )


def _issue_command(console: ConsoleContext, context: OperationContext) -> IssueKey:
    """Return the command of the form.

    Raises: InvalidFields.
    """
    scopes = tuple(dict.fromkeys(request.form.getlist("scopes")))
    if not scopes:
        raise InvalidFields({"scopes": "Choose at least one scope."})
    if len(scopes) > MAX_SCOPES:
        raise InvalidFields({"scopes": f"{len(scopes)} scopes: at most {MAX_SCOPES} are allowed."})
    known = console.access.scopes()
    for scope in scopes:
        if scope not in known:
            raise InvalidFields({"scopes": f"No page and no route has the scope {scope[:50]}."})

    issuer = context.store.read(get_key, context.caller.id).key
    return IssueKey(
        issuer_id=issuer.id,
        scopes=scopes,
        expires_at=_expiry(request.form.get("expires_on", ""), issuer),
    )


def _expiry(text: str, issuer: Key) -> datetime | None:
    """Return the end of a day in UTC, or the end of the issuing key if no day is given.

    Raises: InvalidFields.
    """
    if not text:
        return issuer.expires_at

    wrong = InvalidFields({"expires_on": "Not a day such as 2026-12-31."})
    if not DAY.fullmatch(text):
        raise wrong
    try:
        day = date.fromisoformat(text)
        midnight = datetime.combine(day, time.min, UTC) + ONE_DAY
    except (ValueError, OverflowError) as error:
        raise wrong from error

    if issuer.expires_at is not None and issuer.expires_at.date() == day:
        return issuer.expires_at
    return midnight


def _offered_scopes(console: ConsoleContext, context: OperationContext) -> Sequence[str]:
    """Return the scopes that the caller's key may give to another key."""
    known = console.access.scopes()
    if ADMIN in context.caller.scopes:
        return known
    return [scope for scope in known if scope in context.caller.scopes]


def _may_create(context: OperationContext) -> bool:
    return not context.caller.scopes.isdisjoint((ADMIN, WRITE))


def _visible_key(context: OperationContext, key_id: str) -> KeySaved:
    """Return the key if it is the caller's, or if the caller is an operator.

    Raises: KeyNotFound.
    """
    saved = context.store.read(get_key, key_id)
    is_own = saved.key.owner == context.caller.actor
    if not is_own and ADMIN not in context.caller.scopes:
        raise KeyNotFound(key_id)

    return saved


def _read_rows(
    tx: ReadTx, query: KeyListQuery, *, after: str, limit: int, now: datetime
) -> tuple[KeyRow, ...]:
    rows: list[KeyRow] = []
    for saved in list_keys(tx, matching=query, after=after, limit=limit):
        (creation,) = tx.history.of(KEY.name, saved.key.id, limit=1)
        row = KeyRow(saved=saved, creation=creation, is_expired=_is_expired(saved.key, now))
        rows.append(row)

    return tuple(rows)


def _is_expired(key: Key, now: datetime) -> bool:
    return key.expires_at is not None and now >= key.expires_at


PAGES: Final = (
    ConsolePage(rule="/keys", view=show_keys),
    ConsolePage(rule="/keys/new", view=new_key_form, scopes=(WRITE,)),
    ConsolePage(rule="/keys/new", view=create_key, method="POST", scopes=(WRITE,)),
    ConsolePage(rule="/keys/<key_id>", view=show_key),
    ConsolePage(rule="/keys/<key_id>/revoke", view=revoke, method="POST"),
)
NAV: Final = NavItem(key="keys", label="API keys", endpoint="console.show_keys")

"""The console's pages of money: each says first what needs attention, then lists everything."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from flask import request
from werkzeug.wrappers import Response

from indelible import money
from indelible.app import ReadTx
from indelible.kernel import IndelibleError
from indelible.money import ChargeStatus, InboxStatus, ReconciliationScope
from indelible.money.errors.payments import PaymentsNotConfigured
from indelible.money.lifecycle.payments import UNANSWERED_DISPUTE
from indelible.money.rules.rule_texts import REMEDY_TEXTS, RULE_TEXTS
from indelible_web.console.context import ConsoleContext
from indelible_web.console.home_parts import AttentionItem
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage
from indelible_web.http.downloads import download_response
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import OPS
from indelible_web.money import attention
from indelible_web.money.admin_queries import (
    AccountLinesQuery,
    AccountListQuery,
    ChargeListQuery,
    ChargeQuery,
    DiscrepancyQuery,
    DisputeListQuery,
    InboxListQuery,
    PostingsQuery,
    ReconciliationListQuery,
    StripeEventQuery,
)
from indelible_web.money.inbox_admin import event_payload, list_stripe_events, read_event
from indelible_web.money.ledger_admin import (
    list_account_postings,
    list_ledger_accounts,
    list_movement_postings,
    movement_view,
    read_balances,
)
from indelible_web.money.links import entity_links
from indelible_web.money.payment_admin import list_all_charges, read_charge, read_switch
from indelible_web.money.payment_admin import list_disputes as list_dispute_views
from indelible_web.money.reconciliation_admin import (
    list_reconciliation_discrepancies,
    list_reconciliations,
    read_reconciliation,
)
from indelible_web.money.texts import balance_text

MAX_ROWS: Final = 100  # of a part of a page that has no pages of its own
Items = tuple[AttentionItem, ...]


def list_payments(console: ConsoleContext, error: IndelibleError | None = None) -> Response:
    """Render the charges of all parties, and the switch of payments."""
    context = console.operation(scope=OPS, page_view=list_payments)
    query = parse_fields(ChargeListQuery, request.args)
    return money_page(
        console,
        context,
        "money/payments",
        attention.payment_items,
        error=error,
        query=query,
        page=list_all_charges(context, query),
        statuses=tuple(ChargeStatus),
        switch=context.store.read(read_switch),
    )


def payment(
    console: ConsoleContext, charge_id: str, error: IndelibleError | None = None
) -> Response:
    """Render a charge with its refunds and its disputes."""
    context = console.operation(scope=OPS)
    query = parse_fields(ChargeQuery, {}, charge_id=charge_id)
    detail = context.store.read(read_charge, query.charge_id)
    return money_page(console, context, "money/payment", no_items, error=error, detail=detail)


def list_inbox(console: ConsoleContext, error: IndelibleError | None = None) -> Response:
    """Render the received events of Stripe."""
    context = console.operation(scope=OPS, page_view=list_inbox)
    query = parse_fields(InboxListQuery, request.args)
    return money_page(
        console,
        context,
        "money/inbox",
        attention.inbox_items,
        error=error,
        query=query,
        page=list_stripe_events(context, query),
        statuses=tuple(InboxStatus),
    )


def inbox_event(
    console: ConsoleContext, event_id: str, error: IndelibleError | None = None
) -> Response:
    """Render an event with its attempts."""
    context = console.operation(scope=OPS)
    query = parse_fields(StripeEventQuery, {}, event_id=event_id)
    detail = context.store.read(read_event, query.event_id)
    return money_page(console, context, "money/event", no_items, error=error, detail=detail)


def inbox_payload(console: ConsoleContext, event_id: str) -> Response:
    """Send the bytes of an event as a file that no browser shows."""
    context = console.operation(scope=OPS)
    query = parse_fields(StripeEventQuery, {}, event_id=event_id)
    return download_response(context.store.read(event_payload, query.event_id))


def list_disputes(console: ConsoleContext) -> Response:
    """Render the disputes with the times until which evidence is due."""
    context = console.operation(scope=OPS)
    query = parse_fields(DisputeListQuery, request.args)
    return money_page(
        console,
        context,
        "money/disputes",
        attention.dispute_items,
        query=query,
        page=list_dispute_views(context, query),
        unanswered=UNANSWERED_DISPUTE,
    )


def list_ledger(console: ConsoleContext) -> Response:
    """Render the balances and the accounts."""
    context = console.operation(scope=OPS)
    query = parse_fields(AccountListQuery, request.args)
    return money_page(
        console,
        context,
        "money/ledger",
        attention.ledger_items,
        query=query,
        page=list_ledger_accounts(context, query),
        balances=context.store.read(read_balances),
    )


def ledger_account(console: ConsoleContext, account_id: str) -> Response:
    """Render the postings of an account, each with its cause."""
    context = console.operation(scope=OPS)
    query = parse_fields(AccountLinesQuery, request.args, account_id=account_id)
    page = list_account_postings(context, query)
    account = context.store.read(money.get_account, query.account_id)
    return money_page(
        console,
        context,
        "money/account",
        no_items,
        query=query,
        page=page,
        account=account,
        balance_text=balance_text(account.kind, account.balance_minor),
    )


def ledger_movement(console: ConsoleContext, movement_id: str) -> Response:
    """Render a movement of the ledger with its postings."""
    context = console.operation(scope=OPS)
    query = parse_fields(PostingsQuery, request.args, movement_id=movement_id)
    movement = context.store.read(movement_view, query.movement_id)
    page = list_movement_postings(context, query)
    return money_page(
        console, context, "money/movement", no_items, query=query, movement=movement, page=page
    )


def list_reconciliation_reports(
    console: ConsoleContext, error: IndelibleError | None = None
) -> Response:
    """Render the reconciliations, newest first."""
    context = console.operation(scope=OPS, page_view=list_reconciliation_reports)
    query = parse_fields(ReconciliationListQuery, request.args)
    return money_page(
        console,
        context,
        "money/reconciliations",
        attention.reconciliation_items,
        error=error,
        query=query,
        page=list_reconciliations(context, query),
        scopes=tuple(ReconciliationScope),
    )


def reconciliation_report(console: ConsoleContext, reconciliation_id: str) -> Response:
    """Render a reconciliation with a page of its discrepancies."""
    context = console.operation(scope=OPS)
    query = parse_fields(DiscrepancyQuery, request.args, reconciliation_id=reconciliation_id)
    report = context.store.read(read_reconciliation, query.reconciliation_id)
    page = list_reconciliation_discrepancies(context, query)
    subjects = {discrepancy.subject for discrepancy in page.items}
    return money_page(
        console,
        context,
        "money/reconciliation",
        no_items,
        query=query,
        report=report,
        page=page,
        rule_texts=RULE_TEXTS,
        remedy_texts=REMEDY_TEXTS,
        links=context.store.read(entity_links, context.caller, subjects),
    )


def money_page(
    console: ConsoleContext,
    context: OperationContext,
    template: str,
    items: Callable[[ReadTx, datetime], Items],
    error: IndelibleError | None = None,
    **values: Any,  # noqa: ANN401 - of the template
) -> Response:
    """Render a page of money; after an error its forms keep the reason."""
    now = context.clock.now()
    return render_page(
        template,
        error=error,
        items=context.store.read(items, now),
        now=now,
        money=attention.money_text,
        once=console.app_context.ids.new(),
        reason=request.form.get("reason", ""),
        no_gateway=PaymentsNotConfigured() if console.app_context.stripe is None else None,
        **values,
    )


def no_items(_: ReadTx, __: datetime) -> Items:
    """Return no item, for a page about one thing."""
    return ()


PAGES: Final = (
    ConsolePage(rule="/money", view=list_payments),
    ConsolePage(rule="/money/payments/<charge_id>", view=payment),
    ConsolePage(rule="/money/inbox", view=list_inbox),
    ConsolePage(rule="/money/inbox/<event_id>", view=inbox_event),
    ConsolePage(rule="/money/inbox/<event_id>/payload", view=inbox_payload),
    ConsolePage(rule="/money/disputes", view=list_disputes),
    ConsolePage(rule="/money/ledger", view=list_ledger),
    ConsolePage(rule="/money/ledger/<account_id>", view=ledger_account),
    ConsolePage(rule="/money/movements/<movement_id>", view=ledger_movement),
    ConsolePage(rule="/money/reconciliations", view=list_reconciliation_reports),
    ConsolePage(rule="/money/reconciliations/<reconciliation_id>", view=reconciliation_report),
)

"""The operator's routes of the inbox: events of Stripe, their bytes, replay and backfill."""

from datetime import timedelta
from typing import Final

from indelible.app import ReadTx, WriteTx
from indelible.kernel import InvalidTransition, ListOrder
from indelible.kernel.webhooks import list_webhook_rejections
from indelible.money import IgnoreEvent, ReplayEvent, StripeEventFilter
from indelible.money.errors.gateway import GatewayOutage
from indelible.money.errors.payments import PaymentsNotConfigured, StripeEventNotFound
from indelible.money.handlers.inbox import ignore_event, receive_event, replay_event
from indelible.money.rules.events import EVENT_TYPES
from indelible_web.http.downloads import Download, download_of
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.request import OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.http.views import view_of
from indelible_web.money.admin_lists import page_of_heads
from indelible_web.money.admin_queries import (
    BackfillBody,
    InboxListQuery,
    StripeEventQuery,
    WebhookRejectionListQuery,
)
from indelible_web.money.admin_schemas import (
    BackfillView,
    InboxAttemptView,
    InboxDetailView,
    InboxEventView,
    WebhookRejectionView,
)
from indelible_web.money.missing_events import MissingEvents, read_missing
from indelible_web.money.starting import require_gateway, stripe_errors
from indelible_web.money.webhooks import ENDPOINT

MAX_ATTEMPTS: Final = 100  # that a page shows
MAX_BACKFILLED: Final = 200  # that one request stores, and that its answer names as refused

routes = Routes("money_inbox", "The inbox of Stripe's events, for operators.")


@routes.pages(
    "GET /payments/events",
    OPS,
    request_type=InboxListQuery,
    response_type=InboxEventView,
    reads_with_key=True,
)
def list_stripe_events(context: OperationContext, query: InboxListQuery) -> Page[InboxEventView]:
    """List the received events, newest first, in one state or of one type."""
    return page_of_heads(
        context,
        query,
        lambda tx: tx.money.events,
        StripeEventFilter(status=query.status, order=ListOrder.NEWEST),
        InboxEventView,
        event_type=query.event_type,
    )


@routes.add(
    "GET /payments/events/<event_id>",
    OPS,
    request_type=StripeEventQuery,
    response_type=InboxDetailView,
    errors=(StripeEventNotFound,),
)
def get_stripe_event(context: OperationContext, query: StripeEventQuery) -> InboxDetailView:
    """Show a received event with its attempts."""
    return context.store.read(read_event, query.event_id)


@routes.add(
    "GET /payments/events/<event_id>/payload",
    OPS,
    request_type=StripeEventQuery,
    response_type=Download,
    errors=(StripeEventNotFound,),
)
def get_stripe_event_payload(context: OperationContext, query: StripeEventQuery) -> Download:
    """Return the bytes of an event as Stripe has sent them."""
    return context.store.read(event_payload, query.event_id)


@routes.add(
    "POST /payments/events/<event_id>/replay",
    OPS,
    request_type=ReplayEvent,
    response_type=InboxEventView,
    requires_idempotency_key=True,
    errors=(InvalidTransition, StripeEventNotFound),
)
def replay_stripe_event(context: OperationContext, command: ReplayEvent) -> InboxEventView:
    """Process a dead letter again; what was applied before is not applied twice."""

    def replay(tx: WriteTx, command: ReplayEvent) -> InboxEventView:
        replay_event(tx, command)
        return view_of(InboxEventView, tx.money.events.get(command.event_id))

    return context.run_recorded(replay, command)


@routes.add(
    "POST /payments/events/<event_id>/ignore",
    OPS,
    request_type=IgnoreEvent,
    response_type=InboxEventView,
    requires_idempotency_key=True,
    errors=(InvalidTransition, StripeEventNotFound),
)
def ignore_stripe_event(context: OperationContext, command: IgnoreEvent) -> InboxEventView:
    """End an event that waits or is a dead letter, because it is about nothing of ours."""

    def ignore(tx: WriteTx, command: IgnoreEvent) -> InboxEventView:
        ignore_event(tx, command)
        return view_of(InboxEventView, tx.money.events.get(command.event_id))

    return context.run_recorded(ignore, command)


@routes.add(
    "POST /payments/backfill",
    OPS,
    request_type=BackfillBody,
    response_type=BackfillView,
    requires_idempotency_key=True,
    errors=(GatewayOutage, PaymentsNotConfigured),
)
def backfill_stripe_events(context: OperationContext, body: BackfillBody) -> BackfillView:
    """Read Stripe's list of events and store those that no webhook has delivered."""
    return backfill(context, body)


@routes.pages(
    "GET /payments/webhook-rejections",
    OPS,
    request_type=WebhookRejectionListQuery,
    response_type=WebhookRejectionView,
    reads_with_key=True,
)
def list_refused_webhooks(
    context: OperationContext, query: WebhookRejectionListQuery
) -> Page[WebhookRejectionView]:
    """List the refused requests of Stripe's webhook, newest first."""
    cursors = context.cursors(query)
    rejections = context.read(
        list_webhook_rejections, endpoint=ENDPOINT, before=cursors.start(), limit=query.limit + 1
    )
    views = [project(WebhookRejectionView, rejection) for rejection in rejections]
    return cursors.page(views, lambda view: view.id)


def backfill(context: OperationContext, body: BackfillBody) -> BackfillView:
    """Store missing events; Stripe is read with no transaction open.

    Raises:
        PaymentsNotConfigured: The service has no key of Stripe.
        GatewayOutage: Stripe did not answer.
    """
    gateway = require_gateway(context)
    since = context.clock.now() - timedelta(hours=body.hours)
    with stripe_errors():
        listed = gateway.list_events(since=since, types=EVENT_TYPES)
        missing = read_missing(context, listed, limit=MAX_BACKFILLED)

    def store(tx: WriteTx, _: BackfillBody) -> BackfillView:
        return _store_missing(tx, missing)

    return context.run_recorded(store, body)


def _store_missing(tx: WriteTx, missing: MissingEvents) -> BackfillView:
    """Store missing events, except those that have arrived meanwhile."""
    stored: list[str] = []
    for command in missing.commands:
        if not receive_event(tx, command).is_duplicate:
            stored.append(command.event_id)

    return BackfillView(
        stored=tuple(stored),
        refused=tuple(missing.refused),
        refused_count=missing.refused_count,
        left=missing.left,
    )


def read_event(tx: ReadTx, event_id: str) -> InboxDetailView:
    """Return an event with its newest attempts.

    Raises:
        StripeEventNotFound: It was never received.
    """
    head = tx.money.events.get(event_id)
    first = max(0, head.entity.attempt_number - MAX_ATTEMPTS)
    attempts = tx.money.events.attempts(event_id, after=first, limit=MAX_ATTEMPTS)
    views = [project(InboxAttemptView, attempt) for attempt in reversed(attempts)]
    return InboxDetailView(event=view_of(InboxEventView, head), attempts=tuple(views))


def event_payload(tx: ReadTx, event_id: str) -> Download:
    """Return the bytes of an event.

    Raises:
        StripeEventNotFound: It was never received.
    """
    event = tx.money.events.get(event_id).entity
    return download_of(tx.payloads.get(event.payload_digest))

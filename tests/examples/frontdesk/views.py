"""The views of the front desk: each change is one transaction of Django."""

import json

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET, require_POST
from tests.examples.frontdesk.desk import change, store
from tests.examples.frontdesk.models import Mail
from tests.examples.tickets import Ticket, tickets

from indelible.declare import At
from indelible.kernel import Head


@login_required
@require_POST
def receive(request: HttpRequest) -> JsonResponse:
    """Open a ticket for a mail, unless the mail has one."""
    body = json.loads(request.body)
    try:
        with change(request, "a mail") as tx:
            command = Ticket.open(number=body["number"], title=body["title"])
            opened = tickets.execute(tx, command)
            Mail.objects.create(message_id=body["message_id"], ticket_id=opened.id)
    except IntegrityError:
        return JsonResponse({"code": "MAIL_KNOWN"}, status=409)
    return JsonResponse(ticket_json(opened), status=201)


@login_required
@require_POST
def assign(request: HttpRequest, ticket_id: str) -> JsonResponse:
    """Assign a ticket, as it was when the caller read it."""
    body = json.loads(request.body)
    with change(request, body["reason"]) as tx:
        command = Ticket.assign(At(ticket_id, body["seq"]), assignee=body["assignee"])
        assigned = tickets.execute(tx, command)
    return JsonResponse(ticket_json(assigned))


@login_required
@require_GET
def history(_: HttpRequest, ticket_id: str) -> JsonResponse:
    """Show who has changed a ticket, and why."""
    lines: list[str] = []
    for row in store.read(tickets.history, ticket_id):
        lines.append(f"{row.action} by {row.actor}: {row.reason}")
    return JsonResponse({"history": lines})


@login_required
@require_GET
def waiting(_: HttpRequest) -> JsonResponse:
    """List the mails whose tickets nobody has, by a join of the ORM."""
    mails = Mail.objects.filter(ticket__status="OPEN").order_by("ticket__number")
    return JsonResponse({"waiting": list(mails.values_list("ticket__number", flat=True))})


def ticket_json(head: Head[Ticket]) -> dict[str, object]:
    """Return a ticket as its readers see it."""
    return {"id": head.id, "seq": head.seq, "status": head.entity.status}

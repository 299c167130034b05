"""Compare the books with Stripe, list a party's postings, and store events that were missed."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

import click
from attrs import asdict, frozen

from indelible.kernel import Actor, InvalidMessage, SystemClock, Unavailable
from indelible_service.cli.lists import INSTANT, in_utc
from indelible_service.cli.output import (
    REFUSED,
    Command,
    open_settings_store,
    print_result,
    print_results,
    print_table,
    wants_json,
)

if TYPE_CHECKING:
    from indelible.money.entities.reconciliations import Discrepancy, Reconciliation

RULE_COLUMNS: Final = ("rule", "subject", "currency", "expected", "actual", "remedy")
STATEMENT_COLUMNS: Final = ("at", "kind", "debit", "credit", "amount_minor", "currency")
EVENT_COLUMNS: Final = ("event", "type", "stored")
BACKFILL_HOURS: Final = 72
MAX_LINES: Final = 500


@frozen
class ReconciliationNotFinished(Unavailable):
    """A reconciliation that has ended as FAILED: it proves nothing, and halts nothing."""

    message: ClassVar[str] = (
        "Reconciliation {reconciliation_id} was not finished: {problem} ({error_code})."
    )
    reconciliation_id: str
    error_code: str
    problem: str


@click.group()
def money() -> None:
    """Reconcile the books with Stripe, show statements, and store missed events."""


@money.command(cls=Command)
@click.option("--full", is_flag=True, help="Compare everything, also what Stripe lists.")
@click.option("--reason", required=True, help="The reason in the history.")
@click.option("--by", default="system:cli", show_default=True, help="The actor in the history.")
@click.pass_context
def reconcile(context: click.Context, reason: str, by: str, *, full: bool) -> None:
    """Compare the books with Stripe now, and list each difference with what its rule compares.

    A difference without a remedy halts new payments and new transfers. Exits with 1 if there is any
    difference, and with 3 if Stripe did not answer: then nothing is proved or halted.
    """
    from indelible.money.entities.values import ReconciliationScope
    from indelible.money.queries.payouts import list_discrepancies
    from indelible.money.rules.reconciliation import ReconciliationResult, grace_of
    from indelible_service.contexts.money import MoneySettings, build_gateway, build_reconciliation
    from indelible_service.instance.record import command_settings

    instance = command_settings()
    settings = instance.section(MoneySettings)
    scope = ReconciliationScope.FULL if full else ReconciliationScope.CHEAP
    gateway = build_gateway(settings)
    with open_settings_store() as store:
        reconciliation = build_reconciliation(settings, store, gateway, scope)
        report = reconciliation.run(actor=Actor.parse(by), reason=reason)
        saved = report.saved.entity
        if report.result is ReconciliationResult.ERROR:
            raise ReconciliationNotFinished(
                saved.id, saved.error_code or "", saved.error_message or ""
            )
        discrepancies = store.read(list_discrepancies, saved.id, limit=MAX_LINES)

    rows: list[dict[str, object]] = []
    for discrepancy in discrepancies:
        grace_seconds = int(grace_of(discrepancy.rule).total_seconds())
        rows.append({**asdict(discrepancy), "grace_seconds": grace_seconds})
    summary = (
        f"{scope.value} reconciliation: {report.result.value}, differences: {len(discrepancies)}"
    )
    lines = (summary, *_explanations(saved, discrepancies, instance.address))
    print_results(rows, RULE_COLUMNS, "\n".join(lines))
    context.exit(0 if report.result is ReconciliationResult.PASSED else REFUSED)


def _explanations(
    report: "Reconciliation", discrepancies: "Sequence[Discrepancy]", address: str
) -> Iterator[str]:
    """Yield what a report says and does not say, what each rule that differs compares, and where.

    `address` is the instance's, whose console links each object.
    """
    from indelible.money.entities.values import ReconciliationRule, ReconciliationScope
    from indelible.money.rules.rule_texts import RULE_TEXTS, report_times

    yield report_times(ReconciliationRule(name) for name in report.checked)
    omitted = [rule.value for rule in ReconciliationRule if rule.value not in report.checked]
    if omitted:
        option = "; use --full" if report.scope is ReconciliationScope.CHEAP else ""
        yield f"Not compared: {', '.join(omitted)}{option}."

    differing = {discrepancy.rule for discrepancy in discrepancies}
    for rule in ReconciliationRule:
        if rule in differing:
            yield f"{rule.value}: {RULE_TEXTS[rule]}"
    if differing:
        yield f"The objects: {address}/console/money/reconciliations/{report.id}"


@money.command(cls=Command)
@click.argument("party")
@click.option("--limit", type=click.IntRange(1, MAX_LINES), default=50, show_default=True)
def statement(party: str, limit: int) -> None:
    """List the last postings that name PARTY, newest first, and what it is owed now.

    Amounts are in minor units of their currency, such as cents.
    """
    from indelible.money.queries import party_statement

    with open_settings_store() as store:
        party_lines = store.read(party_statement, party, limit=limit)

    rows: list[dict[str, object]] = []
    for line in party_lines.lines:
        posting, movement = line.posting, line.movement
        row: dict[str, object] = {
            "at": movement.occurred_at,
            "kind": movement.kind,
            "debit": posting.debit_account_id,
            "credit": posting.credit_account_id,
            "amount_minor": posting.amount_minor,
            "currency": movement.currency,
        }
        rows.append(row)

    owed = [f"{amount} {currency}" for currency, amount in party_lines.owed_minor.items()]
    summary = f"Postings: {len(rows)}\nOwed now: {', '.join(owed) or 'nothing'}"
    document = {"party": party, "owed_minor": party_lines.owed_minor, "postings": rows}
    print_result(document, summary)
    if not wants_json():
        cells: list[list[object]] = []
        for line, row in zip(party_lines.lines, rows, strict=True):
            at = line.movement.occurred_at.isoformat(sep=" ", timespec="seconds")
            cells.append([at, *(row[name] for name in STATEMENT_COLUMNS[1:])])
        print_table(STATEMENT_COLUMNS, cells)


@money.command(cls=Command)
@click.option(
    "--since",
    type=INSTANT,
    help="The first creation time; in UTC without an offset. By default 72 hours ago.",
)
@click.pass_context
def backfill(context: click.Context, since: datetime | None) -> None:
    """Read Stripe's list of events, and store those that no webhook has brought.

    Stripe lists the events of your own account, and none of connected accounts. The workers process
    them as all others. A known event has no second effect. An event that is refused, such as one of
    another environment, is listed with its code, and the others are stored. Exits with 1 then.
    """
    from indelible.money.rules.events import EVENT_TYPES
    from indelible.money.tasks.receiving import WebhookHandler
    from indelible_service.contexts.money import MoneySettings, build_gateway
    from indelible_service.instance.record import command_settings

    settings = command_settings().section(MoneySettings)
    gateway = build_gateway(settings)
    begin = SystemClock().now() - timedelta(hours=BACKFILL_HOURS)
    if since is not None:
        begin = in_utc(since)

    rows: list[dict[str, object]] = []
    stored = 0
    with open_settings_store() as store:
        handler = WebhookHandler(
            store=store, secrets=settings.signing_secrets, environment=settings.environment
        )
        for event in gateway.list_events(since=begin, types=EVENT_TYPES):
            try:
                saved = handler.backfill(event.body)
            except InvalidMessage as error:
                rows.append({"event": event.id, "type": event.type, "stored": error.code})
                continue
            if not saved.is_duplicate:
                stored += 1
                rows.append({"event": event.id, "type": event.type, "stored": "now"})

    refused = len(rows) - stored
    summary = f"Events stored: {stored}"
    print_results(rows, EVENT_COLUMNS, f"{summary}, refused: {refused}" if refused else summary)
    context.exit(REFUSED if refused else 0)

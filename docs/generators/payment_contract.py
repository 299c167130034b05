"""The page of the payment contract: the five conditions of seed 002 for the contract freeze."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from docs.generators.http import DOCUMENTS, PUBLIC, schema_table, scopes
from docs.generators.markdown import cell, page, table

from indelible.money import CHARGE, DISPUTE, REFUND, ReconciliationRule, ReconciliationScope
from indelible.money.errors.registry import PAYMENT_CODES, CodeUse, PaymentCode
from indelible.money.queries.reconciliation import MAX_JOBS
from indelible.money.rules.events import EVENT_TYPES
from indelible.money.rules.events.facts import READERS
from indelible.money.rules.reconciliation import ENDED_BY_EVENTS, RULES_BY_SCOPE
from indelible.money.rules.rule_texts import GRACE_MINUTES, RULE_TEXTS, report_time
from indelible.money.rules.signatures import TOLERANCE_SECONDS
from indelible.money.tasks.reconciling import EVERY_SECONDS, JOBS_OF
from indelible_service.contract.errors import all_errors
from indelible_web.money.webhooks import MAX_BODY_BYTES, RULE, SIGNATURE_HEADER

Json = Mapping[str, Any]

PAYMENT_PATHS = "/v1/payments/"
SCHEMA_REFERENCE = re.compile(r'"#/components/schemas/(\w+)"')
PERIODS: Mapping[int, str] = {3_600: "hourly", 86_400: "daily"}
LEAD = """
This page is the contract that [iteration 04](../../iterations/04-contract-freeze.md) freezes. It
was closed before [iteration 05](../../iterations/05-automatic-payout.md), the automatic payout,
began: seed 002 requires that order. Its five sections are the five conditions of the seed for
payments:

1. every payment endpoint with explicit schemas;
2. the procedure of the webhook;
3. the interface of the reconciliation;
4. the error codes;
5. the payment states, none of them hidden.

The page is generated from the code. A breaking change of its routes, codes, states or events fails
the tests. Amounts are whole minor units of a currency.
"""
ENDPOINTS = """
The server determines every amount. A request with an amount or a currency is refused. Both POSTs
require an `Idempotency-Key`: the same request again gets the same answer, another request with the
same key gets 409. The client secret is stored nowhere except in the raw bytes of Stripe's events,
which only operators can read. `payments:read` and `payments:write` are the scopes. Whatever
belongs to another user does not exist: 404.
"""
WEBHOOK = f"""
Stripe sends its events to `POST {RULE}`. No key is needed: the request is signed.

1. The body has at most {MAX_BODY_BYTES:,} bytes; a larger one answers 413.
2. The signature in `{SIGNATURE_HEADER}` is verified over the raw bytes, before anything is parsed:
   one of the `v1` signatures must be that of one of the configured secrets: that of the endpoint
   for your own account or that of the one for connected accounts, and two of each during a
   rotation. Its time is within {TOLERANCE_SECONDS} seconds of now, in either direction.
   The age of the event does not matter.
3. The mode is that of `STRIPE_LIVEMODE`. The API version is that of `STRIPE_API_VERSION`, if it is
   set. An event names no account, or that of `STRIPE_ACCOUNT`, unless it is one of connected
   accounts. Otherwise `ENVIRONMENT_MISMATCH`, and an error in the log.
4. The bytes are stored and committed. A known event is not stored again.
5. The answer is 200 with `{{"received": true}}`, and `"duplicate": true` for a known event.
6. A worker applies the event once. An event that is older than the applied state is ignored
   (`STALE_EVENT`); one whose charge is unknown is retried for 72 hours and becomes a dead letter,
   which an operator replays. Events of other types are ignored.

A refused request answers 400 and leaves its code, its digest and its size, and nothing of its body.
Events that have an effect:
"""
IGNORED_EVENTS = """
Events that are stored and change nothing, for the record of an operator:
"""
EXPLAINED = ", ".join(rule for rule in ReconciliationRule if rule in ENDED_BY_EVENTS)
RECONCILIATION = f"""
A worker compares the books with Stripe: hourly the scope CHEAP, daily FULL. Any difference is a
discrepancy. One without a remedy halts new payments (`PAYMENTS_HALTED`) and new transfers (they are
parked as `payments_halted`); what is under way goes on. A remedy is STORED (the reconciliation has
stored the missing event itself) or AWAITED (an event that it has stored may explain the
difference): a full reconciliation follows after {GRACE_MINUTES} minutes.

A halt ends when an operator resumes with a reason. One whose discrepancies without a remedy were
all of {EXPLAINED} ends by itself, too, with the next full reconciliation that finds nothing.
A halt of an operator never does.

`POST /admin/payments/reconciliations` and `indelible money reconcile` start one now;
`GET /admin/payments/reconciliations` lists the reports, and below a report its discrepancies, each
with rule, subject, expected and actual value ([operators' routes](operators.md)).

A rule that reports a difference after some minutes leaves out what is younger: an event of Stripe
may be under way until then. R9 reads the references whose payout job has changed in the last
{JOBS_OF.days} days, at most the {MAX_JOBS} newest jobs.
"""
CODES = """
One registry holds every code. A code of use ERROR is in a problem document, OUTCOME in an attempt
or in an answer of success, REASON in the state of a charge or a transfer, INTERNAL in logs only. An
ALIAS is a name of the seed or of the fact sheet for other codes.
"""
STATES = """
There is no other state, and no other way between two states. The [lifecycles](lifecycles.md) of
transfers and payees follow the same rule.
"""


def payment_contract_page() -> str:
    """Return the page with the five conditions."""
    document = json.loads((DOCUMENTS / PUBLIC).read_text(encoding="utf-8"))
    return page(
        "The payment contract",
        LEAD.lstrip(),
        "## 1. Endpoints and schemas\n",
        ENDPOINTS.lstrip(),
        *_endpoint_parts(document),
        "## 2. The webhook\n",
        WEBHOOK.lstrip(),
        _event_list(READERS),
        IGNORED_EVENTS.lstrip(),
        _event_list(set(EVENT_TYPES) - set(READERS)),
        "## 3. Reconciliation\n",
        RECONCILIATION.lstrip(),
        table(("rule", "compares", "reports a difference", "runs"), _rule_rows()),
        "## 4. Error codes\n",
        CODES.lstrip(),
        table(("code", "HTTP", "use", "meaning"), _code_rows()),
        "## 5. States\n",
        STATES.lstrip(),
        *_state_parts(),
    )


def _event_list(names: Iterable[str]) -> str:
    return "".join(f"- `{name}`\n" for name in sorted(names))


def _endpoint_parts(document: Json) -> Iterator[str]:
    """Yield the table of the routes of payers, and the tables of their schemas."""
    rows: list[tuple[str, ...]] = []
    payments: list[object] = []
    for path, operations in document["paths"].items():
        if not path.startswith(PAYMENT_PATHS):
            continue
        payments.append(operations)
        for method, operation in operations.items():
            request = f"`{method.upper()} {path}`"
            rows.append((request, cell(operation["summary"]), scopes(operation)))
    yield table(("request", "effect", "scope"), rows)

    schemas = document["components"]["schemas"]
    reached = reached_schemas(document, payments)
    for name in schemas:
        if name in reached:
            yield f"### {name}\n"
            yield schema_table(schemas[name])


def reached_schemas(document: Json, value: object) -> frozenset[str]:
    """Return the names of the schemas that a part of the document refers to, at any depth."""
    schemas = document["components"]["schemas"]
    reached: set[str] = set()
    texts = [json.dumps(value)]
    while texts:
        found = set(SCHEMA_REFERENCE.findall(texts.pop())) - reached
        reached |= found
        texts += [json.dumps(schemas[name]) for name in found]

    return frozenset(reached)


def _rule_rows() -> Iterator[tuple[str, ...]]:
    for rule, text in RULE_TEXTS.items():
        runs: list[str] = []
        for scope in ReconciliationScope:
            if rule in RULES_BY_SCOPE[scope]:
                runs.append(PERIODS[EVERY_SECONDS[scope]])
        yield rule.value, text, report_time(rule), " and ".join(runs)


def _code_rows() -> Iterator[tuple[str, ...]]:
    for entry in sorted(PAYMENT_CODES, key=lambda entry: entry.code):
        meaning = entry.meaning
        if entry.error is not None:
            meaning = (entry.error.__doc__ or "").partition("\n")[0]
        yield f"`{entry.code}`", status_text(entry), entry.use.value, cell(meaning)


def status_text(entry: PaymentCode) -> str:
    """Return the HTTP status of the answer that has a code, "-" for one that no answer has."""
    if entry.use is CodeUse.OUTCOME:
        return "200"
    if entry.use in (CodeUse.REASON, CodeUse.INTERNAL):
        return "-"

    code = entry.stands_for[0] if entry.stands_for else entry.code
    (error,) = [error for error in all_errors() if error.code == code]
    return str(error.http_status)


def _state_parts() -> Iterator[str]:
    """Yield the table of the edges of each lifecycle of payments."""
    for lifecycle in (CHARGE, REFUND, DISPUTE):
        yield f"### {lifecycle.name.capitalize()}\n"
        rows = [
            (f"`{edge.from_state or '-'}`", f"`{edge.action}`", f"`{edge.to_state}`")
            for edge in lifecycle.edges
        ]
        yield table(("from", "action", "to"), rows)

"""The page of the scopes of operators: which routes each of the two opens."""

from collections.abc import Iterator

from docs.generators.markdown import cell, coded, first_sentence, page, table

from indelible_web.app import admin_routes
from indelible_web.contexts import CONTEXTS
from indelible_web.http.admin import PREFIX
from indelible_web.http.request import ADMIN, OPS
from indelible_web.http.routing import Operation

LEAD = f"""
An operator's key has one of two scopes. `{OPS}` reads what operators read, and does what a runbook
says: repair, repeat, halt and resume. `{ADMIN}` opens everything, and it alone decides about
people's money, about the contests of others, and about keys. Give `{OPS}` to the people and
programs that follow runbooks, and keep `{ADMIN}` for few.

The console needs the scope `console` as well, and shows an operator the pages, forms and choices
of these routes only. In [the history](http.md), `{OPS}` shows the data of money, and `{ADMIN}` that
of keys too. A key with `{OPS}` alone opens no route of the public API and creates no key. Contests
are read with `contests:read`; `{OPS}` adds those in ERROR.

Each POST needs a `reason` and an `Idempotency-Key`, and leaves a change or a record, which
`GET {PREFIX}/rejections` lists: a refusal has its code, the lack of a scope is `SCOPE_MISSING`, and
a command that changed nothing is `NO_EFFECT`. The same request again, with the same key, gets the
first answer and adds no record.

The page is generated from the declarations of the routes. [Money](money-operations.md) lists the
fields and the codes of its routes, and `GET {PREFIX}/openapi.json` describes all of them.
"""
DECISIONS = f"""
Besides these routes, `{ADMIN}` is needed to cancel a contest by
`POST {PREFIX}/contests/<contest_id>/resolve-error`, to restart a subscriber at a position that
leaves out changes, which are then never handled, to change the configuration of a contest that
somebody else organizes, and to list, create and revoke the keys of others.
"""
COLUMNS = ("request", "effect", "scope")


def operator_scopes_page() -> str:
    """Return the page with every operators' route of the built-in contexts by its scope."""
    operations = sorted(_operations(), key=lambda operation: (operation.rule, operation.method))
    opened = [operation for operation in operations if OPS in operation.scopes]
    reads = [operation for operation in opened if operation.method == "GET"]
    actions = [operation for operation in opened if operation.method != "GET"]
    decisions = [operation for operation in operations if OPS not in operation.scopes]

    return page(
        "Scopes of operators",
        LEAD.lstrip(),
        f"## Decisions: `{ADMIN}`\n",
        table(COLUMNS, map(_row, decisions)),
        DECISIONS.lstrip(),
        f"## Actions of runbooks: `{OPS}`\n",
        table(COLUMNS, map(_row, actions)),
        f"## Reads: `{OPS}`\n",
        table(COLUMNS, map(_row, reads)),
    )


def scopes_text(operation: Operation) -> str:
    """Return the scopes of which a route needs one."""
    return " or ".join(coded(scope) for scope in operation.scopes)


def _operations() -> Iterator[Operation]:
    for routes in admin_routes(CONTEXTS):
        yield from routes.operations


def _row(operation: Operation) -> tuple[str, ...]:
    request = f"`{operation.method} {PREFIX}{operation.rule}`"
    return request, cell(first_sentence(operation.view)), scopes_text(operation)

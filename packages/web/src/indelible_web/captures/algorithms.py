"""The operator's routes of captures: by which algorithm and which settings they are computed."""

from typing import Final

from attrs import field, frozen

from indelible import captures
from indelible.app import ReadTx
from indelible.captures.commands import AlgorithmSaved, SettingSaved
from indelible.kernel.values import IDENTIFIER, is_identifier
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.routing import Routes

ADMIN: Final = "captures:admin"

routes = Routes(
    "algorithms", "By which algorithm and which settings captures are computed, for everybody."
)


@frozen(kw_only=True)
class AlgorithmQuery:
    """Which version of the algorithm."""

    algorithm_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@routes.add(
    "POST /algorithms",
    ADMIN,
    request_type=captures.RegisterAlgorithm,
    response_type=AlgorithmSaved,
    location_id=lambda saved: saved.algorithm.id,
)
def register(context: OperationContext, command: captures.RegisterAlgorithm) -> AlgorithmSaved:
    """Keep a version of the algorithm, which computes nothing until it is activated."""
    return context.run(captures.register_algorithm, command)


@routes.pages("GET /algorithms", ADMIN, request_type=PageQuery, response_type=AlgorithmSaved)
def find(context: OperationContext, query: PageQuery) -> Page[AlgorithmSaved]:
    """List the versions of the algorithm."""
    cursors = context.cursors(query)
    found = context.store.read(
        captures.list_algorithms, after=cursors.start(), limit=query.limit + 1
    )
    return cursors.page(found, lambda saved: saved.algorithm.id)


@routes.add(
    "GET /algorithms/<algorithm_id>",
    ADMIN,
    request_type=AlgorithmQuery,
    response_type=AlgorithmSaved,
)
def show(context: OperationContext, query: AlgorithmQuery) -> AlgorithmSaved:
    """Show a version of the algorithm; the ETag is what it must be activated for."""

    def saved(tx: ReadTx) -> AlgorithmSaved:
        head = tx.captures.algorithms.get(query.algorithm_id)
        return AlgorithmSaved(algorithm=head.entity, seq=head.revision.seq)

    return context.store.read(saved)


@routes.add(
    "POST /algorithms/<algorithm_id>/activate",
    ADMIN,
    request_type=captures.ActivateAlgorithm,
    response_type=AlgorithmSaved,
)
def activate(context: OperationContext, command: captures.ActivateAlgorithm) -> AlgorithmSaved:
    """Let every later capture be computed by this version, once the database has shown that it computes as written."""
    return context.run(captures.activate_algorithm, command)


@routes.pages("GET /settings", ADMIN, request_type=PageQuery, response_type=SettingSaved)
def find_settings(context: OperationContext, query: PageQuery) -> Page[SettingSaved]:
    """List the settings that were ever chosen; of the others the defaults hold."""
    cursors = context.cursors(query)
    found = context.store.read(captures.list_settings, after=cursors.start(), limit=query.limit + 1)
    return cursors.page(found, lambda saved: saved.setting.id)


@routes.add(
    "PUT /settings/<key>", ADMIN, request_type=captures.ChangeSetting, response_type=SettingSaved
)
def change_setting(context: OperationContext, command: captures.ChangeSetting) -> SettingSaved:
    """Choose a setting's value, as JSON writes it; the first choice is made for the ETag "0"."""
    return context.run(captures.change_setting, command)

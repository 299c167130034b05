"""The operator's routes of captures: algorithm versions and settings."""

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
    "algorithms", "The algorithm versions and the settings that captures are computed by."
)


@frozen(kw_only=True)
class AlgorithmQuery:
    """A query on one algorithm version."""

    algorithm_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@routes.add(
    "POST /algorithms",
    ADMIN,
    request_type=captures.RegisterAlgorithm,
    response_type=AlgorithmSaved,
    location_id=lambda saved: saved.algorithm.id,
)
def register_algorithm(
    context: OperationContext, command: captures.RegisterAlgorithm
) -> AlgorithmSaved:
    """Register an algorithm version, which stays inactive."""
    return context.run(captures.register_algorithm, command)


@routes.pages("GET /algorithms", ADMIN, request_type=PageQuery, response_type=AlgorithmSaved)
def list_algorithms(context: OperationContext, query: PageQuery) -> Page[AlgorithmSaved]:
    """List the algorithm versions."""
    cursors = context.cursors(query)
    algorithms = context.store.read(
        captures.list_algorithms, after=cursors.start(), limit=query.limit + 1
    )
    return cursors.page(algorithms, lambda saved: saved.algorithm.id)


@routes.add(
    "GET /algorithms/<algorithm_id>",
    ADMIN,
    request_type=AlgorithmQuery,
    response_type=AlgorithmSaved,
)
def get_algorithm(context: OperationContext, query: AlgorithmQuery) -> AlgorithmSaved:
    """Show an algorithm version; its ETag is the If-Match of its activation."""

    def get_algorithm(tx: ReadTx) -> AlgorithmSaved:
        head = tx.captures.algorithms.get(query.algorithm_id)
        return AlgorithmSaved(algorithm=head.entity, seq=head.revision.seq)

    return context.store.read(get_algorithm)


@routes.add(
    "POST /algorithms/<algorithm_id>/activate",
    ADMIN,
    request_type=captures.ActivateAlgorithm,
    response_type=AlgorithmSaved,
)
def activate_algorithm(
    context: OperationContext, command: captures.ActivateAlgorithm
) -> AlgorithmSaved:
    """Compute later captures by this version, after the database has passed its self-test."""
    return context.run(captures.activate_algorithm, command)


@routes.pages("GET /settings", ADMIN, request_type=PageQuery, response_type=SettingSaved)
def list_settings(context: OperationContext, query: PageQuery) -> Page[SettingSaved]:
    """List the settings that were ever changed; the others have their defaults."""
    cursors = context.cursors(query)
    settings = context.store.read(
        captures.list_settings, after=cursors.start(), limit=query.limit + 1
    )
    return cursors.page(settings, lambda saved: saved.setting.id)


@routes.add(
    "PUT /settings/<key>", ADMIN, request_type=captures.ChangeSetting, response_type=SettingSaved
)
def change_setting(context: OperationContext, command: captures.ChangeSetting) -> SettingSaved:
    """Change a setting; the value is JSON, and the If-Match of the first change is "0"."""
    return context.run(captures.change_setting, command)

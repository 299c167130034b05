"""The operator's routes of captures: algorithm versions and settings."""

from typing import ClassVar, Final

from attrs import frozen

from indelible import captures
from indelible.app import ReadTx
from indelible.captures.commands import AlgorithmSaved, SettingSaved
from indelible.kernel.kinds import Identifier, kinds
from indelible.kernel.settings import SettingFilter
from indelible.kernel.transaction import single_statement
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import LIST_FILTERS, Page, PageQuery
from indelible_web.http.routing import Routes

ADMIN: Final = "captures:admin"

routes = Routes(
    "algorithms", "The algorithm versions and the settings that captures are computed by."
)


@frozen(kw_only=True, field_transformer=kinds)
class AlgorithmQuery:
    """A query on one algorithm version."""

    algorithm_id: Identifier


@frozen(kw_only=True)
class AlgorithmListQuery(captures.AlgorithmFilter, PageQuery):
    """The filters of a list of algorithm versions, and a page of it."""

    added_filters: ClassVar[frozenset[str]] = LIST_FILTERS


@frozen(kw_only=True)
class SettingListQuery(SettingFilter, PageQuery):
    """The filters of a list of settings, and a page of it."""

    added_filters: ClassVar[frozenset[str]] = LIST_FILTERS


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


@routes.pages(
    "GET /algorithms",
    ADMIN,
    request_type=AlgorithmListQuery,
    response_type=AlgorithmSaved,
    reads_with_key=True,
)
def list_algorithms(context: OperationContext, query: AlgorithmListQuery) -> Page[AlgorithmSaved]:
    """List the algorithm versions."""
    cursors = context.cursors(query)
    algorithms = context.read(
        captures.list_algorithms, matching=query, after=cursors.start(), limit=query.limit + 1
    )
    return cursors.page(algorithms, lambda saved: query.position_of(saved.algorithm))


@routes.add(
    "GET /algorithms/<algorithm_id>",
    ADMIN,
    request_type=AlgorithmQuery,
    response_type=AlgorithmSaved,
    reads_with_key=True,
    shows_head_alone=True,
)
def get_algorithm(context: OperationContext, query: AlgorithmQuery) -> AlgorithmSaved:
    """Show an algorithm version; its ETag is the If-Match of its activation."""

    @single_statement
    def get_algorithm(tx: ReadTx) -> AlgorithmSaved:
        head = tx.captures.algorithms.get(query.algorithm_id)
        return AlgorithmSaved(algorithm=head.entity, seq=head.revision.seq)

    return context.read(get_algorithm)


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


@routes.pages(
    "GET /settings",
    ADMIN,
    request_type=SettingListQuery,
    response_type=SettingSaved,
    reads_with_key=True,
)
def list_settings(context: OperationContext, query: SettingListQuery) -> Page[SettingSaved]:
    """List the settings that were ever changed; the others have their defaults."""
    cursors = context.cursors(query)
    settings = context.read(
        captures.list_settings, matching=query, after=cursors.start(), limit=query.limit + 1
    )
    return cursors.page(settings, lambda saved: query.position_of(saved.setting))


@routes.add(
    "PUT /settings/<key>", ADMIN, request_type=captures.ChangeSetting, response_type=SettingSaved
)
def change_setting(context: OperationContext, command: captures.ChangeSetting) -> SettingSaved:
    """Change a setting; the value is JSON, and the If-Match of the first change is "0"."""
    return context.run(captures.change_setting, command)

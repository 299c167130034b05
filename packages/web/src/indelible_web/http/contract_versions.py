"""The operator's route of the versions of the contract, outside of the public OpenAPI document."""

from attrs import frozen

from indelible.kernel.contract_versions import NEWEST, ContractVersion, list_contract_versions
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.request import OPS
from indelible_web.http.routing import Routes
from indelible_web.http.views import fields_of, view_of

routes = Routes("contract", "Versions of the contract, for operators.")


@frozen(kw_only=True, field_transformer=fields_of(ContractVersion))
class ContractVersionView:
    """The contract of a release: the SHA-256 digest of each part."""

    id: str
    number: int
    seq: int


@routes.pages(
    "GET /contract/versions",
    OPS,
    request_type=PageQuery,
    response_type=ContractVersionView,
    reads_with_key=True,
)
def list_versions(context: OperationContext, query: PageQuery) -> Page[ContractVersionView]:
    """List the contracts that releases have recorded, the newest first."""
    cursors = context.cursors(query)
    start = cursors.start()
    heads = context.read(
        list_contract_versions,
        before=int(start) if start else NEWEST,
        limit=query.limit + 1,
    )
    views = [view_of(ContractVersionView, head) for head in heads]
    return cursors.page(views, lambda view: view.number)

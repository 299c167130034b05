"""The application context: the store and gateways that web and workers receive."""

from typing import Protocol

from attrs import field, frozen

from indelible.captures import CapturesRead, CapturesWrite, Embedder
from indelible.concepts import ConceptsRead, ConceptsWrite
from indelible.contests.repositories.transactions import ContestsRead, ContestsWrite
from indelible.kernel import (
    Clock,
    Ids,
    ReadTransaction,
    Store,
    SystemClock,
    TimeOrderedIds,
    Transaction,
)
from indelible.kernel.contracts import check_contract
from indelible.kernel.keys import KeysRead, KeysWrite
from indelible.kernel.payloads import PayloadsRead, PayloadsWrite
from indelible.kernel.rejections import RejectionsRead, RejectionsWrite
from indelible.kernel.retention import RetentionRead, RetentionWrite
from indelible.kernel.runbooks import RunbooksRead, RunbooksWrite
from indelible.kernel.settings import SystemConfigCache
from indelible.kernel.standbys import StandbyReads
from indelible.kernel.subscribers import SubscribersRead, SubscribersWrite
from indelible.kernel.webhooks import WebhooksRead, WebhooksWrite
from indelible.money.ports.gateway import StripeGateway
from indelible.money.repositories.transactions import MoneyRead, MoneyWrite
from indelible.policy import Policy
from indelible.projects.repositories import ProjectsRead, ProjectsWrite
from indelible.tokens import Chain, TokensRead, TokensWrite


class ReadTx(
    CapturesRead,
    ConceptsRead,
    ContestsRead,
    MoneyRead,
    ProjectsRead,
    TokensRead,
    KeysRead,
    PayloadsRead,
    RejectionsRead,
    RetentionRead,
    RunbooksRead,
    WebhooksRead,
    SubscribersRead,
    ReadTransaction,
    Protocol,
):
    """The read transaction of all contexts."""

    @property
    def policy(self) -> Policy: ...


class WriteTx(
    CapturesWrite,
    ConceptsWrite,
    ContestsWrite,
    MoneyWrite,
    ProjectsWrite,
    TokensWrite,
    KeysWrite,
    PayloadsWrite,
    RejectionsWrite,
    RetentionWrite,
    RunbooksWrite,
    WebhooksWrite,
    SubscribersWrite,
    Transaction,
    Protocol,
):
    """The write transaction of all contexts."""

    @property
    def policy(self) -> Policy: ...


@frozen(kw_only=True)
class AppContext:
    """The store, clock, ids and gateways of an application; each is checked against its port.

    `standby` is the store itself where it reads from a standby. `embedder` turns texts into
    embeddings. `chain` reads the chain that tokens are minted on.
    `stripe` makes the requests of payments and payouts.
    `config` is the store's own cache of settings, for metrics.

    Raises:
        ContractViolated: An adapter differs from its port.
    """

    store: Store[ReadTx, WriteTx]
    standby: StandbyReads | None = None
    clock: Clock = field(factory=SystemClock)
    ids: Ids = field(factory=TimeOrderedIds)
    embedder: Embedder | None = None
    chain: Chain | None = None
    stripe: StripeGateway | None = None
    config: SystemConfigCache | None = None

    def __attrs_post_init__(self) -> None:
        check_contract(self.store, Store)
        check_contract(self.clock, Clock)
        check_contract(self.ids, Ids)

        if self.standby is not None:
            check_contract(self.standby, StandbyReads)
        if self.embedder is not None:
            check_contract(self.embedder, Embedder)
        if self.chain is not None:
            check_contract(self.chain, Chain)
        if self.stripe is not None:
            check_contract(self.stripe, StripeGateway)

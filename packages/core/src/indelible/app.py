"""What web and workers are given: stores and gateways, chosen by the outermost ring."""

from typing import Protocol

from attrs import field, frozen

from indelible.captures import CapturesRead, CapturesWrite, Embedder
from indelible.concepts import ConceptsRead, ConceptsWrite
from indelible.kernel import (
    Clock,
    Ids,
    ReadTransaction,
    Store,
    SystemClock,
    TimeOrderedIds,
    Transaction,
)
from indelible.kernel.keys import KeysRead, KeysWrite
from indelible.kernel.settings import SystemConfigCache
from indelible.policy import Policy
from indelible.tokens import Chain, TokensRead, TokensWrite


class ReadTx(CapturesRead, ConceptsRead, TokensRead, KeysRead, ReadTransaction, Protocol):
    """What the queries of all contexts need."""

    @property
    def policy(self) -> Policy: ...


class WriteTx(CapturesWrite, ConceptsWrite, TokensWrite, KeysWrite, Transaction, Protocol):
    """What the handlers of all contexts need."""

    @property
    def policy(self) -> Policy: ...


@frozen(kw_only=True)
class AppContext:
    """A store of everything, where instants and ids come from, and the gateways that are set up."""

    store: Store[ReadTx, WriteTx]
    clock: Clock = field(factory=SystemClock)
    ids: Ids = field(factory=TimeOrderedIds)
    embedder: Embedder | None = None  # what turns texts into embeddings
    chain: Chain | None = (
        None  # where tokens are minted, and wallets that are contracts say what they have signed
    )
    config: SystemConfigCache | None = None  # the store's own, for those who watch it

"""An adapter that differs from its port is refused when the application is composed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import pytest

from indelible.app import AppContext, ReadTx, WriteTx
from indelible.captures.entities import EmbeddingVector
from indelible.kernel import Actor
from indelible.kernel.contracts import ContractViolated, check_contract
from indelible.memory import MemoryStore
from indelible.testing.stores import CountedIds, TickingClock

Unchecked = Any  # the wrong adapters of this module are what type checkers refuse


class Port(Protocol):
    """A port of every kind of member."""

    @property
    def name(self) -> str: ...
    def get(self, entity_id: str) -> str: ...
    def page(self, *, after: str, limit: int = 10) -> str: ...


class Adapter:
    """An adapter with further, optional parameters."""

    name = "adapter"

    def get(self, entity_id: str, locked: bool = False) -> str:  # noqa: FBT001, FBT002 - what a host may do
        return f"{entity_id} {locked}"

    def page(self, after: str, limit: int = 10) -> str:
        return f"{after} {limit}"


class Proxy:
    """An adapter that passes every call on."""

    name = "proxy"

    def get(self, *args: object, **kwargs: object) -> str:
        return f"{args} {kwargs}"

    page = get


def test_an_adapter_with_its_ports_methods_is_accepted() -> None:
    check_contract(Adapter(), Port)
    check_contract(Proxy(), Port)


class WithoutMethod:
    """It lacks a method."""

    name = "adapter"

    def get(self, entity_id: str) -> str:
        return entity_id


class OtherName(Adapter):
    """Its parameter has another name."""

    # The contract must report exactly this difference from the base.
    def get(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        key: str,
        locked: bool = False,  # noqa: FBT001, FBT002
    ) -> str:
        return f"{key} {locked}"


class OneMore(Adapter):
    """It needs one more argument."""

    def get(self, entity_id: str, locked: bool) -> str:  # type: ignore[override]  # noqa: FBT001
        return f"{entity_id} {locked}"


class NoDefault(Adapter):
    """It lacks a default that the port promises."""

    def page(self, after: str, limit: int) -> str:  # type: ignore[override]
        return f"{after} {limit}"


class PositionalOnly(Adapter):
    """It takes by position what the port passes by name."""

    # The contract must report exactly this difference from the base.
    def page(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, after: str, limit: int = 10, /
    ) -> str:
        return f"{after} {limit}"


class Awaited(Adapter):
    """Its method must be awaited."""

    async def get(self, entity_id: str, locked: bool = False) -> str:  # type: ignore[override]  # noqa: FBT001, FBT002
        return f"{entity_id} {locked}"


@pytest.mark.parametrize(
    ("adapter", "method"),
    [
        (WithoutMethod, "page"),
        (OtherName, "get"),
        (OneMore, "get"),
        (NoDefault, "page"),
        (PositionalOnly, "page"),
        (Awaited, "get"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_differing_method_is_refused_by_name(adapter: type, method: str) -> None:
    with pytest.raises(ContractViolated) as refused:
        check_contract(adapter(), Port)

    assert refused.value.method == method
    assert refused.value.adapter == adapter.__name__
    assert refused.value.port == "Port"


def test_a_missing_property_is_refused() -> None:
    class Bare:
        get = Adapter.get
        page = Adapter.page

    with pytest.raises(ContractViolated, match="expected a property, got nothing"):
        check_contract(Bare(), Port)


def test_the_message_names_both_signatures() -> None:
    with pytest.raises(ContractViolated) as refused:
        check_contract(OtherName(), Port)

    assert refused.value.expected == "(entity_id: str) -> str"
    assert refused.value.actual == "(key: str, locked: bool = False) -> str"


class PlantedEmbedder:
    """A gateway whose method takes one text and not several."""

    def embed(self, text: str) -> Sequence[EmbeddingVector]:
        raise NotImplementedError(text)


class PlantedClock:
    """A clock that wants a time zone."""

    def now(self, zone: str) -> datetime:
        raise NotImplementedError(zone)


@pytest.mark.parametrize(
    ("name", "planted"),
    [("embedder", PlantedEmbedder()), ("clock", PlantedClock()), ("store", object())],
    ids=["embedder", "clock", "store"],
)
def test_an_application_is_not_composed_of_a_planted_adapter(name: str, planted: object) -> None:
    parts: dict[str, Unchecked] = {"store": MemoryStore(), name: planted}

    with pytest.raises(ContractViolated):
        AppContext(**parts)


def test_an_application_is_composed_of_the_shipped_adapters() -> None:
    context = AppContext(store=MemoryStore(), clock=TickingClock(), ids=CountedIds())

    assert context.embedder is None


def test_the_memory_stores_transactions_have_the_members_of_their_ports() -> None:
    store = MemoryStore()
    store.read(lambda tx: check_contract(tx, ReadTx, follow_properties=True))
    with store.transaction(actor=Actor.user("maya"), reason="a test") as tx:
        check_contract(tx, WriteTx, follow_properties=True)

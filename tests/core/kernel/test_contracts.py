"""An adapter whose methods differ from its port is refused when the application is composed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import pytest

from indelible.app import AppContext
from indelible.captures.entities.vectors import EmbeddingVector
from indelible.kernel.contracts import ContractViolated, check_contract
from indelible.memory import MemoryStore
from indelible.testing.stores import CountedIds, TickingClock

Unchecked = Any  # type checkers refuse the wrong adapters of this module, which is the point


class Port(Protocol):
    """A port with a property and two methods."""

    @property
    def name(self) -> str: ...
    def get(self, entity_id: str) -> str: ...
    def page(self, *, after: str, limit: int = 10) -> str: ...


class Adapter:
    """An adapter with further, optional parameters."""

    name = "adapter"

    def get(self, entity_id: str, locked: bool = False) -> str:  # noqa: FBT001, FBT002 - by position as well
        return f"{entity_id} {locked}"

    def page(self, after: str, limit: int = 10) -> str:
        return f"{after} {limit}"


class Proxy:
    """An adapter that passes every call on."""

    name = "proxy"

    def get(self, *args: object, **kwargs: object) -> str:
        return f"{args} {kwargs}"

    page = get


@pytest.mark.parametrize("adapter", [Adapter(), Proxy()], ids=["adapter", "proxy"])
def test_an_adapter_with_the_methods_of_its_port_is_accepted(adapter: object) -> None:
    check_contract(adapter, Port)


class WithoutMethod:
    """An adapter without `page`."""

    name = "adapter"

    def get(self, entity_id: str) -> str:
        return entity_id


class OtherName(Adapter):
    """An adapter whose parameter has another name."""

    # The contract must report exactly this difference from the base.
    def get(  # pyright: ignore[reportIncompatibleMethodOverride] - the difference to report
        self,
        key: str,
        locked: bool = False,  # noqa: FBT001, FBT002 - by position as well
    ) -> str:
        return f"{key} {locked}"


class OneMore(Adapter):
    """An adapter that needs one more argument."""

    def get(self, entity_id: str, locked: bool) -> str:  # type: ignore[override]  # noqa: FBT001 - the difference to report
        return f"{entity_id} {locked}"


class NoDefault(Adapter):
    """An adapter without a default that the port promises."""

    def page(self, after: str, limit: int) -> str:  # type: ignore[override]  # the difference to report
        return f"{after} {limit}"


class PositionalOnly(Adapter):
    """An adapter that takes only by position what the port passes by name."""

    # The contract must report exactly this difference from the base.
    def page(  # pyright: ignore[reportIncompatibleMethodOverride] - the difference to report
        self, after: str, limit: int = 10, /
    ) -> str:
        return f"{after} {limit}"


class Awaited(Adapter):
    """An adapter whose method must be awaited."""

    async def get(self, entity_id: str, locked: bool = False) -> str:  # type: ignore[override]  # noqa: FBT001, FBT002 - the difference to report
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
    ids=[
        "missing method",
        "other parameter name",
        "one more parameter",
        "missing default",
        "positional only",
        "awaited",
    ],
)
def test_a_method_that_differs_from_its_port_is_refused_by_name(adapter: type, method: str) -> None:
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


class WrongEmbedder:
    """A gateway whose method takes one text instead of several."""

    def embed(self, text: str) -> Sequence[EmbeddingVector]:
        raise NotImplementedError(text)


class WrongClock:
    """A clock that needs a time zone."""

    def now(self, zone: str) -> datetime:
        raise NotImplementedError(zone)


@pytest.mark.parametrize(
    ("name", "adapter"),
    [("embedder", WrongEmbedder()), ("clock", WrongClock()), ("store", object())],
    ids=["embedder", "clock", "store"],
)
def test_an_application_is_not_composed_of_a_wrong_adapter(name: str, adapter: object) -> None:
    parts: dict[str, Unchecked] = {"store": MemoryStore()}
    parts[name] = adapter

    with pytest.raises(ContractViolated):
        AppContext(**parts)


def test_an_application_is_composed_of_the_shipped_adapters() -> None:
    context = AppContext(store=MemoryStore(), clock=TickingClock(), ids=CountedIds())

    assert context.embedder is None

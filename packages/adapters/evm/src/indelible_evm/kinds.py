"""The kinds of contracts whose mints can be read: ours, the standards, any other by its ABI."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from attrs import evolve, frozen
from eth_utils.abi import collapse_if_tuple

from indelible_evm.events import EventField, EventMappingInvalid, MintEventType

MAX_ABI_BYTES: Final = 8 << 20
ERC_721: Final = "ERC-721 (80ac58cd)"
ERC_1155: Final = "ERC-1155 (d9b67a26)"
INTERFACES: Final[Mapping[str, bytes]] = {
    ERC_721: bytes.fromhex("80ac58cd"),
    ERC_1155: bytes.fromhex("d9b67a26"),
}


@frozen(kw_only=True)
class ContractKind:
    """The events that mints of a contract are read from.

    `interface` is the ERC-165 interface that the contract must support, '' for none. A season
    counts its tokens, from 1 on, and has authors and metadata.
    """

    name: str
    events: tuple[MintEventType, ...]
    interface: str = ""
    is_season: bool = False

    @property
    def first_token_id(self) -> int:
        """Return the lowest id that a token may have."""
        return 1 if self.is_season else 0


def _event(signature: str, **mapping: str) -> MintEventType:
    """Return an event from its declaration in Solidity."""
    name, _, parameters = signature.removesuffix(")").partition("(")
    fields: list[EventField] = []
    for parameter in parameters.split(", "):
        words = parameter.split()
        fields.append(EventField(name=words[-1], type=words[0], indexed="indexed" in words))

    return MintEventType(name=name, fields=tuple(fields), mapping=mapping)


BATCH_MINTED: Final = _event(
    "BatchMinted(address indexed minter, address indexed promptAuthor,"
    " uint256 indexed startTokenId, uint256 quantity, uint256 totalPaid)",
    token_id="startTokenId",  # noqa: S106 - a field
    recipient="minter",
    author="promptAuthor",
    quantity="quantity",
    paid="totalPaid",
)
TRANSFER: Final = _event(
    "Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
    token_id="tokenId",  # noqa: S106 - a field
    recipient="to",
    sender="from",
)
# ERC-2309, which ERC-721A contracts emit in their constructors.
CONSECUTIVE_TRANSFER: Final = _event(
    "ConsecutiveTransfer(uint256 indexed fromTokenId, uint256 toTokenId,"
    " address indexed fromAddress, address indexed toAddress)",
    token_id="fromTokenId",  # noqa: S106 - a field
    last_token_id="toTokenId",  # noqa: S106 - a field
    recipient="toAddress",
    sender="fromAddress",
)
TRANSFER_SINGLE: Final = _event(
    "TransferSingle(address indexed operator, address indexed from, address indexed to,"
    " uint256 id, uint256 value)",
    token_id="id",  # noqa: S106 - a field
    recipient="to",
    sender="from",
    copies="value",
)
TRANSFER_BATCH: Final = _event(
    "TransferBatch(address indexed operator, address indexed from, address indexed to,"
    " uint256[] ids, uint256[] values)",
    token_id="ids",  # noqa: S106 - a field
    recipient="to",
    sender="from",
    copies="values",
)

SEASON: Final = ContractKind(
    name="season", events=(BATCH_MINTED,), interface=ERC_721, is_season=True
)
# No interface tells whether an ERC-721 contract emits ConsecutiveTransfer: both are always read.
ERC721: Final = ContractKind(
    name="erc721", events=(TRANSFER, CONSECUTIVE_TRANSFER), interface=ERC_721
)
ERC721A: Final = evolve(ERC721, name="erc721a")
ERC1155: Final = ContractKind(
    name="erc1155", events=(TRANSFER_SINGLE, TRANSFER_BATCH), interface=ERC_1155
)
KINDS: Final = {kind.name: kind for kind in (SEASON, ERC721, ERC721A, ERC1155)}
ABI_KIND: Final = "abi"


def kind_from_abi(path: Path, event: str, mapping: Mapping[str, str]) -> ContractKind:
    """Return the kind of a contract whose ABI is in a file: a list, or an object with `abi`.

    `event` is the name of the event, or its signature such as `Minted(address,uint256)` where
    several events have the name.

    Raises: EventMappingInvalid.
    """
    entries = _read_abi(path, event)
    matching = [entry for entry in entries if event in (entry.name, _signature(entry))]
    if not matching:
        names = _signatures(entries) or "none"
        raise EventMappingInvalid(event, "event", f"the ABI has only these events: {names}")
    if len(matching) > 1:
        problem = f"name one of them: {_signatures(matching)}"
        raise EventMappingInvalid(event, "event", problem)

    entry = matching[0]
    event_type = MintEventType(name=entry.name, fields=entry.fields, mapping=mapping)
    return ContractKind(name=ABI_KIND, events=(event_type,))


@frozen(kw_only=True)
class _AbiEvent:
    """An event of an ABI."""

    name: str
    fields: tuple[EventField, ...]


def _signature(entry: _AbiEvent) -> str:
    types = ",".join(event_field.type for event_field in entry.fields)
    return f"{entry.name}({types})"


def _signatures(entries: Sequence[_AbiEvent]) -> str:
    return ", ".join(_signature(entry) for entry in entries)


def _read_abi(path: Path, event: str) -> list[_AbiEvent]:
    """Return the events of the ABI in a file. Anonymous events are left out: they have no topic."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_ABI_BYTES + 1)
        document: Any = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        problem = f"file {path} cannot be read as JSON ({type(error).__name__})"
        raise EventMappingInvalid(event, ABI_KIND, problem) from error

    if isinstance(document, dict):
        document = cast("dict[str, Any]", document).get("abi")
    if not isinstance(document, list):
        problem = f"file {path} has no ABI: expected a list, or an object with the key abi"
        raise EventMappingInvalid(event, ABI_KIND, problem)

    entries = cast("list[dict[str, Any]]", document)
    events: list[_AbiEvent] = []
    for entry in entries:
        try:
            if entry["type"] == "event" and not entry.get("anonymous", False):
                events.append(_AbiEvent(name=str(entry["name"]), fields=_fields(entry["inputs"])))
        except (TypeError, KeyError, AttributeError) as error:
            problem = f"file {path} has an entry that is no part of an ABI"
            raise EventMappingInvalid(event, ABI_KIND, problem) from error

    return events


def _fields(inputs: Sequence[Mapping[str, Any]]) -> tuple[EventField, ...]:
    """Return the fields of an event in an ABI. The type of a structure is that of its parts."""
    fields: list[EventField] = []
    for entry in inputs:
        event_field = EventField(
            name=str(entry["name"]),
            type=collapse_if_tuple(cast(Any, entry)),
            indexed=entry.get("indexed", False) is True,
        )
        fields.append(event_field)

    return tuple(fields)

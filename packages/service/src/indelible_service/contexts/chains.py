"""Build the configured chain: the adapter for a node, or a host's own by its import path."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, cast

from attrs import frozen

from indelible.kernel import Conflict
from indelible.kernel.distributions import EVM
from indelible.tokens.entities.fields import MAX_TOKENS_PER_MINT
from indelible.tokens.errors import NoChain
from indelible.tokens.ports import Chain
from indelible.tokens.rules.scanning import CHECK_SECONDS
from indelible.tokens.rules.tasks import STAGE_LIFECYCLES
from indelible_service.hosts.imports import import_host_module
from indelible_service.settings.environment import (
    Format,
    has_valid_port,
    setting,
    text_list,
    whole_number,
)

if TYPE_CHECKING:
    from indelible_evm import ContractKind

MAX_INTEGER: Final = 2**63 - 1  # of the databases
DEFAULT_TIMEOUT_SECONDS: Final = 10.0
NODE_URL: Final = Format(
    "an address such as https://node.example", r"https?://[^\s,]+", is_valid=has_valid_port
)
CONTRACT: Final = Format("0x and 40 hexadecimal digits", "0x[0-9a-fA-F]{40}")
WEBHOOK_SECRET: Final = Format("at least 8 visible characters", "[!-~]{8,}", str.encode)
ABI: Final = "abi"
CONTRACT_KINDS: Final = ("season", "erc721", "erc721a", "erc1155", ABI)
KIND: Final = Format(f"one of {', '.join(CONTRACT_KINDS)}", "|".join(CONTRACT_KINDS))
IMPORT_PATH: Final = Format(
    "an import path such as package.module:name", r"[A-Za-z_][\w.]*:[A-Za-z_]\w*"
)
EVENT: Final = Format(
    "the name of an event, or its signature such as Minted(address,uint256)",
    r"[A-Za-z_$][\w$]*(\([\w,()\[\]]*\))?",
)
STAGES: Final = text_list(
    "generate, upload and reveal, or some of them", "(?:" + "|".join(sorted(STAGE_LIFECYCLES)) + ")"
)
ANY_PATH: Final = Format("a path of a file", r"[^\x00]+")
NAME: Final = r"[A-Za-z_$][\w$]*"
CHAIN_MEMBERS: Final = (
    "author_of",
    "block",
    "check",
    "contract_id",
    "first_token_id",
    "inspect",
    "is_signed_by",
    "metadata_of",
    "mints",
    "newest",
    "next_token_id",
)


FieldPairs = tuple[tuple[str, str], ...]


def _parse_fields(text: str) -> FieldPairs:
    """Return the pairs of names in a text such as `token_id=id, recipient=to`."""
    pairs: list[tuple[str, str]] = []
    for pair in text.split(","):
        name, _, source = pair.partition("=")
        pairs.append((name.strip(), source.strip()))

    return tuple(pairs)


FIELDS: Final = Format(
    "fields of a mint and of the event, such as token_id=id,recipient=to",
    rf"\s*[a-z_]+\s*=\s*{NAME}\s*(,\s*[a-z_]+\s*=\s*{NAME}\s*)*",
    _parse_fields,
    lambda pairs: len(dict(pairs)) == len(pairs),
)


@frozen
class ChainUnusable(Conflict):
    """The import path of INDELIBLE_CHAIN leads to no chain."""

    message: ClassVar[str] = "INDELIBLE_CHAIN {path} is no chain: {problem}."
    path: str
    problem: str


@frozen(kw_only=True)
class TokenSettings:
    """The settings of tokens; without a node or a chain of the host's own there is no chain."""

    rpc_url: str = setting("INDELIBLE_RPC_URL", "", NODE_URL, is_secret=True)
    contract_address: str = setting("INDELIBLE_CONTRACT_ADDRESS", "", CONTRACT)
    chain_id: int = setting("INDELIBLE_CHAIN_ID", 1, whole_number(1, MAX_INTEGER))
    contract_kind: str = setting("INDELIBLE_CONTRACT_KIND", "season", KIND)
    contract_abi: str = setting("INDELIBLE_CONTRACT_ABI", "", ANY_PATH)
    mint_event: str = setting("INDELIBLE_MINT_EVENT", "", EVENT)
    mint_fields: tuple[tuple[str, str], ...] = setting("INDELIBLE_MINT_FIELDS", (), FIELDS)
    chain_path: str = setting("INDELIBLE_CHAIN", "", IMPORT_PATH)
    webhook_secret: bytes = setting("ALCHEMY_WEBHOOK_SECRET", b"", WEBHOOK_SECRET, is_secret=True)
    confirmations: int = setting("INDELIBLE_CONFIRMATIONS", 12, whole_number(0, 10_000))
    start_block: int = setting("INDELIBLE_START_BLOCK", 0, whole_number(0, MAX_INTEGER))
    max_tokens_per_mint: int = setting(
        "INDELIBLE_MAX_TOKENS_PER_MINT", MAX_TOKENS_PER_MINT, whole_number(1, MAX_TOKENS_PER_MINT)
    )
    stages: tuple[str, ...] = setting("INDELIBLE_TOKEN_STAGES", (), STAGES)
    check_seconds: int = setting(
        "INDELIBLE_CHAIN_CHECK_SECONDS", int(CHECK_SECONDS), whole_number(1, 86_400)
    )

    @property
    def has_chain(self) -> bool:
        """Return True where a chain is configured."""
        return bool(self.rpc_url or self.chain_path)


def build_chain(
    settings: TokenSettings, *, timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
) -> Chain:
    """Return the configured chain.

    Raises: NoChain, DistributionMissing, ChainUnusable, EventMappingInvalid.
    """
    if not settings.has_chain:
        raise NoChain

    if settings.chain_path:
        return load_chain(settings.chain_path)

    with EVM.required():
        from indelible_evm import EvmChain

    return EvmChain(
        url=settings.rpc_url,
        contract=settings.contract_address,
        chain_id=settings.chain_id,
        kind=_contract_kind(settings),
        timeout_seconds=timeout_seconds,
    )


def problems_of_settings(settings: TokenSettings) -> Sequence[str]:
    """Return a problem for each setting that is missing, or that excludes another one."""
    problems: list[str] = []
    if not settings.has_chain:
        return problems

    if settings.chain_path and settings.rpc_url:
        problems.append("INDELIBLE_RPC_URL must be blank because INDELIBLE_CHAIN is set")
    if settings.rpc_url and not settings.contract_address:
        problems.append("INDELIBLE_CONTRACT_ADDRESS must be set because INDELIBLE_RPC_URL is set")

    abi_settings = {
        "INDELIBLE_CONTRACT_ABI": settings.contract_abi,
        "INDELIBLE_MINT_EVENT": settings.mint_event,
        "INDELIBLE_MINT_FIELDS": settings.mint_fields,
    }
    is_abi = settings.contract_kind == ABI
    for name, value in abi_settings.items():
        if is_abi and not value:
            problems.append(f"{name} must be set because INDELIBLE_CONTRACT_KIND is {ABI}")
        if value and not is_abi:
            problems.append(f"{name} must be blank unless INDELIBLE_CONTRACT_KIND is {ABI}")

    return problems


def _contract_kind(settings: TokenSettings) -> "ContractKind":
    from indelible_evm import KINDS, kind_from_abi

    if settings.contract_kind == ABI:
        mapping = dict(settings.mint_fields)
        return kind_from_abi(Path(settings.contract_abi), settings.mint_event, mapping)
    return KINDS[settings.contract_kind]


def load_chain(path: str) -> Chain:
    """Return the chain that the class or function at an import path returns without arguments.

    Raises: ChainUnusable.
    """
    module_name, _, name = path.partition(":")
    try:
        factory: object = getattr(import_host_module(module_name), name)
    except (ImportError, AttributeError) as error:
        raise ChainUnusable(path, str(error)) from error
    except Exception as error:
        raise ChainUnusable(path, f"its import fails ({_reason(error)})") from error
    if not callable(factory):
        raise ChainUnusable(path, f"expected a class or a function, got {type(factory).__name__}")

    try:
        chain: object = factory()
        missing = [member for member in CHAIN_MEMBERS if not hasattr(chain, member)]
    except Exception as error:
        raise ChainUnusable(path, f"it cannot be created ({_reason(error)})") from error
    if missing:
        raise ChainUnusable(path, f"{type(chain).__name__} has no {', '.join(missing)}")

    return cast(Chain, chain)


def _reason(error: Exception) -> str:
    """Return an error as text without secrets."""
    from indelible_workers.masking import failure_reason

    return failure_reason(error)

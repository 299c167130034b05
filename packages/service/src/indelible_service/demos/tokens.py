"""Detect the tokens of a simulated chain, through a reorg, into a database of its own.

A database has the tokens of one contract, so that the one of an instance is not used.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from attrs import frozen

from indelible import tokens
from indelible.kernel import Actor, Unavailable
from indelible.kernel.distributions import EVM
from indelible.tokens import Token
from indelible.tokens.rules.scanning import Checkpoint
from indelible_service.contexts.declaration import AnyStage
from indelible_service.contexts.tokens import TokenSettings, build_detection
from indelible_service.database import open_configured_store, upgrade
from indelible_service.demos.concepts import DemoStep, variables_of_own_database
from indelible_service.instance.record import claimed_directory
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore
from indelible_workers import process_batch

if TYPE_CHECKING:
    from indelible_evm.simulator.chain import Mints, SimulatedChain

REASON: Final = "demo of tokens"
WORKER: Final = Actor.system("worker")
FOLDER: Final = "demo-tokens"  # in the data directory
MAX_WAIT_SECONDS: Final = 60
PAUSE_SECONDS: Final = 0.1
CONFIRMATIONS: Final = 2
ANN: Final = f"0x{'a1' * 20}"
BOB: Final = f"0x{'b2' * 20}"
CEM: Final = f"0x{'c3' * 20}"
NO_MINTS: Final = ()
# Blocks 1 to 8. Two blocks confirm those up to block 6.
FIRST_BLOCKS: Final["Sequence[Mints]"] = (
    NO_MINTS,
    ((1, ANN),),
    ((2, BOB), (3, ANN)),
    NO_MINTS,
    ((4, CEM),),
    NO_MINTS,
    ((5, BOB),),
    NO_MINTS,
)
REPLACED_FROM: Final = 7
REPLACED_TOKEN: Final = 5
LAST_BLOCKS: Final["Sequence[Mints]"] = (((REPLACED_TOKEN, CEM),), ((6, ANN),), NO_MINTS, NO_MINTS)
TOKEN_COLUMNS: Final = ("token", "state", "minted to", "minted at", "changes")
HISTORY_COLUMNS: Final = ("seq", "action", "state", "actor", "reason")
NOT_YET: Final = (
    "This is detection. Generating images, uploading and revealing are not part of it yet: their"
    " states and tables exist, and a host writes their stages."
)


@frozen
class ChainNotRead(Unavailable):
    """Detection did not read the simulated chain in time."""

    message: ClassVar[str] = (
        "Detection did not reach block {block} of the simulated chain within {seconds} seconds."
    )
    block: int
    seconds: int


def demo_settings(settings: Settings) -> Settings:
    """Return the settings of a database that only the demonstration uses."""
    return Settings.read(variables_of_own_database(settings, FOLDER))


def tokens_demo(settings: Settings) -> Generator[DemoStep]:
    """Detect the tokens of a chain that grows and is reorganized; a second run changes nothing.

    Raises: DistributionMissing, AlreadyRunning, ChainNotRead.
    """
    with EVM.required():
        from indelible_evm.simulator.chain import SimulatedChain
        from indelible_evm.simulator.server import running_chain

    chain = SimulatedChain()
    with claimed_directory(settings), running_chain(chain) as address:
        upgrade(settings)
        with open_configured_store(settings) as store:
            demo = _Demo(chain=chain, address=address, store=store)
            yield from demo.run()


@frozen(kw_only=True)
class _Demo:
    chain: "SimulatedChain"
    address: str
    store: SqlStore

    def run(self) -> Iterator[DemoStep]:
        """Read the chain after each of its changes, or all at once where it was read before."""
        yield DemoStep(f"A simulated chain with an ERC-721 contract answers at {self.address}.")
        before = self.checkpoint()
        if before is None:
            yield from self.follow()
        else:
            for change in self.changes():
                change()
            self.detect()
            yield DemoStep(
                f"Detection has continued after block {before.number}, at which an earlier"
                " demonstration ended."
            )

        yield self.token_table("The tokens:")
        yield DemoStep(
            f"The history of token {REPLACED_TOKEN}:", HISTORY_COLUMNS, self.history_rows()
        )
        yield DemoStep(NOT_YET)

    def changes(self) -> Sequence[Callable[[], None]]:
        """Return the changes of the chain, in order."""
        two_blocks = (NO_MINTS, NO_MINTS)
        return (
            lambda: self.chain.add_blocks(FIRST_BLOCKS),
            lambda: self.chain.add_blocks(two_blocks),
            lambda: self.chain.replace_blocks(REPLACED_FROM, (*two_blocks, *two_blocks)),
            lambda: self.chain.add_blocks(LAST_BLOCKS),
        )

    def follow(self) -> Iterator[DemoStep]:
        """Read the chain after each change, and tell what detection has done."""
        begin, confirm, replace, mint_again = self.changes()
        begin()
        self.detect()
        yield self.token_table(
            f"The chain has {self.chain.newest} blocks. Detection reads a block when"
            f" {CONFIRMATIONS} others follow it, so that block {REPLACED_FROM} waits:"
        )

        confirm()
        self.detect()
        token = self.token()
        yield DemoStep(f"Two more blocks: token {token.token_id} is {token.status}.")

        replace()
        self.detect()
        token = self.token()
        reason = (token.error_data or {}).get("code")
        yield DemoStep(
            f"The chain has replaced the blocks from {REPLACED_FROM} on (a reorg), and the mint of"
            f" token {token.token_id} is gone: it is {token.status} ({reason})."
        )

        mint_again()
        self.detect()
        token = self.token()
        yield DemoStep(
            f"Token {token.token_id} was minted again, to another wallet: it is {token.status}."
        )

    def detect(self) -> None:
        """Run the stage of detection until it has read every confirmed block.

        Raises: ChainNotRead.
        """
        settings = TokenSettings(
            rpc_url=self.address,
            contract_address=self.chain.contract,
            chain_id=self.chain.chain_id,
            contract_kind="erc721",
            confirmations=CONFIRMATIONS,
        )
        stage: AnyStage = build_detection(settings, self.store).stage()
        scan = tokens.RequestScan(hint_id="demo")
        last = self.chain.newest - CONFIRMATIONS
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while time.monotonic() < deadline:
            self.store.run(tokens.request_scan, scan, actor=WORKER, reason=REASON)
            process_batch(self.store, stage, actor=WORKER)
            if self.has_read(last):
                return
            time.sleep(PAUSE_SECONDS)

        raise ChainNotRead(last, MAX_WAIT_SECONDS)

    def has_read(self, number: int) -> bool:
        """Return True if the last block that was read is this one of the present chain."""
        checkpoint = self.checkpoint()
        if checkpoint is None:
            return False
        return (checkpoint.number, checkpoint.hash) == (number, self.chain.hash_of(number))

    def checkpoint(self) -> Checkpoint | None:
        """Return the last block that was read, None before the first run."""
        return self.store.read(tokens.token_stats).checkpoint

    def token(self) -> Token:
        """Return the token whose block is replaced."""
        return self.store.read(tokens.get_token, REPLACED_TOKEN).token

    def token_table(self, text: str) -> DemoStep:
        """Return a step with all tokens."""
        rows: list[Sequence[object]] = []
        for token in self.store.read(tokens.list_tokens):
            changes = self.store.read(tokens.token_history, token.token_id)
            at = f"{token.mint_timestamp:%Y-%m-%d %H:%M:%S}"
            rows.append((token.token_id, token.status, token.minter_address, at, len(changes)))
        return DemoStep(text, TOKEN_COLUMNS, rows)

    def history_rows(self) -> list[Sequence[object]]:
        """Return the changes of the token whose block is replaced."""
        rows: list[Sequence[object]] = []
        for change in self.store.read(tokens.token_history, REPLACED_TOKEN):
            rows.append(
                (change.seq, change.action, change.to_state, str(change.actor), change.reason)
            )
        return rows

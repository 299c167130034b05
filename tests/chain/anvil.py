"""A real chain in a child process, and the transactions that tests send to it."""

import json
import os
import re
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from signal import SIGINT, SIGKILL
from subprocess import DEVNULL, PIPE
from typing import Any, Final

from attrs import field, frozen
from eth_abi.abi import encode
from tests.chain.npm import ANVIL, installed

from indelible_evm import Contract, QuietProvider, season
from indelible_evm.parsing import parse_array

WALLET: Final = Path(__file__).with_name("wallet.json")
HOST: Final = "127.0.0.1"
LISTENING: Final = re.compile(r"^Listening on 127\.0\.0\.1:(\d+)$", re.MULTILINE)
START_SECONDS: Final = 60
MINED_SECONDS: Final = 30
STOP_SECONDS: Final = 10
POLL_SECONDS: Final = 0.02
GAS: Final = hex(3_000_000)  # fixed, so that the node does not estimate it
MINT_SELECTOR: Final = bytes.fromhex("40c10f19")
REVEAL_SELECTOR: Final = bytes.fromhex("53de7804")
WITH_TRANSACTIONS: Final = (True,)  # not only their hashes
REPEATED_FIELDS: Final = ("from", "to", "input", "nonce", "maxFeePerGas", "maxPriorityFeePerGas")
PLACEHOLDER: Final = "ipfs://placeholder"


def wallet() -> Contract:
    """Return the contract of a wallet, which is constructed with its owners."""
    return Contract(**json.loads(WALLET.read_text(encoding="utf-8")))


@frozen(kw_only=True)
class Anvil:
    """A running node. Its accounts have enough ether, and it signs for them."""

    url: str
    pid: int
    accounts: tuple[str, ...]
    provider: QuietProvider = field(repr=False)

    def call(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """Return the result of a JSON-RPC method, or raise Refusal."""
        (result,) = self.provider.call(method, params)
        return result

    def send(self, to: str | None, data: bytes, *, sender: int = 0, value: int = 0) -> str:
        """Send a transaction and return its hash.

        Wait until it is mined, unless `set_automine` has switched that off.
        """
        transaction = {
            "from": self.accounts[sender],
            "data": f"0x{data.hex()}",
            "gas": GAS,
            "value": hex(value),
        }
        if to is not None:
            transaction["to"] = to
        transaction_hash = str(self.call("eth_sendTransaction", transaction))

        # The node responds before it has mined the block.
        deadline = time.monotonic() + MINED_SECONDS
        while self.call("anvil_getAutomine") and self.receipt(transaction_hash) is None:
            assert time.monotonic() < deadline

        return transaction_hash

    def receipt(self, transaction_hash: str) -> Mapping[str, Any] | None:
        """Return the receipt of a transaction, None where it is in no block."""
        receipt: Mapping[str, Any] | None = self.call("eth_getTransactionReceipt", transaction_hash)
        return receipt

    def deploy(self, contract: Contract, *arguments: object) -> str:
        """Deploy a contract and return its address in lower case."""
        (constructor,) = [entry for entry in contract.abi if entry["type"] == "constructor"]
        types = [parameter["type"] for parameter in constructor["inputs"]]
        bytecode = bytes.fromhex(contract.bytecode.removeprefix("0x"))
        receipt = self.receipt(self.send(None, bytecode + encode(types, arguments)))

        assert receipt is not None
        assert receipt["status"] == "0x1"
        return str(receipt["contractAddress"]).lower()

    def deploy_season(self, *, price: int = 0) -> str:
        """Deploy a season whose keeper is the second account."""
        return self.deploy(season(), PLACEHOLDER, price, self.accounts[1])

    def mint(
        self, contract: str, author: str, quantity: int = 1, *, sender: int = 0, value: int = 0
    ) -> str:
        """Send a transaction that mints tokens, and return its hash."""
        data = MINT_SELECTOR + encode(["address", "uint256"], [author, quantity])
        return self.send(contract, data, sender=sender, value=value)

    def reveal(self, contract: str, uris: Mapping[int, str], *, sender: int = 1) -> str:
        """Send a transaction that reveals tokens by their ids, and return its hash."""
        arguments = encode(["uint256[]", "string[]"], [list(uris), list(uris.values())])
        return self.send(contract, REVEAL_SELECTOR + arguments, sender=sender)

    def mine(self, blocks: int = 1) -> None:
        """Mine blocks; the first one has the waiting transactions."""
        self.call("anvil_mine", hex(blocks))

    def set_automine(self, *, enabled: bool) -> None:
        """Mine a block for each transaction at once, or stop doing so."""
        self.call("evm_setAutomine", enabled)

    def newest_transactions(self, depth: int) -> list[Mapping[str, Any]]:
        """Return requests that repeat the transactions of the newest blocks, in chain order.

        A repeated transaction has the same hash.
        """
        newest = int(self.call("eth_blockNumber"), 16)
        requests: list[Mapping[str, Any]] = []
        for number in range(newest - depth + 1, newest + 1):
            block = self.call("eth_getBlockByNumber", hex(number), *WITH_TRANSACTIONS)
            for transaction in block["transactions"]:
                request = {name: transaction[name] for name in REPEATED_FIELDS}
                requests.append({**request, "gas": GAS})

        return requests

    def reorg(self, depth: int, transactions: Sequence[tuple[Mapping[str, Any], int]] = ()) -> None:
        """Replace the newest blocks by others.

        They have the transactions, each in the block of this number, from 0 on.
        """
        self.call("anvil_reorg", depth, list(transactions))

    def snapshot(self) -> str:
        """Return the id of the present state, for one revert."""
        return str(self.call("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        """Return to a state; the later blocks are removed."""
        assert self.call("evm_revert", snapshot) is True


@contextmanager
def anvil(directory: Path, *options: str, chain_id: int = 31_337) -> Generator[Anvil]:
    """Run a node with its log and its files in the directory."""
    log = directory / "anvil.log"
    child = _start(directory, log, *options, chain_id=chain_id)
    try:
        with _stopped_with_this_process(child):
            url = f"http://{HOST}:{_port(child, log)}/"
            with closing(QuietProvider(url, timeout_seconds=30)) as provider:
                (result,) = provider.call("eth_accounts", ())
                accounts = tuple(str(account) for account in parse_array(result))
                yield Anvil(url=url, pid=child.pid, accounts=accounts, provider=provider)
    finally:
        _stop(child)


def _start(directory: Path, log: Path, *options: str, chain_id: int) -> subprocess.Popen[bytes]:
    (program,) = installed(ANVIL).glob("node_modules/@foundry-rs/anvil-*/bin/anvil")
    command = (
        str(program),
        "--host",
        HOST,
        "--port",
        "0",
        "--chain-id",
        str(chain_id),
        "--hardfork",
        "cancun",
        *options,
    )
    environment = {"HOME": str(directory), "TMPDIR": str(directory), "PATH": os.defpath}
    with log.open("wb") as output:
        # Ctrl-C in a terminal must reach only the test, which then stops the node; so the node is
        # in a session of its own.
        return subprocess.Popen[bytes](
            command,
            stdin=DEVNULL,
            stdout=output,
            stderr=output,
            cwd=directory,
            env=environment,
            start_new_session=True,
        )


@contextmanager
def _stopped_with_this_process(child: subprocess.Popen[bytes]) -> Generator[None]:
    """Run a shell that stops the child when this process ends, even when it is killed.

    The shell reads from a pipe of this process, and its read returns when the pipe is closed.
    """
    command = ("/bin/sh", "-c", 'read -r _; kill -INT "$0"', str(child.pid))
    with subprocess.Popen(
        command, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True
    ):
        yield


def _port(child: subprocess.Popen[bytes], log: Path) -> int:
    """Return the port in the node's log, when the node has started."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        match = LISTENING.search(log.read_text(errors="replace"))
        if match:
            return int(match[1])
        time.sleep(POLL_SECONDS)

    raise AssertionError(f"anvil did not start: {log.read_text(errors='replace')[-2_000:]}")


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(SIGINT)
    with suppress(subprocess.TimeoutExpired):
        child.wait(STOP_SECONDS)
        return

    child.send_signal(SIGKILL)
    child.wait()

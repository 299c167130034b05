"""A wallet's signature is recovered from a key, or confirmed by a call of a contract."""

from collections.abc import Callable

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.evm.conftest import CHAIN_ID
from tests.chain.anvil import Anvil, wallet
from tests.chain.proxy import Proxy

from indelible.tokens.errors import ChainUnreachable, SignatureMalformed
from indelible.tokens.ports import Chain
from indelible_evm import EvmChain

# From the documentation of eth-account, that of web3.js, and EIP-2098.
GOLDEN = {
    "eth-account": (
        "0x5ce9454909639D2D17A3F753ce7d93fa0b9aB12E",
        "I♥SF",
        "0xe6ca9bba58c88611fad66a6ce8f996908195593807c4b38bd528d2cff09d4eb33e5bfbbf4d3e39b1a2fd816a7680c19ebebaf3a141b239934ad43cb33fcec8ce1c",
    ),
    "web3.js": (
        "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23",
        "Some data",
        "0xb91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c",
    ),
    "EIP-2098, even": (
        "0x2e988A386a799F506693793c6A5AF6B54dfAaBfB",
        "Hello World",
        "0x68a020a209d3d56c46f38cc50a33f704f4a9a10a59377f8dd762ac66910e9b907e865ad05c4035ab5792787d4a0297a43617ae897930a6fe4d822b8faea52064",
    ),
    "EIP-2098, odd": (
        "0x2e988A386a799F506693793c6A5AF6B54dfAaBfB",
        "It's a small(er) world",
        "0x9328da16089fcba9bececa81663203989f2df5fe1faa6291a45381c81bd17f76939c6d6b623b42da56557e5e734a43dc83345ddfadec52cbe24d0cc64f550793",
    ),
}
KEYS = (f"0x{11:064x}", f"0x{22:064x}")
TEXT = "indelible wants to know that this wallet is yours\nNonce: 4711"
MAGIC = "1626ba7e" + "00" * 28
SHORT_OR_ODD = ["", "0x", "1", "0x1", "0xzz", "text", "0x" + "11" * 63, "0x" + "11" * 65 + "1"]
MALFORMED = [*SHORT_OR_ODD, "11" * 65, "0x" + "11" * 16_385]
# Code of wallets that return, or fail, in the same way for every call.
HOSTILE_CODE = {
    "reverts": "0x60006000fd",
    "returns nothing": "0x00",
    "has an invalid opcode": "0xfe",
    "never ends": "0x5b600056",
    "returns another word": f"0x7f{'ff' * 32}60005260206000f3",
    "returns true": "0x600160005260206000f3",
    "returns the first bytes of the magic word": f"0x7f{MAGIC}60005260046000f3",
    "returns the magic with other bytes after it": f"0x7f{MAGIC[:8]}{'01' * 28}60005260206000f3",
    "refers to another server (ERC-3668)": f"0x7f556f1830{'00' * 28}60005260206000fd",
}


def sign(text: str, key: str) -> str:
    """Return the signature of a text in hex."""
    signature = Account.sign_message(encode_defunct(text=text), key).signature
    return f"0x{signature.hex().removeprefix('0x')}"


def in_upper_case(address: str) -> str:
    """Return an address in upper case after its 0x."""
    return f"0x{address[2:].upper()}"


def address(key: str) -> str:
    """Return the address of the key's wallet."""
    return str(Account.from_key(key).address)


def chain_without_node() -> EvmChain:
    """Return a chain whose node is unreachable, so that every call of it fails."""
    return EvmChain(
        url="http://127.0.0.1:1/", contract=f"0x{1:040x}", chain_id=CHAIN_ID, timeout_seconds=1
    )


@pytest.fixture
def unreachable() -> Chain:
    return chain_without_node()


@pytest.mark.parametrize(("signer", "text", "signature"), GOLDEN.values(), ids=GOLDEN)
@pytest.mark.parametrize("spell", [str, str.lower, in_upper_case])
def test_published_signatures_are_recovered(
    unreachable: Chain, signer: str, text: str, signature: str, spell: Callable[[str], str]
) -> None:
    assert unreachable.is_signed_by(spell(signer), text, signature)
    assert unreachable.is_signed_by(signer, text, "0x" + signature[2:].upper())


def test_both_encodings_of_the_parity_are_accepted(unreachable: Chain) -> None:
    signature = sign(TEXT, KEYS[0])

    parity = int(signature[-2:], 16)
    with_small_parity = f"{signature[:-2]}{parity - 27:02x}"

    assert parity in (27, 28)
    assert unreachable.is_signed_by(address(KEYS[0]), TEXT, signature)
    assert unreachable.is_signed_by(address(KEYS[0]), TEXT, with_small_parity)


def test_a_node_makes_the_same_signature(chain: Chain, node: Anvil) -> None:
    for text in (TEXT, "I♥SF", ""):
        signature = node.call("personal_sign", f"0x{text.encode().hex()}", node.accounts[3])
        assert chain.is_signed_by(node.accounts[3], text, signature)


@pytest.mark.parametrize(
    "other",
    [
        TEXT + " ",
        TEXT.lower(),
        "",
        TEXT.replace("4711", "4712"),
        "\x19Ethereum Signed Message:\n",
        "\ud800",
    ],
)
def test_a_signature_is_of_no_other_text(chain: Chain, other: str) -> None:
    assert not chain.is_signed_by(address(KEYS[0]), other, sign(TEXT, KEYS[0]))


@pytest.mark.parametrize("length", [65, 64])
def test_a_signature_is_of_no_other_wallet(chain: Chain, length: int) -> None:
    signature = sign(TEXT, KEYS[0])[: 2 + 2 * length]

    assert not chain.is_signed_by(address(KEYS[1]), TEXT, signature)
    assert not chain.is_signed_by(f"0x{0:040x}", TEXT, signature)


@pytest.mark.parametrize(
    "wallet", ["", "0x", "nobody", "0x" + "1" * 39, "0x" + "g" * 40, "vitalik.eth", "\ud800"]
)
def test_an_invalid_wallet_has_signed_nothing(unreachable: Chain, wallet: str) -> None:
    assert not unreachable.is_signed_by(wallet, TEXT, sign(TEXT, KEYS[0]))
    assert not unreachable.is_signed_by(wallet, TEXT, "0x" + "11" * 130)


@pytest.mark.parametrize("signature", MALFORMED)
def test_a_malformed_signature_is_refused_without_a_call(
    unreachable: Chain, signature: str
) -> None:
    with pytest.raises(SignatureMalformed):
        unreachable.is_signed_by(address(KEYS[0]), TEXT, signature)
    with pytest.raises(ValueError):  # noqa: PT011 - as the hand-off's callers expect
        unreachable.is_signed_by(address(KEYS[0]), TEXT, signature)


@given(st.binary(min_size=64, max_size=64))
def test_a_compact_signature_is_checked_without_a_call(signature: bytes) -> None:
    chain = chain_without_node()

    assert not chain.is_signed_by(address(KEYS[0]), TEXT, f"0x{signature.hex()}")


@given(
    st.sampled_from([bytes(32), b"\xff" * 32]) | st.binary(min_size=32, max_size=32),
    st.integers(0, 255),
)
def test_a_full_signature_of_another_wallet_is_checked_by_a_call(half: bytes, parity: int) -> None:
    chain = chain_without_node()

    with pytest.raises(ChainUnreachable):
        chain.is_signed_by(address(KEYS[0]), TEXT, f"0x{half.hex() * 2}{parity:02x}")


@pytest.mark.parametrize("owners", [1, 2])
def test_a_contract_wallet_confirms_its_owners_signatures(
    chain: Chain, node: Anvil, provider: Proxy, owners: int
) -> None:
    keys = KEYS[:owners]
    contract = node.deploy(wallet(), [address(key) for key in keys])
    signature = "0x" + "".join(sign(TEXT, key).removeprefix("0x") for key in keys)

    assert chain.is_signed_by(contract, TEXT, signature)
    assert chain.is_signed_by(in_upper_case(contract), TEXT, signature)
    assert provider.count("eth_call") == 2
    assert not chain.is_signed_by(contract, f"{TEXT}!", signature)
    assert not chain.is_signed_by(contract, TEXT, f"{signature}00")
    assert not chain.is_signed_by(address(KEYS[1]), TEXT, signature)


def test_a_wallet_with_two_owners_needs_both_in_order(chain: Chain, node: Anvil) -> None:
    contract = node.deploy(wallet(), [address(key) for key in KEYS])
    first, second = [sign(TEXT, key).removeprefix("0x") for key in KEYS]

    assert chain.is_signed_by(contract, TEXT, f"0x{first}{second}")
    for wrong in (first, second, f"{second}{first}", f"{first}{first}"):
        assert not chain.is_signed_by(contract, TEXT, f"0x{wrong}")


@pytest.mark.parametrize("code", HOSTILE_CODE.values(), ids=HOSTILE_CODE)
def test_a_contract_that_does_not_confirm_has_signed_nothing(
    chain: Chain, node: Anvil, code: str
) -> None:
    contract = f"0x{0xBAD:040x}"
    node.call("anvil_setCode", contract, code)

    assert not chain.is_signed_by(contract, TEXT, sign(TEXT, KEYS[0]))
    assert not chain.is_signed_by(contract, TEXT, "0x" + "11" * 500)


def test_a_contract_that_confirms_everything_has_signed(chain: Chain, node: Anvil) -> None:
    contract = f"0x{0x600D:040x}"
    node.call("anvil_setCode", contract, f"0x7f{MAGIC}60005260206000f3")

    assert chain.is_signed_by(contract, TEXT, "0x" + "11" * 65)
    assert not chain.is_signed_by(contract, TEXT, "0x" + "11" * 64)  # only keys sign in this form

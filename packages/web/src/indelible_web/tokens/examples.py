"""Examples for the fields of tokens' operations."""

from collections.abc import Mapping
from typing import Final

from indelible.tokens import TokenStatus
from indelible_web.http.examples import DIGEST

WALLET: Final = "0x71c7656ec7ab88b098defb751b7401b5f6d8976f"
SIGNED_MESSAGE: Final = (
    f"Update prompt for wallet: {WALLET}\nTimestamp: 1767225600000\nNonce: 7f3c9a52d1e8"
)

EXAMPLES: Final[Mapping[str, object]] = {
    "SignedPrompt.message": SIGNED_MESSAGE,
    "Token.id": "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d21",
    "Token.status": TokenStatus.READY,
    "author_address": WALLET,
    "author_id": "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d22",
    "author_wallet": WALLET,
    "batch": None,
    "block_hash": f"0x{DIGEST}",
    "copies": None,
    "error_data": None,
    "farcaster_handle": "maya",
    "generation_attempts": 0,
    "generation_error": None,
    "image_cid": "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
    "image_url": None,
    "lifecycle": "token",
    "metadata_cid": "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
    "mint_event_id": "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d23",
    "minter_address": WALLET,
    "prompt_text": "A lighthouse in the fog, as an etching.",
    "recipient": WALLET,
    "reveal_tx_hash": None,
    "signature": f"0x{DIGEST}{DIGEST}1b",
    "statuses": {"detected": 1},
    "to_state": "detected",
    "total_paid": "1000000000000000",
    "twitter_handle": "maya",
    "tx_hash": f"0x{DIGEST}",
    "wallet": WALLET,
    "wallet_address": WALLET,
}

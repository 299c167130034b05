"""Tokens and authors of a store, for generated requests to name, and signed prompts."""

from random import Random
from typing import Any

from attrs import define, field
from schemathesis.core.parameters import ParameterLocation
from tests.doses.fuzz.living_captures import is_wrong
from tests.web.harness import Json, Web
from tests.web.minting import MAYA_S, NOOR_S, failed, minted, signed

NEW_TOKENS = 4  # In each round; half of them have failed.
WALLETS = (MAYA_S, NOOR_S, "nobody")


@define
class LivingTokens:
    """Tokens by number, with their seqs, as the newest answers show them."""

    chance: Random
    seqs: dict[int, int] = field(factory=dict[int, int])
    failed: set[int] = field(factory=set[int])
    nonces: int = 0
    web: Web | None = None

    def refill(self, web: Web) -> None:
        """Mint some tokens."""
        self.web = web
        start = len(self.seqs) + 1
        block = len(self.seqs) // NEW_TOKENS + 1
        minted(web.store, *[MAYA_S, NOOR_S] * (NEW_TOKENS // 2), start=start, block=block)
        for number in range(start, start + NEW_TOKENS):
            self.seqs[number] = 1
        for number in range(start, start + NEW_TOKENS // 2):
            failed(web.store, number)
            self.seqs[number] = 2
            self.failed.add(number)

    def learn(self, answer: Json) -> None:
        """Keep the seq of the answer's token."""
        if "token" not in answer or "seq" not in answer:
            return
        number = int(answer["token"]["token_id"])
        self.seqs[number] = answer["seq"]
        if answer["token"]["status"] != "failed":
            self.failed.discard(number)

    def fit(self, case: Any) -> None:  # noqa: ANN401 - schemathesis' own
        """Name existing tokens in the case, where its values should be valid."""
        if not is_wrong(case, ParameterLocation.PATH):
            self._fit_path(case)
        if case.path.endswith("/prompt") and not is_wrong(case, ParameterLocation.BODY):
            self._sign(case)

    def _fit_path(self, case: Any) -> None:  # noqa: ANN401 - schemathesis' own
        path = case.path_parameters
        if "wallet" in path:
            path["wallet"] = self.chance.choice(WALLETS)
        if "token_id" not in path:
            return

        suitable = sorted(self.failed) if case.path.endswith("/retry") else []
        number = self.chance.choice(suitable or list(self.seqs))
        path["token_id"] = str(number)
        if "If-Match" in case.headers and not is_wrong(case, ParameterLocation.HEADER):
            case.headers["If-Match"] = f'"{self.seqs[number]}"'

    def _sign(self, case: Any) -> None:  # noqa: ANN401 - schemathesis' own
        assert self.web is not None
        self.nonces += 1
        wallet = self.chance.choice(WALLETS[:2])
        nonce = f"nonce-{self.nonces:09}"
        case.body = signed(wallet, at=self.web.clock.now(), nonce=nonce)

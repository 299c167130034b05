"""Tokens and their authors that live in a store, for generated requests to name, and prompts that are signed."""

from random import Random
from typing import Any

from attrs import define, field
from schemathesis.core.parameters import ParameterLocation
from tests.fuzz.living_captures import is_wrong
from tests.web.harness import Json, Web
from tests.web.minting import MAYA_S, NOOR_S, failed, minted, signed

FRESH = 4  # how many tokens come with each round, half of them failed
WALLETS = (MAYA_S, NOOR_S, "nobody")


@define
class LivingTokens:
    """Tokens by number and seq, as the last answer has shown them."""

    chance: Random
    seqs: dict[int, int] = field(factory=dict[int, int])
    failed: set[int] = field(factory=set[int])
    nonces: int = 0
    web: Web | None = None

    def refill(self, web: Web) -> None:
        """Let some tokens be minted."""
        self.web, start = web, len(self.seqs) + 1
        minted(
            web.store,
            *[MAYA_S, NOOR_S] * (FRESH // 2),
            start=start,
            block=len(self.seqs) // FRESH + 1,
        )
        for number in range(start, start + FRESH):
            self.seqs[number] = 1
        for number in range(start, start + FRESH // 2):
            failed(web.store, number)
            self.seqs[number] = 2
            self.failed.add(number)

    def learn(self, answer: Json) -> None:
        """What the answer shows."""
        if "token" in answer and "seq" in answer:
            number = answer["token"]["token_id"]
            self.seqs[number] = answer["seq"]
            if answer["token"]["status"] != "failed":
                self.failed.discard(number)

    def fit(self, case: Any) -> None:  # noqa: ANN401 - schemathesis' own
        """Name what lives, where the case's values were to be right ones."""
        path = case.path_parameters
        if not is_wrong(case, ParameterLocation.PATH) and "token_id" in path:
            fitting = sorted(self.failed) if case.path.endswith("/retry") else [*self.seqs]
            path["token_id"] = self.chance.choice(fitting or [*self.seqs])
            if "If-Match" in case.headers and not is_wrong(case, ParameterLocation.HEADER):
                case.headers["If-Match"] = f'"{self.seqs[path["token_id"]]}"'
        if not is_wrong(case, ParameterLocation.PATH) and "wallet" in path:
            path["wallet"] = self.chance.choice(WALLETS)
        if case.path.endswith("/prompt") and not is_wrong(case, ParameterLocation.BODY):
            self._sign(case)

    def _sign(self, case: Any) -> None:  # noqa: ANN401
        assert self.web is not None
        self.nonces += 1
        case.body = signed(
            self.chance.choice(WALLETS[:2]),
            at=self.web.clock.now(),
            nonce=f"nonce-{self.nonces:09}",
        )

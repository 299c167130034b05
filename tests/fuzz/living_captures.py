"""Spaces, parts and pages that live in a store, for generated requests to name."""

from random import Random
from typing import Any, cast

from attrs import define, field
from schemathesis.core.parameters import ParameterLocation
from tests.web.harness import Json, Web
from tests.web.reader import reader_of

from indelible.captures.rules.tuning import INGEST_KEYS
from indelible.testing.captures.scenarios import MODEL, A, B, C

FRESH = 4  # how many spaces come with each round
VECTORS = (A, B, C, (0.9, 0.3, 0.3))
KEYS = tuple(each.name for each in INGEST_KEYS.values())


@define
class LivingCaptures:
    """What a user has, by id and seq, as the last answer has shown it."""

    chance: Random
    seqs: dict[str, dict[str, int]] = field(
        init=False, factory=lambda: {"space": {}, "subspace": {}, "setting": {}}
    )
    artifacts: list[str] = field(factory=list[str])

    def refill(self, web: Web) -> None:
        """Bring some spaces to life, each with a part and a page."""
        for _ in range(FRESH):
            reader = reader_of(web)
            self.seqs["space"][reader.space_id] = 1
            self.seqs["subspace"][reader.subspace()] = 1
            self.seqs["subspace"][reader.subspace(None)] = 1
            self.artifacts.append(reader.captured()["artifact_id"])

    def learn(self, answer: Json) -> None:
        """What the answer shows; what takes nothing any more is forgotten."""
        for kind, seqs in self.seqs.items():
            if kind in answer and "seq" in answer:
                shown = answer[kind]
                seqs[shown["id"]] = answer["seq"]
                if shown["status"] == "RETIRED":
                    del seqs[shown["id"]]

    def fit(self, case: Any) -> None:  # noqa: ANN401 - schemathesis' own
        """Name what lives, where the case's values were to be right ones."""
        if not is_wrong(case, ParameterLocation.PATH):
            case.path_parameters.update(self._named(case.path_parameters, case))
        if not is_wrong(case, ParameterLocation.QUERY):
            case.query.update(self._named(case.query, case))
        if _is_object(case.body) and not is_wrong(case, ParameterLocation.BODY):
            body = cast("Json", case.body)
            items: list[object] = body.get("items", [])
            for each in (body, *items):
                if isinstance(each, dict):
                    self._say(cast("Json", each), case)

    def _named(self, given: Json, case: Any) -> Json:  # noqa: ANN401
        names = {"space_id": "space", "subspace_id": "subspace", "key": "setting"}
        found: Json = {"artifact_id": self.chance.choice(self.artifacts), "algorithm_id": "oscl-1"}
        for name, kind in names.items():
            if name in given:
                found[name] = self.chance.choice(
                    KEYS if kind == "setting" else [*self.seqs[kind], "nowhere"]
                )
                if "If-Match" in case.headers and not is_wrong(case, ParameterLocation.HEADER):
                    case.headers["If-Match"] = f'"{self.seqs[kind].get(found[name], 0)}"'
        return {name: each for name, each in found.items() if name in given}

    def _say(self, body: Json, case: Any) -> None:  # noqa: ANN401
        if "space_id" in body:
            body |= {
                "space_id": self.chance.choice([*self.seqs["space"], "nowhere"]),
                "subspace_id": None,
            }
            if "/subspaces" in case.path:
                del body["subspace_id"]
            elif "url" not in body:
                body.pop("subspace_id")
        if "seed" in body:
            body["seed"] = {"values": list(A), "model": MODEL}
        if "url" in body:
            body["url"] = f"https://example.org/{self.chance.randrange(99)}"
            body.pop("captured_at", None)
        if (
            "embedding" in body
            or "url" in body
            or case.path in {"/v1/search", "/v1/margins/preview"}
        ):
            body |= {"embedding": list(self.chance.choice(VECTORS)), "embedding_model": MODEL}
        if "value" in body:
            body["value"] = "0.05"


def is_wrong(case: Any, location: ParameterLocation) -> bool:  # noqa: ANN401
    """Whether the values at this place are wrong on purpose; they stay as they are."""
    return bool(case.meta is None or case.meta.is_negative_at(location))


def _is_object(value: object) -> bool:
    return isinstance(value, dict)

"""Spaces, subspaces and artifacts of a store, for generated requests to name."""

from random import Random
from typing import Any, cast

from attrs import define, field
from schemathesis.core.parameters import ParameterLocation
from tests.web.harness import Json, Web
from tests.web.reader import reader_of

from indelible.captures.rules.tuning import INGEST_KEYS
from indelible.testing.captures.scenarios import MODEL, A, B, C

NEW_SPACES = 4  # In each round.
VECTORS = (A, B, C, (0.9, 0.3, 0.3))
SETTING_KEYS = tuple(key.name for key in INGEST_KEYS.values())
KINDS_BY_PARAMETER = {"space_id": "space", "subspace_id": "subspace", "key": "setting"}
EMBEDDING_PATHS = {"/v1/search", "/v1/margins/preview"}


@define
class LivingCaptures:
    """A user's captures by id, with their seqs, as the newest answers show them."""

    chance: Random
    seqs: dict[str, dict[str, int]] = field(
        init=False, factory=lambda: {"space": {}, "subspace": {}, "setting": {}}
    )
    artifacts: list[str] = field(factory=list[str])

    def refill(self, web: Web) -> None:
        """Create some spaces, each with two subspaces and an artifact."""
        for _ in range(NEW_SPACES):
            reader = reader_of(web)
            self.seqs["space"][reader.space_id] = 1
            self.seqs["subspace"][reader.subspace()] = 1
            self.seqs["subspace"][reader.subspace(None)] = 1
            self.artifacts.append(reader.captured()["artifact_id"])

    def learn(self, answer: Json) -> None:
        """Keep the answer's entities, except retired ones."""
        for kind, seqs in self.seqs.items():
            if kind not in answer or "seq" not in answer:
                continue
            entity = answer[kind]
            seqs[entity["id"]] = answer["seq"]
            if entity["status"] == "RETIRED":
                del seqs[entity["id"]]

    def fit(self, case: Any) -> None:  # noqa: ANN401 - schemathesis' own
        """Name existing entities in the case, where its values should be valid."""
        if not is_wrong(case, ParameterLocation.PATH):
            self._fit_parameters(case.path_parameters, case)
        if not is_wrong(case, ParameterLocation.QUERY):
            self._fit_parameters(case.query, case)
        raw_body: object = case.body
        if not isinstance(raw_body, dict) or is_wrong(case, ParameterLocation.BODY):
            return

        body = cast("Json", raw_body)
        items: list[object] = body.get("items", [])
        for part in (body, *items):
            if isinstance(part, dict):
                self._fit_body(cast("Json", part), case)

    def _fit_parameters(self, parameters: Json, case: Any) -> None:  # noqa: ANN401 - schemathesis' own
        if "artifact_id" in parameters:
            parameters["artifact_id"] = self.chance.choice(self.artifacts)
        if "algorithm_id" in parameters:
            parameters["algorithm_id"] = "oscl-1"
        for name, kind in KINDS_BY_PARAMETER.items():
            if name not in parameters:
                continue
            choices = SETTING_KEYS if kind == "setting" else (*self.seqs[kind], "nowhere")
            parameters[name] = self.chance.choice(choices)
            if "If-Match" in case.headers and not is_wrong(case, ParameterLocation.HEADER):
                seq = self.seqs[kind].get(parameters[name], 0)
                case.headers["If-Match"] = f'"{seq}"'

    def _fit_body(self, body: Json, case: Any) -> None:  # noqa: ANN401 - schemathesis' own
        if "space_id" in body:
            body["space_id"] = self.chance.choice((*self.seqs["space"], "nowhere"))
            body["subspace_id"] = None
            is_capture = "url" in body and "/subspaces" not in case.path
            if not is_capture:
                del body["subspace_id"]
        if "seed" in body:
            body["seed"] = {"values": list(A), "model": MODEL}
        if "url" in body:
            body["url"] = f"https://example.org/{self.chance.randrange(99)}"
            body.pop("captured_at", None)
        if "embedding" in body or "url" in body or case.path in EMBEDDING_PATHS:
            body["embedding"] = list(self.chance.choice(VECTORS))
            body["embedding_model"] = MODEL
        if "value" in body:
            body["value"] = "0.05"


def is_wrong(case: Any, location: ParameterLocation) -> bool:  # noqa: ANN401 - schemathesis' own
    """Return True if the values of this location are invalid on purpose."""
    return bool(case.meta is None or case.meta.is_negative_at(location))

"""Entities of a store, learned from its answers, so that generated requests can name them."""

from random import Random
from typing import Any, cast

from attrs import define, field, frozen
from schemathesis.core.parameters import ParameterLocation
from tests.doses.fuzz.living_captures import LivingCaptures, is_wrong
from tests.doses.fuzz.living_tokens import LivingTokens
from tests.web.harness import STEPS, Web, concept_url

from indelible.concepts import CONCEPT
from indelible_web.http import header_names

# The share of generated values that are replaced by those of an existing entity.
REAL_SHARE = 0.85
STATUSES = ("DRAFT", *STEPS)
NEW_CONCEPTS_PER_STATUS = 4
MAX_PAGES = 200
Json = dict[str, Any]


@frozen(kw_only=True)
class Concept:
    """A concept as its newest answer shows it."""

    id: str
    status: str
    seq: int
    version: int
    at: str


@define
class Living:
    """Concepts of every status, and the cursors of answers; schemathesis calls its two hooks."""

    chance: Random
    concepts: dict[str, Concept] = field(factory=dict[str, Concept])
    pages: dict[str, list[tuple[Json, Json]]] = field(factory=dict[str, list[tuple[Json, Json]]])
    captures: LivingCaptures = field(init=False)
    tokens: LivingTokens = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.captures = LivingCaptures(self.chance)
        self.tokens = LivingTokens(self.chance)

    def refill(self, web: Web) -> None:
        """Create some concepts of each status, the first of them with two versions."""
        self.captures.refill(web)
        self.tokens.refill(web)
        for status in STATUSES:
            for number in range(NEW_CONCEPTS_PER_STATUS):
                saved = web.at(status)
                if number == 0 and "edit" in CONCEPT.allowed(status):
                    saved = web.edit(saved)
                self._learn_concept(web.get(concept_url(saved)).get_json())
                self._learn_cursors(web, saved)

    def after_call(self, _: object, case: Any, response: Any) -> None:  # noqa: ANN401 - schemathesis' own
        """Learn the entities and the cursor of a successful answer."""
        if response.status_code not in {200, 201}:
            return
        if "json" not in response.headers["content-type"][0]:
            return

        answer = cast("Json", response.json())
        self.captures.learn(answer)
        self.tokens.learn(answer)
        if "concept" in answer and "version" in answer:
            self._learn_concept(answer)
        if answer.get("next"):
            filters = {name: value for name, value in case.query.items() if name != "limit"}
            pages = self.pages.setdefault(case.operation.label, [])
            pages.append((dict(case.path_parameters), {**filters, "cursor": answer["next"]}))
            del pages[:-MAX_PAGES]

    def map_case(self, _: object, case: Any) -> Any:  # noqa: ANN401 - schemathesis' own
        """Put values of existing entities into most cases, where the values should be valid."""
        if self.chance.random() > REAL_SHARE:
            return case

        if not is_wrong(case, ParameterLocation.HEADER):
            case.headers.pop(header_names.POSITION, None)  # no answer has carried one
        self.captures.fit(case)
        self.tokens.fit(case)
        if "concept" not in case.path:
            self._set_cursor(case)
            return case

        if _status(case) in STATUSES:
            # Hypothesis nearly always takes the first value.
            case.body["status"] = self.chance.choice(STATUSES)
        concept = self._suitable_concept(case)
        self._set_path(case, concept)
        self._set_query(case, concept)
        if "If-Match" in case.headers and not is_wrong(case, ParameterLocation.HEADER):
            case.headers["If-Match"] = f'"{concept.seq}"'

        return case

    def _learn_cursors(self, web: Web, saved: Json) -> None:
        """Read the shortest first page of a concept's lists, and keep its cursor."""
        path = {"concept_id": saved["concept"]["id"]}
        for name in ("versions", "history"):
            cursor = web.get(f"{concept_url(saved)}/{name}?limit=1").get_json()["next"]
            if cursor:
                pages = self.pages.setdefault(f"GET /v1/concepts/{{concept_id}}/{name}", [])
                pages.append((path, {"cursor": cursor}))

    def _learn_concept(self, answer: Json) -> None:
        """Keep the concept, unless the answer shows an older state of it."""
        body = answer["concept"]
        concept = Concept(
            id=body["id"],
            status=body["status"],
            seq=answer["seq"],
            version=answer["version"]["version_number"],
            at=body["updated_at"],
        )
        known = self.concepts.get(concept.id)
        if known is None or known.seq < concept.seq:
            self.concepts[concept.id] = concept

    def _suitable_concept(self, case: Any) -> Concept:  # noqa: ANN401 - schemathesis' own
        """Return a concept in a state that allows the request, any one if none does."""
        concepts = list(self.concepts.values())
        status = _status(case)
        suitable: list[Concept] = []
        for concept in concepts:
            if case.method == "PUT":
                is_suitable = "edit" in CONCEPT.allowed(concept.status)
            elif status in STEPS:
                is_suitable = concept.status == STATUSES[STATUSES.index(status) - 1]
            else:
                is_suitable = True
            if is_suitable:
                suitable.append(concept)

        return self.chance.choice(suitable or concepts)

    def _set_path(self, case: Any, concept: Concept) -> None:  # noqa: ANN401 - schemathesis' own
        if is_wrong(case, ParameterLocation.PATH):
            return
        version = self.chance.randint(1, concept.version)
        _replace(case.path_parameters, {"concept_id": concept.id, "version_number": version})

    def _set_query(self, case: Any, concept: Concept) -> None:  # noqa: ANN401 - schemathesis' own
        if is_wrong(case, ParameterLocation.QUERY):
            return
        values = {
            "from": self.chance.randint(1, concept.version),
            "to": self.chance.randint(1, concept.version),
            "seq": self.chance.randint(1, concept.seq),
            "at": concept.at,
        }
        _replace(case.query, values)
        self._set_cursor(case)

    def _set_cursor(self, case: Any) -> None:  # noqa: ANN401 - schemathesis' own
        """Continue a list that an answer began; without one, begin a list."""
        if "cursor" not in case.query or is_wrong(case, ParameterLocation.QUERY):
            return
        pages = self.pages.get(case.operation.label)
        if not pages or is_wrong(case, ParameterLocation.PATH):
            del case.query["cursor"]
            return

        path, query = self.chance.choice(pages)
        limit = {name: value for name, value in case.query.items() if name == "limit"}
        case.path_parameters.update(path)
        case.query.clear()
        case.query.update({**query, **limit})


def _replace(parameters: Any, values: Json) -> None:  # noqa: ANN401 - schemathesis' own
    """Replace the parameters that the case has."""
    for name, value in values.items():
        if name in parameters:
            parameters[name] = value


def _status(case: Any) -> object:  # noqa: ANN401 - schemathesis' own
    """Return the status that the case's body asks for, None without one."""
    body: object = case.body
    return cast("Json", body).get("status") if isinstance(body, dict) else None

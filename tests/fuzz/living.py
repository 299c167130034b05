"""What lives in a store, learnt from its answers, so that generated requests can name what there is."""

from random import Random
from typing import Any, cast

from attrs import define, field, frozen
from schemathesis.core.parameters import ParameterLocation
from tests.fuzz.living_captures import LivingCaptures, is_wrong
from tests.fuzz.living_tokens import LivingTokens
from tests.web.harness import STEPS, Web, place

from indelible.concepts import CONCEPT

REAL = 0.85  # how often a value that schemathesis made gives way to one of something that lives
STATUSES = ("DRAFT", *STEPS)
FRESH = 4  # how many concepts of each status come with each round
MOST_PAGES = 200
Json = dict[str, Any]


@frozen(kw_only=True)
class Concept:
    """A concept as the last answer has shown it."""

    id: str
    status: str
    seq: int
    version: int
    at: str


@define
class Living:
    """Concepts of every status, and cursors that were given out; a schema calls its two hooks."""

    chance: Random
    concepts: dict[str, Concept] = field(factory=dict[str, Concept])
    pages: dict[str, list[tuple[Json, Json]]] = field(factory=dict[str, list[tuple[Json, Json]]])
    captures: LivingCaptures = field(init=False)
    tokens: LivingTokens = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.captures, self.tokens = LivingCaptures(self.chance), LivingTokens(self.chance)

    def refill(self, web: Web) -> None:
        """Bring some concepts of each status to life, the first of them with two versions."""
        self.captures.refill(web)
        self.tokens.refill(web)
        for status in STATUSES:
            for number in range(FRESH):
                found = web.at(status)
                if number == 0 and "edit" in CONCEPT.allowed(status):
                    found = web.edit(found)
                self._learn(web.get(place(found)).get_json())
                self._begin_lists(web, found)

    def _begin_lists(self, web: Web, found: Json) -> None:
        """Ask for the first page of a concept's lists, as short as it can be, for its cursor."""
        for name in ("versions", "history"):
            cursor = web.get(f"{place(found)}/{name}?limit=1").get_json()["next"]
            if cursor:
                listed = self.pages.setdefault(f"GET /v1/concepts/{{concept_id}}/{name}", [])
                listed.append(({"concept_id": found["concept"]["id"]}, {"cursor": cursor}))

    def after_call(self, _: object, case: Any, response: Any) -> None:  # noqa: ANN401 - schemathesis' own
        """Learn from an answer: what it shows, and the cursor that it gives."""
        if (
            response.status_code not in {200, 201}
            or "json" not in response.headers["content-type"][0]
        ):
            return
        answer = cast("Json", response.json())
        self.captures.learn(answer)
        self.tokens.learn(answer)
        if "concept" in answer and "version" in answer:
            self._learn(answer)
        if answer.get("next"):
            asked = {name: each for name, each in case.query.items() if name != "limit"}
            found = self.pages.setdefault(case.operation.label, [])
            found.append((dict(case.path_parameters), asked | {"cursor": answer["next"]}))
            del found[:-MOST_PAGES]

    def map_case(self, _: object, case: Any) -> Any:  # noqa: ANN401 - schemathesis' own
        """The case, mostly with values of something that lives, where its values were to be right ones."""
        if self.chance.random() > REAL:
            return case
        self.captures.fit(case)
        self.tokens.fit(case)
        if "concept" not in case.path:
            self._turn_if_asked(case)
            return case
        if _status(case) in STATUSES:
            case.body["status"] = self.chance.choice(
                STATUSES
            )  # Hypothesis nearly always takes the first one
        concept = self._fitting(case)
        self._name(case, concept)
        self._ask(case, concept)
        if "If-Match" in case.headers and not is_wrong(case, ParameterLocation.HEADER):
            case.headers["If-Match"] = f'"{concept.seq}"'
        return case

    def _learn(self, answer: Json) -> None:
        shown = answer["concept"]
        version, at = answer["version"]["version_number"], shown["updated_at"]
        found = Concept(
            id=shown["id"], status=shown["status"], seq=answer["seq"], version=version, at=at
        )
        known = self.concepts.get(found.id)
        if known is None or known.seq < found.seq:  # an answer may show how it stood once
            self.concepts[found.id] = found

    def _fitting(self, case: Any) -> Concept:  # noqa: ANN401
        """A concept that can do what is asked, if one does."""
        every = list(self.concepts.values())
        wanted = _status(case)
        if case.method == "PUT":
            fitting = [each for each in every if "edit" in CONCEPT.allowed(each.status)]
        elif wanted in STEPS:
            fitting = [
                each for each in every if each.status == STATUSES[STATUSES.index(wanted) - 1]
            ]
        else:
            fitting = every
        return self.chance.choice(fitting or every)

    def _name(self, case: Any, concept: Concept) -> None:  # noqa: ANN401
        if is_wrong(case, ParameterLocation.PATH):
            return
        real = {"concept_id": concept.id, "version_number": self.chance.randint(1, concept.version)}
        case.path_parameters.update(
            {name: real[name] for name in case.path_parameters if name in real}
        )

    def _ask(self, case: Any, concept: Concept) -> None:  # noqa: ANN401
        if is_wrong(case, ParameterLocation.QUERY):
            return
        versions = (self.chance.randint(1, concept.version) for _ in range(2))
        real = {
            "from": next(versions),
            "to": next(versions),
            "seq": self.chance.randint(1, concept.seq),
        }
        case.query.update(
            {name: each for name, each in (real | {"at": concept.at}).items() if name in case.query}
        )
        self._turn_if_asked(case)

    def _turn_if_asked(self, case: Any) -> None:  # noqa: ANN401
        if "cursor" in case.query and not is_wrong(case, ParameterLocation.QUERY):
            self._turn(case)

    def _turn(self, case: Any) -> None:  # noqa: ANN401
        """Go on in a list that was begun; where none was, begin one."""
        pages = self.pages.get(case.operation.label)
        limit = {name: each for name, each in case.query.items() if name == "limit"}
        if not pages or is_wrong(case, ParameterLocation.PATH):
            del case.query["cursor"]
            return
        path, asked = self.chance.choice(pages)
        case.path_parameters.update(path)
        case.query.clear()
        case.query.update(asked | limit)


def _status(case: Any) -> object:  # noqa: ANN401
    """The status that the case asks for, if it does."""
    body: object = case.body
    return cast("Json", body).get("status") if isinstance(body, dict) else None

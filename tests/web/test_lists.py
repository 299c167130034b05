"""Test that every list of entities is filtered, ordered and paged by the same parameters."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import pytest
from tests.web.harness import Json, Web, problem, saved

from indelible.testing.captures.scenarios import nothing_to_install
from indelible.testing.list_cases import filled

pytestmark = pytest.mark.slow

LISTS: Final = {
    "list_algorithms": "/v1/algorithms?",
    "list_artifacts": "/v1/artifacts?space_id={space_id}&",
    "list_concepts": "/v1/concepts?",
    "list_jobs": "/v1/jobs?project_id={project_id}&",
    "list_projects": "/v1/projects?",
    "list_settings": "/v1/settings?",
    "list_spaces": "/v1/spaces?",
    "list_subspaces": "/v1/spaces/{space_id}/subspaces?",
    "list_tokens": "/v1/tokens?",
}
SORTED_BY: Final = {"oldest": "created_at", "newest": "created_at", "changed": "updated_at"}
WRONG: Final = {
    "actor": "maya",
    "order": "upwards",
    "since": "yesterday",
    "status": "LOST",
    "until": "2026-01-01T00:00:00",
    "updated_at": "2026-01-01T00:00:00Z",
}


def parameters(web: Web, name: str) -> dict[str, Json]:
    """Return the query parameters of a list by their names."""
    for operations in web.document["paths"].values():
        for operation in operations.values():
            if operation["operationId"] == name:
                listed = operation["parameters"]
                return {item["name"]: item for item in listed if item["in"] == "query"}

    raise LookupError(name)


def paths_of(web: Web, name: str) -> list[str]:
    """Return the path of a list, once for each space or project where it belongs to one."""
    path = LISTS[name]
    if "{space_id}" in path:
        spaces = saved(web.get("/v1/spaces"), 200)["items"]
        return [path.format(space_id=item["space"]["id"]) for item in spaces]
    if "{project_id}" in path:
        projects = saved(web.get("/v1/projects"), 200)["items"]
        return [path.format(project_id=item["id"]) for item in projects]

    return [path]


def read_pages(web: Web, path: str) -> Iterator[list[Json]]:
    """Yield the items of each page of two."""
    cursor = ""
    while True:
        page = saved(web.get(f"{path}limit=2{cursor}"), 200)
        yield [entity_of(item) for item in page["items"]]
        if page["next"] is None:
            return
        cursor = f"&cursor={quote(page['next'])}"


def entity_of(item: Json) -> Json:
    """Return the item, or the entity in it."""
    for value in item.values():
        if isinstance(value, dict) and "created_at" in value:
            return {**item, **value}
    return item


def all_items(web: Web, path: str) -> list[Json]:
    """Return the items of all pages."""
    items: list[Json] = []
    for page in read_pages(web, path):
        items += page

    return items


def test_a_list_is_paged_in_each_of_its_orders_and_filtered_by_its_changes(web: Web) -> None:
    filled(web.store, nothing_to_install)
    for name in LISTS:
        listed = 0
        for path in paths_of(web, name):
            everything = all_items(web, path)
            listed += len(everything)
            for order in parameters(web, name)["order"]["schema"]["enum"]:
                items = all_items(web, f"{path}order={order}&")

                assert ids(items) == ids(everything)
                if order in SORTED_BY:
                    values = [item[SORTED_BY[order]] for item in items]
                    assert values == sorted(values, reverse=order != "oldest")

        assert listed > 2

    for name in LISTS:
        for path in paths_of(web, name):
            everything = all_items(web, path)
            times = sorted(item["updated_at"] for item in everything)
            if len(times) < 3:
                continue
            between = all_items(web, f"{path}since={quote(times[1])}&until={quote(times[2])}&")
            assert ids(between) == ids(
                [item for item in everything if times[1] <= item["updated_at"] < times[2]]
            )


def test_a_cursor_belongs_to_one_order_and_one_filter_and_wrong_ones_are_refused(web: Web) -> None:
    filled(web.store, nothing_to_install)
    for name in LISTS:
        tried = 0
        for path in paths_of(web, name):
            first = saved(web.get(f"{path}limit=1&order=newest"), 200)
            if first["next"] is None:
                continue
            for query in (
                "order=oldest",
                "order=newest&actor=user:maya",
                "since=2026-01-01T00:00:00Z",
            ):
                answer = web.get(f"{path}limit=1&{query}&cursor={quote(first['next'])}")
                assert problem(answer) == (400, "INVALID_CURSOR")
                tried += 1

        assert tried

    for name in LISTS:
        path = paths_of(web, name)[0]
        for wrong_name, value in WRONG.items():
            answer = web.get(f"{path}{wrong_name}={quote(value)}")
            assert problem(answer)[0] == 422, wrong_name
            assert wrong_name in str(answer.get_json()["fields"]), wrong_name


def ids(items: list[Json]) -> list[Any]:
    """Return the ids of items, sorted."""
    return sorted(item["id"] for item in items)

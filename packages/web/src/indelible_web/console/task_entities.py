"""The entities that the tasks of a stage belong to, with their names and pages."""

from collections.abc import Mapping, Sequence

from indelible.app import ReadTx
from indelible.kernel import ChangeFilter, NotFound
from indelible_web.console.page import EntityLink, EntityLinks
from indelible_web.http.request import Caller


def links_of_tasks(
    tx: ReadTx, caller: Caller, task_ids: Sequence[str], entity_links: Mapping[str, EntityLinks]
) -> Mapping[str, EntityLink]:
    """Map the ids of a stage's tasks to the entities with these ids; empty if there are none.

    The tasks of a stage belong to entities of one lifecycle, or stand alone: the first id decides.
    """
    if not task_ids:
        return {}

    changes = tx.history.backwards(limit=1, matching=ChangeFilter(entity_id=task_ids[0])).changes
    if not changes or changes[0].lifecycle not in entity_links:
        return {}

    try:
        return entity_links[changes[0].lifecycle](tx, caller, task_ids)
    except NotFound:
        # A task that stands alone has the id of an entity, and the others have not.
        return {}

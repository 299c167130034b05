"""Two stages that take long: a newsletter to all customers, and a picture drawn in a child process.

`indelible work --module tests.examples.newsletters` runs both.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Column, MetaData, Table, Text, insert, select

from indelible.kernel import Actor
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.kernel.task_commands import EnqueueTask, enqueue_task
from indelible.kernel.tasks import Priority
from indelible_sql import SqlReading, SqlStore, SqlTransaction

METADATA = MetaData()
CUSTOMERS = Table("customers", METADATA, Column("address", Text, primary_key=True))
SENT = Table(
    "newsletters_sent",
    METADATA,
    Column("newsletter", Text, primary_key=True),
    Column("address", Text, primary_key=True),
)
EDITOR = Actor.system("editor")
Post = Callable[[str, str], None]


def unsent(tx: SqlReading, newsletter: str) -> Sequence[str]:
    """Return the addresses to which the newsletter was not sent yet."""
    sent = select(SENT.c.address).where(SENT.c.newsletter == newsletter)
    query = select(CUSTOMERS.c.address).where(CUSTOMERS.c.address.not_in(sent)).order_by("address")
    return tx.connection.execute(query).scalars().all()


def send_all(store: SqlStore, post: Post, newsletter: str, handle: LeaseHandle) -> None:
    """Send a newsletter; a later attempt continues where this one stops."""
    for address in store.read(unsent, newsletter):
        handle.check()  # raises PerformStopped when the worker ends or the lease is lost
        post(newsletter, address)
        with store.transaction(actor=EDITOR, reason="newsletter sent") as tx:
            tx.tasks.require_lease(handle.lease)  # otherwise another worker may write as well
            tx.connection.execute(insert(SENT).values(newsletter=newsletter, address=address))


def newsletter(store: SqlStore, post: Post) -> Stage[Any, str, None]:
    """Return the stage; its tasks may take two hours, and one of them runs at a time."""
    return Stage(
        name="newsletter",
        batch=1,
        acts_outside=True,
        lifecycle=None,
        perform=partial(send_all, store, post),
        concurrency=1,
        timeout_seconds=7_200,
    )


def draw(picture: str, handle: LeaseHandle) -> int:
    """Draw a picture in a child process, line by line, and return its size."""
    size = 0
    for _ in range(handle.arguments.get("lines", 100)):
        handle.check()
        size += len(picture)

    return size


def pictures() -> Stage[Any, str, int]:
    """Return the stage; a picture takes a minute and 512 MiB at most."""
    return Stage(
        name="picture",
        batch=1,
        acts_outside=True,
        lifecycle=None,
        perform=draw,
        in_child=True,
        timeout_seconds=60,
        memory_mebibytes=512,
    )


def order_picture(tx: SqlTransaction, picture: str) -> None:
    """Enqueue a large picture, which is drawn before the others."""
    command = EnqueueTask(
        stage=pictures(),
        entity_id=picture,
        arguments={"lines": 400},
        priority=Priority.HIGH,
    )
    enqueue_task(tx, command)


def stages(store: SqlStore) -> list[Stage[Any, Any, Any]]:
    """Return the stages that `indelible work --module` runs."""
    return [newsletter(store, print), pictures()]

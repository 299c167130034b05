"""The tasks of a mailroom, which is no part of this repository: most of them send mail.

The chaos suite copies this file into a directory of its own, where it runs as a host's module:
`indelible work --module mailroom` and `indelible schedule --module mailroom`. It uses what
docs/how-to/run-a-stage-of-your-own.md describes, and nothing else.
"""

import os
import smtplib
import sys
import time
from collections.abc import Sequence
from datetime import UTC
from email.message import EmailMessage
from functools import partial
from multiprocessing import parent_process
from typing import Any

from attrs import frozen
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select

from indelible.kernel import Actor
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.rates import RateLimit
from indelible.kernel.stages import PermanentFailure, RetryLater, Stage
from indelible.kernel.tasks import Leases
from indelible_sql import SqlReading, SqlStore, SqlTransaction
from indelible_workers import RecurringTask

AnyStage = Stage[Any, Any, Any]

LETTER, NOTICE, CAMPAIGN, DIGEST = "letter", "notice", "campaign", "digest"
LEAFLET, FAULTY, STUCK = "leaflet", "faulty", "stuck"
MAILROOM = Actor.system("mailroom")
SENDER = "mailroom@mailroom.example"
CONCURRENCY = {LETTER: 3, NOTICE: 2, CAMPAIGN: 2, DIGEST: 1, LEAFLET: 2, FAULTY: 1, STUCK: 1}
LONG_SECONDS = 600  # longer than any limit of a stage that hangs
STUCK_SECONDS = 4  # for which a thread goes on after its limit
PARTS = 4
PART_SECONDS = 0.3
MEBIBYTE = 2**20
GREYLISTED_SECONDS = 0.5

METADATA = MetaData()
SENT = Table(
    "mailroom_sent",
    METADATA,
    Column("stage", Text, primary_key=True),
    Column("task", Text, primary_key=True),
    Column("part", Integer, primary_key=True),
)


def setting(name: str, default: int) -> int:
    """Return a number from the environment."""
    return int(os.environ.get(f"MAILROOM_{name}", default))


@frozen
class Letter:
    """A mail of a task, or one of several."""

    message_id: str
    recipient: str


# Mail


def open_session(handle: LeaseHandle) -> smtplib.SMTP:
    """Connect to the mail server and tell it which attempt of which task this is."""
    lease = handle.lease
    parent = parent_process()
    worker = os.getpid()
    if parent is not None and parent.pid is not None:
        worker = parent.pid  # of a child process

    names = (lease.stage, lease.entity_id, lease.fence, lease.attempt, worker, os.getpid())
    identity = ".".join(str(name) for name in names)
    session = smtplib.SMTP("127.0.0.1", setting("SMTP_PORT", 25), identity, timeout=60)
    session.ehlo()
    return session


def send(letter: Letter, handle: LeaseHandle) -> None:
    """Send a letter.

    Raises: PermanentFailure if the address is unknown, RetryLater if the server is not ready yet.
    """
    message = EmailMessage()
    message["Message-ID"] = f"<{letter.message_id}@mailroom.example>"
    message["From"] = SENDER
    message["To"] = letter.recipient
    message["Subject"] = "Your order"
    message.set_content("Thank you.")
    with open_session(handle) as session:
        try:
            session.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = error.recipients[letter.recipient]
            if code >= 500:
                raise PermanentFailure(f"{code} {text.decode()}") from error
            raise RetryLater(f"{code} {text.decode()}", GREYLISTED_SECONDS) from error


# Letters: without `claim`, so that `perform` gets the id; the recipient is an argument.


def send_letter(task: str, handle: LeaseHandle) -> dict[str, str]:
    """Send the letter of a task and return its id, which is stored with the task."""
    letter = Letter(f"{handle.lease.stage}.{task}.1", handle.arguments["to"])
    send(letter, handle)
    return {"message": letter.message_id}


# Notices: with `claim` and `finish`, which count exactly once.


def claim_notices(tx: SqlTransaction, leases: Leases) -> Sequence[Letter | None]:
    """Return the letter of each notice, None where it was sent."""
    tasks = [lease.entity_id for lease in leases]
    statement = select(SENT.c.task).where(SENT.c.stage == NOTICE, SENT.c.task.in_(tasks))
    sent = set(tx.connection.execute(statement).scalars())
    letters: list[Letter | None] = []
    for lease in leases:
        recipient = (lease.arguments or {})["to"]
        letter = Letter(f"{NOTICE}.{lease.entity_id}.1", recipient)
        letters.append(None if lease.entity_id in sent else letter)

    return letters


def finish_notices(tx: SqlTransaction, done: Sequence[tuple[Letter, None]]) -> None:
    """Note that the notices were sent; a second note of the same one would fail."""
    for letter, _ in done:
        _, task, _ = letter.message_id.split(".")
        tx.connection.execute(insert(SENT).values(stage=NOTICE, task=task, part=1))


# Campaigns: several mails, each noted in a transaction of its own under the lease.


def sent_parts(tx: SqlReading, task: str) -> set[int]:
    """Return the parts of a campaign that were sent."""
    statement = select(SENT.c.part).where(SENT.c.stage == CAMPAIGN, SENT.c.task == task)
    return set(tx.connection.execute(statement).scalars())


def send_campaign(store: SqlStore, task: str, handle: LeaseHandle) -> None:
    """Send the parts of a campaign; a later attempt continues where this one stops."""
    done = store.read(sent_parts, task)
    for part in range(1, PARTS + 1):
        if part in done:
            continue

        handle.set_progress(100 * (part - 1) // PARTS)
        handle.wait(PART_SECONDS)
        handle.check()
        send(Letter(f"{CAMPAIGN}.{task}.{part}", handle.arguments["to"]), handle)
        with store.transaction(actor=MAILROOM, reason="part sent") as tx:
            tx.tasks.require_lease(handle.lease)
            tx.connection.execute(insert(SENT).values(stage=CAMPAIGN, task=task, part=part))


# Digests: by schedules.


def claim_digests(_: SqlTransaction, leases: Leases) -> Sequence[Letter]:
    """Return the mail of each slot."""
    letters: list[Letter] = []
    for lease in leases:
        assert lease.slot is not None
        slot = f"{lease.slot.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        letters.append(Letter(f"{DIGEST}.{lease.entity_id}.{slot}", "ok-digest@example.com"))

    return letters


# Leaflets and faulty tasks: in child processes.


def misbehave(_: str, handle: LeaseHandle) -> None:
    """Do what the task's argument says, with a session open that shows when the child ends."""
    with open_session(handle):
        match handle.arguments["behavior"]:
            case "exit":
                os._exit(7)
            case "exhaust":
                blocks: list[bytearray] = []
                while True:
                    blocks.append(bytearray(MEBIBYTE))
            case _:  # hang, whatever is requested
                time.sleep(LONG_SECONDS)


# Stuck tasks: in threads.


def get_stuck(_: str, handle: LeaseHandle) -> None:
    """Do what the task's argument says; none of these tasks succeeds."""
    with open_session(handle) as session:
        match handle.arguments["behavior"]:
            case "exit":
                sys.exit(7)
            case "exhaust":
                raise MemoryError
            case "obey":
                handle.wait(LONG_SECONDS)
                handle.check()
            case _:  # hang, whatever is requested
                time.sleep(timeout_seconds() + STUCK_SECONDS)
                session.noop()  # which shows that the thread was occupied until now


# What `indelible work --module` and `indelible schedule --module` read


def timeout_seconds() -> int:
    """Return the time limit of the stages that hang."""
    return setting("TIMEOUT_SECONDS", 5)


def letter_rate() -> RateLimit:
    """Return the rate that the mail server allows for letters."""
    return RateLimit(tasks=setting("RATE", 30), burst=setting("BURST", 10))


def stages(store: SqlStore) -> list[AnyStage]:
    """Return all stages."""
    common: dict[str, Any] = {
        "batch": 1,
        "lifecycle": None,
        "acts_outside": True,
        "lease_seconds": setting("LEASE_SECONDS", 20),
    }
    limited: dict[str, Any] = {
        **common,
        "timeout_seconds": timeout_seconds(),
        "max_attempts": setting("MAX_ATTEMPTS", 3),
    }
    all_stages: list[AnyStage] = [
        Stage(
            name=LETTER,
            perform=send_letter,
            rate=letter_rate(),
            store_results=True,
            concurrency=3,
            **common,
        ),
        Stage(
            name=NOTICE,
            claim=claim_notices,
            perform=send,
            finish=finish_notices,
            concurrency=2,
            **common,
        ),
        Stage(name=CAMPAIGN, perform=partial(send_campaign, store), concurrency=2, **common),
        Stage(name=DIGEST, claim=claim_digests, perform=send, concurrency=1, **common),
        Stage(
            name=LEAFLET,
            perform=send_letter,
            in_child=True,
            store_results=True,
            concurrency=2,
            **common,
        ),
        Stage(
            name=FAULTY,
            perform=misbehave,
            in_child=True,
            memory_mebibytes=512,
            concurrency=1,
            **limited,
        ),
        Stage(name=STUCK, perform=get_stuck, concurrency=1, **limited),
    ]
    return all_stages


recurring_tasks = [
    RecurringTask(name="frequent", stage=DIGEST, every_seconds=4),
    RecurringTask(name="minutely", stage=DIGEST, cron="* * * * *", time_zone="Europe/Berlin"),
]

"""Measure a webhook until its posting, and payouts per minute, with `indelible up` as shipped."""

import sqlite3
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx
import psycopg
from attrs import frozen
from sqlalchemy import make_url
from tests.doses.bench.contest_stores import POSTGRESQL, SQLITE, Rows
from tests.doses.bench.payment_events import BENCH, CURRENCY, PRIZE, Till, WaitingEvent
from tests.doses.bench.rounds import MILLISECONDS, Dose, Table
from tests.doubles.simulators import simulator_program
from tests.payout_runs import RememberingStripe
from tests.service.processes import read_json_line, start_command, stop_command, wait_until_ready
from tests.testbed import Testbed

from indelible.kernel import SystemClock
from indelible.kernel.stages import Stage
from indelible.money.lifecycle.payouts import PayoutJobStatus
from indelible.money.rules.payouts import AUTOMATIC
from indelible.money.rules.signatures import sign
from indelible.money.tasks.payout_stages import PayoutStages
from indelible_sql import SqlStore, open_store
from indelible_stripe import StripeApi
from indelible_workers import Worker, process_batch

API_KEY: Final = "sk_test_bench"
SECRET: Final = "whsec_bench"  # noqa: S105 - of no account
MAX_ROUNDS: Final = 3
EVENTS: Final = 50
FEW_EVENTS: Final = 3
PAYOUTS: Final = 100
FEW_PAYOUTS: Final = 5
POLL_SECONDS: Final = 0.001
LIMIT_SECONDS: Final = 300
MINUTE: Final = 60
ANSWER, POSTING = "answer to the webhook", "posting in the ledger"
WHOLE, COMMITS, REQUESTS = "indelible up", "without Stripe", "requests alone"
MARKS: Final = {POSTGRESQL: "%s", SQLITE: "?"}
LATENCY: Final = (
    "`indelible up`, one process with its web server and its workers, receives the signed events"
    " of paid charges, one after the other. The answer is sent when the bytes are stored. The"
    " request then wakes the worker, which claims the task, reads the stored event, and commits"
    " charge, movement, posting and the outcome of the event. The median of a round, from before"
    " the request; the other client that looks for the posting asks every millisecond."
)
RATES: Final = (
    "The payouts of a settlement, from its plan to the complete payout job. *indelible up* sends"
    " each transfer to the simulator of Stripe in a process of its own: it commits the attempt,"
    " sends the request without an open transaction, and commits the result with its posting."
    " *Without Stripe* is the same in one thread with a Stripe in memory, that is what our commits"
    " take. *Requests alone* sends the transfers to the same simulator in one thread and stores"
    " nothing. Stripe itself answers in some hundred milliseconds, and limits the requests."
)


@frozen(kw_only=True)
class Instance:
    """A running `indelible up` with its store and its simulator."""

    address: str
    till: Till
    connection: Any  # of either driver
    mark: str

    def is_posted(self, event: WaitingEvent) -> bool:
        """Return whether the posting of an event is in the ledger."""
        query = f"SELECT count(*) FROM movements WHERE fact_key = {self.mark}"
        (count,) = self.connection.execute(query, (event.fact_key,)).fetchone()
        return bool(count)

    def is_paid_out(self, job_id: str) -> bool:
        """Return whether a payout job is complete."""
        return job_status(self.till.store, job_id) is PayoutJobStatus.COMPLETE


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure webhooks and payouts on both databases."""
    latencies, rates = Rows("ms"), Rows("payouts/min")
    events, payouts = (EVENTS, PAYOUTS) if dose.heavy else (FEW_EVENTS, FEW_PAYOUTS)
    rounds = min(dose.rounds, MAX_ROUNDS)
    for database in (POSTGRESQL, SQLITE):
        with running_instance(bed, database) as instance:
            _measure_latencies(instance, database, latencies, events, rounds)
            _measure_payouts(instance, database, rates, payouts, rounds)
            other_url = bed.postgresql().url if database == POSTGRESQL else bed.sqlite()
            with opened_till(other_url, instance.till.simulator_url) as till:
                _measure_commits(till, database, rates, payouts, rounds)
    yield Table(
        name="money-webhooks",
        title="From the webhook to the posting",
        description=LATENCY,
        rows=latencies.measured(),
        baseline=ANSWER,
    )
    yield Table(
        name="money-payouts",
        title="Payouts",
        description=RATES,
        rows=rates.measured(),
        baseline=WHOLE,
    )


def _measure_latencies(
    instance: Instance, database: str, rows: Rows, events: int, rounds: int
) -> None:
    with httpx.Client(base_url=instance.address, timeout=LIMIT_SECONDS) as client:
        for event in instance.till.paid_charges(1, "first"):  # fills caches
            _latency(instance, client, event)
        for number in range(rounds):
            answers: list[float] = []
            postings: list[float] = []
            for event in instance.till.paid_charges(events, f"round-{number}"):
                answer, posting = _latency(instance, client, event)
                answers.append(answer)
                postings.append(posting)
            rows.add(database, ANSWER, median(answers) * MILLISECONDS)
            rows.add(database, POSTING, median(postings) * MILLISECONDS)


def _latency(instance: Instance, client: httpx.Client, event: WaitingEvent) -> tuple[float, float]:
    """Return the seconds until the answer, and until the posting."""
    timestamp = int(time.time())
    header = f"t={timestamp},v1={sign(timestamp, event.body, SECRET)}"
    began_at = time.perf_counter()
    response = client.post(
        "/payments/webhook", content=event.body, headers={"Stripe-Signature": header}
    )
    answered_at = time.perf_counter()
    assert response.json() == {"received": True}, response.text
    wait_until(lambda: instance.is_posted(event), "the posting of an event")
    return answered_at - began_at, time.perf_counter() - began_at


def _measure_payouts(
    instance: Instance, database: str, rows: Rows, payouts: int, rounds: int
) -> None:
    """Measure the payouts of the instance, and the same requests alone."""
    till = instance.till
    parties = _ready_parties(till, payouts)
    till.control("balance", usd=10 * PRIZE * payouts * rounds)
    wait_until(partial(instance.is_paid_out, till.plan(parties[:1])), "the first payout")
    for _ in range(rounds):
        began_at = time.perf_counter()
        job_id = till.plan(parties)
        wait_until(partial(instance.is_paid_out, job_id), "a complete payout job")
        rows.add(database, WHOLE, _rate(payouts, began_at))

        began_at = time.perf_counter()
        for party in parties:
            till.gateway.create_transfer(
                amount_minor=PRIZE,
                currency=CURRENCY,
                destination=f"acct_{party}",
                transfer_group=f"requests-{job_id}",
                metadata={"job_id": job_id},
                idempotency_key=f"{job_id}:{party}",
            )
        rows.add(database, REQUESTS, _rate(payouts, began_at))


def _measure_commits(till: Till, database: str, rows: Rows, payouts: int, rounds: int) -> None:
    """Measure the stages of payouts in one thread, with a Stripe in memory."""
    parties = _ready_parties(till, payouts)
    clock: Any = SystemClock()  # the others of this class move their clock
    gateway: Any = RememberingStripe(clock)
    stages = PayoutStages(store=till.store, gateway=gateway, policy=AUTOMATIC)
    own_stages: list[Stage[Any, Any, Any]] = [stages.sending().stage(), stages.job_end().stage()]
    with Worker(store=till.store, actor=BENCH).heartbeat() as worker:

        def pay_out(parties: Sequence[str]) -> None:
            job_id = till.plan(parties)
            for stage in own_stages:
                while process_batch(till.store, stage, actor=BENCH, worker=worker):
                    pass
            assert job_status(till.store, job_id) is PayoutJobStatus.COMPLETE

        pay_out(parties[:1])  # fills caches
        for _ in range(rounds):
            began_at = time.perf_counter()
            pay_out(parties)
            rows.add(database, COMMITS, _rate(payouts, began_at))


def _ready_parties(till: Till, count: int) -> list[str]:
    parties = [f"winner{number}" for number in range(count)]
    till.register(parties)
    return parties


def _rate(payouts: int, began_at: float) -> float:
    """Return the payouts per minute since a reading of the clock."""
    return payouts * MINUTE / (time.perf_counter() - began_at)


def job_status(store: SqlStore, job_id: str) -> PayoutJobStatus:
    """Return the status of a payout job."""
    return store.read(lambda tx: tx.money.payout_jobs.get(job_id)).entity.status


def wait_until(is_true: Callable[[], bool], description: str) -> None:
    """Ask until it is true.

    Raises: TimeoutError.
    """
    deadline = time.perf_counter() + LIMIT_SECONDS
    while not is_true():
        if time.perf_counter() > deadline:
            message = f"waited {LIMIT_SECONDS} s for {description}"
            raise TimeoutError(message)
        time.sleep(POLL_SECONDS)


@contextmanager
def running_instance(bed: Testbed, database: str) -> Generator[Instance]:
    """Run the simulator, and `indelible up` on a new database, as children of this process."""
    url = owner_url = bed.sqlite()
    if database == POSTGRESQL:
        server = bed.postgresql()
        url, owner_url = server.url, server.owner_url
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="indelible-")))
        simulator_url = stack.enter_context(simulator_program())
        settings = {
            "DATABASE_URL": url,
            "INDELIBLE_OWNER_URL": owner_url,
            "STRIPE_API_KEY": API_KEY,
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_API_URL": simulator_url,
            "INDELIBLE_AUTOMATIC_PAYOUTS": "on",
            "INDELIBLE_DISPATCH_SECONDS": "1",
            "INDELIBLE_REQUESTS_PER_MINUTE": "1000000",
            "INDELIBLE_DATA_DIR": str(folder / "data"),
        }
        process = stack.enter_context(start_command("up", "--json", cwd=folder, **settings))
        address = read_json_line(process)["address"]
        stack.callback(stop_command, process)
        wait_until_ready(address)
        till = stack.enter_context(opened_till(url, simulator_url))
        connection = stack.enter_context(plain_connection(owner_url))
        yield Instance(address=address, till=till, connection=connection, mark=MARKS[database])


@contextmanager
def opened_till(url: str, simulator_url: str) -> Generator[Till]:
    """Open a store and a gateway to a simulator."""
    store = open_store(url)
    gateway = StripeApi(api_key=API_KEY, livemode=False, base_address=simulator_url)
    with closing(gateway):
        yield Till(store, gateway, simulator_url)
    store.dispose()


@contextmanager
def plain_connection(url: str) -> Generator[Any]:
    """Yield a connection that may own tables; the caller begins transactions."""
    address = make_url(url)
    if address.drivername == "sqlite":
        with closing(sqlite3.connect(str(address.database), isolation_level=None)) as file:
            file.execute("PRAGMA busy_timeout = 60000")
            file.execute("PRAGMA synchronous = FULL")
            yield file
        return

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET search_path = indelible")
        yield connection

"""A process of many sessions that claim: `python -m tests.sql.rate_sessions DATABASE`.

It claims under a rate from the time that it reads until the one that follows, both of the clock
that all processes of the machine share, and writes how many tasks it has claimed.
"""

import sys
import time
from datetime import timedelta
from threading import Barrier, Event, Thread
from typing import Final

from attrs import define, field

from indelible.kernel import Actor
from indelible.kernel.rates import RateLimit
from indelible.kernel.tasks import MAX_LEASE_SECONDS
from indelible_sql import Pool, SqlStore, open_store

RATE: Final = RateLimit(tasks=50, burst=20)
STAGE: Final = "rated"
IDLE_STAGE: Final = "idle"
SESSIONS: Final = 25
PAUSE_SECONDS: Final = 0.02
WORKER: Final = Actor.system("worker")


@define
class Sessions:
    """Threads with a connection each, which claim between two times of the monotonic clock."""

    store: SqlStore
    claimed: list[str] = field(factory=list[str])
    connected: Barrier = field(factory=lambda: Barrier(SESSIONS + 1))
    released: Event = field(factory=Event)
    starts_at: float = 0.0
    ends_at: float = 0.0

    def run(self) -> None:
        """Connect, wait for the times, and claim single tasks.

        A session that cannot connect ends the process: the others would wait for it for ever.
        """
        try:
            self._claim(IDLE_STAGE)
        except BaseException:
            self.connected.abort()
            raise

        self.connected.wait()
        self.released.wait()
        time.sleep(max(0.0, self.starts_at - time.monotonic()))
        while time.monotonic() < self.ends_at:
            self.claimed.extend(self._claim(STAGE))
            time.sleep(PAUSE_SECONDS)

    def _claim(self, stage: str) -> list[str]:
        with self.store.transaction(actor=WORKER, reason="claim") as tx:
            until = tx.clock.now() + timedelta(seconds=MAX_LEASE_SECONDS)
            leases = tx.tasks.claim(stage, limit=1, until=until, rate=RATE)
        return [lease.entity_id for lease in leases]


def main(url: str) -> None:
    """Claim in all sessions, and write the ids of the claimed tasks."""
    sessions = Sessions(open_store(url, pool=Pool(size=SESSIONS)))
    threads = [Thread(target=sessions.run) for _ in range(SESSIONS)]
    for thread in threads:
        thread.start()

    sessions.connected.wait()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sessions.starts_at, sessions.ends_at = (float(word) for word in sys.stdin.readline().split())
    sessions.released.set()
    for thread in threads:
        thread.join()

    sys.stdout.write(" ".join(sessions.claimed) + "\n")
    sessions.store.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])

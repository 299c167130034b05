"""The SQL repository of circuit breakers."""

from typing import Any

from attrs import frozen
from sqlalchemy import Select, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert

from indelible.kernel.breakers import BreakerState
from indelible_sql.engine.session import Session
from indelible_sql.kernel.breaker_tables import BREAKERS
from indelible_sql.kernel.history import fetch_all, fetch_one
from indelible_sql.schema.columns import IDENTIFIER, INSTANT, NATURAL
from indelible_sql.schema.tables import rows_by

GET_BREAKER = rows_by(BREAKERS, "stage")
LOCK_BREAKER = GET_BREAKER.with_for_update()
ALL_BREAKERS: Select[Any] = select(BREAKERS).order_by(BREAKERS.c.stage)
_NEW_ROW = {"stage": bindparam("stage", type_=IDENTIFIER), "outages": 0}
INSERT_ON_SQLITE = insert(BREAKERS).values(_NEW_ROW)
# Another transaction may insert the row at the same moment.
INSERT_ON_POSTGRESQL = postgresql_insert(BREAKERS).values(_NEW_ROW).on_conflict_do_nothing()
SAVE_BREAKER = (
    update(BREAKERS)
    .where(BREAKERS.c.stage == bindparam("breaker_stage", type_=IDENTIFIER))
    .values(
        outages=bindparam("new_outages", type_=NATURAL),
        probe_at=bindparam("new_probe_at", type_=INSTANT),
    )
)


@frozen
class SqlBreakers:
    """The states of a store's breakers."""

    _session: Session

    def get(self, stage: str) -> BreakerState:
        """Return the state of a stage's breaker; a clear one for a stage without outages."""
        state = fetch_one(self._session, BreakerState, GET_BREAKER, {"stage": stage})
        return state or BreakerState(stage=stage)

    def all(self) -> tuple[BreakerState, ...]:
        """Return the state of every stage that ever had an outage, in order of stage."""
        return fetch_all(self._session, BreakerState, ALL_BREAKERS, {})

    def lock(self, stage: str) -> BreakerState:
        """Return the state of a stage's breaker, locked until the transaction ends."""
        values = {"stage": stage}
        state = fetch_one(self._session, BreakerState, LOCK_BREAKER, values)
        if state is not None:
            return state

        statement = INSERT_ON_SQLITE if self._session.is_sqlite else INSERT_ON_POSTGRESQL
        self._session.run(statement, values)
        state = fetch_one(self._session, BreakerState, LOCK_BREAKER, values)
        return state or BreakerState(stage=stage)

    def save(self, state: BreakerState) -> None:
        """Store a state that this transaction has locked."""
        values = {
            "breaker_stage": state.stage,
            "new_outages": state.outages,
            "new_probe_at": state.probe_at,
        }
        self._session.run(SAVE_BREAKER, values)

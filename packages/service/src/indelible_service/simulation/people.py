"""The people of a simulation: the organizer, and users who enter, pay and enroll over HTTP."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from attrs import define, field

from indelible.contests.errors import ConfigImmutable
from indelible.contests.samples import sample_configuration
from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, create_key
from indelible_service.simulation.answers import Answer
from indelible_service.simulation.crashes import SimulatedCrash
from indelible_service.simulation.losses import Losses
from indelible_service.simulation.plan import (
    DAY,
    MINUTE,
    Fate,
    Plan,
    PlannedContest,
    PlannedEntry,
)
from indelible_service.simulation.planning import ROSTER_SIZE
from indelible_service.simulation.processes import Surroundings, WebProcess
from indelible_service.simulation.provider import tournament_of
from indelible_service.simulation.world import Action, World
from indelible_sql import SqlStore
from indelible_stripe.simulator.in_process import page_path

ORGANIZER: Final = "organizer"
USER_SCOPES: Final = ("contests:read", "contests:write", "payments:read", "payments:write")
ORGANIZER_SCOPES: Final = ("contests:read", "contests:organize")
RETRY_SECONDS: Final = 5 * MINUTE  # after an answer that may be another one later
MAX_TRIES: Final = 40
REPEATED_SHARE: Final = 0.25  # of the requests that create something
CONFIRMATION_SECONDS: Final = 60
RETURN_SECONDS: Final = (5 * MINUTE, 40 * MINUTE)  # until somebody sees that something is gone
HOLD_SECONDS: Final = 30 * MINUTE
GRACE_SECONDS: Final = 15 * MINUTE
LATE_SECONDS: Final = 2 * 60 * MINUTE  # after the start, when nobody may configure a contest
DISPUTE_SECONDS: Final = 15 * MINUTE
ONBOARDING: Final = {
    "country": "US",
    "refresh_url": "https://example.org/again",
    "return_url": "https://example.org/done",
}


@define(kw_only=True, eq=False)
class People:
    """Lets everybody act by the plan; a request that may succeed later is repeated."""

    world: World
    plan: Plan
    web: WebProcess
    around: Surroundings
    contest_ids: dict[str, str] = field(factory=dict[str, str])
    entry_ids: dict[str, str] = field(factory=dict[str, str])
    enrolled: set[str] = field(factory=set[str])
    server_errors: list[str] = field(factory=list[str])
    late_configurations: list[str] = field(factory=list[str])  # that were accepted
    refused_configurations: int = 0  # because they came too late
    repeated_requests: int = 0
    other_answers: list[str] = field(factory=list[str])  # to repeated requests
    losses: Losses = field(factory=Losses)
    _keys: dict[str, str] = field(factory=dict[str, str])
    _tries: dict[str, int] = field(factory=dict[str, int])

    def begin(self) -> None:
        """Give everybody a key, and let the plan come."""
        self.admit(ORGANIZER, ORGANIZER_SCOPES)
        users = {entry.user for entry in self.plan.entries}
        for user in sorted(users):
            self.admit(user, USER_SCOPES)
        for tournament in self.plan.tournaments:
            self.around.provider.tell(tournament)
        for contest in self.plan.contests:
            self._come(contest.published_at, contest.name, "publish", self._publisher(contest))
            late = contest.start_at + LATE_SECONDS
            self._come(late, contest.name, "configure late", self._late_configurer(contest))
        for entry in self.plan.entries:
            self._come(entry.at, entry.name, "enter", self._entrant(entry))
            end = self._contest(entry).end_at
            when = end + entry.enroll_after_seconds
            self._come(when, entry.name, "enroll", self._enroller(entry))

    def _come(self, seconds: int, actor: str, purpose: str, action: Action) -> None:
        self.world.at(seconds, actor, purpose, action)

    def _contest(self, entry: PlannedEntry) -> PlannedContest:
        for contest in self.plan.contests:
            if contest.name == entry.contest:
                return contest
        raise KeyError(entry.contest)

    def admit(self, user: str, scopes: tuple[str, ...]) -> None:
        """Give a user a key."""
        command = CreateKey(owner=Actor.user(user), scopes=scopes)
        self.world.ids.begin(f"key of {user}")
        actor = Actor.user("operator")
        created = self.web.store.run(create_key, command, actor=actor, reason="simulation")
        self._keys[user] = created.text

    def key_of(self, user: str) -> str:
        """Return the key of somebody who was admitted."""
        return self._keys[user]

    def note_server_error(self, path: str, answer: Answer) -> None:
        """Note an answer that blames the server."""
        if answer.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            self.server_errors.append(f"{path}: {answer.code}")

    # Requests

    def ask(
        self, user: str, path: str, key: str, body: Mapping[str, object], match: str = ""
    ) -> Answer:
        """Send a POST, for the version `match` unless it is empty, and return the answer.

        Some requests that create something are sent twice, as by a client that has lost the answer.
        """
        answer = self._post(user, path, key, body, match)
        is_created = answer.status == HTTPStatus.CREATED
        if is_created and self.world.seed.draws(key, "repeats").happens(REPEATED_SHARE):
            again = self._post(user, path, key, body, match)
            self.repeated_requests += 1
            if again.status and again != answer:
                self.other_answers.append(f"{key}: {answer.document}, then {again.document}")
        return answer

    def _post(
        self, user: str, path: str, key: str, body: Mapping[str, object], match: str
    ) -> Answer:
        if self.web.mortality.is_dead:
            return Answer(0, {"code": "NO_ANSWER"})
        headers = {"Authorization": f"Bearer {self._keys[user]}", "Idempotency-Key": key}
        if match:
            headers["If-Match"] = match
        try:
            answer = self.web.client.post(path, json=body, headers=headers)
        except SimulatedCrash:
            self.world.on_crash(self.web.name)
            return Answer(0, {"code": "NO_ANSWER"})
        document: Any = answer.get_json(silent=True) or {}
        result = Answer(answer.status_code, document)
        self.note_server_error(path, result)
        return result

    def see(self, user: str, path: str) -> Answer:
        """Send a GET, and return the answer with the version that it shows."""
        if self.web.mortality.is_dead:
            return Answer(0, {"code": "NO_ANSWER"})
        headers = {"Authorization": f"Bearer {self._keys[user]}"}
        try:
            answer = self.web.client.get(path, headers=headers)
        except SimulatedCrash:
            self.world.on_crash(self.web.name)
            return Answer(0, {"code": "NO_ANSWER"})
        document: Any = answer.get_json(silent=True) or {}
        return Answer(answer.status_code, document, answer.headers.get("ETag", ""))

    def replace(self, user: str, path: str, part: str, body: Mapping[str, object]) -> Answer:
        """Read something, and replace a part of it as it was read."""
        headers = {"Authorization": f"Bearer {self._keys[user]}"}
        try:
            seen = self.web.client.get(path, headers=headers)
            answer = self.web.client.put(
                f"{path}{part}",
                json={**body, "reason": "simulation"},
                headers={**headers, "If-Match": seen.headers.get("ETag", "")},
            )
        except SimulatedCrash:
            self.world.on_crash(self.web.name)
            return Answer(0, {"code": "NO_ANSWER"})
        return Answer(answer.status_code, answer.get_json(silent=True) or {})

    def retry(self, name: str, purpose: str, answer: Answer, action: Action) -> str:
        """Repeat an action later where that may help; return what has come of it."""
        key = f"{name} {purpose}"
        self._tries[key] = self._tries.get(key, 0) + 1
        if answer.may_succeed_later and self._tries[key] < MAX_TRIES:
            self.world.after(RETRY_SECONDS, name, purpose, action)
        return answer.code

    # Contests

    def _publisher(self, contest: PlannedContest) -> Action:
        def publish() -> str:
            body = {
                "contest_name": contest.name,
                "configuration": self.configuration(contest),
                "reason": "simulation",
            }
            answer = self.ask(ORGANIZER, "/v1/contests", f"publish:{contest.name}", body)
            if not answer.is_success:
                return self.retry(contest.name, "publish", answer, publish)
            self.contest_ids[contest.name] = str(answer.document["id"])
            return answer.code

        return publish

    def _late_configurer(self, contest: PlannedContest) -> Action:
        def configure() -> str:
            contest_id = self.contest_ids.get(contest.name)
            if contest_id is None or self.web.mortality.is_dead:
                return ""
            other = {**self.configuration(contest), "rake": {"bps": 0, "rounding": "floor"}}
            answer = self.replace(
                ORGANIZER, f"/v1/contests/{contest_id}", "/configuration", {"configuration": other}
            )
            if answer.is_success:
                self.late_configurations.append(contest.name)
            elif answer.document.get("code") == ConfigImmutable.code:
                self.refused_configurations += 1
            return answer.code

        return configure

    def configuration(self, contest: PlannedContest) -> dict[str, Any]:
        """Return the configuration of a contest: the shipped one with the times of the plan."""
        tournament = self.plan.tournament_of(contest)
        options = tournament_of(tournament, self.around.clock).options
        last_day = tournament.first_day + tournament.rounds - 1
        sample = sample_configuration("masters")
        shares = contest.shares_bps or sample["payout"]["table"]
        return {
            **sample,
            "payout": {"kind": "bps", "table": list(shares)},
            "provider_event_id": contest.event_id,
            "event_start_date": self._text(tournament.first_day * DAY)[:10],
            "event_end_date": self._text(last_day * DAY)[:10],
            "round_count": tournament.rounds,
            "par": list(options.pars),
            "cut": {"after_round": options.cut_after, "rule": "provider_status", "n": None},
            "roster_size": ROSTER_SIZE,
            "counted_players": ROSTER_SIZE - 1,
            "entry_fee_cents": contest.fee_minor,
            "max_entries": None,
            "min_entries": contest.min_entries,
            "rake": {"bps": contest.rake_bps, "rounding": "floor"},
            "lock_time": self._text(contest.lock_at),
            "tournament_start_time": self._text(contest.start_at),
            "tournament_end_time": self._text(contest.end_at),
            "payment_grace_seconds": GRACE_SECONDS,
            "min_official_rounds": 1,
            "terminal_confirmation_seconds": CONFIRMATION_SECONDS,
            "settlement_hold_seconds": HOLD_SECONDS,
        }

    def _text(self, seconds: int) -> str:
        instant = self.around.clock.start_at + timedelta(seconds=seconds)
        return f"{instant:%Y-%m-%dT%H:%M:%SZ}"

    # Entries

    def _entrant(self, entry: PlannedEntry) -> Action:
        def enter() -> str:
            contest_id = self.contest_ids.get(entry.contest)
            if contest_id is None:
                return self.retry(entry.name, "enter", Answer(0, {"code": "NO_CONTEST"}), enter)
            contest = self._contest(entry)
            golfers = tournament_of(self.plan.tournament_of(contest), self.around.clock).golfers
            players = [golfers[number].player_id for number in entry.roster]
            body = {"player_ids": players, "reason": "simulation"}
            path = f"/v1/contests/{contest_id}/entries"
            answer = self.ask(entry.user, path, f"enter:{entry.name}", body)
            if not answer.is_success:
                return self.retry(entry.name, "enter", answer, enter)
            self.entry_ids[entry.name] = str(answer.document["id"])
            if entry.fate is not Fate.UNPAID:
                self.world.after(entry.pay_after_seconds, entry.name, "pay", self._payer(entry))
            return answer.code

        return enter

    def _payer(self, entry: PlannedEntry) -> Action:
        entry_id = self.entry_ids[entry.name]

        def pay() -> str:
            if self.entry_ids.get(entry.name) != entry_id:
                return ""  # the entry is gone
            body = {"item": entry_id, "reason": "simulation"}
            path = "/v1/payments/create-intent"
            answer = self.ask(entry.user, path, f"pay:{entry.name}", body)
            if not answer.is_success:
                return self.retry(entry.name, "pay", answer, pay)
            self._follow_fate(entry, str(answer.document["intent_id"]))
            return answer.code

        return pay

    def _follow_fate(self, entry: PlannedEntry, intent_id: str) -> None:
        """Let the payer do what the plan says, and what follows at Stripe."""
        lock_at = self._contest(entry).lock_at
        pay = self._unless_lost(entry, self._at_stripe(f"intents/{intent_id}/pay"))
        if entry.fate is Fate.LATE:
            late = lock_at + GRACE_SECONDS + entry.pay_after_seconds
            self.world.at(late, entry.name, "pays late", pay)
            return
        if entry.fate is Fate.DECLINED:
            self.around.stripe.control(f"intents/{intent_id}/pay", outcome="decline")
            self.world.after(MINUTE, entry.name, "pays again", pay)
            return

        pay()
        soon = entry.pay_after_seconds
        if entry.fate is Fate.REFUNDED:
            refund = self._unless_lost(entry, self._at_stripe("refunds", payment_intent=intent_id))
            self.world.after(soon, entry.name, "is refunded at Stripe", refund)
        if entry.fate in (Fate.DISPUTE_WON, Fate.DISPUTE_LOST):
            dispute = self._unless_lost(entry, self._disputer(entry, intent_id))
            self.world.after(soon, entry.name, "disputes", dispute)

    def _disputer(self, entry: PlannedEntry, intent_id: str) -> Action:
        def dispute() -> str:
            opened = self.around.stripe.try_control("disputes", payment_intent=intent_id)
            if opened is None:
                return "refused"
            status = "won" if entry.fate is Fate.DISPUTE_WON else "lost"
            close = self._at_stripe(f"disputes/{opened['id']}/close", status=status)
            self.world.after(DISPUTE_SECONDS, entry.name, f"dispute is {status}", close)
            return "opened"

        return dispute

    def _unless_lost(self, entry: PlannedEntry, action: Action) -> Action:
        """Return an action that is not taken any more when the entry is gone."""
        entry_id = self.entry_ids[entry.name]
        return lambda: action() if self.entry_ids.get(entry.name) == entry_id else ""

    def _at_stripe(self, path: str, **values: object) -> Action:
        """Return an action at Stripe that may be refused, such as a payment that is too late."""

        def act() -> str:
            answer = self.around.stripe.try_control(path, **values)
            return "refused" if answer is None else "done"

        return act

    # After a restore

    def notice_losses(self, store: SqlStore) -> None:
        """Let everybody begin again with what a restored database has lost."""
        for contest in self.plan.contests:
            if contest.name in self.losses.contests and contest.name in self.contest_ids:
                del self.contest_ids[contest.name]
                self._return(contest.name, "publish", self._publisher(contest))
        for entry in self.plan.entries:
            if entry.name in self.losses.entries and entry.name in self.entry_ids:
                del self.entry_ids[entry.name]
                self._return(entry.name, "enter", self._entrant(entry))
            is_lost = entry.user in self.enrolled and not store.read(_has_account, entry.user)
            if is_lost:
                self.enrolled.discard(entry.user)
                self._return(entry.name, "enroll", self._enroller(entry))

    def _return(self, actor: str, purpose: str, action: Action) -> None:
        """Let somebody see after a while that something is gone, and try again."""
        wait = self.world.seed.draws(actor, f"{purpose} again").whole(*RETURN_SECONDS)
        self.world.after(wait, actor, purpose, action)

    # Payees

    def _enroller(self, entry: PlannedEntry) -> Action:
        def enroll() -> str:
            if entry.user in self.enrolled:
                return ""
            body = {**ONBOARDING, "reason": "simulation"}
            answer = self.ask(entry.user, "/v1/payees/me/onboard", f"enroll:{entry.name}", body)
            if not answer.is_success:
                return self.retry(entry.name, "enroll", answer, enroll)
            self.around.stripe.complete_page(page_path(str(answer.document["url"])))
            self.enrolled.add(entry.user)
            return answer.code

        return enroll


def _has_account(tx: Any, user: str) -> bool:  # noqa: ANN401 - of the store
    head = tx.money.payees.of_party(user)
    return head is not None and bool(head.entity.has_own_destination)

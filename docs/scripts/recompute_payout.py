"""Recompute the payouts of a contest from its bundle: `python recompute_payout.py FILE [ENTRY]`.

The script needs Python 3.11 and nothing else. It shares no code with indelible. It checks

1. the hash chain of the contest's events, and names the first event that differs;
2. the digests of the configuration, the rosters and the eligible entries;
3. the settlement: it folds the events, scores the players, ranks the entries, divides the pool,
   and compares every line and the digest of the result.

It prints each check, and the payout of ENTRY or of every entry that is paid. The exit status is 0
if everything is equal, 1 if something differs, and 2 if the file is no bundle.
"""

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

CHAINED = (
    "number", "kind", "validity", "payload_digest", "fetch_number", "fetched_at", "body_hash",
    "supersedes", "snapshot_number", "prev_hash",
)  # fmt: skip
ELIGIBLE = ("entry_id", "paid_at", "paid_cents", "payment_ref", "roster_digest", "user_id")
POLICIES = {"CUT": "missed_cut", "MDF": "missed_cut", "DQ": "disqualified", "DNS": "dns"}
NOT_COUNTED = 10**9
NO_VALUE = (1, 0)

Document = dict[str, Any]


class Unusable(Exception):
    """The bundle does not allow a settlement."""


def digest(value: object) -> str:
    """Return the SHA-256 of canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return sha256(text.encode()).hexdigest()


# 1. The chain of events.


def broken_event(bundle: Document) -> str:
    """Return the first event that differs from its hash or from the chain, '' if none does."""
    previous = ""
    hashes: dict[int, str] = {}
    for number, event in enumerate(bundle["events"], start=1):
        problem = problem_of_event(event, number, previous, hashes)
        if problem:
            return f"event {number}: {problem}"
        previous = event["event_hash"]
        hashes[number] = event["body_hash"]

    count = len(bundle["events"])
    if count != bundle["event_number"]:
        return f"{count} events, expected {bundle['event_number']}"
    if previous != bundle["events_digest"]:
        return f"event {count}: its hash is not the digest of the settled events"
    return ""


def problem_of_event(event: Document, number: int, previous: str, hashes: dict[int, str]) -> str:
    """Return what is wrong with an event, '' if nothing is."""
    if event["number"] != number:
        return f"it has number {event['number']}"
    if event["prev_hash"] != previous:
        return "it does not follow the event before it"
    if event["body"] is not None and digest(event["body"]) != event["body_hash"]:
        return "its body does not have its hash"
    snapshot = event["snapshot_number"]
    if snapshot is not None and hashes.get(snapshot) != event["body_hash"]:
        return f"its hash is not that of its snapshot {snapshot}"
    if digest({name: event[name] for name in CHAINED}) != event["event_hash"]:
        return "its content does not have its hash"
    return ""


def folded(bundle: Document) -> tuple[Document, Document]:
    """Return the newest valid field and leaderboard."""
    newest: dict[str, Document] = {}
    for event in bundle["events"]:
        if event["validity"] != "VALID" or event["body"] is None:
            continue
        kind = "field" if event["kind"] == "FIELD" else "leaderboard"
        newest[kind] = event["body"]
    if len(newest) < 2:  # noqa: PLR2004 - a field and a leaderboard
        raise Unusable("the events contain no field or no leaderboard")
    return newest["field"], newest["leaderboard"]


# 2. The players.


def par_of(configuration: Document, number: int, course: str | None) -> int | None:
    """Return the par of a round, None for an unknown course."""
    par: Any = configuration["par"]
    if isinstance(par, list):
        par = par[number - 1]
    elif isinstance(par, dict):
        pars = set(par.values())
        par = pars.pop() if len(pars) == 1 else par.get(course)
    return None if par is None else int(par)


def values_of(configuration: Document, player: Document, rounds: int) -> dict[int, int]:
    """Return a player's complete official rounds, relative to par."""
    values = {}
    for card in player["rounds"]:
        if card["complete"] and card["strokes"] is not None and card["n"] <= rounds:
            par = par_of(configuration, card["n"], card["course_id"])
            if par is None:
                raise Unusable(f"player {player['player_id']}: course without a par")
            values[card["n"]] = card["strokes"] - par
    return values


def has_started(player: Document) -> bool:
    """Return False for a player who never played a stroke."""
    if player["status"] not in ("DNS", "WD"):
        return True
    return any(card["strokes"] for card in player["rounds"])


def total_of(
    configuration: Document,
    player: Document,
    values: dict[int, int],
    worst: dict[int, int],
    rounds: int,
) -> int:
    """Return the total of a player relative to par, or NOT_COUNTED."""
    status = player["status"]
    if status in ("FIN", "ACTIVE"):
        if len(values) < rounds:
            raise Unusable(f"player {player['player_id']}: a round without a score")
        return sum(values.values())

    name = POLICIES.get(status, "withdrawn" if has_started(player) else "dns")
    policy = configuration[name]
    if policy["policy"] == "not_counted":
        return NOT_COUNTED
    total = 0
    for number in range(1, rounds + 1):
        if policy["use_completed_rounds"] and number in values:
            total += values[number]
        elif policy["policy"] == "worst_round_plus":
            total += worst[number] + policy["plus"]
        else:
            total += policy["fixed_strokes"] - (par_of(configuration, number, None) or 0)
    return total


class Players:
    """The totals of all players, and who started and made the cut."""

    def __init__(self, bundle: Document) -> None:
        """Score the players of the newest leaderboard."""
        self.configuration = bundle["configuration"]
        field, leaderboard = folded(bundle)
        rounds = bundle["official_rounds"]
        players = {player["player_id"]: player for player in leaderboard["players"]}
        values = {}
        for player_id, player in players.items():
            values[player_id] = values_of(self.configuration, player, rounds)

        worst: dict[int, int] = {}
        for by_number in values.values():
            for number, value in by_number.items():
                worst[number] = max(value, worst.get(number, value))
        self.totals: dict[str, int] = {}
        for player_id, player in players.items():
            total = total_of(self.configuration, player, values[player_id], worst, rounds)
            self.totals[player_id] = total

        nobody: Document = {"player_id": "", "status": "DNS", "rounds": []}
        self.absent = NOT_COUNTED
        if len(worst) == rounds:
            self.absent = total_of(self.configuration, nobody, {}, worst, rounds)
        self.started = {name for name, player in players.items() if has_started(player)}
        self.past_cut = {name for name, player in players.items() if self.made_cut(player)}
        self.alternates = sorted(self.started.intersection(field["alternates"]))
        finished = [self.totals[name] for name in players if players[name]["status"] == "FIN"]
        self.winner = min(finished, default=None)

    def made_cut(self, player: Document) -> bool:
        """Return True for a player who played on after the cut."""
        if player["status"] in ("FIN", "ACTIVE", "MDF"):
            return True
        after_round = self.configuration["cut"]["after_round"]
        if player["status"] == "CUT" or after_round is None:
            return False
        return any(card["complete"] and card["n"] > after_round for card in player["rounds"])

    def roster(self, entry: Document) -> list[str]:
        """Return the players of an entry, with alternates for those who never started."""
        player_ids = list(entry["player_ids"])
        if self.configuration["dns_before_lock"] == "no_swap":
            return player_ids
        absent = sorted(set(player_ids) - self.started)
        free = [name for name in self.alternates if name not in player_ids]
        swaps = dict(zip(absent, free, strict=False))
        return [swaps.get(name, name) for name in player_ids]


# 3. The entries.


def score_of(players: Players, entry: Document) -> tuple[int | None, tuple[Any, ...]]:
    """Return the score of an entry, None if it is ineligible, and the keys of its tie-breakers."""
    configuration = players.configuration
    roster = players.roster(entry)
    if len(roster) != configuration["roster_size"]:
        return None, ()
    if len(players.past_cut.intersection(roster)) < configuration["min_made_cut"]:
        return None, ()
    totals = sorted(players.totals.get(name, players.absent) for name in roster)
    counted = totals[: configuration["counted_players"]]
    if counted[-1] == NOT_COUNTED:
        return None, ()
    uncounted = totals[configuration["counted_players"] :]
    keys: dict[str, tuple[int, ...]] = {
        "count_back": tuple(counted),
        "uncounted_best": NO_VALUE,
        "prediction_abs_diff": NO_VALUE,
        "prediction_not_over": NO_VALUE,
    }
    if uncounted and uncounted[0] != NOT_COUNTED:
        keys["uncounted_best"] = (0, uncounted[0])
    prediction, winner = entry["prediction"], players.winner
    if prediction is not None and winner is not None:
        keys["prediction_abs_diff"] = (0, abs(prediction - winner))
        if prediction <= winner:
            keys["prediction_not_over"] = (0, winner - prediction)
    return sum(counted), tuple(keys[name] for name in configuration["tie_breakers"])


def ties_of(bundle: Document) -> tuple[list[list[Document]], dict[str, int | None]]:
    """Return the entries as ties, best first, and their scores; ineligible ones are left out."""
    players = Players(bundle)
    scores: dict[str, int | None] = {}
    groups: dict[tuple[Any, ...], list[Document]] = {}
    for entry in sorted(bundle["entries"], key=lambda row: row["entry_id"]):
        score, keys = score_of(players, entry)
        scores[entry["entry_id"]] = score
        if score is not None:
            groups.setdefault((score, keys), []).append(entry)

    return [groups[key] for key in sorted(groups)], scores


# 4. The pool.


def amounts_of(configuration: Document, available: int, ranked: int) -> list[int]:
    """Return the amounts of the ranks that so many entries reach."""
    payout = configuration["payout"]
    total = available
    weights = payout.get("table")
    if payout["kind"] == "fixed_cents":
        weights = payout["amounts"]
        total = sum(weights) if payout["guarantee"] else min(sum(weights), available)
    if configuration["short_field"] == "renormalize":
        weights = weights[:ranked]

    amounts = [total * weight // sum(weights) for weight in weights]
    for number in range(total - sum(amounts)):
        amounts[number] += 1
    return amounts[:ranked]


def payouts_of(bundle: Document, ties: list[list[Document]]) -> tuple[dict[str, int], Document]:
    """Return the payouts by entry id, and the parts of the pool."""
    configuration = bundle["configuration"]
    pool = sum(entry["paid_cents"] for entry in bundle["entries"])
    ranked = sum(len(tie) for tie in ties)
    if ranked == 0:
        return {}, {
            "pool_cents": pool,
            "rake_cents": 0,
            "rounding_cents": 0,
            "retained_cents": pool,
        }

    rake = pool * configuration["rake"]["bps"] // 10000
    amounts = amounts_of(configuration, pool - rake, ranked)
    payouts: dict[str, int] = {}
    rounding = position = 0
    for tie in ties:
        share, rest = divmod(sum(amounts[position : position + len(tie)]), len(tie))
        position += len(tie)
        payouts |= {entry["entry_id"]: share for entry in tie}
        if configuration["tie_remainder"] == "platform":
            rounding += rest
            continue
        for entry in sorted(tie, key=lambda row: (row["paid_at"], row["entry_id"]))[:rest]:
            payouts[entry["entry_id"]] += 1

    difference = pool - rake - sum(amounts)
    parts = {"pool_cents": pool, "rake_cents": rake, "rounding_cents": rounding}
    return payouts, parts | {
        "retained_cents": max(difference, 0),
        "top_up_cents": max(-difference, 0),
    }


def result_of(bundle: Document) -> Document:
    """Return the result of the settlement."""
    ties, scores = ties_of(bundle)
    payouts, parts = payouts_of(bundle, ties)
    rows: list[Document] = []
    ineligible = [name for name in scores if scores[name] is None]
    rank = 1
    for tie in [*[[entry["entry_id"] for entry in tie] for tie in ties], ineligible]:
        for name in tie:
            payout = payouts.get(name, 0)
            row = {"entry_id": name, "payout_cents": payout, "rank": rank, "score": scores[name]}
            rows.append(row)
        rank += len(tie)

    result: Document = {"contest_id": bundle["contest_id"], "results": rows}
    result["engine_version"] = bundle["configuration"]["engine_version"]
    for name, amount in parts.items():
        if amount or name not in ("retained_cents", "top_up_cents"):
            result[name] = amount
    return result


def checks(bundle: Document, result: Document) -> Iterator[tuple[str, str]]:
    """Yield the name of each check of digests, and the problem, '' if there is none."""
    yield "configuration", differs(digest(bundle["configuration"]), bundle["configuration_digest"])
    for entry in bundle["entries"]:
        roster = {"player_ids": sorted(entry["player_ids"]), "prediction": entry["prediction"]}
        problem = differs(digest(roster), entry["roster_digest"])
        if problem:
            yield f"roster of entry {entry['entry_id']}", problem
    entries = sorted(bundle["entries"], key=lambda row: row["entry_id"])
    count = len({entry["entry_id"] for entry in entries})
    yield "number of different entries", differs(count, len(entries))
    rows = [{name: entry[name] for name in ELIGIBLE} for entry in entries]
    yield "eligible entries", differs(digest(rows), bundle["eligibility_digest"])
    yield "result", first_difference(result, bundle["result"])
    yield "digest of the result", differs(digest(result), bundle["result_digest"])


def differs(actual: object, expected: object) -> str:
    """Return '' for equal values, else both of them."""
    return "" if actual == expected else f"recomputed {actual}, the bundle has {expected}"


def first_difference(result: Document, stored: Document) -> str:
    """Return the first line or amount that differs, '' if none does."""
    for number, (own, other) in enumerate(zip(result["results"], stored["results"], strict=False)):
        if own != other:
            return f"line {number + 1}: {differs(own, other)}"
    for name in sorted(result.keys() | stored.keys()):
        if name != "results" and result.get(name) != stored.get(name):
            return f"{name}: {differs(result.get(name), stored.get(name))}"
    return differs(len(result["results"]), len(stored["results"]))


def report(bundle: Document, entry_id: str | None) -> bool:
    """Print every check and the payouts; return True if everything is equal."""
    problem = broken_event(bundle)
    print(f"events: {problem or 'equal'} ({len(bundle['events'])} events)")
    is_equal = not problem
    result = result_of(bundle)
    for name, difference in checks(bundle, result):
        print(f"{name}: {difference or 'equal'}")
        is_equal = is_equal and not difference

    for row in result["results"]:
        if row["entry_id"] == entry_id or (entry_id is None and row["payout_cents"]):
            payout = f"{row['payout_cents']} minor units {bundle['configuration']['currency']}"
            print(f"entry {row['entry_id']}: rank {row['rank']}, score {row['score']}, {payout}")
    return is_equal


def main(arguments: list[str]) -> int:
    """Run the script."""
    if not 1 <= len(arguments) <= 2:  # noqa: PLR2004 - a file and an entry
        print("usage: recompute_payout.py FILE [ENTRY]", file=sys.stderr)
        return 2
    try:
        bundle = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        is_equal = report(bundle, arguments[1] if len(arguments) > 1 else None)
    except (OSError, ValueError, KeyError, TypeError, IndexError, Unusable) as error:
        print(f"the bundle cannot be settled: {error!r}", file=sys.stderr)
        return 2

    return 0 if is_equal else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

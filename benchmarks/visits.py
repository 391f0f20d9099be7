"""What counting visits costs: CKAN alone (A), CKAN's ``tracking`` (B), ours without (C) and with the beacon (D).

``python3 dev/portal.py bench visits [MEASURE ...]`` empties the databases of the tests, fills them, and starts web
servers and a Redis of its own. Prints figures and ratios, writes ``benchmarks/results/visits.json``. Arms run in turns,
in rotated order. Readers and servers share the machine. ``--help`` names the measures and what makes them longer.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import redis
from arms import readers, stored
from arms.setup import ARMS, BEACON, NOTHING, TRACKING, Setup, Valkey, inside, served

RESULTS = Path(__file__).parent / "results" / "visits.json"
RESOURCES = 3
LEVELS = (1, 8, 32)  # readers at once
SEARCH = "/api/3/action/package_search?rows=1000"
DATASET = "/dataset/dataset-7"
COUNTERS = 2_000
FLUSHES = 50
MILLION = 1_000_000


@dataclass
class Bench:
    """What every measure is given."""

    options: argparse.Namespace
    setup: Setup
    valkey: Valkey

    @property
    def store(self) -> redis.Redis:
        return redis.Redis(port=self.valkey.port)


def rotated(names: list[str], rounds: int) -> Iterator[list[str]]:
    for number in range(rounds):
        at = number % len(names)
        yield names[at:] + names[:at]


def latency(bench: Bench) -> dict[str, Any]:
    """Milliseconds of the lightest page at 1, 8 and 32 readers, and what is added to A's."""
    found: dict[str, Any] = {}
    with served(bench.setup, *ARMS) as ports:
        for arm in ARMS:
            readers.read(ports[arm], arm, 8, pages=bench.options.warm)
        for level in LEVELS:
            rounds: dict[str, list[dict[str, float]]] = {arm: [] for arm in ARMS}
            for names in rotated(list(ARMS), bench.options.rounds):
                for arm in names:
                    taken = readers.read(ports[arm], arm, level, seconds=bench.options.seconds)
                    rounds[arm].append(taken.figures())
            found[f"{level} readers"] = {arm: _median_of(figures) for arm, figures in rounds.items()}
            _added(found[f"{level} readers"])
    return found


def in_turn(bench: Bench) -> dict[str, Any]:
    """Milliseconds when one reader asks each arm for a page in turn: what the machine does besides meets all alike."""
    with served(bench.setup, *ARMS) as ports:
        for arm in ARMS:
            readers.read(ports[arm], arm, 8, pages=bench.options.warm)
        taken = readers.read_in_turn(ports, len(ARMS) * bench.options.rounds * bench.options.seconds)
    arms: dict[str, Any] = {arm: pages.figures() for arm, pages in taken.items()}
    _added(arms)
    return arms


def _median_of(rounds: list[dict[str, float]]) -> dict[str, Any]:
    medians = {name: round(statistics.median(figures[name] for figures in rounds), 3) for name in rounds[0]}
    return {**medians, "p50_of_rounds": [figures["p50"] for figures in rounds]}


def _added(arms: dict[str, Any]) -> None:
    for figures in arms.values():
        figures["p50_added_to_A"] = f"{(figures['p50'] / arms[NOTHING]['p50'] - 1) * 100:+.1f} %"


def outage(bench: Bench) -> dict[str, Any]:
    """Milliseconds a page of D at one reader while Redis answers, is frozen, is stopped, and answers again."""
    found = {}
    with served(bench.setup, BEACON) as ports:

        def read(state: str) -> None:
            taken = readers.read(ports[BEACON], BEACON, 1, seconds=bench.options.seconds)
            slowest = [round(seconds * 1000, 1) for seconds in sorted(taken.seconds)[:-9:-1]]
            found[state] = {**taken.figures(), "slowest": slowest}

        readers.read(ports[BEACON], BEACON, 8, pages=bench.options.warm)
        read("answers")
        bench.valkey.freeze()
        read("frozen")
        bench.valkey.stop()
        read("stopped")
        bench.valkey.start()
        read("answers again")
    return found


def posts(bench: Bench) -> dict[str, Any]:
    """POSTs to /_tracking a second, against pages told to the recorder and their beacons; one process, no network."""
    number = bench.options.posts
    rates: dict[str, list[float]] = {TRACKING: [], BEACON: []}
    with inside(bench.setup, TRACKING, BEACON) as arms:
        arms[TRACKING].ask("tracking_posts", number=50)
        arms[BEACON].ask("pairs", number=50)
        for names in rotated([TRACKING, BEACON], bench.options.rounds):
            for arm in names:
                task = "tracking_posts" if arm == TRACKING else "pairs"
                rates[arm].append(number / arms[arm].ask(task, number=number))
    medians = {arm: round(statistics.median(values)) for arm, values in rates.items()}
    return {"a_second": medians, "ratio": round(medians[BEACON] / medians[TRACKING], 2)}


def database(bench: Bench) -> dict[str, Any]:
    """Commits, WAL and dead rows of 1000 views; A's are those of the pages themselves."""
    found = {}
    for arm in ARMS:
        with served(bench.setup, arm) as ports:
            readers.read(ports[arm], arm, 4, pages=bench.options.warm)
            time.sleep(11)  # a connection tells its figures after ten idle seconds at the latest
            before = stored.work()
            readers.read(ports[arm], arm, 4, pages=1000)
        time.sleep(1)
        found[arm] = {name: value - before[name] for name, value in stored.work().items()}
    return found


def disk(bench: Bench) -> dict[str, Any]:
    """Megabytes in PostgreSQL after one, three and ten million views of a month."""
    found: dict[str, Any] = {TRACKING: {}, BEACON: {}}
    stored.empty((*stored.THEIRS, *stored.OURS))
    million = bench.options.million
    stored.track(million, bench.options.datasets, stored.MONTH)
    found[TRACKING]["1 million views"] = round(stored.megabytes(["tracking_raw"]), 1)
    stored.empty(stored.THEIRS)
    month = stored.Month(bench.options.datasets)
    with inside(bench.setup, BEACON) as arms:
        method = arms[BEACON].ask("method")
        for millions in (1, 3, 10):
            month.add_up_to(millions * million)
            bench.store.flushall()
            stored.put(bench.store, method, month.views.items())
            seconds = arms[BEACON].ask("flush", how="changed")
            stored.run("VACUUM FULL smartcity_visit_count")
            size = round(stored.megabytes(stored.OURS), 1)
            rows = stored.run("SELECT count(*) FROM smartcity_visit_count")
            found[BEACON][f"{millions} million views"] = {"megabytes": size, "rows": rows, "flush_seconds": seconds}
    return found


def flush(bench: Bench) -> dict[str, Any]:
    """Seconds of a flush of 2000 changed counters, and of the same counters once more."""
    stored.empty(stored.OURS)
    bench.store.flushall()
    day = stored.FIRST.isoformat()
    changed, replayed = [], []
    with inside(bench.setup, BEACON) as arms:
        method = arms[BEACON].ask("method")
        for number in range(FLUSHES):
            counters = [((day, f"dataset|{n:036}"), number + 1) for n in range(COUNTERS)]
            for seconds in (changed, replayed):
                stored.put(bench.store, method, counters)
                seconds.append(arms[BEACON].ask("flush", how="changed"))
    return {"changed": _spread(changed), "replayed": _spread(replayed)}


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), 4),
        "fastest": round(min(values), 4),
        "slowest": round(max(values), 4),
    }


def pages(bench: Bench) -> dict[str, Any]:
    """Seconds and queries of package_search, a dataset's page, package_create, with many rows in B's and D's table."""
    tasks = {"package_search, 1000 rows": SEARCH, "a dataset's page": DATASET, "package_create": ""}
    stored.empty((*stored.THEIRS, *stored.OURS))
    stored.summarise(bench.options.rows, bench.options.datasets)
    stored.count(bench.options.rows, bench.options.datasets)
    names = [NOTHING, TRACKING, BEACON]
    found: dict[str, dict[str, Any]] = {task: {arm: [] for arm in names} for task in tasks}
    with inside(bench.setup, *names) as arms:
        for turn, order in enumerate(rotated(names, bench.options.rounds + 1)):
            for task, path in tasks.items():
                for arm in order:
                    answer = arms[arm].ask("get", path=path) if path else arms[arm].ask("create")
                    if turn:  # the first is thrown away
                        found[task][arm].append(answer)
    return {
        task: {arm: _pages(answers, by_arm[NOTHING]) for arm, answers in by_arm.items()}
        for task, by_arm in found.items()
    }


def _pages(answers: list[dict[str, float]], of_nothing: list[dict[str, float]]) -> dict[str, Any]:
    seconds, base = ([answer["seconds"] for answer in some] for some in (answers, of_nothing))
    ratio = statistics.median(seconds) / statistics.median(base)
    return {**_spread(seconds), "queries": answers[-1]["queries"], "ratio_to_A": round(ratio, 3)}


def upkeep(bench: Bench) -> dict[str, Any]:
    """Seconds of the nightly ``tracking update`` and of our full pass after 1, 30 and 90 days of traffic."""
    found: dict[str, Any] = {}
    viewed, today = bench.options.viewed, date.today()
    with inside(bench.setup, TRACKING, BEACON) as arms:
        method = arms[BEACON].ask("method")
        for days in (1, 30, 90):
            stored.empty((*stored.THEIRS, *stored.OURS))
            bench.store.flushall()
            stored.track(days * viewed * 10, viewed, days, today)
            since = (today - timedelta(days=days - 1)).isoformat() if days == 1 else today.isoformat()
            if days > 1:
                stored.summarise((days - 1) * bench.options.datasets, bench.options.datasets, today - timedelta(days=1))
                stored.count((days - 1) * bench.options.datasets, bench.options.datasets, today - timedelta(days=1))
            stored.put(bench.store, method, (((today.isoformat(), f"dataset|{n:036}"), 10) for n in range(viewed)))
            theirs = arms[TRACKING].ask("tracking_update", since=since)
            ours = arms[BEACON].ask("flush", how="full_pass")
            found[f"{days} days"] = {TRACKING: round(theirs, 2), BEACON: round(ours, 3), "ratio": round(theirs / ours)}
    return found


def memory(bench: Bench) -> dict[str, Any]:
    """Megabytes of Redis for so many open visits of two pages and a beacon."""
    bench.store.flushall()
    before = bench.store.info("memory")["used_memory"]
    with inside(bench.setup, BEACON) as arms:
        arms[BEACON].ask("open_visits", number=bench.options.visits)
        grown = bench.store.info("memory")["used_memory"] - before
    visits = sum(1 for _ in bench.store.scan_iter(f"sc:{stored.SITE}:v:*", count=10_000))
    return {"open_visits": visits, "megabytes": round(grown / 1e6, 1), "bytes_a_visit": round(grown / max(visits, 1))}


def addresses(bench: Bench) -> dict[str, Any]:
    """How many of the readers' addresses what is stored gives away: B's keys by guessing, ours by searching."""
    number = 1_000
    stored.empty((*stored.THEIRS, *stored.OURS))
    bench.store.flushall()
    with inside(bench.setup, TRACKING, BEACON) as arms:
        arms[TRACKING].ask("tracking_posts", number=number)
        guessed = arms[TRACKING].ask("guessed", number=number)
        arms[BEACON].ask("pairs", number=number)
        arms[BEACON].ask("flush", how="changed")
    used = [f"10.0.{n >> 8}.{n & 255}" for n in range(number + 1)]
    return {TRACKING: guessed, BEACON: stored.holds(bench.store, used)}


MEASURES: dict[str, Callable[[Bench], dict[str, Any]]] = {
    measure.__name__: measure
    for measure in (latency, in_turn, outage, posts, database, disk, flush, pages, upkeep, memory, addresses)
}


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    if not os.environ.get("CKAN_SQLALCHEMY_URL", "").partition("?")[0].endswith("_test"):
        sys.exit("CKAN_SQLALCHEMY_URL must name a database that ends in _test: the benchmark empties it.")
    with tempfile.TemporaryDirectory(prefix="visits-") as folder:
        valkey = Valkey(Path(folder))
        try:
            measure_all(Bench(options, Setup(Path(folder), valkey.url), valkey))
        finally:
            valkey.stop()
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    described = "\n".join(f"  {name:10} {measure.__doc__}" for name, measure in MEASURES.items())
    parser = argparse.ArgumentParser(
        "visits", description=f"Measures:\n{described}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("measures", nargs="*", choices=[*MEASURES, []], metavar="MEASURE", help="default: all of them")
    numbers = {
        "datasets": (2_000, "public datasets, with three resources each"),
        "rounds": (3, "rounds of latency, posts and pages"),
        "seconds": (10, "of each arm, round and number of readers"),
        "warm": (100, "pages before latency is measured"),
        "posts": (2_000, "POSTs and pairs a round"),
        "rows": (MILLION, "rows in tracking_summary and in smartcity_visit_count for the measure pages"),
        "million": (MILLION, "views that are called a million by the measure disk"),
        "viewed": (200, "datasets viewed a day for the measure upkeep"),
        "visits": (100_000, "open visits for the measure memory"),
    }
    for name, (default, text) in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{text} (default {default})")
    parser.add_argument("--filled", action="store_true", help="take the portal as an earlier run has filled it")
    return parser.parse_args(arguments)


def measure_all(bench: Bench) -> None:
    """Each measure in turn; results of measures not asked for stay in the file."""
    if not bench.options.filled:
        fill(bench)
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for name in bench.options.measures or MEASURES:
        print(f"\n{name}: {MEASURES[name].__doc__}", flush=True)
        started = time.monotonic()
        result = MEASURES[name](bench)
        kept[name] = {**result, "options": vars(bench.options)}
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        show(result)
        print(f"  ({time.monotonic() - started:.0f} s)", flush=True)


def fill(bench: Bench) -> None:
    print("Filling the portal", flush=True)
    for words in (("db", "upgrade"), ("db", "pending-migrations", "--apply")):
        bench.setup.ckan(TRACKING, *words)
    with inside(bench.setup, NOTHING) as arms:
        arms[NOTHING].ask("build", size=bench.options.datasets, resources=RESOURCES)


def show(result: dict[str, Any], depth: int = 1) -> None:
    for name, value in result.items():
        if isinstance(value, dict) and any(isinstance(inner, dict) for inner in value.values()):
            print("  " * depth + name)
            show(value, depth + 1)
        else:
            figures = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
            print("  " * depth + f"{name:26} {figures}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

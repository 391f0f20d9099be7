"""What reading a web server's log costs: our import against GoAccess, on the same file, on one core, in one run.

``python3 dev/portal.py bench visits_import [LINES]`` (default 1 000 000): empties the databases of the tests, fills
them with 2000 datasets, and makes a log of people, robots, programs, staff and style sheets, always the same one.
GoAccess (Debian's package ``goaccess``, 1.7) is left out where it is not installed. Each round empties our tables, so
that every import writes all its rows. Prints medians and ratios, writes ``benchmarks/results/visits_import.json``.

Ours is the time of the whole import into PostgreSQL, without that of CKAN's start; GoAccess's is that of its process,
which writes a JSON report by one thread. Both by the clock and by the processor's time, which a busy machine changes
less. Memory is the peak of the process; ours holds CKAN, whose part is printed beside it.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from summary import web_application

HERE = Path(__file__).parent
DATASETS = 2_000
LINES = 1_000_000
ROUNDS = 3
BEGIN = datetime(2026, 1, 5)
VISITS_A_DAY, ASSETS = 20_000, 12
TABLES = ("count", "day", "import", "method")

Measured = dict[str, Any]


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--ours"]:
        print(json.dumps(ours(Path(arguments[1]))))
        return 0
    if arguments[:1] == ["--make"]:
        make(Path(arguments[1]), int(arguments[2]))
        return 0
    if not os.environ.get("CKAN_SQLALCHEMY_URL", "").partition("?")[0].endswith("_test"):
        sys.exit("CKAN_SQLALCHEMY_URL must name a database that ends in _test: the benchmark empties it.")
    lines = int(arguments[0]) if arguments else LINES
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "access.log"
        # In a process of its own: what this one holds would be counted to its children.
        subprocess.run([sys.executable, __file__, "--make", str(file), str(lines)], check=True)
        results = measure(file, lines)
    report(results)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "visits_import.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


def make(file: Path, lines: int) -> None:
    """The portal, and a log of so many lines of it."""
    app = web_application("with us")
    import city
    from ckan import model

    from ckanext.smartcity import config
    from ckanext.smartcity.cli.demo_log import Dataset, InventedLog, Portal

    make_our_tables()
    with app.test_request_context():
        city.build(DATASETS)
        query = model.Session.query(model.Package.name, model.Package.id, model.Resource.id).join(model.Resource)
        datasets = [
            Dataset(f"/dataset/{name}", [f"/dataset/{id}/resource/{resource_id}/download/tabel.csv"])
            for name, id, resource_id in query.order_by(model.Package.name)
        ]
    portal = Portal(datasets, [f"/organization/opd-{number}" for number in range(city.AGENCIES)])
    log = InventedLog(portal, config.timezone(), VISITS_A_DAY, ASSETS)
    with file.open("wb") as out:
        out.writelines(islice(log.lines(BEGIN, BEGIN + timedelta(days=1 + lines // VISITS_A_DAY)), lines))


def make_our_tables() -> None:
    """What ``ckan db upgrade`` does for this extension."""
    from ckan.cli.db import _run_migrations

    _run_migrations("smartcity", "", True)


def measure(file: Path, lines: int) -> dict[str, Any]:
    """Each reader, one a round, in turns; they inherit the one core. PostgreSQL runs where it runs."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    readers: dict[str, Callable[[Path], Measured]] = {"ours": run_ours}
    if shutil.which("goaccess"):
        readers["goaccess"] = run_goaccess
    rounds: dict[str, list[Measured]] = {name: [] for name in readers}
    for number in range(ROUNDS):
        names = list(readers)[number % len(readers) :] + list(readers)[: number % len(readers)]
        for name in names:
            rounds[name].append(readers[name](file))
    return {"lines": lines, "bytes": file.stat().st_size, "datasets": DATASETS, "rounds": rounds}


def report(results: dict[str, Any]) -> None:
    lines, rounds = results["lines"], results["rounds"]
    rates = {}
    print(f"\n{lines} lines, {results['bytes'] / 1e6:.0f} MB, one core: median of {ROUNDS} (slowest, fastest)")
    for by in ("seconds", "cpu_seconds"):
        for name, ones in rounds.items():
            each = sorted(lines / one[by] for one in ones)
            rates[name, by] = statistics.median(each)
            print(f"  {name:10} {rates[name, by]:10.0f} lines a {by[:-1]}  ({each[0]:.0f}, {each[-1]:.0f})")
    for name, ones in rounds.items():
        print(f"  {name:10} {max(one['peak_mb'] for one in ones):10.0f} MB at most")
    first = rounds["ours"][0]
    print(f"  of ours {first['start_mb']:.0f} MB are CKAN; {first['rows']} rows written, {first['used']} lines used:")
    for reason, n in first["excluded"].items():
        print(f"    {n:10} {reason}")
    if "goaccess" in rounds:
        for by in ("seconds", "cpu_seconds"):
            print(f"  ratio {rates['ours', by] / rates['goaccess', by]:6.2f}  ours : goaccess, by {by}")


def run_ours(file: Path) -> Measured:
    done = subprocess.run(
        [sys.executable, __file__, "--ours", str(file)], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def run_goaccess(file: Path) -> Measured:
    """Its report as JSON, by one thread (1.7 has no other way). ``wait4`` gives the peak memory of this one child."""
    with tempfile.TemporaryDirectory() as folder:
        report_file = str(Path(folder) / "report.json")
        words = ["goaccess", str(file), "--log-format=COMBINED", "--no-progress", "-o", report_file]
        began = time.perf_counter()
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
    if status:
        sys.exit(f"goaccess ended with status {status}")
    return {"seconds": took, "cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / 1024}


def ours(file: Path) -> Measured:
    """Import the file into empty tables, in this process."""
    app = web_application("with us")
    import sqlalchemy as sa
    from ckan.lib.i18n import get_locales_from_config
    from ckan.plugins import toolkit as tk

    from ckanext.smartcity import config, nightly
    from ckanext.smartcity.cli.visits_import import matcher
    from ckanext.smartcity.visits.logs import Import

    engine = nightly.own_engine()
    with engine.begin() as connection:
        connection.execute(sa.text(f"TRUNCATE {', '.join(f'smartcity_visit_{name}' for name in TABLES)}"))
    match = matcher(app.url_map, tk.config["ckan.root_path"] or "", get_locales_from_config())
    start_mb = peak_mb()
    began, cpu_began = time.perf_counter(), time.process_time()
    done = Import(config.visits_settings(), engine, match).run([file])
    took, cpu_took = time.perf_counter() - began, time.process_time() - cpu_began
    with engine.connect() as connection:
        rows = connection.scalar(sa.text("SELECT count(*) FROM smartcity_visit_count"))
    return {
        "seconds": took,
        "cpu_seconds": cpu_took,
        "peak_mb": peak_mb(),
        "start_mb": start_mb,
        "rows": rows,
        "used": done.lines_used,
        "excluded": done.excluded,
    }


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

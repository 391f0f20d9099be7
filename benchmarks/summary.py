"""What our pages and hooks cost: CKAN with us against CKAN without us, on the same data, in one run.

``python3 dev/portal.py bench summary [SIZE ...]`` (default 2000 and 20000 datasets): empties the databases of the tests
and fills them. Prints medians and ratios, writes ``benchmarks/results/summary.json``.
Arms run in turns, in rotated order, so that a slow minute of the machine hits all of them.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROUNDS = 9
SIZES = (2_000, 20_000)
WITH, WITHOUT = "with us", "CKAN alone"
SEARCH = "/api/3/action/package_search?rows=1000"
# What is measured: name -> (arm, address)
MEASURED = {
    "package_search, 1000 rows, with us": (WITH, SEARCH),
    "package_search, 1000 rows, CKAN alone": (WITHOUT, SEARCH),
    "/dataset, with us": (WITH, "/dataset/"),
    "/dataset, CKAN alone": (WITHOUT, "/dataset/"),
    "a dataset's page, with us": (WITH, "/dataset/dataset-7"),
    "a dataset's page, CKAN alone": (WITHOUT, "/dataset/dataset-7"),
    "/smartcity": (WITH, "/smartcity"),
    "/smartcity.json": (WITH, "/smartcity.json"),
}
RATIOS = (
    ("package_search, 1000 rows, with us", "package_search, 1000 rows, CKAN alone"),
    ("/dataset, with us", "/dataset, CKAN alone"),
    ("a dataset's page, with us", "a dataset's page, CKAN alone"),
    ("/smartcity", "/dataset, CKAN alone"),
    ("/smartcity.json", "package_search, 1000 rows, CKAN alone"),
)


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--serve"]:
        serve(arguments[1])
        return 0
    if not os.environ.get("CKAN_SQLALCHEMY_URL", "").partition("?")[0].endswith("_test"):
        sys.exit("CKAN_SQLALCHEMY_URL must name a database that ends in _test: the benchmark empties it.")
    results = {}
    for size in [int(a) for a in arguments] or SIZES:
        subprocess.run([sys.executable, __file__, "--serve", WITH], input=f"build {size}\n", text=True, check=True)
        results[size] = measure()
        report(size, results[size])
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "summary.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


def measure() -> dict[str, list[float]]:
    """Seconds of each thing measured, one a round, after one round that is thrown away."""
    servers = {arm: Server(arm) for arm in (WITH, WITHOUT)}
    seconds: dict[str, list[float]] = {name: [] for name in MEASURED}
    for number, names in enumerate(rotated(list(MEASURED), ROUNDS + 1)):
        for name in names:
            arm, address = MEASURED[name]
            took = servers[arm].get(address)
            if number:
                seconds[name].append(took)
    for server in servers.values():
        server.stop()
    return seconds


def rotated(names: list[str], rounds: int) -> Iterator[list[str]]:
    for number in range(rounds):
        at = number % len(names)
        yield names[at:] + names[:at]


def report(size: int, seconds: dict[str, list[float]]) -> None:
    median = {name: statistics.median(values) for name, values in seconds.items()}
    print(f"\n{size} datasets: median of {ROUNDS} in milliseconds (fastest, slowest)")
    for name, values in seconds.items():
        print(f"  {name:40} {median[name] * 1000:8.1f}  ({min(values) * 1000:.1f}, {max(values) * 1000:.1f})")
    for one, other in RATIOS:
        print(f"  ratio {median[one] / median[other]:6.3f}  {one} : {other}")


class Server:
    """A process with one arm's plug-ins, asked through its standard input."""

    def __init__(self, arm: str):
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve", arm], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def get(self, address: str) -> float:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"get {address}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"The process that answers {address} has died.")
        return float(line)

    def stop(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(30)


def serve(arm: str) -> None:
    """Answer lines of standard input: ``build SIZE`` fills the portal, ``get ADDRESS`` prints the seconds it took."""
    app = web_application(arm)
    client = app.test_client()
    for line in sys.stdin:
        verb, _, argument = line.strip().partition(" ")
        if verb == "build":
            import city

            with app.test_request_context():
                city.build(int(argument))
            continue
        start = time.perf_counter()
        answer = client.get(argument)
        body = answer.get_data()
        took = time.perf_counter() - start
        if answer.status_code != 200 or not body:
            sys.exit(f"{argument} answered {answer.status_code}")
        print(took, flush=True)


def web_application(arm: str) -> Any:
    from ckan.cli import CKANConfigLoader
    from ckan.config.middleware import make_app
    from ckan.model import repo

    config = CKANConfigLoader(str(HERE.parent / "test.ini")).get_config()
    if arm == WITHOUT:
        config["ckan.plugins"] = ""
    app = make_app(config)
    repo.init_db()
    return app._wsgi_app


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

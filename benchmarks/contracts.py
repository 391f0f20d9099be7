"""How long the register of contracts takes: queue, page, saving, figures, and reading a document of sixty pages.

``python3 dev/portal.py bench contracts [SIZE]`` (default 1000 contracts): empties the databases of the tests and fills
them: a third undecided without a document, a third with one, a third decided. Prints medians beside the targets, writes
``benchmarks/results/contracts.json``. Exit status 1 where a target is missed.

Pages are asked for as a reviewer, in one process without a network between. What is measured takes turns, in rotated
order, so that a slow minute of the machine hits all of it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

from summary import WITH, rotated, web_application

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "contracts.json"
EXCERPTS = HERE.parent / "ckanext/smartcity/tests/data/contracts/excerpts.jsonl"
SIZE, ROUNDS = 1_000, 9
QUEUE = "/smartcity/contracts/review"
PAGES, LETTERS = 60, 2_500  # of the document; letters a page
TARGETS = {
    "queue, first page": 1.0,
    "queue, all, largest value first": 1.0,
    "queue, words in the title": 1.0,
    "page of one contract": 1.0,
    "saving a decision": 1.0,
    "figures by office, area and year": 0.3,
    "figures over the whole register": 0.3,
    "public page of contracts": 1.0,
    f"PDF of {PAGES} pages, read and assessed": 3.0,
}
"""Seconds that the median must stay under; docs/contracts.md names them."""


class Portal:
    """The portal in this process, asked as the reviewer ``wali``."""

    def __init__(self) -> None:
        self.app = web_application(WITH)
        self.client = self.app.test_client()
        self.headers: dict[str, str] = {}
        self.undecided: list[str] = []

    def fill(self, size: int) -> None:
        """An empty portal, then so many contracts."""
        from ckan import model
        from ckan.lib.search import clear_all
        from ckan.tests import factories

        with self.app.test_request_context():
            model.repo.delete_all()
            clear_all()
            self.undecided = register(size)
            self.headers = {"Authorization": factories.APIToken(user="wali", context={})["token"]}

    def get(self, address: str) -> None:
        answer = self.client.get(address, headers=self.headers)
        if answer.status_code != 200 or not answer.get_data():
            sys.exit(f"{address} answered {answer.status_code}")

    def save(self) -> None:
        """Answer the first question about a contract that nobody has decided about."""
        name = self.undecided.pop()
        answer = {"city_service": "no", "city_service_reason": "not_a_service"}
        saved = self.client.post(f"{QUEUE}/{name}?state=undecided", data=answer, headers=self.headers)
        if saved.status_code != 302:
            sys.exit(f"saving {name} answered {saved.status_code}")

    def figures(self, **data: Any) -> None:
        from ckan.plugins import toolkit as tk

        with self.app.test_request_context():
            tk.get_action("smartcity_contract_figure_show")({"user": "wali"}, data)

    def statements(self, address: str) -> int:
        """How many SQL statements a page takes."""
        import sqlalchemy as sa
        from ckan import model

        sent: list[str] = []

        def listen(*arguments: Any) -> None:
            sent.append(arguments[2])

        sa.event.listen(model.meta.engine, "before_cursor_execute", listen)
        self.get(address)
        sa.event.remove(model.meta.engine, "before_cursor_execute", listen)
        return len(sent)


def register(size: int) -> list[str]:
    """Offices, and contracts of three kinds in turn. Returns the names of those that nobody decided about."""
    from ckan import model

    from ckanext.smartcity.contracts import codes
    from ckanext.smartcity.tests.contracts import made

    made.offices()
    areas = cycle(codes.service_areas())
    undecided = []
    for number in range(size):
        name = f"kontrak-{number}"
        made.contract(name, value_amount=str(1_000_000 * number), private=number % 4 == 0)
        if number % 3:
            document = made.document(name)
        if number % 3 == 2:
            answer = {"open_data": "yes", "reason": "provision", "evidence": made.evidence(document)}
            made.decide(name=name, city_service="yes", areas=[next(areas)], **answer)
        else:
            undecided.append(name)
        if number % 100 == 99:
            print(f"  {number + 1} contracts", flush=True)
            model.Session.expunge_all()
    return undecided


def contract_file(folder: Path) -> Path:
    """A PDF made of the texts that the detector is scored on, so every page is full of its cues."""
    from ckanext.smartcity.tests.contract_files import pdf

    texts = [json.loads(line)["text"] for line in EXCERPTS.read_text(encoding="utf-8").splitlines()]
    long = "\n".join(texts)
    long *= 1 + PAGES * LETTERS // len(long)
    file = folder / "kontrak.pdf"
    file.write_bytes(pdf(*(long[at : at + LETTERS] for at in range(0, PAGES * LETTERS, LETTERS))))
    return file


def read_and_assess(file: Path) -> None:
    """What the job does with a document, from the file to the suggestion, without storing it."""
    from ckanext.smartcity.contracts import clauses, reading
    from ckanext.smartcity.contracts.clauses.document import Document, Page

    found = reading.read(file, reading.Limits())
    if found.state != "read" or len(found.pages) != PAGES:
        sys.exit(f"The PDF was not read: {found.state} {found.refusal}")
    clauses.assess(Document(tuple(Page(page.number, page.text) for page in found.pages)))


def measure(portal: Portal, file: Path) -> dict[str, list[float]]:
    """Seconds of each thing measured, one a round, after one round that is thrown away."""
    tasks: dict[str, Callable[[], None]] = dict(
        zip(
            TARGETS,
            (
                lambda: portal.get(QUEUE),
                lambda: portal.get(f"{QUEUE}?state=all&order=value&page=20"),
                lambda: portal.get(f"{QUEUE}?state=all&q=kontrak-99"),
                lambda: portal.get(f"{QUEUE}/kontrak-2?state=all"),
                portal.save,
                lambda: portal.figures(by=["organization", "area", "year"]),
                lambda: portal.figures(scope="register"),
                lambda: portal.get("/smartcity/contracts"),
                lambda: read_and_assess(file),
            ),
            strict=True,
        )
    )
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for number, names in enumerate(rotated(list(tasks), ROUNDS + 1)):
        for name in names:
            start = time.perf_counter()
            tasks[name]()
            if number:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def report(seconds: dict[str, list[float]]) -> bool:
    """Print each median beside its target; whether all are met."""
    print(f"\nmedian of {ROUNDS} in milliseconds (fastest, slowest), target, ratio")
    met = True
    for name, values in seconds.items():
        median, target = statistics.median(values), TARGETS[name]
        spread = f"({min(values) * 1000:.0f}, {max(values) * 1000:.0f})"
        met = met and median < target
        missed = "" if median < target else "  MISSED"
        print(f"  {name:40} {median * 1000:7.0f}  {spread:14} < {target * 1000:5.0f}  {median / target:5.2f}{missed}")
    return met


def migrate() -> None:
    """The tables of CKAN and ours, where the databases of the tests are new."""
    program, ini = Path(sys.executable).with_name("ckan"), HERE.parent / "test.ini"
    for words in (("db", "upgrade"), ("db", "pending-migrations", "--apply")):
        subprocess.run([program, "-c", ini, *words], check=True, stdout=subprocess.DEVNULL)


def main(arguments: list[str]) -> int:
    if not os.environ.get("CKAN_SQLALCHEMY_URL", "").partition("?")[0].endswith("_test"):
        sys.exit("CKAN_SQLALCHEMY_URL must name a database that ends in _test: the benchmark empties it.")
    size = int(arguments[0]) if arguments else SIZE
    migrate()
    portal = Portal()
    print("Filling the portal", flush=True)
    portal.fill(size)
    with tempfile.TemporaryDirectory() as folder:
        seconds = measure(portal, contract_file(Path(folder)))
    statements = portal.statements(QUEUE)
    met = report(seconds)
    print(f"  {'SQL statements of the queue':40} {statements:7}")
    RESULTS.parent.mkdir(exist_ok=True)
    results = {"contracts": size, "statements": statements, "seconds": seconds, "targets": TARGETS}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A crowd of actors by a seed: each kind at least once, the rest drawn. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from importlib import import_module

from ckanext.smartcity.tests.visits.traffic.label import HOUR, Label, local
from ckanext.smartcity.tests.visits.traffic.script import ACTORS, Actor, Addresses, Places, Script

for _kinds in ("people", "signals", "files", "machines"):
    import_module(f"{__package__}.{_kinds}")  # registers them

DAYS = ("2025-12-30", "2025-12-31", "2026-01-01")
LONGEST = 3 * HOUR
SMALL = {"people": 120, "staff": 12, "robots": 20, "programs": 12}
LARGE = {"people": 10_000, "staff": 50, "robots": 300, "programs": 300}


def crowd(places: Places, seed: int, sizes: Mapping[str, int]) -> list[Script]:
    """Scripts of actors: every kind once, then drawn until each group has its size."""
    rng, addresses = random.Random(seed), Addresses()
    scripts = []
    for group, size in sizes.items():
        kinds = [kind for kind in ACTORS if kind.group == group]
        drawn = kinds + rng.choices(kinds, k=max(0, size - len(kinds)))
        scripts += [_play(kind, places, rng, addresses) for kind in drawn]
    return scripts


def _play(kind: Actor, places: Places, rng: random.Random, addresses: Addresses) -> Script:
    start = (
        local(kind.moment) if kind.moment else local(f"{rng.choice(DAYS)} 04:00") + rng.randrange(24 * HOUR - LONGEST)
    )
    script = Script(kind.kind, places, rng, addresses, start)
    kind.play(script)
    return script


def total(scripts: Iterable[Script]) -> Label:
    added = Label()
    for script in scripts:
        added.update(script.adds)
    return added

"""Room on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path

FULL = 20
"""Megabytes below which a failure is put down to the full disk."""


def free_megabytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free // 1_000_000


def is_full(folder: Path) -> bool:
    """Whether what has just failed had no room; many programs do not say so."""
    return folder.exists() and free_megabytes(folder) < FULL


def full_sentence(folder: Path) -> str:
    return f"The disk of {folder} is full: make room, then run the same command again, it goes on from here."

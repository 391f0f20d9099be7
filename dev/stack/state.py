"""What is remembered between two commands: the running services, the secrets, and what was already done."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

SECRETS = ("postgres", "ckan", "datastore_ro", "valkey", "secret_key", "admin")


def write_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file that is either the old or the new one, whenever the power goes."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """The stored dict; empty when there is none or it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    write_atomically(path, json.dumps(value, indent=2) + "\n")


def secrets_of(path: Path) -> dict[str, str]:
    """The passwords of this checkout, made at the first call and kept."""
    known = read_json(path)
    if set(known) != set(SECRETS):
        known = {name: known.get(name) or secrets.token_urlsafe(24) for name in SECRETS}
        write_json(path, known)
    return known


class Stamps:
    """Remembers the digest of what a step was done with, so that it is done again only when that has changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fresh(self, name: str, digest: str) -> bool:
        try:
            return (self.folder / name).read_text(encoding="ascii") == digest
        except FileNotFoundError:
            return False

    def mark(self, name: str, digest: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self.folder / name, digest, mode=0o644)

    def forget(self, *names: str) -> None:
        for name in names:
            (self.folder / name).unlink(missing_ok=True)

    def forget_all(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def digest_of(paths: Iterable[Path], *words: str) -> str:
    """A digest over names and contents of files and folders (left out: byte code), and over ``words``."""
    total = hashlib.sha256()
    for word in words:
        total.update(word.encode() + b"\0")
    for path in paths:
        for file in sorted(_files(path)):
            total.update(f"{path.name}/{file.relative_to(path)}".encode() + b"\0")
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts]

"""Validators of our options (``config_declaration.yaml``): CKAN does not start with a value they refuse.

CKAN calls them twice, first with the text of the ini file and then with their own result; both must pass. Their
sentences are for whoever starts the portal and stay English, as CKAN's own at this place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ckan.plugins import toolkit as tk

from ckanext.smartcity.visits import address

ROLES = ("admin", "editor", "member")
REDIS_SCHEMES = ("redis", "rediss", "unix")


def smartcity_int_range(lowest: int, highest: int) -> Callable[[Any], int]:
    """A whole number from ``lowest`` to ``highest``, both included."""

    def validator(value: Any) -> int:
        try:
            number = int(str(value))
        except ValueError:
            number = None
        if number is None or not lowest <= number <= highest:
            raise tk.Invalid(f"{value!r} is not a whole number from {lowest} to {highest}")
        return number

    return validator


def smartcity_share(value: Any) -> float:
    """A number from 0 to 1, with a point."""
    try:
        share = float(value)
    except (TypeError, ValueError):
        share = -1.0
    if not 0 <= share <= 1:
        raise tk.Invalid(f"{value!r} is not a number from 0 to 1, such as 0.9")
    return share


def smartcity_month_day(value: Any) -> str:
    """A day that every year has, ``MM-DD``."""
    try:
        date.fromisoformat(f"2001-{value}")
    except ValueError:
        raise tk.Invalid(f"{value!r} is not a month and a day that every year has, such as 03-31") from None
    return str(value)


def smartcity_networks(words: Sequence[str]) -> Sequence[str]:
    """Networks in CIDR notation, single addresses, or the word ``unix``."""
    for word in words:
        try:
            address.networks([word])
        except ValueError as error:
            raise tk.Invalid(
                f"{word!r} is neither a network, such as 10.0.0.0/8, nor the word unix: {error}"
            ) from error
    return words


def smartcity_roles(words: Sequence[str]) -> Sequence[str]:
    """Roles that CKAN knows in an organization."""
    for word in words:
        if word not in ROLES:
            raise tk.Invalid(f"{word!r} is not a role in an organization. There are: {', '.join(ROLES)}")
    return words


def smartcity_file(value: str) -> str:
    """Empty, or the path of a file that can be read and is UTF-8."""
    if value:
        try:
            Path(value).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise tk.Invalid(f"The file {value} cannot be read: {error}") from error
    return value


def smartcity_redis_url(value: str) -> str:
    """Empty, or an address as redis-py reads it."""
    if not value:
        return value
    try:
        address_parts = urlsplit(value)
        good = address_parts.scheme in REDIS_SCHEMES and (address_parts.port or True)
        database = address_parts.path.strip("/")
    except ValueError:
        good, database = False, ""
    if not good or (database and not database.isdecimal() and not value.startswith("unix:")):
        raise tk.Invalid(f"{value!r} is not an address such as redis://localhost:6379/3 or unix:///run/redis.sock?db=3")
    return value

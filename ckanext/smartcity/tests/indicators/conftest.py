"""Recipes on the real PostgreSQL, without CKAN: rows go into temporary tables and nothing stays."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from ckanext.smartcity.tests.indicators.trial import Trial


@pytest.fixture(scope="session")
def datastore_engine() -> Iterator[sa.Engine]:
    """An engine on the test DataStore. Its zone is far from any city of ours and changes its clocks: nothing of a
    recipe may depend on it."""
    engine = sa.create_engine(
        os.environ["CKAN_DATASTORE_WRITE_URL"], connect_args={"options": "-c timezone=America/New_York"}
    )
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def trial(datastore_engine: sa.Engine) -> Iterator[Trial]:
    """Runs recipes on rows."""
    with datastore_engine.connect() as connection:
        yield Trial(connection)

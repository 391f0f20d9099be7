"""What is done in CKAN's background jobs (``ckan jobs worker``). Jobs take ids, and ask for rights again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.smartcity import config

SECONDS = {"read_document": 60}
"""What a job may take; CKAN's own bound is three minutes."""

log = logging.getLogger(__name__)


def enqueue(job: Callable[..., Any], *ids: str) -> None:
    """Queue a job of this file. Raises ``RedisError`` while the queue is away."""
    timeout = {"timeout": SECONDS[job.__name__]}
    tk.enqueue_job(
        job, list(ids), title=f"{job.__name__} {' '.join(ids)}", queue=config.jobs_queue(), rq_kwargs=timeout
    )


def read_document(document_id: str, uploader: str) -> None:
    """Read a document of a contract, with the rights of who uploaded it. Who lost them meanwhile stops the job."""
    user = model.User.get(uploader)
    if user is None or user.state != "active":
        log.warning("The document %s is not read: who uploaded it is gone", document_id)
        return
    try:
        tk.get_action("smartcity_contract_document_read")({"user": user.name}, {"id": document_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        log.warning("The document %s is not read: it is gone, or who uploaded it may not any more", document_id)

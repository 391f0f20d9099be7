"""What is done in CKAN's background jobs (``ckan jobs worker``). Jobs take ids, and ask for rights again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.smartcity import config

SECONDS = {"read_document": 60, "contract_import_step": 120}
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


def contract_import_step(batch_id: str, starter: str) -> None:
    """Take one step of an import, with the rights of who started it, and queue the next one."""
    user = model.User.get(starter)
    if user is None or user.state != "active":
        log.warning("The import %s stops: who started it is gone", batch_id)
        return
    try:
        batch = tk.get_action("smartcity_contract_import_step")({"user": user.name}, {"id": batch_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        log.warning("The import %s stops: it is gone, or who started it may not any more", batch_id)
        return
    if batch["state"] in ("checking", "applying"):
        enqueue(contract_import_step, batch_id, starter)

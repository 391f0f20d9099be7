# Short names for the commands of dev/portal.py (docs/development.md).
PYTHON ?= python3

.PHONY: run stop status reset test lint lock

run stop status reset test:
	@$(PYTHON) dev/portal.py $@ $(ARGS)

lint:
	.portal/venv/bin/ruff check .
	.portal/venv/bin/ruff format --check .
	.portal/venv/bin/pyright

lock:
	PATH="$(CURDIR)/.portal/venv/bin:$$PATH" sh dev/requirements/lock.sh

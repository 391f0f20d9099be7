#!/bin/sh
# Makes the locked files anew from the .in files, for all Pythons CKAN 2.12 runs on. Needs uv on the PATH:
# .portal/venv/bin/uv after a first `run`. Addresses of package servers stay out of the files.
set -eu
cd "$(dirname "$0")"
lock() {
    uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links "$@"
}
lock --python-version 3.10 --override overrides.txt runtime.in -o runtime.txt
lock --python-version 3.10 tools.in -o tools.txt
lock --python-version 3.10 --override overrides.txt test.in -o test.txt
lock --python-version 3.11 --no-deps valkey.in -o valkey.txt

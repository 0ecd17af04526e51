#!/bin/sh
# Lock the requirements of pyproject.toml with hashes, for every system and Python from 3.11 on.
# The files hold no address: pip asks whatever package index the machine is set up with.
set -eu
cd "$(dirname "$0")/.."
python=$(scripts/python.sh "${1:-}")
[ -x out/lock/bin/uv ] || { "$python" -m venv out/lock && out/lock/bin/pip install -q 'uv>=0.13'; }
compile() {
  out/lock/bin/uv pip compile -q pyproject.toml --universal --python-version 3.11 --upgrade --generate-hashes \
    --only-binary :all: --no-emit-index-url --custom-compile-command 'make lock' "$@"
}
compile -o requirements/run.txt
compile --group dev -c requirements/run.txt -o requirements/test.txt
if grep -nE '://|^-|file:|@ ' requirements/*.txt; then
  echo 'the locked requirements hold an address or a path' >&2
  exit 1
fi
grep -c '==' requirements/run.txt requirements/test.txt

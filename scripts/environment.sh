#!/bin/sh
# Make .venv and install what requirements/$1.txt locks ($1 is run or test), unless that is there already.
# $2 is the Python to make it with; empty: the first that is new enough.
set -eu
cd "$(dirname "$0")/.."
python=${2:-}
stamp=.venv/installed-$1
locked=$(cksum <"requirements/$1.txt")

runs() { [ -x .venv/bin/python ] && .venv/bin/python -c "$1" 2>/dev/null; }
prefix='import os, sys; print(os.path.realpath(sys.base_prefix))'

if [ -n "$python" ] && runs 'pass'; then
  asked=$(scripts/python.sh "$python")
  [ "$("$asked" -c "$prefix")" = "$(.venv/bin/python -c "$prefix")" ] || rm -rf .venv
fi
if runs 'import sys; sys.exit(sys.version_info < (3, 11))' && [ "$(cat "$stamp" 2>/dev/null)" = "$locked" ]; then
  exec .venv/bin/python scripts/link.py
fi
if ! runs 'import sys, pip; sys.exit(sys.version_info < (3, 11))'; then
  python=$(scripts/python.sh "$python")
  rm -rf .venv
  echo "Making .venv with $("$python" --version)"
  "$python" -m venv .venv || { echo "$python cannot make environments; on Debian: apt install python3-venv" >&2; exit 2; }
fi
echo "Installing the $(grep -c '==' "requirements/$1.txt") packages that requirements/$1.txt locks"
.venv/bin/python -m pip install -q --disable-pip-version-check --no-input --require-hashes --only-binary=:all: \
  -r "requirements/$1.txt"
.venv/bin/python scripts/link.py
cksum <requirements/run.txt >.venv/installed-run
[ "$1" = run ] || echo "$locked" >"$stamp"

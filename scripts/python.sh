#!/bin/sh
# Print a Python that is new enough: the one named, else the first found.
set -eu
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
if [ -n "${1:-}" ]; then
  "$1" -c "$new_enough" 2>/dev/null && { echo "$1"; exit; }
  echo "$1 is no Python 3.11 or newer: $("$1" --version 2>&1 || true)" >&2
  exit 2
fi
for name in python3 python3.13 python3.12 python3.11 python3.14; do
  "$name" -c "$new_enough" 2>/dev/null && { echo "$name"; exit; }
done
echo "Python 3.11 or newer is needed, and none was found ($(python3 --version 2>&1 || true))." >&2
echo "Install one, or name it: make PYTHON=<path of python3.12>" >&2
exit 2

#!/bin/sh
# Stop the embedded server, delete its data, and remove all that was made in this checkout.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
"$python" -c pass 2>/dev/null || python=$(scripts/python.sh "${1:-}")
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=src "$python" - <<'END'
import os
import sys
from abono.base.kernel.refusal import Refused
from abono.base.store import server

try:
    server.remove(data=server.data_folder(environ=os.environ))
except Refused as refusal:
    sys.exit(str(refusal))
END
[ -z "${ABONO_DATA:-}" ] || rmdir "$ABONO_DATA" 2>/dev/null || true
rm -rf .data .venv out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis src/*.egg-info
find src tests bench scripts -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

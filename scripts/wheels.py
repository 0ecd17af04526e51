"""Print the wheels in a folder, largest first, and their sum. Exit 1: they exceed so many megabytes."""

import sys
from pathlib import Path

MEGABYTE = 1_000_000


def weigh(folder: Path, limit_mb: int) -> int:
    wheels = sorted(folder.iterdir(), key=lambda path: -path.stat().st_size)
    total = sum(path.stat().st_size for path in wheels)
    lines = [f"{path.stat().st_size:>12,}  {path.name}" for path in wheels]
    lines.append(f"{total:>12,}  bytes in {len(wheels)} wheels; at most {limit_mb * MEGABYTE:,}")
    sys.stdout.write("\n".join([*lines, ""]))
    return int(total > limit_mb * MEGABYTE)


sys.exit(weigh(Path(sys.argv[1]), int(sys.argv[2])))

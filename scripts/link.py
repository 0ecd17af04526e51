"""Let the environment that runs this script find this checkout, and give it the command `abono`.

What an editable install does, without a build and so without anything to download.
"""

import sys
import sysconfig
from pathlib import Path

COMMAND = """\
#!/bin/sh
'''exec' '{python}' "$0" "$@"
'''
import sys
from abono.interfaces.cli.main import main
sys.exit(main())
"""


def link() -> None:
    source = Path(__file__).resolve().parent.parent / "src"
    python = Path(sys.prefix) / "bin" / "python"
    _write(Path(sysconfig.get_path("purelib")) / "abono.pth", f"{source}\n")
    command = Path(sys.prefix) / "bin" / "abono"
    _write(command, COMMAND.format(python=str(python).replace("'", "'\"'\"'")))
    command.chmod(0o755)


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


link()

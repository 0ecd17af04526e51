"""The house rules as tests: they read the code and run nothing of it.

Each law names every place that breaks it. A law in the way is changed here and in HOUSE.md, not evaded.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "abono"
NOT_OURS = {".git", ".venv", ".data", "out", "build", "dist", "__pycache__"}
LONGEST_FILE = 500
LONGEST_FUNCTION = 60
COUNTRIES = {"US", "CL", "AR", "HU"}
SELLERS = ("franchise_us", "hosting_cl", "partners_us", "hosting_ar", "booking_hu")
FRAMEWORKS = {"django", "psycopg"}
DOORS_TO_THE_WORLD = {
    "subprocess",
    "socket",
    "pathlib",
    "shutil",
    "tempfile",
    "http",
    "urllib",
    "sqlite3",
    "logging",
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


# --- what is read


@cache
def tracked() -> tuple[Path, ...]:
    """All files of the project: those git knows or would add; without git, all but what make makes."""
    words = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if told.returncode == 0:
        paths = [ROOT / name for name in told.stdout.split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not NOT_OURS.intersection(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in paths if path.is_file()))


@cache
def text_of(path: Path) -> str:
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", "replace")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path), str(path))


def code(*, below: Path = SOURCE, migrations: bool = False) -> Iterator[Path]:
    for path in tracked():
        if path.suffix == ".py" and path.is_relative_to(below) and (migrations or "migrations" not in path.parts):
            yield path


def sql() -> Iterator[tuple[Path, int, str]]:
    """Every piece of SQL: whole .sql files, and the strings in code that look like it."""
    for path in tracked():
        if path.suffix == ".sql" and path.is_relative_to(SOURCE):
            yield path, 1, text_of(path)
    for path in code(migrations=True):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_WORDS.search(node.value):
                yield path, node.lineno, node.value


SQL_WORDS = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|WHERE|CHECK)\b")


def where(path: Path, line: int, what: str) -> str:
    return f"{path.relative_to(ROOT)}:{line}: {what}"


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Each imported module of a file, and each imported name as if it were one: `a.b` and `a.b.c`."""
    package = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts[:-1])
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parent, *([node.module] if node.module else [])])
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{name.name}") for name in node.names)


def none(offences: Iterable[str]) -> None:
    found = sorted(set(offences))
    assert not found, "\n" + "\n".join(found)


def is_rules(path: Path) -> bool:
    return path.stem.startswith("rules") or path.stem.endswith("_rules") or "rules" in path.parts


def is_pure(path: Path) -> bool:
    return is_rules(path) or path.is_relative_to(SOURCE / "base" / "kernel")


# --- money and time


def test_no_float() -> None:
    def offences() -> Iterator[str]:
        for path in code():
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
                    yield where(path, node.lineno, f"float {node.value}")
                elif isinstance(node, ast.Call) and ast.unparse(node.func) == "float":
                    yield where(path, node.lineno, "float()")

    none(offences())


def test_only_the_edges_read_a_clock() -> None:
    edges = (SOURCE / "interfaces" / "cli", SOURCE / "site")
    readers = {"today", "now", "utcnow", "localdate", "localtime"}
    clocks = {"date", "datetime", "timezone", "time", "dt"}
    # Keys are ordered by time; no decision depends on it.
    allowed = {(SOURCE / "base" / "kernel" / "ids.py", "time.time_ns")}

    def reads(node: ast.AST) -> str:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = ast.unparse(node.value).rpartition(".")[2]
            if (owner in clocks and node.attr in readers) or (owner == "time" and node.attr in {"time", "time_ns"}):
                return f"{owner}.{node.attr}"
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            return node.arg
        return ""

    def offences() -> Iterator[str]:
        for path in code(migrations=True):
            if any(path.is_relative_to(edge) for edge in edges):
                continue
            for node in ast.walk(tree_of(path)):
                if (clock := reads(node)) and (path, clock) not in allowed:
                    yield where(path, node.lineno, f"reads the clock with {clock}")  # type: ignore[attr-defined]

    none(offences())


def test_no_sql_reads_a_clock() -> None:
    clock = re.compile(
        r"\b(now\s*\(\s*\)|current_date|current_timestamp|localtimestamp|(clock|statement|transaction)_timestamp)\b",
        re.IGNORECASE,
    )
    none(where(path, line, found.group()) for path, line, text in sql() for found in clock.finditer(text))


# --- names, sizes, words


def test_no_forbidden_names() -> None:
    forbidden = re.compile(r"^_*(get|handle|process)_|manager|(^|_)(utils?|helpers?)($|_)|Helper|Utils", re.IGNORECASE)
    modules = {"manager", "managers", "service", "services", "util", "utils", "helper", "helpers"}
    imposed = {"get_command"}  # what click and Django call

    def offences() -> Iterator[str]:
        for path in code():
            if modules.intersection(path.relative_to(SOURCE).with_suffix("").parts):
                yield where(path, 1, "name of the file")
            for node in ast.walk(tree_of(path)):
                if not isinstance(node, (*FUNCTIONS, ast.ClassDef)) or node.name in imposed:
                    continue
                # "service" is a word of the trade (what a customer pays for), but no name for a kind of class.
                if forbidden.search(node.name) or re.search(r"[a-z]Service$", node.name):
                    yield where(path, node.lineno, node.name)

    none(offences())


def test_files_and_functions_are_short() -> None:
    def offences() -> Iterator[str]:
        for path in code(below=ROOT):
            lines = text_of(path).count("\n")
            if lines > LONGEST_FILE:
                yield where(path, 1, f"{lines} lines, at most {LONGEST_FILE}")
            for node in ast.walk(tree_of(path)):
                if isinstance(node, FUNCTIONS) and node.end_lineno:
                    length = node.end_lineno - node.lineno + 1
                    if length > LONGEST_FUNCTION:
                        yield where(path, node.lineno, f"{node.name}: {length} lines, at most {LONGEST_FUNCTION}")

    none(offences())


def test_every_package_says_what_it_is() -> None:
    none(where(path, 1, "no docstring") for path in code() if path.name == "__init__.py" and not _said(path))


def _said(path: Path) -> bool:
    return bool(ast.get_docstring(tree_of(path)))


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in code(migrations=True)}
    none(where(folder / "__init__.py", 1, "missing") for folder in folders if not (folder / "__init__.py").exists())


def test_public_functions_of_actions_queries_and_rules_take_keywords_only() -> None:
    kinds = {"actions", "queries", "rules"}

    def offences() -> Iterator[str]:
        for path in code():
            if not (kinds.intersection((path.stem, path.parent.name)) or is_rules(path)):
                continue
            for node in tree_of(path).body:
                if not isinstance(node, FUNCTIONS) or node.name.startswith("_"):
                    continue
                if node.args.args or node.args.posonlyargs or node.args.vararg:
                    yield where(path, node.lineno, f"{node.name}({ast.unparse(node.args)})")

    none(offences())


def test_nothing_is_left_unfinished() -> None:
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|NotImplemented" r"Error)\b")

    def offences() -> Iterator[str]:
        for path in tracked():
            if path.suffix in {".py", ".sql", ".typ", ".toml", ".sh", ".md"}:
                for number, line in enumerate(text_of(path).splitlines(), 1):
                    if found := marks.search(line):
                        yield where(path, number, found.group())

    none(offences())


# --- one engine for every seller


def test_no_code_knows_a_seller() -> None:
    names = re.compile("|".join(SELLERS))

    def offences() -> Iterator[str]:
        for path in tracked():
            if path.is_relative_to(SOURCE) and not (path.parent.name == "policies" and path.suffix == ".toml"):
                for number, line in enumerate(text_of(path).splitlines(), 1):
                    if found := names.search(line):
                        yield where(path, number, found.group())

    none(offences())


def test_no_code_tests_for_a_country() -> None:
    data = re.compile("identifier|holiday|jurisdiction")
    in_sql = re.compile(r"(=|<>|!=|\bIN\s*\()\s*'(" + "|".join(sorted(COUNTRIES)) + r")'", re.IGNORECASE)

    def constants(node: ast.AST) -> Iterator[str]:
        parts: Iterable[ast.AST] = ()
        if isinstance(node, ast.Compare):
            parts = (node.left, *node.comparators)
        elif isinstance(node, ast.MatchValue):
            parts = (node.value,)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "startswith":
            parts = node.args
        for part in parts:
            elements = part.elts if isinstance(part, ast.Tuple | ast.List | ast.Set) else [part]
            for element in elements:
                if isinstance(element, ast.Constant) and element.value in COUNTRIES:
                    yield str(element.value)

    def offences() -> Iterator[str]:
        for path in code(migrations=True):
            if not data.search(path.stem):
                for node in ast.walk(tree_of(path)):
                    for country in constants(node):
                        yield where(path, getattr(node, "lineno", 1), f"tests for {country}")
        for path, line, text in sql():
            yield from (where(path, line, found.group()) for found in in_sql.finditer(text))

    none(offences())


# --- storeys


def test_the_import_contracts_hold() -> None:
    words = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    told = subprocess.run(
        [sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert told.returncode == 0, told.stdout[-4000:] + told.stderr[-2000:]


def test_rules_and_kernel_import_no_framework_and_do_no_input_or_output() -> None:
    def offences() -> Iterator[str]:
        for path in filter(is_pure, code()):
            for line, module in imports(path):
                # Tables that come with the program (importlib.resources) are part of a rule, not the world.
                if module.split(".")[0] in FRAMEWORKS | DOORS_TO_THE_WORLD:
                    yield where(path, line, f"imports {module}")
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in {"open", "print", "input"}:
                    yield where(path, node.lineno, f"calls {ast.unparse(node.func)}")

    none(offences())


def test_rules_and_kernel_reach_no_framework_through_others() -> None:
    graph = grimp.build_graph("abono", include_external_packages=True, cache_dir=None)

    def offences() -> Iterator[str]:
        for path in filter(is_pure, code()):
            module = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
            for framework in sorted(FRAMEWORKS & graph.modules):
                chain = graph.find_shortest_chain(importer=module, imported=framework)
                if chain:
                    yield where(path, 1, " -> ".join(chain))

    none(offences())


def _breaches(forbidden: Callable[[Path, list[str]], bool]) -> Iterator[str]:
    for path in code():
        for line, module in imports(path):
            if forbidden(path, module.split(".")):
                yield where(path, line, f"imports {module}")


def test_the_audit_imports_tables_only() -> None:
    def forbidden(path: Path, module: list[str]) -> bool:
        if not path.is_relative_to(SOURCE / "reports" / "audit"):
            return False
        return module[:2] == ["abono", "runs"] or (module[:2] == ["abono", "domain"] and "models" not in module)

    none(_breaches(forbidden))


def test_a_context_keeps_its_tables_to_itself() -> None:
    def forbidden(path: Path, module: list[str]) -> bool:
        if module[:2] != ["abono", "domain"] or len(module) != 4 or module[3] != "models":
            return False
        return not any(path.is_relative_to(SOURCE / own) for own in (f"domain/{module[2]}", "reports"))

    none(_breaches(forbidden))


def test_batches_are_for_the_engine() -> None:
    def forbidden(path: Path, module: list[str]) -> bool:
        if module[:2] != ["abono", "domain"] or len(module) != 4 or module[3] != "batch":
            return False
        # One is a batch of one: actions go through the same door. Pages, commands and reports do not.
        users = ("runs", "migration", "domain")
        return not any(path.is_relative_to(SOURCE / user) for user in users)

    none(_breaches(forbidden))


# --- what leaves the house


def test_all_data_files_are_packed() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["abono"]
    packed = {path for pattern in patterns for path in SOURCE.glob(pattern)}
    data = [path for path in tracked() if path.is_relative_to(SOURCE) and path.suffix != ".py"]
    none(where(path, 1, "is not in package-data") for path in data if path not in packed)


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        (
            "address of a package index",
            r"py" r"pi\.|python" r"hosted|(?<!emit-)index" r"-url|find" r"-links|npm" r"js\.",
        ),
        ("path of one machine", r"(?<![\w.~$}/-])/(work|root|home|Users)" r"/\w"),
    ],
)
def test_files_name_no(what: str, pattern: str) -> None:
    def offences() -> Iterator[str]:
        for path in tracked():
            for number, line in enumerate(text_of(path).splitlines(), 1):
                if found := re.search(pattern, line):
                    yield where(path, number, f"{what}: {found.group()}")

    none(offences())


def test_the_two_commands_name_no_host() -> None:
    built = [ROOT / "Makefile", *(ROOT / "scripts").glob("*"), *(ROOT / ".ci").glob("*")]
    locked = [*(ROOT / "requirements").glob("*.txt")]
    none(where(path, 1, "an address") for path in built + locked if path.is_file() and "http" in text_of(path))


def test_the_locked_requirements_are_hashed_and_agree() -> None:
    def pins(name: str) -> dict[str, str]:
        text = text_of(ROOT / "requirements" / name).replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
        assert all("--hash=sha256:" in line for line in lines), name
        return dict(line.split()[0].split("==") for line in lines)

    run, test = pins("run.txt"), pins("test.txt")
    assert run.items() <= test.items()
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[\[<>=~! ]", line)[0] for line in wanted}
    assert names <= set(run), "pyproject.toml changed: make lock"

"""The lines that keep the house in order: imports run one way, law stays in corpus/, heavy libraries come late."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
MODULES = sorted(p for room in ("assistant", "ingest", "corpus") for p in (PROJECT / room).rglob("*.py"))

MAY_IMPORT = {
    "corpus": set(),
    "assistant.law": {"assistant.law"},
    "assistant.rules": {"assistant.rules", "assistant.law"},
    "assistant.search": {"assistant.search", "assistant.law", "assistant.words"},
    "assistant.words": {"assistant.law"},
    "assistant.answer": {"assistant.answer", "assistant.search", "assistant.rules", "assistant.law", "assistant.words"},
    "assistant.desk": {"assistant.answer", "assistant.search", "assistant.rules", "assistant.law", "assistant.words"},
    "ingest": {"ingest", "assistant.law", "assistant.search", "assistant.desk", "assistant.settings"},
}
"""A room and what it may import of ours. Rooms that are not named (the shell: cli, page, evaluation) may import all."""

SHELL = ("assistant.cli", "assistant.page", "assistant.evaluation")
HEAVY = ("torch", "sentence_transformers", "chromadb", "streamlit", "langchain", "onnxruntime", "transformers", "lxml")


def _name(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _under(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 50


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_imports_run_one_way(path: Path) -> None:
    name = _name(path)
    room = max((room for room in MAY_IMPORT if _under(name, room)), key=len, default=None)
    if room is None:
        return
    ours = [m for m in _imports(path) if m.split(".")[0] in ("assistant", "ingest", "corpus", "app")]
    assert [m for m in ours if not any(_under(m, allowed) for allowed in MAY_IMPORT[room])] == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_only_the_shell_imports_ingest(path: Path) -> None:
    name = _name(path)
    if not _under(name, "ingest") and not any(_under(name, shell) for shell in SHELL):
        assert [module for module in _imports(path) if _under(module, "ingest")] == []


LAW = re.compile(
    r"\b\d{2,4}\.\d{3,4}\b|§ ?\d|第[一二三四五六七八九十百\d]+[条款项]|\b(?:19|20)\d\d-\d\d-\d\d\b|14117"
    r"|countr(?:y|ies) of concern|covered person|\$\d"
)


def _literals(path: Path) -> Iterator[tuple[int, str]]:
    """The string literals of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bodies = [node.body for node in ast.walk(tree) if isinstance(getattr(node, "body", None), list)]
    docstrings = {id(n.value) for body in bodies for n in body if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


EXAMPLES_OF_USE = {"assistant.cli", "assistant.law.instruments", "assistant.law.timeline", "assistant.search.tokens"}
"""Modules that show how a day or a citation is written: in an error, a help text, the comment of a pattern."""


@pytest.mark.parametrize("path", [p for p in MODULES if _under(_name(p), "assistant")], ids=_name)
def test_no_law_stands_in_code(path: Path) -> None:
    if _name(path) in EXAMPLES_OF_USE:
        return
    found = [f"{path.name}:{line}: {text[:80]}" for line, text in _literals(path) if LAW.search(text)]
    assert found == []


def test_heavy_libraries_are_imported_where_they_are_used() -> None:
    code = f"import sys, assistant.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert found.stdout.strip() == "[]"


def test_looking_up_a_citation_loads_neither_model_nor_store(data_folder: Path) -> None:
    heavy = ("torch", "chromadb", "onnxruntime", "tantivy", "streamlit")
    code = (
        "import sys; from pathlib import Path; from datetime import date; import corpus; "
        "from assistant.desk import open_desk; from assistant.answer.lookup import look_up; "
        f"d = open_desk(Path({str(data_folder)!r}), corpus.FOLDER); "
        "look_up(d.citator, d.holdings, '28 CFR 202.205(a)', date(2026, 1, 1), 'en'); "
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert found.stdout.strip() == "[]"

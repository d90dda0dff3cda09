"""YAML read strictly: every scalar a string, a duplicate key an error, each error with file and line.

Plain YAML reads section 202.210 as the number 202.21 and `no` as false; so scalars stay strings, and the
schema of each file (a pydantic model) converts them.
"""

from pathlib import Path
from typing import Any

__all__ = ["CorpusFileError", "load"]


class CorpusFileError(ValueError):
    """A file of the corpus cannot be used. `path`, `line` (1-based, or None) and `problem` say where and what."""

    def __init__(self, path: Path | str, line: int | None, problem: str) -> None:
        self.path, self.line, self.problem = path, line, problem
        super().__init__(f"{path}{f':{line}' if line else ''}: {problem}")


def load(text: str, path: Path | str) -> Any:
    """The document in `text`: dicts, lists and strings. `path` names the file in errors.

    Raises CorpusFileError for text that is not YAML, for a duplicate key, and for anchors and tags.
    """
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise CorpusFileError(path, mark.line + 1 if mark else None, f"not YAML: {problem}") from None
    return None if node is None else _value(node, path)


def _value(node: Any, path: Path | str) -> Any:
    import yaml

    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, path) for item in node.value]
    out: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = _value(key_node, path)
        if not isinstance(key, str):
            raise CorpusFileError(path, key_node.start_mark.line + 1, "a key must be a plain word")
        if key in out:
            raise CorpusFileError(path, key_node.start_mark.line + 1, f"the key {key!r} stands here twice")
        out[key] = _value(value_node, path)
    return out

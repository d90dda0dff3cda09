"""Where each key and item of a YAML file stands, for errors that name the line."""

from collections.abc import Mapping
from typing import Any

__all__ = ["Place", "lines_of"]

Place = tuple[str | int, ...]


def lines_of(text: str) -> Mapping[Place, int]:
    """The line (1-based) of every key and list item, by its way from the top: keys and places in lists."""
    import yaml

    out: dict[Place, int] = {(): 1}
    node = yaml.compose(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    if node is not None:
        _walk(node, (), out)
    return out


def _walk(node: Any, place: Place, out: dict[Place, int]) -> None:
    if hasattr(node, "value") and isinstance(node.value, list):
        for position, item in enumerate(node.value):
            key_node, value = item if isinstance(item, tuple) else (item, item)
            here = (*place, key_node.value if isinstance(item, tuple) else position)
            out[here] = key_node.start_mark.line + 1
            _walk(value, here, out)

"""A provision printed whole: its own words and all below it, with the labels put back."""

from collections.abc import Iterator
from datetime import date

from assistant.law.holdings import Holdings
from assistant.law.provisions import Layer, Locator, Provision

__all__ = ["full_text", "heading_of"]


def full_text(holdings: Holdings, locator: Locator, as_of: date, layer: Layer) -> str:
    """The words of the provision and of everything below it in one layer, a paragraph a line; "" where none.

    Labels in brackets are printed, (a) or （一）; those that only count, 第二款, are not.
    """
    lines = []
    for depth, provision in _walk(holdings, locator, as_of, layer):
        own = provision.locator == locator
        label = provision.label.split()[-1] if provision.label.startswith(("(", "（")) and not own else ""
        if layer == "restatement" and not own:
            label = provision.label
        words = " ".join(part for part in (label, provision.text) if part)
        if words:
            lines.append("  " * max(depth - 1, 0) + words)
    return "\n".join(lines)


def _walk(
    holdings: Holdings, locator: Locator, as_of: date, layer: Layer, depth: int = 0
) -> Iterator[tuple[int, Provision]]:
    reading = holdings.reading(locator, as_of)
    provision = reading and (reading.official if layer == "official" else reading.restatement)
    if provision:
        yield depth, provision
    for child in holdings.children(locator, as_of):
        yield from _walk(holdings, child.locator, as_of, layer, depth + 1)


def heading_of(provision: Provision) -> str:
    """The headings that place a provision within its instrument, innermost last: "Data brokerage › Example 9"."""
    names = [name.strip().rstrip(".") for name in (*provision.trail[1:], provision.heading) if name.strip()]
    return " › ".join(dict.fromkeys(names)) or (provision.trail[0].split(" › ")[-1] if provision.trail else "")

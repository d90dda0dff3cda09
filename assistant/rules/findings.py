"""A finding: what is true, false or unknown, by which provision, and the parts that decided it.

The tree is its own explanation. What is missing and what was presumed is read off it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from assistant.law.provisions import Locator
from assistant.rules.facts import Fact
from assistant.rules.truth import Cause, Truth

__all__ = ["Finding", "Label", "Missing", "Presumed", "missing_of", "presumed_of", "walk"]


class Label(NamedTuple):
    """What findings of one kind share: name, pinpoint, and how they read when true and when false.

    A fact's own finding has the fact in `fact`; a finding without a name is a step within another.
    """

    name: str
    pinpoint: Locator
    true: str = ""
    false: str = ""
    fact: Fact | None = None


class Finding(NamedTuple):
    """The truth of `label` of the thing `of` ("recipient", "dealings.1").

    `parts`: those that decided; where it is false, one that suffices. `leans`: some part is presumed.
    For a fact: `path`, its `value`, and `state` "told", "presumed" or "missing"; `cause` where it is missing.
    """

    label: Label
    of: str
    truth: Truth
    parts: tuple["Finding", ...] = ()
    leans: bool = False
    path: str = ""
    value: Any = None
    state: str = ""
    cause: Cause | None = None


class Missing(NamedTuple):
    """A fact without which something is unknown."""

    path: str
    fact: Fact
    cause: Cause


class Presumed(NamedTuple):
    """A fact that nobody told and that an answer leans on."""

    path: str
    fact: Fact
    value: Any


def walk(finding: Finding) -> Iterator[Finding]:
    """The finding and all below it, each once, from above, depth first."""
    seen: set[int] = set()
    stack = [finding]
    while stack:
        here = stack.pop()
        if id(here) not in seen:
            seen.add(id(here))
            yield here
            stack.extend(reversed(here.parts))


def missing_of(finding: Finding) -> dict[str, Missing]:
    """The facts that keep an unknown finding unknown, by path; nothing for one that is true or false."""
    out: dict[str, Missing] = {}
    seen: set[int] = set()
    stack = [finding]
    while stack:
        here = stack.pop()
        if here.truth is not Truth.UNKNOWN or id(here) in seen:
            continue
        seen.add(id(here))
        if here.cause is not None and here.label.fact is not None:
            out.setdefault(here.path, Missing(here.path, here.label.fact, here.cause))
        stack.extend(reversed(here.parts))
    return out


def presumed_of(finding: Finding) -> dict[str, Presumed]:
    """The presumptions that a finding leans on, by path."""
    out: dict[str, Presumed] = {}
    seen: set[int] = set()
    stack = [finding]
    while stack:
        here = stack.pop()
        if not here.leans or id(here) in seen:
            continue
        seen.add(id(here))
        if here.state == "presumed" and here.label.fact is not None:
            out.setdefault(here.path, Presumed(here.path, here.label.fact, here.value))
        stack.extend(reversed(here.parts))
    return out


def positive(finding: Finding, names: Mapping[str, str]) -> str:
    """The statement whose truth the finding tells."""
    return finding.label.true.replace("{of}", names.get(finding.of, finding.of))


def sentence(finding: Finding, names: Mapping[str, str]) -> str:
    """How the finding reads. An unknown one reads as a question that stands open."""
    text = finding.label.false if finding.truth is Truth.FALSE else finding.label.true
    return text.replace("{of}", names.get(finding.of, finding.of))

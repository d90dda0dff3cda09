"""Three-valued truth (Kleene's strong logic) and amounts that may be ranges."""

from collections.abc import Iterable
from enum import Enum
from fractions import Fraction
from typing import NamedTuple, NoReturn

__all__ = ["Cause", "Range", "Truth", "all_of", "any_of", "exceeds", "reaches"]


class Truth(Enum):
    """True, false, or unknown. It cannot stand in an `if`: say which of the three is meant.

    >>> bool(Truth.TRUE)
    Traceback (most recent call last):
    TypeError: a truth of three values has no bool: compare it with TRUE, FALSE or UNKNOWN
    """

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def __bool__(self) -> NoReturn:
        raise TypeError("a truth of three values has no bool: compare it with TRUE, FALSE or UNKNOWN")

    def negated(self) -> "Truth":
        """The opposite; unknown stays unknown."""
        if self is Truth.TRUE:
            return Truth.FALSE
        return Truth.TRUE if self is Truth.FALSE else Truth.UNKNOWN

    @staticmethod
    def of(claim: bool) -> "Truth":
        """TRUE or FALSE."""
        return Truth.TRUE if claim else Truth.FALSE


class Cause(Enum):
    """Why something is unknown."""

    FACT_MISSING = "fact_missing"
    JUDGEMENT = "judgement"
    NOT_MODELLED = "not_modelled"
    TEXT_NOT_HELD = "text_not_held"


def all_of(truths: Iterable[Truth]) -> Truth:
    """FALSE where one is, else UNKNOWN where one is, else TRUE; TRUE of nothing."""
    out = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return truth
        if truth is Truth.UNKNOWN:
            out = truth
    return out


def any_of(truths: Iterable[Truth]) -> Truth:
    """TRUE where one is, else UNKNOWN where one is, else FALSE; FALSE of nothing."""
    out = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return truth
        if truth is Truth.UNKNOWN:
            out = truth
    return out


class Range(NamedTuple):
    """An amount from `low` to `high`, both inclusive; `high` None is open. Exact where both are the same."""

    low: Fraction | int
    high: Fraction | int | None

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high


def exceeds(amount: Range, limit: Fraction | int) -> Truth:
    """Whether the amount is more than the limit.

    >>> exceeds(Range(100, 100), 100), exceeds(Range(101, None), 100), exceeds(Range(90, 110), 100)
    (<Truth.FALSE: 'false'>, <Truth.TRUE: 'true'>, <Truth.UNKNOWN: 'unknown'>)
    """
    if amount.low > limit:
        return Truth.TRUE
    return Truth.FALSE if amount.high is not None and amount.high <= limit else Truth.UNKNOWN


def reaches(amount: Range, limit: Fraction | int) -> Truth:
    """Whether the amount is the limit or more."""
    if amount.low >= limit:
        return Truth.TRUE
    return Truth.FALSE if amount.high is not None and amount.high < limit else Truth.UNKNOWN

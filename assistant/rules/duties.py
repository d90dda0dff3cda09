"""What a verdict brings with it: requirements and obligations, with the day on which each is due."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from assistant.rules.rules import Evaluation, Outcome
from assistant.rules.truth import Truth

__all__ = ["last_day", "obligations_of", "requirements_of"]


def requirements_of(evaluation: Evaluation) -> list[dict[str, str]]:
    """What must be in place: name, authority, pinpoint."""
    return [
        {key: entry[key] for key in ("name", "authority", "pinpoint")}
        for entry in evaluation.pack.document["requirements"]
        if any(_applies(evaluation, outcome, entry) for outcome in evaluation.outcomes)
    ]


def obligations_of(evaluation: Evaluation) -> list[dict[str, Any]]:
    """The duties: duty, pinpoint, due (date or None, and the rule in words)."""
    out: list[dict[str, Any]] = []
    for entry in evaluation.pack.document["obligations"]:
        for outcome in evaluation.outcomes:
            if _applies(evaluation, outcome, entry) and _begun(evaluation, outcome, entry):
                day = _due(evaluation, outcome, entry["due"])
                due = {"date": day.isoformat() if day else None, "rule": entry["due"]["rule"]}
                duty = {"duty": entry["duty"], "pinpoint": entry["pinpoint"], "due": due}
                if duty not in out:
                    out.append(duty)
    return out


def _applies(evaluation: Evaluation, outcome: Outcome, entry: Mapping[str, Any]) -> bool:
    if not outcome.dealing or outcome.verdict not in entry.get("verdicts", [outcome.verdict]):
        return False
    if "needs" in entry and _told(evaluation, outcome, entry["needs"]) is None:
        return False
    return all(evaluation.find(name, outcome.dealing).truth is Truth.TRUE for name in entry.get("findings", ()))


def _dealing_day(evaluation: Evaluation, outcome: Outcome) -> date:
    dealing = evaluation.case.dealings[int(outcome.dealing.rpartition(".")[2]) - 1]
    return evaluation.case.day_of(dealing)


def _begun(evaluation: Evaluation, outcome: Outcome, entry: Mapping[str, Any]) -> bool:
    """Whether the duty is already the law on the day of the dealing."""
    if "from" not in entry:
        return True
    day = _told(evaluation, outcome, entry["needs"]) if "needs" in entry else _dealing_day(evaluation, outcome)
    begins: date = evaluation.case.values[entry["from"]]
    return bool(day >= begins)


def _told(evaluation: Evaluation, outcome: Outcome, key: str) -> Any:
    dealing = evaluation.case.dealings[int(outcome.dealing.rpartition(".")[2]) - 1]
    return evaluation.case.told(dealing, key)


def _due(evaluation: Evaluation, outcome: Outcome, due: Mapping[str, Any]) -> date | None:
    if "value" in due:
        day: date = evaluation.case.values[due["value"]]
        return day
    dealt = _dealing_day(evaluation, outcome)
    if "years_after" in due:
        return _years_after(dealt, int(due["years_after"]))
    if "yearly" in due:
        month, number = due["yearly"].split("-")
        return date(dealt.year + 1, int(month), int(number))
    if "days_after" in due:
        event = _told(evaluation, outcome, due["days_after"])
        return last_day(event, int(due["days"]), evaluation.pack.document["counting"]) if event else None
    return None


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=day.day - 1)


def last_day(event: date, days: int, counting: Mapping[str, Any]) -> date:
    """The last day of a period of so many days after an event (28 CFR 202.102(c)).

    The day of the event is not counted, every other day is; a period that ends on a weekend or Federal holiday runs
    to the end of the next day that is neither.
    """
    weekend = {int(number) for number in counting["weekend"]}
    day = event + timedelta(days=days)
    while day.isoweekday() in weekend or day in _holidays(day.year, counting):
        day += timedelta(days=1)
    return day


def _holidays(year: int, counting: Mapping[str, Any]) -> set[date]:
    """The days on which Federal holidays are observed in a year, with that of the next year's first, if in this."""
    days = [_holiday(y, entry) for y in (year, year + 1) for entry in counting["holidays"]]
    saturday, sunday = (int(number) for number in counting["weekend"])
    moved = {saturday: -1, sunday: 1}
    return {day + timedelta(days=moved.get(day.isoweekday(), 0)) for day in days}


def _holiday(year: int, entry: Mapping[str, str]) -> date:
    month = int(entry["month"])
    if "day" in entry:
        return date(year, month, int(entry["day"]))
    weekday, nth = int(entry["weekday"]), int(entry["nth"])
    if nth > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (nth - 1))
    last = (date(year + month // 12, month % 12 + 1, 1)) - timedelta(days=1)
    return last - timedelta(days=(last.isoweekday() - weekday) % 7 - 7 * (nth + 1))

"""Transactions made at random, and their facts one by one."""

import random
from collections.abc import Mapping
from datetime import date
from typing import Any

from assistant.evaluation.examples import with_facts

DAY = date(2026, 1, 29)


def flat(document: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Every told fact of a document by its path."""
    out: dict[str, Any] = {}
    for key, value in document.items():
        path = f"{above}{key}"
        if isinstance(value, dict) and not set(value) <= {"at_least", "at_most"}:
            out |= flat(value, f"{path}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, item in enumerate(value, 1):
                out |= flat(item, f"{path}.{number}.")
        else:
            out[path] = value
    return out


def without(document: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The document with one fact said to be unknown."""
    return with_facts(document, {path: "unknown"})


_COUNTRIES = ["US", "CN", "HK", "SG", "DE", "TW"]
_COUNTS = [
    99,
    100,
    101,
    1000,
    1001,
    10000,
    10001,
    100001,
    100001,
    200000,
    200000,
    {"at_least": 90},
    {"at_most": 100},
    {"at_least": 500},
]
_KINDS = [
    "human_genomic", "human_genomic", "human_proteomic", "raw_rna_sequence", "biometric_identifiers",
    "precise_geolocation", "personal_health", "personal_health", "personal_financial", "personal_financial",
    "listed_identifiers", "other",
]  # fmt: skip
_CIRCUMSTANCES = [
    "knowingly", "purpose_of_evasion", "federal_agreement", "federal_agreement_reaches_dealing", "financial_services",
    "ordinarily_incident_to_financial_services", "travel", "ordinarily_incident_to_travel", "us_official_business",
    "fda_regulated_investigation", "ordinarily_incident_to_investigation", "regulatory_submission_required",
    "reasonably_necessary_for_regulator", "necessary_for_regulatory_approval", "telecommunications_service",
    "ordinarily_incident_to_telecommunications", "within_corporate_group", "affiliate_under_country_of_concern",
    "ordinarily_incident_to_business_operations", "license_covers_dealing",
]  # fmt: skip


def random_document(seed: int) -> dict[str, Any]:
    """A transaction document, the same for the same seed; it always says the kind of each dealing or party."""
    pick = random.Random(seed)
    parties: dict[str, Any] = {"us": {"kind": "entity", "organized_in": ["US"]}}
    for name in ("a", "b", "c"):
        parties[name] = _party(pick)
    if pick.random() < 0.6:
        parties["a"] = {"kind": "entity", "organized_in": ["CN"], "principal_place_of_business": "CN"}
    data = {name: _data(pick, ["g", "h", "i"]) for name in ("g", "h", "i")}
    for name, entry in data.items():
        entry["linked_to"] = [n for n in entry["linked_to"] if n != name]
    document: dict[str, Any] = {
        "as_of": pick.choice(["2026-01-29", "2025-04-08", "2025-04-07"]) if pick.random() < 0.3 else "2026-01-29",
        "parties": parties,
        "data": data,
        "specimens": {"s": {"us_persons": pick.choice(_COUNTS), "could_yield": pick.choice([[], ["human_genomic"]])}},
        "ownership": [
            {"owner": pick.choice("abc"), "owned": pick.choice("abc"), "percent": pick.choice([10, 30, 49.99, 50, 100])}
            for _ in range(pick.choice([0, 0, 1, 2, 3, 5]))
        ],
        "employment": [
            {"person": pick.choice("abc"), "employer": pick.choice("abc"), "as": "employee"}
            for _ in range(pick.choice([0, 0, 1]))
        ],
        "dealings": [_dealing(pick) for _ in range(pick.choice([1, 1, 2]))],
        "circumstances": {name: pick.random() < 0.7 for name in _CIRCUMSTANCES if pick.random() < 0.12},
    }
    return _plain(document, pick) if seed % 6 == 0 else document


def _plain(document: dict[str, Any], pick: random.Random) -> dict[str, Any]:
    """The transaction brought down to one services agreement on one set of data, as most are."""
    dealing = document["dealings"][0] | {"from": "us", "to": "a", "kind": "vendor_agreement", "covers": ["g"]}
    document["data"]["g"] = {
        "kind": "personal_health",
        "us_persons": pick.choice([10000, 10001, 200000]),
        "linked_to": [],
    }
    return document | {"dealings": [dealing | {"date": "2026-01-29"}], "circumstances": {}}


def _party(pick: random.Random) -> dict[str, Any]:
    country, other = pick.choice(_COUNTRIES), pick.choice(_COUNTRIES)
    party: dict[str, Any] = {"kind": pick.choice(["entity", "entity", "individual", "government"])}
    if party["kind"] == "entity":
        party |= {"organized_in": [country], "principal_place_of_business": pick.choice([country, other])}
    elif party["kind"] == "individual":
        party |= {"primary_residence": country, "located_in": other, "us_status": pick.choice(["none", "citizen"])}
    else:
        party |= {"government_of": country}
    if pick.random() < 0.15:
        party["designated"] = pick.random() < 0.5
    return party


def _data(pick: random.Random, names: list[str]) -> dict[str, Any]:
    kind = pick.choice(_KINDS)
    entry: dict[str, Any] = {"kind": kind, "us_persons": pick.choice(_COUNTS), "linked_to": []}
    if kind == "precise_geolocation":
        entry["us_devices"] = entry.pop("us_persons")
    if kind == "listed_identifiers":
        fields = ["first_and_last_name", "email_address", "ip_address", "cookie", "social_security_number"]
        entry["identifiers"] = pick.sample(fields, pick.choice([1, 2, 3]))
        entry["linked_to"] = pick.sample(names, pick.choice([0, 0, 1]))
    for fact in ("lawfully_public", "marketed_as_government_personnel", "other_people",
                 "deidentified_to_postmarketing_standard"):  # fmt: skip
        if pick.random() < 0.15:
            entry[fact] = pick.random() < 0.5
    return entry


def _dealing(pick: random.Random) -> dict[str, Any]:
    kinds = ["data_brokerage", "vendor_agreement", "employment_agreement", "investment_agreement", "other"]
    dealing: dict[str, Any] = {
        "from": pick.choice(["us", "us", "us", "us", "b"]),
        "to": pick.choice("aaabc"),
        "kind": pick.choice(kinds),
        "covers": pick.sample(["g", "h", "i", "s"], pick.choice([1, 1, 2, 3])),
        "recipient_has_access": pick.random() < 0.9,
        "consideration": pick.random() < 0.7,
        "sale_of_data": pick.random() < 0.3,
        "licence_of_access": pick.random() < 0.3,
        "date": pick.choice(["2026-01-29", "2026-01-29", "2025-12-01", "2025-01-28"]),
    }
    for fact in ("recipient_collected_directly", "other_data", "earlier_dealings"):
        if pick.random() < 0.1:
            dealing[fact] = pick.random() < 0.5
    terms = {
        name: pick.random() < 0.8
        for name in ("onward_transfer_barred", "security_requirements_met", "other_requirements_met")
        if pick.random() < 0.4
    }
    if terms:
        dealing["terms"] = terms
    if pick.random() < 0.1:
        dealing |= {"directed_by": "us", "director_has_authority": True, "director_exercised_authority": True}
    return dealing

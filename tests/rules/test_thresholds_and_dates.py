"""Each threshold below, at and above its number; each day the day before, on and after; the known errors of others."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from transactions import DAY

from assistant.evaluation.examples import with_facts
from assistant.rules import Evaluation, Rules
from assistant.rules.duties import last_day
from assistant.rules.report import report

BASE: dict[str, Any] = {
    "as_of": "2026-01-29",
    "parties": {
        "us": {"kind": "entity", "organized_in": ["US"]},
        "recipient": {"kind": "entity", "organized_in": ["CN"], "principal_place_of_business": "CN"},
        "owner": {"kind": "entity", "organized_in": ["CN"], "principal_place_of_business": "CN"},
        "middle": {"kind": "entity", "organized_in": ["SG"], "principal_place_of_business": "SG"},
    },
    "data": {"set": {"kind": "human_genomic", "us_persons": 101}},
    "specimens": {"samples": {"us_persons": 101, "could_yield": ["human_genomic"]}},
    "dealings": [
        {"from": "us", "to": "recipient", "kind": "vendor_agreement", "covers": ["set"], "recipient_has_access": True}
    ],
}
SINGAPORE = {"parties.recipient.organized_in": ["SG"], "parties.recipient.principal_place_of_business": "SG"}


def evaluated(rules: Rules, facts: dict[str, Any], *, presume: bool = True) -> Evaluation:
    return rules.evaluate(rules.read(with_facts(BASE, facts), DAY), presume=presume)


@pytest.mark.parametrize(
    ("kind", "counts", "limit", "above"),
    [
        ("human_genomic", "us_persons", 100, "prohibited"),
        ("human_epigenomic", "us_persons", 1000, "prohibited"),
        ("human_proteomic", "us_persons", 1000, "prohibited"),
        ("human_transcriptomic", "us_persons", 1000, "prohibited"),
        ("biometric_identifiers", "us_persons", 1000, "restricted"),
        ("precise_geolocation", "us_devices", 1000, "restricted"),
        ("personal_health", "us_persons", 10000, "restricted"),
        ("personal_financial", "us_persons", 10000, "restricted"),
        ("listed_identifiers", "us_persons", 100000, "restricted"),
    ],
)
def test_a_threshold_must_be_exceeded(rules: Rules, kind: str, counts: str, limit: int, above: str) -> None:
    entry = {"kind": kind, "identifiers": ["social_security_number", "first_and_last_name"]}
    for number, verdict in (
        (limit - 1, "not_covered"),
        (limit, "not_covered"),
        (limit + 1, above),
        ({"at_least": limit + 1}, above),
        ({"at_most": limit}, "not_covered"),
        ({"at_least": limit}, "undetermined"),
        ("unknown", "undetermined"),
    ):
        found = evaluated(rules, {"data.set": entry | {counts: number}})
        assert found.verdict == verdict, (kind, number)
        assert list(found.missing()) == ([f"data.set.{counts}"] if verdict == "undetermined" else [])


@pytest.mark.parametrize(("number", "verdict"), [(99, "not_covered"), (100, "not_covered"), (101, "prohibited")])
def test_specimens_count_by_what_could_be_derived(rules: Rules, number: int, verdict: str) -> None:
    facts = {"dealings.1.covers": ["samples"], "specimens.samples.us_persons": number}
    assert evaluated(rules, facts).verdict == verdict


def test_specimens_for_treatment_alone_are_no_biospecimens(rules: Rules) -> None:
    facts = {"dealings.1.covers": ["samples"], "specimens.samples.solely_for_diagnosis_treatment_prevention": True}
    assert evaluated(rules, facts).verdict == "not_covered"


@pytest.mark.parametrize(("number", "verdict"), [(999, "not_covered"), (1000, "not_covered"), (1001, "prohibited")])
def test_specimens_that_yield_only_proteomic_data_have_its_threshold(rules: Rules, number: int, verdict: str) -> None:
    facts = {
        "dealings.1.covers": ["samples"],
        "specimens.samples": {"us_persons": number, "could_yield": ["human_proteomic"]},
    }
    assert evaluated(rules, facts).verdict == verdict


@pytest.mark.parametrize(
    ("percent", "truth"),
    [(49.99, "false"), (50, "true"), (50.01, "true"), ({"at_least": 50}, "true"), ({"at_most": 50}, "unknown"),
     ("unknown", "unknown")],
)  # fmt: skip
def test_half_owned_is_enough(rules: Rules, percent: Any, truth: str) -> None:
    edges = [{"owner": "owner", "owned": "recipient", "percent": percent}]
    assert evaluated(rules, SINGAPORE | {"ownership": edges}).find("covered_person", "recipient").truth.value == truth


def edge(owner: str, owned: str, percent: float) -> dict[str, Any]:
    return {"owner": owner, "owned": owned, "percent": percent}


@pytest.mark.parametrize(
    ("edges", "truth"),
    [
        ([edge("owner", "middle", 50), edge("middle", "recipient", 50)], "true"),
        ([edge("owner", "middle", 49), edge("middle", "recipient", 100)], "false"),
        ([edge("owner", "recipient", 30), edge("owner", "middle", 100), edge("middle", "recipient", 20)], "true"),
        # A loop between two that nobody else owns makes neither covered.
        ([edge("middle", "recipient", 60), edge("recipient", "middle", 60)], "false"),
        # A loop in which one has a covered owner.
        ([edge("owner", "middle", 50), edge("middle", "recipient", 60), edge("recipient", "middle", 40)], "true"),
        # Half in proportion (20 + 80% of 40 = 52), but not through entities that are half held: two readings.
        ([edge("owner", "recipient", 20), edge("owner", "middle", 40), edge("middle", "recipient", 80)], "unknown"),
    ],
)  # fmt: skip
def test_ownership_runs_through_chains_and_loops(rules: Rules, edges: list[dict[str, Any]], truth: str) -> None:
    found = evaluated(rules, SINGAPORE | {"ownership": edges})
    assert found.find("covered_person", "recipient").truth.value == truth
    if truth == "unknown":
        assert "circumstances.reading_ownership" in found.missing()
        for reading, expected in (("counted_in_proportion", "true"), ("counted_in_full", "false")):
            facts = SINGAPORE | {"ownership": edges, "circumstances.reading_ownership": reading}
            assert evaluated(rules, facts).find("covered_person", "recipient").truth.value == expected


def test_a_governments_share_and_others_shares_are_added_only_by_judgement(rules: Rules) -> None:
    facts = SINGAPORE | {
        "parties.state": {"kind": "government", "government_of": "CN"},
        "ownership": [edge("state", "recipient", 25), edge("owner", "recipient", 25)],
    }
    found = evaluated(rules, facts)
    assert found.verdict == "undetermined"
    assert found.missing()["circumstances.reading_ownership"].cause.value == "judgement"
    assert evaluated(rules, facts | {"ownership": [edge("state", "recipient", 50)]}).verdict == "prohibited"


@pytest.mark.parametrize(
    ("day", "verdict"), [("2025-04-07", "not_covered"), ("2025-04-08", "prohibited"), ("2025-04-09", "prohibited")]
)
def test_nothing_is_covered_before_the_effective_date(rules: Rules, day: str, verdict: str) -> None:
    assert evaluated(rules, {"as_of": day}).verdict == verdict
    assert evaluated(rules, {"dealings.1.date": day}).verdict == verdict


@pytest.mark.parametrize(("day", "audit"), [("2025-10-05", False), ("2025-10-06", True), ("2025-10-07", True)])
def test_the_audit_begins_with_its_day(rules: Rules, day: str, audit: bool) -> None:
    document = with_facts(BASE, {"as_of": day, "data.set": {"kind": "personal_health", "us_persons": 20000}})
    duties = {o["pinpoint"]: o["due"] for o in report(rules, rules.read(document, DAY))["obligations"]}
    assert ("us/cfr/28/202.1002/c" in duties) is audit
    assert duties["us/cfr/28/202.1001/a"]["date"] == "2025-10-06"


@pytest.mark.parametrize(("percent", "due"), [(24.99, None), (25, "2027-03-01"), (25.01, "2027-03-01")])
def test_the_annual_report_is_for_cloud_computing_and_a_quarter_owned(
    rules: Rules, percent: float, due: str | None
) -> None:
    facts = {
        "data.set": {"kind": "personal_health", "us_persons": 20000},
        "dealings.1.cloud_computing": True,
        "ownership": [edge("owner", "us", percent)],
    }
    found = report(rules, rules.read(with_facts(BASE, facts), DAY))
    duties = {o["pinpoint"]: o["due"]["date"] for o in found["obligations"]}
    assert found["verdict"] == "restricted"
    assert duties.get("us/cfr/28/202.1103/c") == due


@pytest.mark.parametrize(
    ("event", "due"),
    [
        (date(2026, 2, 2), date(2026, 2, 17)),  # the 16th is Washington's Birthday
        (date(2026, 2, 3), date(2026, 2, 17)),
        (date(2026, 2, 4), date(2026, 2, 18)),
        (date(2026, 6, 20), date(2026, 7, 6)),  # the 4th is a Saturday, observed on Friday the 3rd
        (date(2025, 12, 11), date(2025, 12, 26)),
        (date(2025, 12, 18), date(2026, 1, 2)),
    ],
)
def test_days_are_counted_without_the_first_and_past_weekends_and_holidays(
    rules: Rules, event: date, due: date
) -> None:
    assert last_day(event, 14, rules.pack.document["counting"]) == due


def test_a_rejected_offer_of_data_brokerage_is_reported_within_14_days(rules: Rules) -> None:
    facts = {"dealings.1.kind": "data_brokerage", "circumstances.offer_rejected_on": "2026-02-03"}
    found = report(rules, rules.read(with_facts(BASE, facts), DAY))
    duties = {o["pinpoint"]: o["due"]["date"] for o in found["obligations"]}
    assert duties["us/cfr/28/202.1104/b"] == "2026-02-17"


def two_dealings(first: int, second: int, day: str, **entry: Any) -> dict[str, Any]:
    dealing = {**BASE["dealings"][0], "covers": ["earlier"], "date": day}
    return {
        "data.set.us_persons": first,
        "data.earlier": {"kind": "human_genomic", "us_persons": second, **entry},
        "dealings": [BASE["dealings"][0], dealing],
    }


@pytest.mark.parametrize(
    ("day", "verdict"),
    [("2025-01-28", "not_covered"), ("2025-01-29", "prohibited"), ("2025-12-01", "prohibited")],
)
def test_dealings_of_twelve_months_with_one_party_are_added(rules: Rules, day: str, verdict: str) -> None:
    assert evaluated(rules, two_dealings(60, 60, day, other_people=True)).verdict == verdict


def test_whether_people_were_counted_twice_is_asked(rules: Rules) -> None:
    found = evaluated(rules, two_dealings(60, 60, "2025-12-01"))
    assert found.verdict == "undetermined"
    assert set(found.missing()) == {"data.set.other_people", "data.earlier.other_people"}
    assert evaluated(rules, two_dealings(60, 40, "2025-12-01")).verdict == "not_covered"
    assert evaluated(rules, two_dealings(60, 41, "2025-12-01", other_people=True)).verdict == "prohibited"


def test_dealings_with_another_party_are_not_added(rules: Rules) -> None:
    facts = two_dealings(60, 60, "2025-12-01", other_people=True)
    facts["dealings"] = deepcopy(facts["dealings"])
    facts["dealings"][1]["to"] = "owner"
    assert evaluated(rules, facts).verdict == "not_covered"


# -- readings


def test_combined_data_has_two_readings(rules: Rules) -> None:
    facts = {
        "data.more": {"kind": "personal_health", "us_persons": 5000},
        "data.set.us_persons": 50,
        "dealings.1.covers": ["set", "more"],
    }
    found = evaluated(rules, facts)
    assert found.verdict == "undetermined"
    assert {p: m.cause.value for p, m in found.missing().items()} == {
        "circumstances.reading_combined_data": "judgement"
    }
    own = evaluated(rules, facts | {"circumstances.reading_combined_data": "each_type_its_own"})
    lowest = evaluated(rules, facts | {"circumstances.reading_combined_data": "lowest_threshold_for_the_set"})
    assert (own.verdict, lowest.verdict) == ("not_covered", "restricted")
    assert evaluated(rules, facts | {"data.more.us_persons": 100}).verdict == "not_covered"


def test_raw_rna_reads_as_genomic_only_by_judgement(rules: Rules) -> None:
    for number, verdict in ((100, "not_covered"), (101, "undetermined"), (1000, "undetermined"), (1001, "prohibited")):
        found = evaluated(rules, {"data.set": {"kind": "raw_rna_sequence", "us_persons": number}})
        assert found.verdict == verdict, number
        assert list(found.missing()) == (["circumstances.reading_raw_rna"] if verdict == "undetermined" else [])


def test_whether_a_filing_is_a_dealing_is_a_judgement(rules: Rules) -> None:
    facts = {
        "parties.recipient": {"kind": "government", "government_of": "CN"},
        "dealings.1.kind": "other",
        "dealings.1.consideration": False,
        "dealings.1.licence_of_access": False,
        "dealings.1.sale_of_data": False,
        "data.set.deidentified_to_postmarketing_standard": True,
        "circumstances": {
            "regulatory_submission_required": True,
            "reasonably_necessary_for_regulator": True,
            "necessary_for_regulatory_approval": True,
        },
    }
    found = evaluated(rules, facts)
    assert found.verdict == "undetermined"
    said = report(rules, found.case.transaction)
    assert (said["missing"][0]["fact"], said["missing"][0]["cause"]) == ("circumstances.reading_filing", "judgement")
    assert "exempt or not covered" in said["sentence"]
    for reading, verdict in (("similar_commercial_transaction", "exempt"), ("no_covered_dealing", "not_covered")):
        settled = evaluated(rules, facts | {"circumstances": facts["circumstances"] | {"reading_filing": reading}})
        assert settled.verdict == verdict


# -- known errors of other systems


@pytest.mark.parametrize("country", ["HK", "MO", "CU", "IR", "KP", "RU", "VE"])
def test_every_country_of_concern_counts_hong_kong_and_macau_too(rules: Rules, country: str) -> None:
    facts = {"parties.recipient.organized_in": [country], "parties.recipient.principal_place_of_business": country}
    assert evaluated(rules, facts).verdict == "prohibited"


@pytest.mark.parametrize("country", ["TW", "SG", "DE", "IN"])
def test_other_countries_do_not(rules: Rules, country: str) -> None:
    facts = {"parties.recipient.organized_in": [country], "parties.recipient.principal_place_of_business": country}
    assert evaluated(rules, facts).verdict == "not_covered"


@pytest.mark.parametrize(
    ("person", "us_person", "covered"),
    [
        ({"citizenships": ["CN"], "located_in": "US"}, "true", "false"),
        ({"citizenships": ["CN"], "located_in": "PR"}, "true", "false"),
        ({"citizenships": ["CN"], "primary_residence": "CN"}, "false", "true"),
        ({"citizenships": ["CN"], "primary_residence": "DE"}, "false", "false"),
        ({"citizenships": ["US", "CN"], "primary_residence": "CN"}, "true", "false"),
        ({"us_status": "lawful_permanent_resident", "primary_residence": "CN"}, "true", "false"),
        ({"citizenships": ["DE"], "primary_residence": "CN"}, "false", "true"),
        ({"citizenships": ["CN"]}, "unknown", "unknown"),
        ({"citizenships": ["CN"], "located_in": "US", "designated": True}, "true", "true"),
    ],
)  # fmt: skip
def test_nationality_is_not_status(rules: Rules, person: dict[str, Any], us_person: str, covered: str) -> None:
    found = evaluated(rules, {"parties.recipient": {"kind": "individual", **person}})
    assert found.find("us_person", "recipient").truth.value == us_person
    assert found.find("covered_person", "recipient").truth.value == covered


def test_government_related_data_under_a_vendor_agreement_is_restricted_at_any_volume(rules: Rules) -> None:
    facts = {"data.set": {"kind": "personal_health", "us_persons": 1, "marketed_as_government_personnel": True}}
    assert evaluated(rules, facts).verdict == "restricted"
    place = {"kind": "precise_geolocation", "us_devices": 1, "within_listed_government_area": True}
    assert evaluated(rules, {"data.set": place}).verdict == "restricted"


@pytest.mark.parametrize(
    ("terms", "verdict"),
    [({"onward_transfer_barred": False}, "prohibited"), ({"onward_transfer_barred": True}, "not_covered"),
     ({}, "undetermined"),
     ({"onward_transfer_barred": True, "onward_violations_reported": False}, "prohibited")],
)  # fmt: skip
def test_data_brokerage_with_any_foreign_person_needs_the_clause(
    rules: Rules, terms: dict[str, bool], verdict: str
) -> None:
    facts = SINGAPORE | {"dealings.1.kind": "data_brokerage", "dealings.1.terms": terms}
    assert evaluated(rules, facts).verdict == verdict


def test_without_the_clause_it_does_not_matter_whether_the_buyer_is_covered(rules: Rules) -> None:
    edges = [{"owner": "owner", "owned": "recipient", "percent": "unknown"}]
    facts = SINGAPORE | {"ownership": edges, "dealings.1.kind": "data_brokerage"}
    assert evaluated(rules, facts | {"dealings.1.terms": {"onward_transfer_barred": False}}).verdict == "prohibited"


def test_deidentified_data_is_covered_all_the_same(rules: Rules) -> None:
    assert evaluated(rules, {"data.set.deidentified": True}).verdict == "prohibited"


def test_requirements_that_are_not_met_make_a_restricted_dealing_prohibited(rules: Rules) -> None:
    health = {"data.set": {"kind": "personal_health", "us_persons": 20000}}
    assert evaluated(rules, health).verdict == "restricted"
    assert "dealings.1.terms.security_requirements_met" in evaluated(rules, health).presumed()
    assert evaluated(rules, health | {"dealings.1.terms": {"security_requirements_met": False}}).verdict == "prohibited"


def test_no_security_requirement_allows_access_to_bulk_omic_data(rules: Rules) -> None:
    assert evaluated(rules, {"dealings.1.terms": {"security_requirements_met": True}}).verdict == "prohibited"


@pytest.mark.parametrize(
    ("day", "verdict"), [("2026-01-28", "exempt"), ("2026-01-29", "exempt"), ("2026-01-30", "prohibited")]
)
def test_a_cfius_action_exempts_from_its_day(rules: Rules, day: str, verdict: str) -> None:
    facts = {
        "dealings.1.kind": "investment_agreement",
        "circumstances": {"cfius_measure": True, "cfius_measure_designated": True, "cfius_measure_effective": day},
    }
    assert evaluated(rules, facts).verdict == verdict


@pytest.mark.parametrize(("day", "truth"), [("2026-01-28", "true"), ("2026-01-29", "true"), ("2026-01-30", "false")])
def test_a_designation_holds_from_its_announcement(rules: Rules, day: str, truth: str) -> None:
    facts = SINGAPORE | {"parties.recipient.designation_announced": day}
    assert evaluated(rules, facts).find("covered_person", "recipient").truth.value == truth


@pytest.mark.parametrize(("percent", "verdict"), [(9.99, "not_covered"), (10, "restricted"), (10.01, "restricted")])
def test_a_passive_investment_is_below_a_tenth(rules: Rules, percent: float, verdict: str) -> None:
    facts = {
        "data.set": {"kind": "personal_health", "us_persons": 20000},
        "dealings.1.kind": "investment_agreement",
        "dealings.1.passive_vehicle": "publicly_traded_security",
        "dealings.1.investor_percent": percent,
        "dealings.1.rights_beyond_minority_protections": False,
    }
    assert evaluated(rules, facts).verdict == verdict


@pytest.mark.parametrize(("meters", "verdict"), [(999, "restricted"), (1000, "restricted"), (1001, "not_covered")])
def test_geolocation_is_precise_within_a_kilometre(rules: Rules, meters: int, verdict: str) -> None:
    facts = {"data.set": {"kind": "precise_geolocation", "us_devices": 5000, "precision_meters": meters}}
    assert evaluated(rules, facts).verdict == verdict


# -- alternatives


def test_alternatives_lead_where_they_say(rules: Rules) -> None:
    transaction = rules.read(BASE, DAY)
    found = report(rules, transaction)["alternatives"]
    assert {a["verdict"] for a in found} <= {"restricted", "exempt", "not_covered"}
    limits = [a["change"]["facts"] for a in found if "data.set.us_persons" in a["change"]["facts"]]
    assert limits == [{"data.set.us_persons": 100}]
    assert any(a["pinpoint"] == "us/cfr/28/202.504/a" for a in found)
    assert all("turns" in a for a in found)


def test_an_alternative_that_must_be_real_names_evasion(rules: Rules) -> None:
    found = report(rules, rules.read(BASE, DAY))["alternatives"]
    cautioned = [a for a in found if "caution" in a]
    assert cautioned
    assert {a["caution"]["pinpoint"] for a in cautioned} == {"us/cfr/28/202.304/a"}


def test_the_missing_fact_that_settles_most_comes_first(rules: Rules) -> None:
    facts = {"dealings.1.recipient_has_access": "unknown", "data.set.us_persons": "unknown"}
    found = report(rules, rules.read(with_facts(BASE, facts), DAY))
    assert {m["fact"] for m in found["missing"]} == {"dealings.1.recipient_has_access", "data.set.us_persons"}
    assert found["missing"][0]["question"].endswith("?")


def test_the_clause_is_not_asked_for_where_the_recipient_is_surely_covered(rules: Rules) -> None:
    found = evaluated(rules, {"dealings.1.kind": "other"})
    assert set(found.missing()) == {
        f"dealings.1.{act}" for act in ("sale_of_data", "licence_of_access", "consideration")
    }
    assert "prohibited or not covered" in report(rules, found.case.transaction)["sentence"]


@pytest.mark.parametrize(
    ("circumstances", "pinpoints"),
    [
        ({"federal_agreement": True, "federal_agreement_reaches_dealing": True}, ["us/cfr/28/202.1102/a"]),
        ({"travel": True, "ordinarily_incident_to_travel": True}, []),
        ({"federal_compliance": True, "ordinarily_incident_to_federal_compliance": True},
         ["us/cfr/28/202.1101/a", "us/cfr/28/202.1102/a"]),
        ({"regulatory_submission_required": True, "reasonably_necessary_for_regulator": True,
          "necessary_for_regulatory_approval": True}, ["us/cfr/28/202.1101/a", "us/cfr/28/202.1102/a"]),
    ],
)  # fmt: skip
def test_an_exemption_leaves_the_records_that_it_demands(
    rules: Rules, circumstances: dict[str, bool], pinpoints: list[str]
) -> None:
    facts = {"circumstances": circumstances, "data.set.deidentified_to_postmarketing_standard": True}
    found = report(rules, rules.read(with_facts(BASE, facts), DAY))
    assert found["verdict"] == "exempt"
    assert [o["pinpoint"] for o in found["obligations"]] == pinpoints


def test_specimens_are_no_regulatory_approval_data(rules: Rules) -> None:
    names = (
        "regulatory_submission_required",
        "reasonably_necessary_for_regulator",
        "necessary_for_regulatory_approval",
    )
    facts = {"dealings.1.covers": ["samples"], "circumstances": dict.fromkeys(names, True)}
    assert evaluated(rules, facts).verdict == "prohibited"

"""What is refused on load, with file and line; what a transaction may say; the table; the three values."""

from datetime import date
from itertools import product
from pathlib import Path

import pytest
from transactions import DAY

import corpus
from assistant.law.strict_yaml import CorpusFileError
from assistant.rules import Rules, TransactionError, Truth, load_rules, load_vocabulary
from assistant.rules.packs import fits, load_pack

PACK = corpus.FOLDER / "rules" / "us-dsp.yaml"
FACTS = corpus.FOLDER / "facts.yaml"


def refused(tmp_path: Path, old: str, new: str) -> CorpusFileError:
    text = PACK.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "pack.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CorpusFileError) as caught:
        load_pack(path, load_vocabulary(FACTS))
    assert caught.value.line, caught.value.problem
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{fact: organized_in, only_in: united_states}", "{fact: organised_in, only_in: united_states}", "no fact"),
        ("{fact: organized_in, only_in: united_states}", "{fact: organized_in, only_in: united_stats}", "no value"),
        ("{fact: organized_in, only_in: united_states}", "{fact: organized_in, within: united_states}", "unknown word"),
        ("precision_meters, at_most: precise_within", "precision_meters, at_most: passive_share", "units"),
        ("    more_than: more_than_geolocation", "    more_than: more_than_health", "is in us_persons"),
        ("    not: {finding: us_person}", "    not: {finding: us_persons}", "no finding"),
        ("    not: {finding: us_person}", "    not: {finding: foreign_person}", "needs itself"),
        ("    not: {finding: us_person}", "    not: {finding: genomic}", "not of a party"),
        ("    versions: [{value: 50}]", "    versions: [{value: 50}, {value: 25, from: 2026-01-01}]", "one day"),
        ("    versions: [{value: 50}]", "    versions: [{value: 50}]\n    versions: [{value: 51}]", "twice"),
        ("{when: [unknown,", "{when: [maybe,", "maybe"),
        ("    derive: bulk_specimens", "    derive: bulk_samples", "no derivation"),
        ("regime: us-dsp", "regimen: us-dsp", "no such part"),
        ("    - {when: [unknown, \"-\", \"-\", \"-\", \"-\"], verdict: undetermined}\n", "", "no row fits"),
    ],
)  # fmt: skip
def test_a_pack_that_is_wrong_is_refused_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    error = refused(tmp_path, old, new)
    assert says in error.problem
    assert str(error).startswith(f"{tmp_path / 'pack.yaml'}:{error.line}: ")


def test_the_boundary_stands_first(tmp_path: Path) -> None:
    text = (
        PACK.read_text(encoding="utf-8")
        .replace("regime: us-dsp\n", "")
        .replace("boundary:", "regime: us-dsp\nboundary:", 1)
    )
    (tmp_path / "pack.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusFileError, match="boundary stands first"):
        load_pack(tmp_path / "pack.yaml", load_vocabulary(FACTS))


def test_a_missing_pack_is_named() -> None:
    with pytest.raises(CorpusFileError, match="no such rule pack"):
        load_rules(corpus.FOLDER, "us-nothing")


@pytest.mark.parametrize(
    ("document", "path", "hint"),
    [
        ({"parties": {"us": {"organised_in": ["US"]}}}, "parties.us.organised_in", "organized_in"),
        ({"parties": {"us": {"organized_in": ["us"]}}}, "parties.us.organized_in", "US"),
        ({"dealings": [{"kind": "vendor"}]}, "dealings.1.kind", "vendor_agreement"),
        (
            {"dealings": [{"terms": {"onward_barred": True}}]},
            "dealings.1.terms.onward_barred",
            "onward_transfer_barred",
        ),
        ({"dealings": [{"circumstances": {"travl": True}}]}, "dealings.1.circumstances.travl", "travel"),
        ({"dealings": [{"to": "nobody"}]}, "dealings.1.to", "nobody"),
        ({"dealings": [{"covers": ["nothing"]}]}, "dealings.1.covers", "nothing"),
        ({"data": {"g": {"us_persons": -1}}}, "data.g.us_persons", "number"),
        ({"data": {"g": {"us_persons": 1.5}}}, "data.g.us_persons", "whole"),
        ({"data": {"g": {"us_persons": {"at_least": 5, "at_most": 4}}}}, "data.g.us_persons", "at_most"),
        ({"data": {"g": {"us_persons": {"min": 5}}}}, "data.g.us_persons", "at_least"),
        ({"as_of": "2026-02-30"}, "as_of", "2026-01-29"),
        ({"circumstances": {"travel": "maybe"}}, "circumstances.travel", "yes"),
        ({"circumstance": {"travel": True}}, "circumstance", "circumstances"),
        ({"parties": {"b": {"branch_of": "b"}}}, "parties.b.branch_of", "itself"),
        ({"ownership": [{"percent": 101}]}, "ownership.1.percent", "100"),
    ],
)
def test_an_unknown_fact_is_one_clear_error(rules: Rules, document: object, path: str, hint: str) -> None:
    with pytest.raises(TransactionError) as caught:
        rules.read(document, DAY)
    (problem,) = caught.value.problems
    assert problem.startswith(f"{path}: ")
    assert hint in problem


def test_all_problems_are_told_at_once(rules: Rules) -> None:
    with pytest.raises(TransactionError) as caught:
        rules.read({"parties": {"us": {"x": 1, "y": 2}}, "deals": []}, DAY)
    assert len(caught.value.problems) == 3


def test_unknown_is_the_same_as_leaving_out(rules: Rules) -> None:
    said = rules.read({"parties": {"us": {"kind": "unknown"}}, "as_of": "unknown"}, date(2026, 1, 29))
    assert said.parties == {"us": {}}
    assert said.as_of == DAY


def test_the_schema_names_every_fact(rules: Rules) -> None:
    text = str(rules.vocabulary.schema)
    facts = [f for f in rules.vocabulary.facts.values() if f.type != "list" and f.key]
    assert len(facts) > 100
    assert [f.path for f in facts if f"'{f.key.rpartition('.')[2]}'" not in text] == []


def test_judgement_facts_are_a_closed_list(rules: Rules) -> None:
    found = {f.path.rpartition(".")[2] for f in rules.vocabulary.facts.values() if f.judgement}
    assert found == {
        "linkable_by_disclosed_data", "necessary_for_network_service", "rights_beyond_minority_protections",
        "knowingly", "purpose_of_evasion", "causes_violation", "attempts_violation", "conspiracy",
        "ordinarily_incident_to_travel", "ordinarily_incident_to_financial_services",
        "ordinarily_incident_to_business_operations", "ordinarily_incident_to_federal_compliance",
        "ordinarily_incident_to_telecommunications", "ordinarily_incident_to_investigation",
        "ordinarily_incident_to_surveillance", "reasonably_necessary_for_regulator",
        "necessary_for_regulatory_approval", "necessary_for_fda_authorization", "reading_combined_data",
        "reading_raw_rna", "reading_filing", "reading_ownership",
    }  # fmt: skip


def test_no_fact_is_the_conclusion_of_a_finding(rules: Rules) -> None:
    """But for the kinds of dealing, which the contract fixes, and which also follow from what is done."""
    keys = {f.key.rpartition(".")[2] for f in rules.vocabulary.facts.values()}
    assert keys & set(rules.pack.findings) == {"designated", "knowingly"}  # an act of the Attorney General; a judgement


def test_every_fact_is_used_by_the_rules_or_says_nothing_to_them(rules: Rules) -> None:
    text = PACK.read_text(encoding="utf-8") + "".join(
        p.read_text(encoding="utf-8") for p in Path(load_pack.__code__.co_filename).parent.glob("*.py")
    )
    keys = {f.key.rpartition(".")[2] for f in rules.vocabulary.facts.values() if f.key}
    unused = {k for k in keys if k not in text}
    assert unused <= {"deidentified", "as"}


def test_pinpoints_of_facts_and_findings_are_provisions(rules: Rules, official_sources: Path) -> None:
    text = (official_sources / "manifest.json").read_text(encoding="utf-8")
    assert text
    pinpoints = {str(f.pinpoint) for f in rules.vocabulary.facts.values()} | {
        str(label.pinpoint) for label in rules.pack.labels.values()
    }
    assert all(p.startswith("us/cfr/28/202.") for p in pinpoints)


def test_the_table_is_monotone(rules: Rules) -> None:
    """A definite verdict stays when something unknown becomes known."""

    def verdict(truths: tuple[Truth, ...]) -> str:
        return next(row.verdict for row in rules.pack.rows if fits(row, truths))

    width = len(rules.pack.columns)
    for truths in product(Truth, repeat=width):
        if verdict(truths) != "undetermined":
            for place in (n for n in range(width) if truths[n] is Truth.UNKNOWN):
                for known in (Truth.TRUE, Truth.FALSE):
                    assert verdict((*truths[:place], known, *truths[place + 1 :])) == verdict(truths), truths


def test_a_truth_has_no_bool() -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(Truth.TRUE)

"""The Chinese statutes and decisions held, read whole; invented ones for what publishers' pages add."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.law.numerals import chinese
from assistant.law.provisions import Locator, Provision
from ingest.chinese_statute import is_chinese_statute, parse_chinese_statute
from ingest.parsed import ParsedText, UnreadableText

BASES = {
    "biosecurity-law-2020": "cn/biosecurity-law",
    "biosecurity-law-2024": "cn/biosecurity-law",
    "cac-crossborder-provisions-2024": "cn/cac-crossborder-provisions",
    "criminal-law-334-1": "cn/criminal-law",
    "dsl-2021": "cn/dsl",
    "hgr-regulation-2019": "cn/hgr-regulation",
    "hgr-regulation-2024": "cn/hgr-regulation",
    "mofcom-unreliable-entity-list-provisions-2020": "cn/uel-provisions",
    "most-repeal-decision-2025": "cn/most-repeal-decision",
    "network-data-security-regulation-2024": "cn/network-data-security-regulation",
    "pipl-2021": "cn/pipl",
    "state-council-order-777-2024": "cn/state-council-order-777",
}
DECISIONS = ("most-repeal-decision-2025", "state-council-order-777-2024")
STATUTES = tuple(name for name in BASES if name not in (*DECISIONS, "criminal-law-334-1"))


def text_of(sources: Path, name: str) -> str:
    return (sources / "cn" / name / "text.zh.md").read_text(encoding="utf-8")


@cache
def held(sources: Path, name: str) -> ParsedText:
    return parse_chinese_statute(text_of(sources, name), Locator(BASES[name]))


def at(parsed: ParsedText) -> dict[str, Provision]:
    """The provisions by what follows the path of the instrument."""
    base = parsed.provisions[0].locator
    return {p.locator.removeprefix(base).removeprefix("/"): p for p in parsed.provisions}


def solid(text: str) -> str:
    return re.sub(r"\s+", "", text)


def lines_in(text: str) -> list[str]:
    """The lines of a file without comments, Markdown marks and white space."""
    uncommented = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    return [line for raw in uncommented.splitlines() if (line := solid(raw.lstrip("#")))]


def lines_read(parsed: ParsedText) -> list[str]:
    """Every line that a parsed text holds, labels put back: title, notes, provisions in order, what was left out."""
    instrument, *provisions = parsed.provisions
    gaps = [said for said in parsed.left_out if "words are missing" in said]
    out = [parsed.title, *parsed.notes.get("promulgation", "").splitlines(), *instrument.text.split("\n\n")]
    label = ""
    for provision in provisions:
        if provision.kind == "division":
            out.append(provision.label + provision.heading)
        elif provision.kind == "section" and provision.label.startswith("附"):
            out += [provision.label, provision.heading, *provision.text.split("\n\n")]
        elif provision.kind == "section" and provision.label.startswith("第"):
            label = provision.label
        else:
            label += "" if provision.label.startswith("第") else provision.label
            first, *rest = provision.text.split("\n\n")
            out += [label + first, *rest]
            label = ""
    out += [said.partition("): ")[2] for said in parsed.left_out if said not in gaps]
    return [line for text in out if (line := solid(text))]


# The texts held


@pytest.mark.official
@pytest.mark.parametrize("name", BASES)
def test_every_line_of_a_text_held_is_at_one_place(official_sources: Path, name: str) -> None:
    lines = lines_in(text_of(official_sources, name))
    assert lines
    assert Counter(lines_read(held(official_sources, name))) == Counter(lines)


@pytest.mark.official
@pytest.mark.parametrize("name", STATUTES)
def test_the_provisions_of_a_statute_put_together_are_its_text(official_sources: Path, name: str) -> None:
    assert lines_read(held(official_sources, name)) == lines_in(text_of(official_sources, name))


@pytest.mark.official
@pytest.mark.parametrize("name", STATUTES)
def test_every_article_that_the_manifest_counts_is_read(official_sources: Path, name: str) -> None:
    documents = json.loads((official_sources / "manifest.json").read_text(encoding="utf-8"))["documents"]
    said = next(d["completeness"] for d in documents if d["id"] == name)
    count = re.search(r"(\d+) of (\d+) articles", said)
    assert count is not None
    read = [path for path, p in at(held(official_sources, name)).items() if p.kind == "section"]
    assert count.group(1) == count.group(2)
    assert read == [str(number) for number in range(1, int(count.group(1)) + 1)]


@pytest.mark.official
@pytest.mark.parametrize("name", BASES)
def test_no_two_provisions_share_a_locator_and_each_has_the_one_above_it(official_sources: Path, name: str) -> None:
    provisions = held(official_sources, name).provisions
    locators = [p.locator for p in provisions]
    assert len(set(locators)) == len(locators)
    assert [p.order for p in provisions] == list(range(len(provisions)))
    assert {p.language for p in provisions} == {"zh"}
    assert {path.rpartition("/")[0] for path in locators[1:]} <= set(locators)


COUNTED = [
    # text, article, the number of items below each 款
    ("hgr-regulation-2024", "11", [6]),
    ("hgr-regulation-2024", "22", [7, 0]),
    ("hgr-regulation-2024", "27", [5, 0, 0]),
    ("hgr-regulation-2024", "28", [0, 0, 0]),
    ("hgr-regulation-2024", "36", [5]),
    ("hgr-regulation-2019", "22", [7, 0]),
    ("hgr-regulation-2019", "36", [5]),
    ("biosecurity-law-2024", "2", [0, 8]),
    ("biosecurity-law-2024", "15", [0, 4]),
    ("biosecurity-law-2024", "26", [6, 0]),
    ("biosecurity-law-2024", "56", [4, 0, 0, 0]),
    ("biosecurity-law-2024", "85", [11]),
    ("cac-crossborder-provisions-2024", "5", [4, 0]),
    ("cac-crossborder-provisions-2024", "7", [2, 0]),
    ("mofcom-unreliable-entity-list-provisions-2020", "2", [2, 0]),
    ("network-data-security-regulation-2024", "30", [3, 0, 0]),
    ("network-data-security-regulation-2024", "31", [0, 6]),
    ("network-data-security-regulation-2024", "33", [0, 7, 0, 0]),
    ("pipl-2021", "3", [0, 3]),
    ("pipl-2021", "13", [7, 0]),
    ("pipl-2021", "17", [4, 0, 0]),
    ("pipl-2021", "38", [4, 0, 0]),
]


@pytest.mark.official
@pytest.mark.parametrize(("name", "article", "items"), COUNTED, ids=[f"{name}-{n}" for name, n, _ in COUNTED])
def test_paragraphs_are_counted_by_position_also_after_a_list(
    official_sources: Path, name: str, article: str, items: list[int]
) -> None:
    provisions = at(held(official_sources, name))
    below = [path.split("/")[1:] for path in provisions if path.startswith(f"{article}/")]
    paragraphs = [path[0] for path in below if len(path) == 1]
    assert paragraphs == [str(n) for n in range(1, len(items) + 1)]
    for paragraph, count in zip(paragraphs, items, strict=True):
        read = [path[1] for path in below if path[0] == paragraph and len(path) == 2]
        assert read == [str(n) for n in range(1, count + 1)]


@pytest.mark.official
@pytest.mark.parametrize(
    ("name", "path", "label", "begins"),
    [
        ("hgr-regulation-2024", "28", "第二十八条", ""),
        ("hgr-regulation-2024", "28/2", "第二款", "将人类遗传资源信息向外国组织"),
        ("hgr-regulation-2024", "7/1", "", "外国组织、个人及其设立"),
        ("hgr-regulation-2024", "22/1/7", "（七）", "研究成果归属明确"),
        ("hgr-regulation-2024", "22/2", "第二款", "为获得相关药品"),
        ("hgr-regulation-2024", "36/1/5", "（五）", "开展国际合作临床试验前"),
        ("hgr-regulation-2019", "36/1/5", "(五)", "开展国际合作临床试验前"),
        ("biosecurity-law-2024", "56/4", "第四款", "境外组织、个人及其设立"),
        ("biosecurity-law-2024", "85/1/8", "（八）", "人类遗传资源，包括"),
        ("criminal-law-334-1", "334-1/1", "", "违反国家有关规定"),
        ("pipl-2021", "55/1/4", "（四）", "向境外提供个人信息；"),
        ("state-council-order-777-2024", "2", "二、", "对13部行政法规"),
        ("state-council-order-777-2024", "annex-1/4", "四、", "将《中华人民共和国人类遗传资源"),
        ("state-council-order-777-2024", "annex-2/13", "十三、", "中央预算执行"),
        ("most-repeal-decision-2025", "5", "5.", "国家科技计划实施中"),
    ],
)
def test_a_provision_has_its_label_as_printed_and_its_own_words(
    official_sources: Path, name: str, path: str, label: str, begins: str
) -> None:
    provision = at(held(official_sources, name))[path]
    assert provision.label == label
    assert provision.text.startswith(begins)
    assert bool(provision.text) == bool(begins)


@pytest.mark.official
@pytest.mark.parametrize(
    "pair", [("hgr-regulation-2019", "hgr-regulation-2024"), ("biosecurity-law-2020", "biosecurity-law-2024")]
)
def test_two_versions_of_a_law_that_changed_only_authorities_have_the_same_locators(
    official_sources: Path, pair: tuple[str, str]
) -> None:
    earlier, later = (at(held(official_sources, name)) for name in pair)
    assert list(earlier) == list(later)
    assert [path for path in earlier if earlier[path].text != later[path].text]


@pytest.mark.official
def test_chapters_and_sections_are_divisions_and_stand_above_their_articles(official_sources: Path) -> None:
    biosecurity = at(held(official_sources, "biosecurity-law-2024"))
    pipl = at(held(official_sources, "pipl-2021"))
    chapter, section = biosecurity["chapter-6"], pipl["chapter-2/section-2"]
    assert (chapter.kind, chapter.label, chapter.heading) == ("division", "第六章", "人类遗传资源与生物资源安全")
    assert (section.label, section.heading) == ("第二节", "敏感个人信息的处理规则")
    assert biosecurity["56/1/1"].trail == ("中华人民共和国生物安全法", "第六章 人类遗传资源与生物资源安全")
    assert pipl["29/1"].trail[1:] == ("第二章 个人信息处理规则", "第二节 敏感个人信息的处理规则")
    assert pipl["38"].trail[1:] == ("第三章 个人信息跨境提供的规则",)
    assert biosecurity["chapter-10"].heading == "附则"


@pytest.mark.official
def test_the_words_missing_in_the_cac_provisions_are_reported(official_sources: Path) -> None:
    parsed = held(official_sources, "cac-crossborder-provisions-2024")
    assert [said.partition(":")[0] for said in parsed.left_out] == [
        "cn/cac-crossborder-provisions/7/2",
        "cn/cac-crossborder-provisions/8/2",
    ]


@pytest.mark.official
def test_the_amendment_printed_below_the_criminal_law_is_no_provision_of_it(official_sources: Path) -> None:
    parsed = held(official_sources, "criminal-law-334-1")
    assert list(at(parsed)) == ["", "334-1", "334-1/1"]
    assert [said[:40].split("：")[0][:7] for said in parsed.left_out] == ["line 5 ", "line 7 "]


@pytest.mark.official
def test_a_decision_holds_its_reason_and_its_date_and_its_annexes_their_items(official_sources: Path) -> None:
    parsed = held(official_sources, "state-council-order-777-2024")
    provisions = at(parsed)
    assert parsed.title == "国务院关于修改和废止部分行政法规的决定"
    assert "本决定自2024年5月1日起施行。" in provisions[""].text.split("\n\n")
    assert provisions["annex-1"].heading == "国务院决定修改的行政法规"
    assert provisions["annex-1"].text == "此外，对相关行政法规中的条文序号作相应调整。"
    assert sum(path.startswith("annex-1/") for path in provisions) == 8
    assert sum(path.startswith("annex-2/") for path in provisions) == 13


@pytest.mark.official
def test_only_the_chinese_texts_are_taken_for_chinese_statutes(official_sources: Path) -> None:
    files = [path for path in official_sources.rglob("*") if path.is_file()]
    assert {path for path in files if is_chinese_statute(path.read_bytes()[:4000])} == {
        official_sources / "cn" / name / "text.zh.md" for name in BASES
    }


# Invented texts


def read(text: str) -> dict[str, str]:
    """The own words of each provision that has any, by what follows `cn/x`."""
    return {path: p.text for path, p in at(parse_chinese_statute(text, Locator("cn/x"))).items() if p.text}


LINES = ("观鸟条例", "第一条 鸟分为：", "（一）鸦；", "（二）雀。", "其他鸟另行规定。", "第二条 自公布之日起施行。")
INDENTED = "\n　　".join(LINES)
SETTINGS = {
    "markdown": "# " + "\n\n".join(LINES),
    "indents": INDENTED.replace("条 ", "条　"),
    "glued": "\n".join(LINES).replace("条 ", "条"),
    "half-width brackets": "\n".join(LINES).replace("（", "(").replace("）", ")"),
    "br": "<br/>　　".join(LINES).replace("<br/>", "<BR>", 1),
    "bold": "\ufeff" + re.sub(r"(第.条) ", r"**\1**　", "\r\n\r\n".join(LINES)),
    "label on a line of its own": INDENTED.replace("第二条 ", "第二条\n　　").replace("（二）", "（二）\n"),
    "wrapped": INDENTED.replace("分为", "分\n为").replace("鸟另", "鸟\n另").replace("公布", "公\n布"),
    "arabic": "\n".join(LINES)
    .replace("（一）", "１．")
    .replace("（二）", "2. ")
    .replace("第一", "第1")
    .replace("第二", "第２"),
    "old list labels": "\n".join(LINES).replace("（一）", "一、").replace("（二）", "二、"),
}


@pytest.mark.parametrize("text", SETTINGS.values(), ids=SETTINGS)
def test_a_statute_is_read_alike_however_its_publisher_sets_it(text: str) -> None:
    assert parse_chinese_statute(text, Locator("cn/x")).title == "观鸟条例"
    assert read(text) == {
        "1/1": "鸟分为：",
        "1/1/1": "鸦；",
        "1/1/2": "雀。",
        "1/2": "其他鸟另行规定。",
        "2/1": "自公布之日起施行。",
    }


def test_subitems_stand_below_their_item_and_a_paragraph_inside_a_list_belongs_to_the_item_before_it() -> None:
    text = "第一条 鸟：\n（一）鸦：\n1.乌鸦；\n2.寒鸦。\n鸦会飞。\n（二）雀。\n雀会唱。\n第二款的鸟：\n（一）鹰。"
    assert read(text) == {
        "1/1": "鸟：",
        "1/1/1": "鸦：",
        "1/1/1/1": "乌鸦；",
        "1/1/1/2": "寒鸦。\n\n鸦会飞。",
        "1/1/2": "雀。",
        "1/2": "雀会唱。",
        "1/3": "第二款的鸟：",
        "1/3/1": "鹰。",
    }


def test_an_article_may_be_added_between_two() -> None:
    text = "第一条 鸦。\n第一条之一 雀。\n第一条之二 鹰。\n第二条 鸽。"
    provisions = at(parse_chinese_statute(text, Locator("cn/x")))
    assert read(text) == {"1/1": "鸦。", "1-1/1": "雀。", "1-2/1": "鹰。", "2/1": "鸽。"}
    assert provisions["1-1"].label == "第一条之一"


@pytest.mark.parametrize(
    "mention",
    [
        "第二条第一款规定的鸟除外。",
        "第五条 第二款的鸟除外。",
        "第一条至第三条的鸟除外。",
        "第二条、第三条的鸟除外。",
        "第四条规定的鸟除外。",
        "第二条所称鸟，不含鸡。",
    ],
)
def test_an_article_that_is_only_mentioned_opens_none(mention: str) -> None:
    assert read(f"第一条 鸦。\n{mention}\n第二条 雀。") == {"1/1": "鸦。", "1/2": mention, "2/1": "雀。"}


@pytest.mark.parametrize(
    "sentence", ["（一）、（二）项的鸟会飞。", "（一）项所列鸟会飞。", "一、二级鸟会飞。", "1.5倍大的鸟会飞。"]
)
def test_a_sentence_that_only_begins_like_an_item_opens_none(sentence: str) -> None:
    assert read(f"第一条 鸟：\n（一）鸦；\n（二）雀。\n{sentence}") == {
        "1/1": "鸟：",
        "1/1/1": "鸦；",
        "1/1/2": "雀。",
        "1/2": sentence,
    }


GOVERNMENT_PAGE = """\
中华人民共和国国务院令
第999号
　　《观鸟条例》已经2031年3月20日国务院第1次常务会议通过，现予公布，自2031年7月1日起施行。
总　理　　鸦九
2031年6月27日

观鸟条例
（2031年6月27日中华人民共和国国务院令第999号公布）

目　　录
第一编　总则
第一章　鸦
第二编　分则
第一章　雀
第一节　小雀
附　则

第一编　总　则
第一章　鸦
　　第一条　鸦是鸟。
第二编　分　则
第一章
雀
第一节　小雀
　　第二条　小雀是鸟。
附　则
　　第三条　本条例自2031年7月1日起施行。

附件：1.鸟名
　　2.鸟窝
附件1
鸟名
一、鸦
附表
鸟窝
|窝|数|
（此件公开发布）
责任编辑：鹰
"""


def test_a_government_page_is_read_without_its_order_contents_and_foot() -> None:
    parsed = parse_chinese_statute(GOVERNMENT_PAGE, Locator("cn/x"))
    assert parsed.title == "观鸟条例"
    assert [p.locator.removeprefix("cn/x") for p in parsed.provisions] == [
        "", "/part-1", "/part-1/chapter-1", "/1", "/1/1",
        "/part-2", "/part-2/chapter-1", "/part-2/chapter-1/section-1", "/2", "/2/1",
        "/supplementary-provisions", "/3", "/3/1", "/annex-1", "/annex-1/1", "/schedule-1",
    ]  # fmt: skip
    provisions = at(parsed)
    assert provisions["part-1"].heading == "总则"
    assert provisions["part-2/chapter-1"].heading == "雀"
    assert provisions["2/1"].trail == ("观鸟条例", "第二编 分则", "第一章 雀", "第一节 小雀")
    assert provisions["3"].trail == ("观鸟条例", "附则")
    assert provisions[""].text == "附件：1.鸟名\n\n2.鸟窝"
    assert (provisions["schedule-1"].heading, provisions["schedule-1"].text) == ("鸟窝", "|窝|数|")
    assert parsed.notes["promulgation"].splitlines()[0] == "中华人民共和国国务院令"
    assert parsed.notes["promulgation"].count("\n") == 5
    assert parsed.left_out == (
        "line 37 (after the end of the text): （此件公开发布）",
        "line 38 (after the end of the text): 责任编辑：鹰",
    )


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("中华人民共和国<br>观鸟条例\n", "中华人民共和国观鸟条例"),
        ("# 中华人民共和国<br>观鸟条例\n\n2031年5月28日公布\n", "中华人民共和国观鸟条例"),
        ("中华人民共和国\n观鸟条例\n（2031年5月28日公布）\n", "中华人民共和国观鸟条例"),
        ("林业部\n观鸟条例\n", "观鸟条例"),
        ("", ""),
    ],
)
def test_a_title_may_be_set_on_two_lines_but_its_issuer_is_no_part_of_it(front: str, title: str) -> None:
    parsed = parse_chinese_statute(f"{front}第一条 鸦是鸟。", Locator("cn/x"))
    assert (parsed.title, parsed.provisions[0].heading) == (title, title)
    assert parsed.provisions[1].trail == ((title,) if title else ())


def test_a_preamble_is_the_text_of_the_instrument() -> None:
    parsed = parse_chinese_statute("# 观鸟法\n\n序 言\n\n鸟是人的朋友。\n\n第一条 鸦是鸟。", Locator("cn/x"))
    assert parsed.provisions[0].text == "序 言\n\n鸟是人的朋友。"


def test_a_decision_nests_its_items_and_keeps_other_lines_at_the_item_that_is_open() -> None:
    text = (
        "关于鸟的决定\n\n为了鸟，决定：\n\n一、鸦\n\n（一）乌鸦：\n\n1.大；\n\n2.小。\n\n“（一）引文\n\n（二）寒鸦\n\n二、雀\n\n"
        "第三条 第一款中的“雀”改为“鸟”。\n\n本决定自2031年1月1日起施行。\n\n2031年1月1日"
    )
    parsed = parse_chinese_statute(text, Locator("cn/x"))
    assert read(text) == {
        "": "为了鸟，决定：\n\n本决定自2031年1月1日起施行。",
        "1": "鸦",
        "1/1": "乌鸦：",
        "1/1/1": "大；",
        "1/1/2": "小。\n\n“（一）引文",
        "1/2": "寒鸦",
        "2": "雀\n\n第三条 第一款中的“雀”改为“鸟”。",
    }
    assert [p.kind for p in parsed.provisions] == ["instrument", "section", *["paragraph"] * 4, "section"]
    assert parsed.left_out == ("line 23 (after the end of the text): 2031年1月1日",)


def test_lines_that_are_no_part_of_the_statute_are_named_as_left_out() -> None:
    text = "# 观鸟法\n\n## 第一章 鸦\n\n章下的话。\n\n第一条 鸦是鸟。\n\n### 相关链接\n\n# 观鱼法\n\n第一条 鱼。"
    parsed = parse_chinese_statute(text, Locator("cn/x"))
    assert read(text) == {"1/1": "鸦是鸟。"}
    assert sorted(parsed.left_out) == [
        "line 11 (another text in the same file): 观鱼法",
        "line 13 (another text in the same file): 第一条 鱼。",
        "line 5 (under a heading, in no article): 章下的话。",
        "line 9 (a heading of no division): 相关链接",
    ]


def test_a_line_without_indent_after_a_full_stop_is_named_as_a_doubt() -> None:
    text = "观鸟法\n　　第一条　鸦是鸟。\n鸦会飞。\n　　第二条　雀是鸟。"
    parsed = parse_chinese_statute(text, Locator("cn/x"))
    assert read(text) == {"1/1": "鸦是鸟。", "1/2": "鸦会飞。", "2/1": "雀是鸟。"}
    assert parsed.left_out == ("line 3 (begins without indent after a full stop: read as a new paragraph): 鸦会飞。",)


@pytest.mark.parametrize(
    ("text", "where", "problem"),
    [
        ("", "the whole file", "no article"),
        ("鸟是人的朋友。", "the whole file", "no article"),
        ("第一条 鸦。\n第三条 雀。", "第三条", "comes after 第一条"),
        ("第一条 鸦。\n第一条 雀。", "第一条", "comes after 第一条"),
        ("第一条鸦。\n第二条雀。\n第五条鹰。", "第五条", "comes after 第二条"),
        ("第一条 鸦。\n第一条之二 雀。", "第一条之二", "comes after 第一条"),
        ("# 观鸟法\n\n第三条 鸦。", "第三条", "the first article of the file"),
        ("第一条\n第二条 雀。", "第一条", "has no words"),
        ("第一条 鸟：\n（一）鸦；\n（三）雀。", "第一条", "（三） is not the next"),
        ("第一条 鸟：\n（二）鸦。", "第一条", "（二） is not the next"),
        ("第一章 鸦\n第一条 鸦。\n第三章 雀\n第二条 雀。", "第三章 雀", "comes after 第一章 鸦"),
        ("第一章 鸦\n第一条 鸦。\n第一章 鸦\n第二条 雀。", "第一章 鸦", "comes after 第一章 鸦"),
        ("第二章 鸦\n第一条 鸦。", "第二章 鸦", "is the first of its kind"),
        ("关于鸟的决定\n一、鸦\n三、雀", "关于鸟的决定", "三、 is not the next"),
        ("一、鸦\n三、雀", "cn/x", "三、 is not the next"),
        ("关于鸟的决定\n一、鸦\n第一条 鸟是鸟。", "第一条", "make two files"),
    ],
)
def test_a_mislabelled_text_is_refused_by_the_name_of_the_place(text: str, where: str, problem: str) -> None:
    with pytest.raises(UnreadableText, match=problem) as caught:
        parse_chinese_statute(text, Locator("cn/x"))
    assert caught.value.where == where


def test_an_excerpt_may_begin_at_the_article_that_its_title_names() -> None:
    assert read("# 观鸟法（第三百条之一）\n\n第三百条之一 鸦。") == {"300-1/1": "鸦。"}


@pytest.mark.parametrize("head", ["<html><body>第一条 鸦。", "Section 1. Crows.", "鸟是人的朋友。\n一、鸦\n二、雀"])
def test_a_page_or_an_essay_is_not_taken_for_a_statute(head: str) -> None:
    assert not is_chinese_statute(head)
    assert not is_chinese_statute(head.encode())


SCRAPS = (
    *(
        "第一条 ",
        "第二条",
        "第三条 ",
        "第一条之一",
        "第一章 ",
        "第二章 鸦",
        "第一编",
        "附 则",
        "附件",
        "附件1",
        "附件：",
        "附表",
    ),
    *(
        "目录",
        "（一）",
        "（二）",
        "(三)",
        "一、",
        "二、",
        "1.",
        "2．",
        "鸦",
        "鸦。",
        "：",
        "\n",
        "\n\n",
        "\n　　",
        "<br>",
        "# ",
    ),
    *("**", "2031年1月1日", "本决定自", "此外，", "（此件公开发布）", "规定的", "<!-- 鸦 -->", "总理 某"),
)


@given(st.lists(st.sampled_from(SCRAPS), max_size=20).map("".join))
def test_any_text_is_refused_or_read_with_every_provision_at_its_own_place(text: str) -> None:
    try:
        parsed = parse_chinese_statute(text, Locator("cn/x"))
    except UnreadableText:
        return
    locators = [p.locator for p in parsed.provisions]
    assert len(set(locators)) == len(locators)
    assert {path.rpartition("/")[0] for path in locators[1:]} <= set(locators)


Articles = list[list[int]]
"""For each article, the number of items below each of its 款."""


def printed(articles: Articles, between: str, indent: str, behind: str, brackets: str) -> str:
    """A statute so built, as a publisher would set it."""
    lines = ["观鸟法"]
    for number, paragraphs in enumerate(articles, 1):
        for place, items in enumerate(paragraphs):
            label = "" if place else f"第{chinese(number)}条{behind}"
            lines.append(f"{indent}{label}鸟儿{'：' if items else '。'}")
            lines += [f"{indent}{brackets[0]}{chinese(n)}{brackets[1]}鸦。" for n in range(1, items + 1)]
    return between.join(lines)


@given(
    st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=4), min_size=1, max_size=30),
    st.sampled_from(["\n", "\n\n", "\r\n", "<br>"]),
    st.sampled_from(["", "　　", "    "]),
    st.sampled_from([" ", "　", ""]),
    st.sampled_from(["（）", "()"]),
)
def test_any_statute_is_read_back_as_it_was_printed(
    articles: Articles, between: str, indent: str, behind: str, brackets: str
) -> None:
    expected = []
    for number, paragraphs in enumerate(articles, 1):
        expected.append(f"{number}")
        for place, items in enumerate(paragraphs, 1):
            expected += [f"{number}/{place}", *(f"{number}/{place}/{n}" for n in range(1, items + 1))]
    parsed = parse_chinese_statute(printed(articles, between, indent, behind, brackets), Locator("cn/x"))
    assert list(at(parsed))[1:] == expected
    assert parsed.left_out == ()

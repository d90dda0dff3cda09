"""The command line: `policy-assistant COMMAND`. The only place, with the page, that reads clock and environment.

Answers go to standard output, talk to standard error. Exit status 0: answered, declined or corrected; 2: wrong
use, an unreadable file, a provision that does not exist, an impossible date; 1: our fault.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import corpus
from assistant.law.instruments import read_day
from assistant.settings import Settings, read_settings
from assistant.words import language_of

if TYPE_CHECKING:
    from assistant.desk import Desk

__all__ = ["main"]


_PACKS = ("us-dsp",)


class Day(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A day as 2026-01-29."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else read_day(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


_as_of = click.option("--as-of", type=Day(), help="The day of the law; today if not given.")
_json = click.option("--json", "as_json_", is_flag=True, help="JSON instead of words.")
_lang = click.option("--lang", type=click.Choice(["en", "zh"]), help="Language; that of the question if not given.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="genomic-policy-assistant", prog_name="policy-assistant")
@click.pass_context
def main(context: click.Context) -> None:
    """Whether genomic data may move between the United States and China: answers with pinpoint citations.

    Information, not legal advice. Nothing leaves this machine but by `ingest --fetch` or a configured model.
    """
    context.obj = read_settings()


class WrongUse(click.ClickException):
    """What a person gave cannot be used; said in one line, exit status 2."""

    exit_code = 2


def _wrong(message: str) -> WrongUse:
    return WrongUse(message)


@contextmanager
def _in_words() -> Iterator[None]:
    """Errors that a person can do something about, said in one line with exit status 2."""
    from assistant.desk import NoStore
    from assistant.law.citations import NotACitation
    from assistant.law.places import ImpossiblePoint
    from assistant.law.strict_yaml import CorpusFileError
    from assistant.search import SearchError

    try:
        yield
    except (NotACitation, ImpossiblePoint, CorpusFileError, NoStore, SearchError, FileNotFoundError) as error:
        raise _wrong(str(error)) from error


def _desk(settings: Settings) -> "Desk":
    """The desk over the store in use; built from what ships, and from POLICY_SOURCES, where there is none."""
    from assistant.desk import open_desk
    from ingest.run import build_if_needed

    build_if_needed(settings, corpus.FOLDER, on_progress=_progress())
    return open_desk(settings.data, corpus.FOLDER, settings.embedder)


def _progress() -> Any:
    """A progress line on standard error, where that is a terminal; else nothing."""
    if not sys.stderr.isatty():
        return lambda _what, _done, _of: None
    from assistant.progress import progress_line

    return progress_line()


@main.command()
@click.argument("question", required=False)
@click.option("--jsonl", type=click.Path(exists=True, dir_okay=False), help="Questions, an object a line.")
@_as_of
@_lang
@_json
@click.pass_obj
def ask(
    settings: Settings, question: str | None, jsonl: str | None, as_of: date | None, lang: Any, as_json_: bool
) -> None:
    """Answer a question about the rules, with citations."""
    from assistant.answer.reply import as_json

    if (question is None) == (jsonl is None):
        raise _wrong('give a question in quotes, or --jsonl FILE: policy-assistant ask "..."')
    with _in_words():
        desk = _desk(settings)
        if jsonl is not None:
            _ask_lines(desk, Path(jsonl), as_of or date.today(), lang)
            return
        assert question is not None
        reply = desk.ask(question, as_of or date.today(), lang, dated=as_of is not None)
    if as_json_:
        click.echo(json.dumps(as_json(reply), ensure_ascii=False, indent=2))
    else:
        click.echo(reply.answer)
        _sources_below(reply)


def _sources_below(reply: Any) -> None:
    if reply.citations:
        click.echo()
    for place, citation in enumerate(reply.citations, 1):
        address = f"  {citation.url}" if citation.url else ""
        click.echo(f"[{place}] {citation.citation}, {citation.heading} ({citation.layer}){address}")


def _ask_lines(desk: "Desk", path: Path, as_of: date, lang: Any) -> None:
    """One answer object a line, in order; a bad line gives its error and the rest go on."""
    from assistant.answer.reply import as_json

    def answer(entry: Any, day: date) -> dict[str, Any]:
        return as_json(desk.ask(str(entry["text"]), day, entry.get("lang") or lang, dated=bool(entry.get("as_of"))))

    _lines(path, as_of, answer, wanted="text")


@main.command()
@click.argument("file", required=False)
@click.option("--jsonl", type=click.Path(exists=True, dir_okay=False), help="Transactions, an object a line.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a transaction.")
@click.option("--explain", is_flag=True, help="The whole reasoning, step by step.")
@click.option("--no-presumptions", is_flag=True, help="Treat what is presumed as missing.")
@_as_of
@_lang
@_json
def check(
    file: str | None,
    jsonl: str | None,
    schema: bool,
    explain: bool,
    no_presumptions: bool,
    as_of: date | None,
    lang: Any,
    as_json_: bool,
) -> None:
    """Work out the verdict on a transaction (YAML or JSON; - for standard input). Exit status 3: undetermined.

    With --jsonl FILE: {id, facts, as_of?} a line in, {id, ...} a line out; a bad line gives {id, error}.
    """
    from assistant.answer.check import UnreadableTransaction, check_transaction, print_check, read_document
    from assistant.law.citations import load_citator
    from assistant.rules import TransactionError, load_rules

    with _in_words():
        rules = {name: load_rules(corpus.FOLDER, name) for name in _PACKS}
        if schema:
            click.echo(json.dumps(next(iter(rules.values())).vocabulary.schema, ensure_ascii=False, indent=2))
            return
        if jsonl is not None:
            _check_lines(rules, Path(jsonl), as_of or date.today(), lang or "en", presume=not no_presumptions)
            return
        if file is None:
            raise _wrong("give a file with the transaction, - for standard input, or --schema")
        try:
            document = read_document(_read(file), file)
            if as_of is not None:
                document["as_of"] = as_of.isoformat()
            checked = check_transaction(
                rules, document, date.today(), lang or "en", presume=not no_presumptions, explain=explain
            )
        except (UnreadableTransaction, TransactionError) as error:
            raise _wrong(str(error)) from error
        if as_json_:
            click.echo(json.dumps(checked, ensure_ascii=False, indent=2))
        else:
            click.echo(print_check(checked, load_citator(corpus.FOLDER), lang or "en"))
    if any(regime["verdict"] == "undetermined" for regime in checked["regimes"].values()):
        raise SystemExit(3)


def _check_lines(rules: Any, path: Path, as_of: date, lang: Any, *, presume: bool) -> None:
    """One check object a line, in order; a bad line gives its error and the rest go on."""
    from assistant.answer.check import check_transaction

    def answer(entry: Any, day: date) -> dict[str, Any]:
        return check_transaction(rules, entry["facts"], day, lang, presume=presume)

    _lines(path, as_of, answer, wanted="facts")


def _lines(
    path: Path,
    as_of: date,
    answer: Callable[[Any, date], dict[str, Any]],
    *,
    wanted: str,
) -> None:
    """Answers each object of a file, one a line, in order, with its id. Exit status 2 where no line can be read."""
    read = 0
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        name: Any = number
        try:
            entry = json.loads(line)
            name = entry.get("id", number)
            if wanted not in entry:
                raise KeyError(wanted)
            out = {"id": name, **answer(entry, read_day(entry["as_of"]) if entry.get("as_of") else as_of)}
            read += 1
        except json.JSONDecodeError as error:
            out = {"id": name, "error": f"line {number}: not JSON: {error.msg}"}
        except (KeyError, AttributeError):
            out = {"id": name, "error": f'line {number}: an object with "{wanted}" is needed'}
        except ValueError as error:
            out = {"id": name, "error": f"line {number}: {error}"}
        click.echo(json.dumps(out, ensure_ascii=False))
    if not read:
        raise _wrong(f"{path}: no line of it could be read")


@main.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def screen(source: Path, target: Path) -> None:
    """Verdicts for many transactions: a CSV with a column a fact path, and the same with the verdicts added."""
    from assistant.rules import load_rules
    from assistant.screening import UnusableTable, screen

    if source.resolve() == target.resolve():
        raise _wrong("give another file for the verdicts than for the transactions")
    with _in_words():
        rules = {name: load_rules(corpus.FOLDER, name) for name in _PACKS}
        report = _progress()
        try:
            with source.open(encoding="utf-8-sig", newline="") as given:
                total = max(sum(1 for _ in given) - 1, 1)
                given.seek(0)
                beside = target.with_name(f".{target.name}.part")
                with beside.open("w", encoding="utf-8", newline="") as out:
                    rows, wrong = screen(given, out, rules, date.today(), lambda done: report("screening", done, total))
        except (UnusableTable, UnicodeDecodeError) as error:
            raise _wrong(f"{source}: {error}") from error
        beside.replace(target)
    click.echo(f"{rows:,} transactions screened into {target}; {wrong:,} could not be read", err=True)


def _read(file: str) -> str:
    """The text of a file, or of standard input where it is "-"."""
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(f"{file}: cannot be read: {error}") from error


@main.command()
@click.argument("citation")
@click.option("--format", "form", default="text", show_default=True,
              type=click.Choice(["text", "bluebook", "csl-json", "ris", "bibtex", "markdown"]))  # fmt: skip
@_as_of
@_lang
@_json
@click.pass_obj
def cite(settings: Settings, citation: str, form: str, as_of: date | None, lang: Any, as_json_: bool) -> None:
    """Print a provision and its citation: 28 CFR 202.205(a), E.O. 14117, § 2(a), 人类遗传资源管理条例第二十八条."""
    from assistant.answer.lookup import NotHeld, look_up

    with _in_words():
        desk = _desk(settings)
        try:
            found = look_up(desk.citator, desk.holdings, citation, as_of or date.today(), lang or "en")
        except NotHeld as error:
            raise _wrong(str(error)) from error
    if as_json_:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo(found.printed(form))


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("latitude", type=float)
@click.argument("longitude", type=float)
@_json
def place(latitude: float, longitude: float, as_json_: bool) -> None:
    """Whether a point (decimal degrees) lies in a listed government area."""
    from assistant.law.places import find_place, load_areas

    with _in_words():
        areas = load_areas(corpus.FOLDER / "places" / "government-related-locations.geojson")
        found = find_place(areas, latitude, longitude)
    if as_json_:
        click.echo(json.dumps({"inside": found.inside, "areas": found.areas, "nearest_km": found.nearest_km}))
    elif found.inside:
        click.echo(f"Inside listed area {', '.join(map(str, found.areas))}.")
    else:
        click.echo(f"In no listed area; the nearest is area {found.nearest}, {found.nearest_km:,.1f} km away.")


@main.command()
@_json
@click.pass_obj
def sources(settings: Settings, as_json_: bool) -> None:
    """List every instrument, and which texts of it are held."""
    from assistant.answer.inventory import inventory, print_inventory

    with _in_words():
        desk = _desk(settings)
        rows = inventory(desk.citator, desk.holdings)
    click.echo(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=2) if as_json_
               else print_inventory(rows))  # fmt: skip


@main.command()
@click.option("--from", "start", help="First day, month or year: 2025-04-08, 2025-04, 2025.")
@click.option("--to", "end", help="Last day, month or year.")
@click.option("--about", help="Words that the event speaks of.")
@_lang
@_json
def timeline(start: str | None, end: str | None, about: str | None, lang: Any, as_json_: bool) -> None:
    """List what happened, from 1996 on: laws, notices, measures, cases."""
    from assistant.law.timeline import events_between, load_timeline

    for name, value in (("--from", start), ("--to", end)):
        if value is not None and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value):
            raise _wrong(f"{name} {value!r}: write a day, month or year: 2025-04-08, 2025-04, 2025")
    with _in_words():
        events = events_between(load_timeline(corpus.FOLDER / "timeline.yaml"), start, end, about)
    rows = [event.as_json(lang or language_of(about or "")) for event in events]
    if as_json_:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        pinpoint = f" [{row['pinpoint'] or row['instrument']}]" if row["pinpoint"] or row["instrument"] else ""
        click.echo(f"{row['date']:<11} {row['jurisdiction']:<4} {row['title']}{pinpoint} ({row['confidence']})")
        click.echo(f"{'':16} {row['what']}")


@main.command()
@click.option("--from", "folder", type=click.Path(path_type=Path), help="A folder of official texts.")
@click.option("--add", "added", type=click.Path(path_type=Path), multiple=True, help="A file or folder of your own.")
@click.option("--fetch", "fetched", is_flag=False, flag_value="*", multiple=True, metavar="[ID]",
              help="Bring texts from their publishers; all that can be, or the one named.")  # fmt: skip
@click.option("--if-needed", is_flag=True, help="Do nothing where the store is there and up to date.")
@click.option("--write-vectors", is_flag=True, hidden=True)
@_json
@click.pass_obj
def ingest(
    settings: Settings,
    folder: Path | None,
    added: tuple[Path, ...],
    fetched: tuple[str, ...],
    if_needed: bool,
    write_vectors: bool,
    as_json_: bool,
) -> None:
    """Build the store: from what ships, from POLICY_SOURCES if set, from a folder, a file, or the publishers."""
    from ingest.run import build_if_needed, run_ingest, write_restatement_vectors

    with _in_words():
        if write_vectors:
            click.echo(write_restatement_vectors(settings, corpus.FOLDER))
            return
        if if_needed and not (folder or added or fetched):
            build_if_needed(settings, corpus.FOLDER, on_progress=_progress())
            return
        report = run_ingest(
            settings, corpus.FOLDER, folder=folder, added=added, fetched=fetched,
            on_progress=_progress(),
        )  # fmt: skip
    for problem in report.problems:
        click.echo(problem, err=True)
    click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json_ else report.in_words())


@main.command()
@click.option("--port", default=8501, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; loopback unless said.")
@click.option("--open/--no-open", "open_", default=None, help="Open the browser.")
def serve(port: int, host: str, open_: bool | None) -> None:
    """Open the page."""
    from assistant.page.launch import serve_page

    raise SystemExit(serve_page(port, host, open_ if open_ is not None else sys.stdout.isatty()))


@main.group(name="eval")
def eval_() -> None:
    """The assistant's own scores."""


@eval_.command(name="retrieval")
@click.option("--corpus", "corpus_file", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--queries", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--run", "run_file", type=click.Path(path_type=Path), required=True, help="Where the TREC run goes.")
@_json
@click.pass_obj
def eval_retrieval(settings: Settings, corpus_file: Path, queries: Path, run_file: Path, as_json_: bool) -> None:
    """Run the same retriever over anybody's corpus and write a TREC run of depth 20."""
    from assistant.evaluation.retrieval import UnreadableInput, evaluate
    from assistant.search.embedding import load_embedder

    embedder = load_embedder(settings.embedder, settings.data / "models")
    with _in_words():
        try:
            found = evaluate(
                corpus_file, queries, run_file, data=settings.data, embedder=embedder, on_progress=_progress()
            )
        except UnreadableInput as error:
            raise _wrong(str(error)) from error
    if as_json_:
        facts = {"passages": found.passages, "questions": found.questions, "judged": found.judged, **found.scores}
        click.echo(json.dumps(facts, indent=2))
    else:
        scores = "  ".join(f"{name} {score:.3f}" for name, score in found.scores.items())
        click.echo(f"{found.questions:,} questions over {found.passages:,} passages  {scores}")


@eval_.command(name="examples")
@click.option("--cases", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("tests/cases"),
              help="The folder of cases; tests/cases of a checkout if not given.")  # fmt: skip
@_json
def eval_examples(cases: Path, as_json_: bool) -> None:
    """Run the rule module over the law's own Examples."""
    from assistant.evaluation.examples import examples_report
    from assistant.rules import load_rules

    with _in_words():
        rules = load_rules(corpus.FOLDER, _PACKS[0])
        found = examples_report(rules, cases / _PACKS[0], today=date.today())
    if as_json_:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for case in found["cases"]:
        if case["result"] == "wrong":
            click.echo(f"{case['locator']}: {'; '.join(case.get('differences', []))}")
    click.echo("  ".join(f"{name}: {value}" for name, value in found.items() if name != "cases"))


@eval_.command(name="answers")
@click.option("--split", type=click.Choice(["dev", "held-out"]), help="One half of the set; both if not given.")
@click.option("--misses", is_flag=True, help="Print each question that went wrong.")
@_json
@click.pass_obj
def eval_answers(settings: Settings, split: str | None, misses: bool, as_json_: bool) -> None:
    """Score answers and refusals on the labelled questions."""
    from assistant.evaluation.answers import evaluate_answers

    with _in_words():
        desk = _desk(settings)
        scores = evaluate_answers(desk, split, today=date.today())
    click.echo(json.dumps(scores.as_json(), indent=2) if as_json_ else scores.in_words(misses=misses))


@eval_.command(name="speed")
@_json
@click.pass_obj
def eval_speed(settings: Settings, as_json_: bool) -> None:
    """Measure how long a question, a citation and a cold start take here."""
    from assistant.evaluation.speed import measure_speed

    with _in_words():
        desk = _desk(settings)
        scores = measure_speed(desk, today=date.today())
    click.echo(json.dumps(scores, indent=2) if as_json_ else "\n".join(f"{k}: {v}" for k, v in scores.items()))

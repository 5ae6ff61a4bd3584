"""`bot nlu`: measure how messages are understood, and find the phrases to write or to mend."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import evaluation, figures, service
from bot.author import ROOT
from bot.authoring import confusions as mixing
from bot.authoring import gaps as missing
from bot.authoring import reliability, report, shown
from bot.authoring import why as reasons
from bot.authoring.located import Located, located, named
from bot.authoring.unanswered import unanswered
from bot.clock import now
from bot.commands.begin import begin, content_of, fail, group, say, written
from bot.evaluation import Choices, Placed

app = group("Measure how well messages are understood, and find the phrases to mend.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Files = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="JSON Lines, one utterance a line.")
]
_SETS = ("development*.jsonl", "emergencies.jsonl")
"""What the page is measured on, in `tests/understanding`."""
_HELD_OUT = "held_out.jsonl"
"""Of these the page has the figures alone."""
_PAGE = ROOT / "docs" / "understanding.md"


@app.command()
def evaluate(files: Files, as_json: AsJson = False) -> None:
    """Decide every line as the running bot would, and print how many were right."""
    settings, author = begin()
    lines = _read(files)
    content = content_of(settings, author)
    found = figures.evaluate(lines, service.understanding(settings), content)
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else figures.printed(found))


@app.command()
def confusions(
    topic: Annotated[
        str, typer.Option("--topic", metavar="NAME", help="Only pairs with this topic or intent.")
    ] = "",
    most: Annotated[int, typer.Option("--most", min=1, help="Pairs shown.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show which topics mix, and the training phrases to blame. Takes about two minutes."""
    settings, author = begin()
    phrases = [_near(one) for one in located(settings.data_dir)]
    if topic and topic not in {named(one.phrase.label) for one in phrases}:
        fail(author.tell("confusions.unknown", name=topic))

    def tell(round_: int, seen: int, unseen: int) -> None:
        places = {"n": round_, "all": mixing.ROUNDS, "seen": seen, "unseen": unseen}
        typer.echo(author.tell("confusions.round", **places), err=True)

    heard = mixing.heard_by(service.understanding(settings))
    found = mixing.misread(phrases, heard, tell)
    pairs = [
        pair
        for pair in mixing.pairs(found)
        if not topic or topic in (named(pair.one), named(pair.other))
    ]
    if as_json:
        _print_json(shown.pairs_json(pairs[:most], misread=len(found), phrases=len(phrases)))
        return
    counts = {"wrong": len(found), "all": len(phrases), "pairs": len(pairs)}
    say(author, "confusions.found", **counts, share=f"{len(found) / max(1, len(phrases)):.1%}")
    for line in shown.pairs(pairs[:most], author):
        typer.echo(line)


@app.command()
def why(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What somebody says, in quotes.")],
    context: Annotated[
        str,
        typer.Option(
            "--context",
            metavar="DIALOG",
            help='What is open: howto:phone/scan_qr@2, quiz:ITEM or {"choice": ["…", "…"]}.',
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show every stage of understanding one text, and what decided. Nothing of it is kept."""
    settings, author = begin()
    content = content_of(settings, author)
    evaluator = evaluation.Evaluator(service.understanding(settings), content)
    try:
        opened = Choices.model_validate_json(context) if context.startswith("{") else context
        evaluator.dialog(opened or None)
    except (KeyError, IndexError, ValueError):
        fail(author.tell("why.no_context", context=context))
    found = reasons.explained(evaluator, text, opened or None)
    if as_json:
        _print_json(shown.why_json(found, author))
        return
    for line in shown.why(found, author):
        typer.echo(line)


@app.command()
def gaps(as_json: AsJson = False) -> None:
    """Show what people asked and the bot did not know, of those who agreed, as new phrases."""
    settings, author = begin()
    content = content_of(settings, author)
    found = written(settings, author, partial(unanswered, now=now()))
    if not as_json and not found.agreed:
        say(author, "gaps.nobody")
        return
    evaluator = evaluation.Evaluator(service.understanding(settings), content)
    all_ = missing.gaps(found.texts, evaluator)
    if as_json:
        _print_json(shown.gaps_json(all_, found))
        return
    for line in shown.gaps(all_, found, author):
        typer.echo(line)


@app.command("report")
def write_report(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Instead of the development sets."),
    ] = None,
) -> None:
    """Measure anew and write docs/understanding.md with its picture. Takes about a minute."""
    settings, author = begin()
    sets = ROOT / "tests" / "understanding"
    chosen = files or sorted(file for name in _SETS for file in sets.glob(name))
    read, phrases = _read(chosen), located(settings.data_dir)
    lines = report.unlearned(read, phrases)
    content = content_of(settings, author)
    engine = service.understanding(settings)
    judged, _ = figures.judge(_by_name(lines), engine, content)
    strangers = report.unlearned(_read([sets / _HELD_OUT]), phrases) if files is None else []
    held_out, _ = figures.judge(_by_name(strangers), engine, content)
    made = report.Made(
        on=now().date(),
        command="make understanding" if files is None else "bot nlu report",
        files={file.name: sum(Path(one.file) == file for one in lines) for file in chosen},
        phrases=len(phrases),
        labels=len({one.phrase.label for one in phrases}),
        learned=len(read) - len(lines),
    )
    picture = _PAGE.parent / report.PICTURE
    picture.write_text(reliability.picture(reliability.bins(judged)), "utf-8")
    _PAGE.write_text(report.measured(judged, made, held_out=held_out), "utf-8")
    for file in (_PAGE, picture):
        typer.echo(str(file))


def _read(files: list[Path]) -> list[Placed]:
    """The lines of all files; what is wrong in any of them is printed."""
    lines: list[Placed] = []
    faults: list[str] = []
    for file in files:
        try:
            lines += evaluation.read(file)
        except (OSError, evaluation.EvaluationFileError) as error:
            faults.append(str(error))
    if faults:
        fail("\n".join(faults))
    return lines


def _by_name(lines: list[Placed]) -> list[Placed]:
    """With the file's own name alone, wherever it lies."""
    return [one._replace(file=Path(one.file).name) for one in lines]


def _near(one: Located) -> Located:
    """Its file as it is written from here, where that is shorter."""
    here = Path.cwd()
    file = one.file.relative_to(here) if one.file.is_relative_to(here) else one.file
    return Located(one.phrase, file, one.line)


def _print_json(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")

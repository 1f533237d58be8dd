"""The command line: one command per thing a user wants to do; the work is done in the rooms.

Exit codes: 0 done, 1 a notebook failed, 2 bad parameters or input, 3 time-out, 4 an expectation of the data is broken,
5 surroundings (space, open files, memory, another program's lock), 130 stopped. Errors are one message without a
traceback; RCOMMERCE_DEBUG=1 shows the traceback.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rcommerce_helpers import __version__
from rcommerce_helpers.errors import BrokenExpectation, ParamError, RCommerceError, Surroundings
from rcommerce_helpers.leaving import fit_to_leave

if TYPE_CHECKING:
    from rcommerce_helpers.workspace.runs.request import RunRequest

app = typer.Typer(
    help="From scattered exports to one view per customer, patterns, scores with reasons, and plans that hold.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Out = Annotated[Path, typer.Option("--out", help="folder of the runs")]
AllowOutside = Annotated[
    bool, typer.Option("--allow-outside", help="files of the data set may lie outside its folder; only if you trust it")
]
AllowNetwork = Annotated[
    bool,
    typer.Option("--allow-network", help="the data set may ask the databases and services it names; if you trust it"),
]
DEMO_CUSTOMERS = 5000
DEMO_SEED = 7
GENERATOR_FILE = "generator.txt"


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"rcommerce {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="say which version this is")
    ] = False,
) -> None:
    """Options that stand before a command."""


@app.command()
def run(  # noqa: PLR0913, PLR0917 - one parameter per option
    stages: Annotated[list[str] | None, typer.Argument(help="stages to run, with all they need; none = all")] = None,
    dataset: Annotated[str, typer.Option(help="a public name, demo, or the path of a sources.toml")] = "demo",
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="stage.name=value, such as affinity.horizon_days=60; repeatable")
    ] = None,
    as_of: Annotated[str, typer.Option(help="last day the analysis may know, 2017-12-31")] = "",
    language: Annotated[str, typer.Option(help="en or de")] = "en",
    seed: Annotated[int, typer.Option(help="makes the run repeatable")] = 7,
    out: Out = Path("runs"),
    timeout: Annotated[int, typer.Option(help="seconds a cell may take")] = 600,
    fresh: Annotated[bool, typer.Option("--fresh", help="execute every step, reuse nothing")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="plain lines instead of bars")] = False,
    allow_outside: AllowOutside = False,
    allow_network: AllowNetwork = False,
) -> None:
    """Execute the notebooks on a data set; what did not change since the last run is reused."""
    from rcommerce_helpers.workspace.runs.request import RunRequest

    request = RunRequest(
        dataset=dataset,
        out=out,
        stages=tuple(stages or ()),
        settings=tuple(settings or ()),
        as_of=as_of,
        language=language,
        seed=seed,
        timeout=timeout,
        fresh=fresh,
        allow_outside=allow_outside,
        allow_network=allow_network,
    )
    raise typer.Exit(_run(request, plain=plain))


def _run(request: RunRequest, *, plain: bool) -> int:
    from datetime import UTC, datetime

    from rcommerce_helpers.workspace.runs.data import described_data
    from rcommerce_helpers.workspace.runs.progress import shown
    from rcommerce_helpers.workspace.runs.request import plan_of
    from rcommerce_helpers.workspace.runs.session import run_notebooks
    from rcommerce_helpers.workspace.runs.stages import standard_table

    plan = plan_of(request, standard_table())
    source = _source_of(request.dataset)
    kept = request.out / ".read" / request.data_set
    allowed = {"allow_outside": request.allow_outside, "allow_network": request.allow_network}
    data = described_data(source, **allowed, kept=None if request.fresh else kept)
    for name in plan.left_out:
        typer.echo(f"{name}: left out, its notebook is not there", err=True)
    outcome = run_notebooks(plan, data, shown(plain=plain or None), started=datetime.now(UTC))
    for error in outcome.errors:
        typer.echo(fit_to_leave(error), err=True)
    if outcome.manifest.status == "done":
        for line in outcome.headlines():
            typer.echo(line)
        typer.echo(f"\nReport: {outcome.first_page}")
    elif outcome.folder.exists():
        typer.echo(f"Kept for diagnosis: {outcome.folder}", err=True)
    return outcome.exit_code


def _source_of(dataset: str) -> str:
    """The demo data set is a folder made on first use; every other one is known to ``sources``."""
    if dataset != "demo":
        return dataset
    folder = Path("data") / "demo" / f"{DEMO_CUSTOMERS}-{DEMO_SEED}"
    stamp = folder / GENERATOR_FILE
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != _generator():
        _write_demo(DEMO_CUSTOMERS, DEMO_SEED, folder, overwrite=True)
    return str(folder / "sources.toml")


@app.command()
def demo(
    customers: Annotated[int, typer.Option(help="how many customers")] = DEMO_CUSTOMERS,
    seed: Annotated[int, typer.Option(help="another seed, another world")] = DEMO_SEED,
    out: Annotated[Path | None, typer.Option(help="folder to write; default data/demo/CUSTOMERS-SEED")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace what is there")] = False,
) -> None:
    """Make the demo data set: a shop's exports, and apart from them the truth about its customers."""
    folder = out or Path("data") / "demo" / f"{customers}-{seed}"
    _write_demo(customers, seed, folder, overwrite=overwrite)
    typer.echo(f"Next: rcommerce run --dataset {folder / 'sources.toml'}")


def _write_demo(customers: int, seed: int, folder: Path, *, overwrite: bool) -> None:
    from rcommerce_helpers.demo_world import write_demo

    typer.echo(f"Writing the demo data set of {customers} customers to {folder} ...", err=True)
    write_demo(customers, seed, folder, overwrite=overwrite)
    (folder / GENERATOR_FILE).write_text(_generator(), encoding="utf-8")


def _generator() -> str:
    """Fingerprint of the code that makes the demo: a world made by an older version is made anew."""
    from rcommerce_helpers.workspace.runs.fingerprints import code_behind

    return code_behind(["rcommerce_helpers.demo_world"])


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="a sources.toml, or the name of a public data set")],
    allow_outside: AllowOutside = False,
    allow_network: AllowNetwork = False,
    show_values: Annotated[bool, typer.Option(help="show personal values as they are; on a terminal only")] = False,
    out: Out = Path("runs"),
) -> None:
    """Say what looks wrong, what would be landed, quarantined and set aside, how values are read; writes nothing."""
    from rcommerce_helpers.sources import check as check_data_set
    from rcommerce_helpers.sources import load_data_set
    from rcommerce_helpers.workspace.data_sets import data_set_id
    from rcommerce_helpers.workspace.runs.manifest import last_landed

    if show_values:
        _need_terminal("--show-values")
    data_set = load_data_set(_source_of(file), allow_outside=allow_outside, allow_network=allow_network)
    report = check_data_set(data_set, values=show_values, previous=last_landed(out, data_set_id(file, Path())))
    for line in report.lines():
        typer.echo(line)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="folder to make; must not hold a project yet")],
    exports: Annotated[
        Path | None, typer.Option("--from", help="a folder of exports, or one file: copied, looked at, and mapped")
    ] = None,
) -> None:
    """Make a project folder of your own; with --from, sources.toml is a proposal for your exports."""
    from rcommerce_helpers.workspace.project import write_project

    started = write_project(folder, exports)
    for path in started.written:
        typer.echo(str(path))
    for title, lines in (
        ("Recognised", started.recognised),
        ("Not read", started.refused),
        ("For a person to decide", started.decide),
    ):
        for line in (f"\n{title}:", *(f"    {fit_to_leave(line)}" for line in lines)) if lines else ():
            typer.echo(line)
    first = "read" if exports is not None else "fill in"
    typer.echo(f"\nNext: {first} {folder / 'sources.toml'}, then rcommerce check {folder / 'sources.toml'}")


@app.command()
def lab(port: Annotated[int, typer.Option(help="port on this machine; 0 = a free one")] = 8888) -> None:
    """Open JupyterLab with the tour, reachable from this machine only, behind its token."""
    from rcommerce_helpers.workspace.lab import lab_command, lab_environment

    command, environment = lab_command(port), lab_environment()
    if os.name != "posix":
        _call(command, environment)
    os.execve(command[0], command, environment)  # noqa: S606 - our own command, without a shell


def _call(command: list[str], environment: dict[str, str]) -> None:
    import subprocess

    raise typer.Exit(subprocess.call(command, env=environment))  # noqa: S603 - our own arguments


@app.command()
def report(
    run_name: Annotated[str, typer.Argument(metavar="[RUN]", help="name of a run; none = the newest finished")] = "",
    out: Out = Path("runs"),
) -> None:
    """Write the pages of a run anew from its executed notebooks, and say where the first one lies."""
    from rcommerce_helpers.files import owner_only
    from rcommerce_helpers.lock import one_writer
    from rcommerce_helpers.workspace.runs.compare import find_run
    from rcommerce_helpers.workspace.runs.rendering import render_report

    folder, manifest = find_run(out, run_name)
    with owner_only(), one_writer(out):
        typer.echo(str(render_report(folder, manifest)))


@app.command()
def verify(
    run_name: Annotated[str, typer.Argument(metavar="[RUN]", help="name of a run; none = the newest finished")] = "",
    out: Out = Path("runs"),
) -> None:
    """Check every file of a run against the hashes it was sealed with; exit code 4 where one differs."""
    from rcommerce_helpers.workspace.runs.compare import find_run
    from rcommerce_helpers.workspace.runs.seal import check_seal

    folder, manifest = find_run(out, run_name)
    check_seal(folder, manifest)
    typer.echo(f"{folder.name}: {len(manifest.files)} files, each as it was when the run was sealed.")


@app.command()
def plan(
    run_name: Annotated[str, typer.Argument(metavar="[RUN]", help="name of a run; none = the newest finished")] = "",
    to: Annotated[Path, typer.Option("--to", help="file to write: .xlsx, or .csv for one channel")] = ...,  # type: ignore[assignment]
    channel: Annotated[str, typer.Option(help="only the contacts of this channel; none = all")] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace the file that is there")] = False,
    out: Out = Path("runs"),
) -> None:
    """Write the contacts of a finished plan for those who send them, with what their channel needs and no more."""
    from rcommerce_helpers.workspace.plan_export import export_plan
    from rcommerce_helpers.workspace.runs.compare import find_run
    from rcommerce_helpers.workspace.runs.seal import check_seal

    folder, manifest = find_run(out, run_name)
    check_seal(folder, manifest)
    for line in export_plan(folder, manifest, to, channel=channel, overwrite=overwrite).lines():
        typer.echo(line)


Person = Annotated[str, typer.Argument(help="e-mail address, customer number, record_id, or keyed customer id")]


@app.command()
def access(  # noqa: PLR0913, PLR0917 - one parameter per option
    person: Person,
    to: Annotated[Path, typer.Option("--to", help="folder to write into, outside the runs")],
    run_name: Annotated[str, typer.Option("--run", help="name of a run; none = the newest finished")] = "",
    language: Annotated[str, typer.Option(help="en or de")] = "en",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace the answer that is there")] = False,
    out: Out = Path("runs"),
) -> None:
    """Write all that a run holds of one person, for that person: a page and JSON."""
    from rcommerce_helpers.workspace.rights.answering import give_access
    from rcommerce_helpers.workspace.runs.compare import find_run

    folder, manifest = find_run(out, run_name)
    answer = give_access(folder, manifest, person, to, language=language, overwrite=overwrite)
    typer.echo(f"{answer.rows:,} rows of {answer.tables} tables: {answer.page}, {answer.data}")


@app.command()
def review(
    run_name: Annotated[str, typer.Option("--run", help="name of a run; none = the newest finished")] = "",
    number: Annotated[int, typer.Option(help="pairs to look at", min=1)] = 20,
    measure: Annotated[bool, typer.Option("--measure", help="pairs at random, to measure how good links are")] = False,
    out: Out = Path("runs"),
) -> None:
    """Ask, on a terminal, whether pairs of records are one person; later runs obey the answers."""
    from datetime import date

    from rcommerce_helpers.workspace.folder import RunFolder
    from rcommerce_helpers.workspace.reviewing import at_terminal
    from rcommerce_helpers.workspace.reviewing import review as review_links
    from rcommerce_helpers.workspace.runs.compare import find_run

    _need_terminal("review")
    folder, _ = find_run(out, run_name)
    done = review_links(RunFolder(folder), Path(), at_terminal, number=number, measure=measure, today=date.today())
    typer.echo(f"{done.number} answers kept in {done.path}; `rcommerce run` obeys them")


@app.command()
def forget(
    person: Person,
    yes: Annotated[
        bool, typer.Option("--yes", help="do it; without it the plan is printed and nothing changed")
    ] = False,
    out: Out = Path("runs"),
) -> None:
    """Erase one person from all runs and from what lies beside them, and let no later import bring them back."""
    from rcommerce_helpers.workspace.rights.forgetting import forget as forget_person

    for line in forget_person(out, person, yes=yes).lines():
        typer.echo(line)


@app.command(name="list")
def list_(out: Out = Path("runs")) -> None:
    """List the runs of a folder, newest first."""
    from rcommerce_helpers.workspace.runs.compare import listing

    for line in listing(out):
        typer.echo(line)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="name of a run, or its beginning")],
    after: Annotated[str, typer.Argument(help="name of a run, or its beginning")],
    out: Out = Path("runs"),
) -> None:
    """Say which figures changed from one run to another, with their intervals, and which came or went."""
    from rcommerce_helpers.workspace.runs.compare import compare_runs

    for line in compare_runs(out, before, after).lines():
        typer.echo(line)


def _need_terminal(what: str) -> None:
    if not sys.stdout.isatty():
        got, do = "an output that is no terminal", "Leave it out here: values of people would stay"
        raise ParamError(what, got=got, expected="a terminal", do=do)


def main() -> None:
    """Entry point: errors of ours become one message and an exit code."""
    sys.exit(_guarded(lambda: app(prog_name="rcommerce")))


def _guarded(command: Callable[[], object]) -> int:
    from rcommerce_helpers.surroundings import cause_of
    from rcommerce_helpers.workspace.runs.stopping import stoppable

    with stoppable() as stop:
        try:
            command()
        except BaseException as error:  # noqa: BLE001 - every error becomes one message and an exit code
            if stop.asked or isinstance(error, KeyboardInterrupt):  # engines make errors of their own out of a stop
                return _said(KeyboardInterrupt("Interrupted."), 130)
            if isinstance(error, SystemExit):
                return error.code if isinstance(error.code, int) else int(error.code is not None)
            return _said(*_named(error, cause_of(error, (Path.cwd(),))), cause=error)
    return 0


def _named(error: BaseException, refused: Surroundings | None) -> tuple[BaseException, int]:
    """What to say of an error, and the exit code."""
    if refused is not None:
        return refused, refused.EXIT_CODE
    if isinstance(error, RCommerceError):
        return error, 4 if isinstance(error, BrokenExpectation) else 2
    if isinstance(error, OSError):
        name, got = str(error.filename or "file system"), error.strerror or str(error)
        return ParamError(name, got=got, expected="to read or write it", do="Check the path"), 2
    told = f"Unexpected {type(error).__name__}: {error}. Set RCOMMERCE_DEBUG=1 to see where, and report it."
    return RuntimeError(told), 1


def _said(error: BaseException, code: int, *, cause: BaseException | None = None) -> int:
    if os.environ.get("RCOMMERCE_DEBUG") == "1":
        raise cause or error
    typer.echo(fit_to_leave(str(error)), err=True)
    return code

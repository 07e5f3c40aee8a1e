"""Trains, packs and checks models of every kind, and writes the table of docs/models.md.

    python3 matrix.py --table ../../docs/models.md

needs scikit-learn, skl2onnx and xgboost with onnxmltools, the tool `modelapi` (or another command in MODELAPI), and for the rows of ML.NET
the .NET SDK. `--only knn` takes the kinds whose names hold a word. A kind that is known to be refused is part of the table: it tells why.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "python"))

import matrix_kinds  # noqa: E402
import modelapi_pack  # noqa: E402

START, END = "<!-- matrix -->", "<!-- /matrix -->"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--table", type=Path, help="the page in which to replace the table")
    parser.add_argument("--only", default="", help="a word in the names of the kinds to train")
    parser.add_argument("--skip-mlnet", action="store_true", help="leave out the rows of ML.NET")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in matrix_kinds.all_kinds():
            if arguments.only in kind.name:
                results.append(try_kind(kind, Path(folder)))
                show(results[-1])
        if not arguments.skip_mlnet:
            for result in mlnet_results(Path(folder), arguments.only):
                results.append(result)
                show(result)
    packed = sum(result["packs"] for result in results)
    print(f"{len(results)} kinds, {packed} packed, {len(results) - packed} refused")
    if arguments.table:
        replace_table(arguments.table, results)


def try_kind(kind, folder):
    result = {"name": kind.name, "exporter": kind.exporter, "packs": False, "engine": "", "difference": "", "note": ""}
    try:
        kind.pack(folder)
    except Exception as error:  # converters throw whatever they like; the table tells it
        result["note"] = first_line(error)
        return result
    return {**result, **check(folder / kind.slug)}


def check(bundle):
    """What `modelapi check` says of a model, which is deleted then."""
    run = subprocess.run(
        [*modelapi(), "check", str(bundle), "--json", "--isolation", "none"], capture_output=True, text=True, encoding="utf-8")
    shutil.rmtree(bundle, ignore_errors=True)
    [answer] = json.loads(run.stdout)
    if answer["state"] != "ready":
        return {"note": answer["faults"][0]["message"]}
    engine = answer["engine"].split(" ")[0].rstrip(".")
    return {
        "packs": True,
        "engine": engine,
        "difference": f"{answer['largestDifference']:.1e}",
        "note": answer["toleranceReason"] or "",
    }


def mlnet_results(folder, only):
    """The kinds of ML.NET: its program trains them and writes <name>/model.zip and train.csv."""
    project = HERE / "mlnet"
    run = subprocess.run(
        ["dotnet", "run", "--project", str(project), "--", "matrix", "--out", str(folder / "mlnet")],
        capture_output=True, text=True, encoding="utf-8")
    if run.returncode != 0:
        print(f"ML.NET is left out: {first_line(run.stderr or run.stdout)}", file=sys.stderr)
        return
    for model in sorted((folder / "mlnet").glob("*/model.zip")):
        name = model.parent.name
        if only not in name:
            continue
        result = {"name": name, "exporter": "ML.NET", "packs": False, "engine": "", "difference": "", "note": ""}
        extra = model.parent / "arguments.txt"
        run = subprocess.run([
            *modelapi(), "pack", str(model), "--name", name, "--reference", str(model.parent / "train.csv"),
            "--output", str(folder), "--isolation", "none",
            *(shlex.split(extra.read_text(encoding="utf-8")) if extra.exists() else [])],
            capture_output=True, text=True, encoding="utf-8")
        yield {**result, **check(folder / name)} if run.returncode == 0 else {**result, "note": first_line(run.stderr)}


def modelapi():
    return shlex.split(os.environ.get("MODELAPI", "modelapi"))


def first_line(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0] if lines else type(error).__name__
    return text if len(text) <= 200 else f"{text[:199]}…"


def show(result):
    print(f"{result['name']:45} {result['exporter']:18} {result['engine'] or 'refused':12} {result['difference']:8} {result['note']}")
    sys.stdout.flush()


def replace_table(page, results):
    before, rest = page.read_text(encoding="utf-8").split(START)
    after = rest.split(END)[1]
    engines = Counter(result["engine"] for result in results if result["packs"])
    said = ", ".join(f"{count} run in {engine}" for engine, count in sorted(engines.items()))
    refused = len(results) - sum(engines.values())
    lines = [
        f"{len(results)} kinds: {said}; {refused} are refused with the reason.", "",
        "| kind | exporter | packs | engine | largest difference | |", "| --- | --- | --- | --- | --- | --- |",
    ]
    for result in results:
        note = result["note"].replace("|", "\\|")
        lines.append(
            f"| {result['name']} | {result['exporter']} | {'yes' if result['packs'] else '**no**'} | {result['engine']} "
            f"| {result['difference']} | {note} |")
    page.write_text(f"{before}{START}\n{chr(10).join(lines)}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()

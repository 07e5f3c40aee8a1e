#!/usr/bin/env python3
"""Puts results into the page about them: each block between <!-- results: NAME --> and <!-- end --> becomes the file NAME.

usage: fill.py <folder of the results> <page.md>

Text becomes a code block, CSV a table. A block whose file is not there stays as it is.
"""
import csv
import pathlib
import re
import sys


def block(file):
    if file.suffix != ".csv":
        return f"```\n{file.read_text(encoding='utf-8').strip()}\n```"
    with open(file, encoding="utf-8", newline="") as table:
        header, *rows = csv.reader(table)
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main():
    results, page = map(pathlib.Path, sys.argv[1:])

    def fill(match):
        file = results / match["name"]
        return f"{match['start']}\n{block(file)}\n{match['end']}" if file.exists() else match[0]

    pattern = r"(?P<start><!-- results: (?P<name>\S+) -->)\n.*?(?P<end><!-- end -->)"
    page.write_text(re.sub(pattern, fill, page.read_text(encoding="utf-8"), flags=re.DOTALL), encoding="utf-8")


main()

#!/usr/bin/env python3
"""Draws the tables of bench/all.sh as SVG, with nothing but Python's own library.

usage: plot.py <folder of the tables> <folder of the plots>

A table that is not there is left out. The plots follow the reader's light or dark theme.
"""
import csv
import math
import pathlib
import sys
from html import escape

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, BOTTOM = 78, 24, 56
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 16px; font-weight: 600 } .note { fill: #57606a; font-size: 12px }
  .card { fill: #ffffff; stroke: #d0d7de } .grid { stroke: #d8dee4 } .axis { stroke: #57606a }
  .line { fill: none; stroke-width: 2.2 }
  .c0 { --c: #0969da } .c1 { --c: #bc4c00 } .c2 { --c: #6e7781 } .c3 { --c: #1a7f37 }
  .line { stroke: var(--c) } .mark { fill: var(--c) }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .note { fill: #9198a1 } .card { fill: #0d1117; stroke: #3d444d } .grid { stroke: #2a313c } .axis { stroke: #9198a1 }
    .c0 { --c: #58a6ff } .c1 { --c: #f0883e } .c2 { --c: #9198a1 } .c3 { --c: #56d364 }
  }
"""
NAMES = {
    "auto": ("ModelApi", 0),
    "compiled": ("compiled", 0),
    "ModelApi": ("ModelApi", 0),
    "onnxruntime": ("ONNX Runtime", 1),
    "ONNXRuntime": ("ModelApi with ONNX Runtime", 1),
    "Echo": ("bare echo", 2),
    "FastAPI": ("FastAPI + scikit-learn, 2 processes", 3),
}


class Drawing:
    def __init__(self, height, title, note):
        self.height = height
        self.parts = [f'<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>']
        self.text(20, 28, title, "title")
        self.text(20, 48, note, "note")

    def text(self, x, y, text, kind="", anchor="start", extra=""):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}"{extra}>{escape(text)}</text>')

    def line(self, x1, y1, x2, y2, kind):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>')

    def write(self, file):
        file.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" width="{WIDTH}" height="{self.height}" role="img">\n'
            f"<style>{STYLE}</style>\n" + "\n".join(self.parts) + "\n</svg>\n",
            encoding="utf-8",
        )


def shorten(value):
    """A number for people: 1,500,000 as 1.5M."""
    for limit, unit in ((1e6, "M"), (1e4, "k")):
        if value >= limit:
            return f"{value / (1e6 if unit == 'M' else 1e3):g}{unit}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


class LogAxis:
    """A logarithmic scale whose ticks are 1, 2 and 5 of each decade, or the decades alone where there are many."""

    def __init__(self, values, start, end, fits):
        low, high = min(values), max(values)
        if fits:
            self.low, self.high = low, high
        else:
            # Down to a tick and up to one, and at least a decade, so that noise does not look like growth.
            self.low = max((t for t in self.candidates(low) if t <= low * 1.001), default=low)
            self.high = min((t for t in self.candidates(high) if t >= high * 0.999), default=high)
            while self.high / self.low < 9.9:
                self.low = max(t for t in self.candidates(self.low) if t < self.low * 0.999)
                if self.high / self.low < 9.9:
                    self.high = min(t for t in self.candidates(self.high) if t > self.high * 1.001)
        self.start, self.end = start, end

    @staticmethod
    def candidates(value):
        decade = math.floor(math.log10(value))
        return [step * 10.0**power for power in range(decade - 2, decade + 3) for step in (1, 2, 5)]

    def ticks(self):
        low, high = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        steps = (1,) if high - low > 3 else (1, 2, 5)
        ticks = [step * 10.0**power for power in range(low, high + 1) for step in steps]
        return [tick for tick in ticks if self.low * 0.999 <= tick <= self.high * 1.001]

    def at(self, value):
        span = math.log(self.high / self.low) or 1
        return self.start + (self.end - self.start) * math.log(value / self.low) / span


class LinearAxis:
    """A linear scale from zero, or from the least value, with about four ticks at round numbers."""

    def __init__(self, values, start, end, from_zero):
        low, high = (0 if from_zero else min(values)), max(values)
        step = 10 ** math.floor(math.log10((high - low) / 4 or 1))
        self.step = next(step * times for times in (1, 2, 5, 10) if (high - low) / (step * times) <= 5)
        self.low = low
        self.high = self.step * math.ceil(high / self.step) if from_zero else high
        self.start, self.end = start, end

    def ticks(self):
        return [self.step * i for i in range(math.ceil(self.low / self.step), math.floor(self.high / self.step) + 1)]

    def at(self, value):
        return self.start + (self.end - self.start) * (value - self.low) / ((self.high - self.low) or 1)


def legend_places(labels):
    """Where each label's sign begins, in as many lines as they take."""
    places, x, y = [], LEFT, 66
    for label in labels:
        width = 50 + 7.2 * len(label)
        if x + width > WIDTH - RIGHT:
            x, y = LEFT, y + 20
        places.append((x, y))
        x += width
    return places


def line_chart(file, title, note, x_name, y_name, series):
    """series: label, colour, dash, points."""
    drawing = Drawing(HEIGHT, title, note)
    places = legend_places([label for label, *_ in series])
    top = places[-1][1] + 18
    points = [point for *_, line in series for point in line]
    x_axis = LogAxis([x for x, _ in points], LEFT, WIDTH - RIGHT, fits=True)
    y_axis = LogAxis([y for _, y in points], HEIGHT - BOTTOM, top, fits=False)
    for tick in y_axis.ticks():
        drawing.line(LEFT, y_axis.at(tick), WIDTH - RIGHT, y_axis.at(tick), "grid")
        drawing.text(LEFT - 8, y_axis.at(tick) + 4, shorten(tick), anchor="end")
    for tick in x_axis.ticks():
        drawing.line(x_axis.at(tick), HEIGHT - BOTTOM, x_axis.at(tick), HEIGHT - BOTTOM + 5, "axis")
        drawing.text(x_axis.at(tick), HEIGHT - BOTTOM + 20, shorten(tick), anchor="middle")
    drawing.line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "axis")
    drawing.text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, x_name, "note", "middle")
    middle = (top + HEIGHT - BOTTOM) / 2
    drawing.text(20, middle, y_name, "note", "middle", f' transform="rotate(-90 20 {middle:.1f})"')

    for (label, colour, dash, line), (legend, height) in zip(series, places):
        marks = [(x_axis.at(x), y_axis.at(y)) for x, y in line]
        dashes = ' stroke-dasharray="6 5"' if dash else ""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in marks)
        drawing.parts.append(f'<g class="c{colour}"><polyline class="line" points="{path}"{dashes}/>')
        drawing.parts += [f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in marks]
        drawing.parts.append(f'<line class="line" x1="{legend:.1f}" y1="{height}" x2="{legend + 24:.1f}" y2="{height}"{dashes}/></g>')
        drawing.text(legend + 30, height + 4, label)
    drawing.write(file)


def panels(file, title, note, x_name, panels):
    """Line charts above each other with one linear axis below; panels: name and series of label, colour, points."""
    height = 140
    drawing = Drawing(70 + height * len(panels) + 44, title, note)
    xs = [x for _, series in panels for *_, points in series for x, _ in points]
    x_axis = LinearAxis(xs, LEFT, WIDTH - RIGHT, from_zero=False)
    for i, (name, series) in enumerate(panels):
        top, bottom = 70 + height * i + 22, 70 + height * (i + 1) - 10
        y_axis = LinearAxis([y for *_, points in series for _, y in points], bottom, top, from_zero=True)
        for tick in y_axis.ticks():
            drawing.line(LEFT, y_axis.at(tick), WIDTH - RIGHT, y_axis.at(tick), "grid")
            drawing.text(LEFT - 8, y_axis.at(tick) + 4, shorten(tick), anchor="end")
        drawing.line(LEFT, bottom, WIDTH - RIGHT, bottom, "axis")
        drawing.text(LEFT, top - 8, name, "note")
        for j, (label, colour, points) in enumerate(series):
            path = " ".join(f"{x_axis.at(x):.1f},{y_axis.at(y):.1f}" for x, y in points)
            drawing.parts.append(f'<g class="c{colour}"><polyline class="line" points="{path}"/></g>')
            if len(series) > 1:
                place = WIDTH - RIGHT - 90 * (len(series) - j)
                drawing.parts.append(f'<g class="c{colour}">')
                drawing.line(place, top - 12, place + 24, top - 12, "line")
                drawing.parts.append("</g>")
                drawing.text(place + 30, top - 8, label)
    for tick in x_axis.ticks():
        drawing.text(x_axis.at(tick), drawing.height - 34, shorten(tick), anchor="middle")
    drawing.text((LEFT + WIDTH - RIGHT) / 2, drawing.height - 12, x_name, "note", "middle")
    drawing.write(file)


def bar_chart(file, title, note, bars):
    """bars: label, colour, value, text beside it."""
    drawing = Drawing(84 + 44 * len(bars), title, note)
    start, end = 250, WIDTH - 190
    longest = max(value for _, _, value, _ in bars)
    for i, (label, colour, value, text) in enumerate(bars):
        y = 70 + 44 * i
        width = max(2, (end - start) * value / longest)
        drawing.text(start - 10, y + 19, label, anchor="end")
        drawing.parts.append(f'<rect class="mark c{colour}" x="{start}" y="{y}" width="{width:.1f}" height="28" rx="3"/>')
        drawing.text(start + width + 8, y + 19, text)
    drawing.write(file)


def lines_by(rows, key, x, y):
    """One line for each value of the column `key`, in the order in which they come."""
    series = []
    for value in dict.fromkeys(row[key] for row in rows):
        label, colour = NAMES[value]
        series.append((label, colour, False, [(float(row[x]), float(row[y])) for row in rows if row[key] == value]))
    return series


def plot_http(rows, plots):
    def text(row):
        return f"{float(row['requests_per_s']):,.0f}/s, {float(row['cpu_us']):,.0f} µs of CPU"

    bar_chart(
        plots / "http.svg", "Predictions per second", "one row per request, 32 connections; client and server share the machine",
        [(*NAMES[row["server"]], float(row["requests_per_s"]), text(row)) for row in rows])


def plot_trees(rows, plots):
    series = []
    for engine in dict.fromkeys(row["engine"] for row in rows):
        for count in dict.fromkeys(row["rows"] for row in rows):
            label, colour = NAMES[engine]
            points = [(float(r["trees"]), float(r["ns_per_row_and_tree"])) for r in rows if (r["engine"], r["rows"]) == (engine, count)]
            series.append((f"{label}, {int(count):,} row{'s' if count != '1' else ''}", colour, count != "1", points))
    line_chart(
        plots / "growth-trees.svg", "Scoring: time per row and tree", "random forests of 8 features, depth 12; one thread",
        "trees", "ns per row and tree", series)


def plot_rows(rows, plots):
    line_chart(
        plots / "growth-rows.svg", "POST /predict: time per row", "bank model, one caller; from the first byte in to the last byte out",
        "rows per request", "µs per row", lines_by(rows, "engine", "rows", "us_per_row"))


def plot_connections(rows, plots):
    line_chart(
        plots / "growth-connections.svg", "POST /predict: CPU per request", "bank model, one row per request",
        "connections", "µs of CPU per request", lines_by(rows, "server", "connections", "cpu_us_per_request"))


def plot_models(rows, plots):
    note = "copies of the credit-risk model, each with a session or plan of its own"
    line_chart(
        plots / "growth-models.svg", "Models loaded: CPU per request", f"{note}; requests go to all in turn",
        "models", "µs of CPU per request", lines_by(rows, "engine", "models", "cpu_us_per_request"))
    line_chart(
        plots / "growth-models-memory.svg", "Models loaded: memory", note,
        "models", "MB resident", lines_by(rows, "engine", "models", "resident_mb"))


def plot_body(rows, plots):
    line_chart(
        plots / "growth-body.svg", "POST /predict: time per MB of body", "breast-cancer model, rows of 30 numbers, one caller",
        "MB of body", "ms per MB", lines_by(rows, "engine", "megabytes", "ms_per_megabyte"))


def plot_soak(rows, plots):
    def points(column):
        return [(float(row["minute"]), float(row[column])) for row in rows]

    panels(
        plots / "soak.svg", "Mixed traffic: what the server holds, and how fast it answers",
        "good, malformed, slow, aborted, huge and tiny requests at a steady rate; medians of each minute", "minutes",
        [("MB resident", [("", 0, points("resident_mb"))]),
         ("open handles and threads", [("handles", 0, points("handles")), ("threads", 1, points("threads"))]),
         ("ms of golden rows", [("median", 0, points("p50_ms")), ("p99", 1, points("p99_ms"))])])


def main():
    results, plots = map(pathlib.Path, sys.argv[1:])
    plots.mkdir(parents=True, exist_ok=True)
    for name, plot in (
        ("http", plot_http), ("growth-trees", plot_trees), ("growth-rows", plot_rows),
        ("growth-connections", plot_connections), ("growth-models", plot_models), ("growth-body", plot_body),
        ("soak", plot_soak),
    ):
        file = results / f"{name}.csv"
        if file.exists():
            with open(file, encoding="utf-8", newline="") as table:
                plot(list(csv.DictReader(table)), plots)


main()

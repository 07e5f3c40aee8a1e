#!/usr/bin/env python3
"""Prints how much columns of a table grow, in percent of their mean per hour: the slope of a straight line through the minutes.

usage: slopes.py <table> <minutes to leave out> <column ...>
"""
import csv
import statistics
import sys


def slope(minutes, values):
    if len(values) < 2 or statistics.fmean(values) == 0:
        return 0.0
    return statistics.linear_regression(minutes, values).slope * 60 / statistics.fmean(values) * 100


def main():
    table, settle, *columns = sys.argv[1:]
    with open(table, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["minute"]) > int(settle)]
    minutes = [float(row["minute"]) for row in rows]
    print(*(f"{slope(minutes, [float(row[column]) for row in rows]):.2f}" for column in columns))


main()

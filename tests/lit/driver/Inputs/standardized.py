"""Scales age and income by the means and deviations of the first four rows, and writes plain tables of x and y."""
import csv
import statistics
import sys

table, train_path, test_path = sys.argv[1:]
rows = [(float(row["age"]), float(row["income"]), float(row["price"])) for row in csv.DictReader(open(table))]
columns = list(zip(*rows[:4]))[:2]
means = [statistics.fmean(column) for column in columns]
deviations = [statistics.pstdev(column) for column in columns]
for path, part in ((train_path, rows[:4]), (test_path, rows[4:])):
    with open(path, "w") as file:
        for *x, y in part:
            scaled = [(value - mean) / deviation for value, mean, deviation in zip(x, means, deviations)]
            print(*scaled, y, sep=",", file=file)

"""baselines.json: linear and logistic regression of scikit-learn on the samples, every fifth row kept for validation."""
import csv
import pathlib

import numpy
import sklearn
from sklearn import linear_model, metrics

SOURCE = f"scikit-learn {sklearn.__version__}"
SAMPLES = pathlib.Path(__file__).resolve().parent.parent.parent / "resources" / "samples"
# Of `LINEAR_L2` in src/project/baselines.ts.
L2 = 1e-4
# File, target, numbers, categories; rows without a value in one of them are left out.
CASES = [
    ("iris.csv", "species", ["sepal_length", "sepal_width", "petal_length", "petal_width"], []),
    ("penguins.csv", "species", ["bill_length_mm", "bill_depth_mm", "body_mass_g"], []),
    ("penguins.csv", "sex", ["bill_length_mm", "bill_depth_mm", "body_mass_g"], []),
    ("penguins.csv", "body_mass_g", ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"], ["species", "island"]),
    ("auto-mpg.csv", "mpg", ["displacement", "horsepower", "weight", "acceleration", "model_year"], ["origin"]),
]


def rows_of(file, columns):
    with open(SAMPLES / file, newline="") as source:
        rows = [(number, row) for number, row in enumerate(csv.DictReader(source))]
    return [(number, row) for number, row in rows if all(row[name] not in ("", "NA") for name in columns)]


def make():
    cases = []
    for file, target, numbers, categories in CASES:
        rows = rows_of(file, [target, *numbers, *categories])
        held = numpy.array([number % 5 == 0 for number, _ in rows])
        x = numpy.array([[float(row[name]) for name in numbers] for _, row in rows])
        x = (x - x[~held].mean(0)) / x[~held].std(0)
        for name in categories:
            values = [row[name] for _, row in rows]
            x = numpy.hstack([x, [[float(value == each) for each in sorted(set(values))] for value in values]])
        values = [row[target] for _, row in rows]
        is_number = target in ("body_mass_g", "mpg")
        y = numpy.array([float(value) for value in values] if is_number else values)
        train, held_x, train_y, held_y = x[~held], x[held], y[~held], y[held]
        case = {"file": file, "target": target, "numbers": numbers, "categories": categories, "rows": len(train)}
        if is_number:
            spread = train_y.std()
            line = linear_model.LinearRegression().fit(train, train_y)
            errors = line.predict(held_x) - held_y
            case["constant"] = float((((train_y.mean() - held_y) / spread) ** 2).mean())
            case["loss"] = float(((errors / spread) ** 2).mean())
            case["metric"] = ["mae", float(abs(errors).mean())]
        else:
            # Half the penalty for the mean loss: 1 / (n C) = λ.
            line = linear_model.LogisticRegression(C=1 / (len(train) * L2), tol=1e-10, max_iter=100_000)
            line.fit(train, train_y)
            shares = [(train_y == name).mean() for name in line.classes_]
            case["constant"] = float(metrics.log_loss(held_y, [shares] * len(held_y), labels=line.classes_))
            case["loss"] = float(metrics.log_loss(held_y, line.predict_proba(held_x), labels=line.classes_))
            case["metric"] = ["accuracy", float(line.score(held_x, held_y))]
        cases.append(case)
    return {"cases": cases}

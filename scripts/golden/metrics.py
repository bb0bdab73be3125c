"""metrics.json: what scikit-learn says of the same rows. Probabilities have one decimal, so that there are ties."""
import numpy
import sklearn
from sklearn import metrics

SOURCE = f"scikit-learn {sklearn.__version__}"


def classes_of(probabilities):
    return probabilities.argmax(axis=1)


def of_classes(name, probabilities, targets):
    predicted = classes_of(probabilities)
    average = {"average": "macro", "zero_division": 0}
    classes = probabilities.shape[1]
    values = {
        "accuracy": metrics.accuracy_score(targets, predicted),
        "precision": metrics.precision_score(targets, predicted, **average),
        "recall": metrics.recall_score(targets, predicted, **average),
        "f1": metrics.f1_score(targets, predicted, **average),
        "log-loss": metrics.log_loss(targets, probabilities, labels=range(classes)),
    }
    if classes == 2:
        values["roc-auc"] = metrics.roc_auc_score(targets, probabilities[:, 1])
    if classes > 3:
        # scikit-learn breaks ties towards the last class, the studio towards the first: these rows have no ties.
        assert all(len(set(row)) == classes for row in probabilities.tolist())
        values["top-3-accuracy"] = metrics.top_k_accuracy_score(targets, probabilities, k=3, labels=range(classes))
    scores = metrics.precision_recall_fscore_support(targets, predicted, labels=range(classes), zero_division=0)
    report = [dict(zip(("precision", "recall", "f1", "support"), each)) for each in zip(*(s.tolist() for s in scores))]
    outputs = probabilities[:, 1:] if name.endswith("one output") else probabilities
    task = "binary" if classes == 2 else "multi-class"
    answers = {"name": name, "task": task, "outputs": outputs.tolist(), "targets": targets.tolist()}
    return {**answers, "values": values, "report": report}


def of_values(name, predicted, targets):
    values = {
        "mae": metrics.mean_absolute_error(targets, predicted),
        "rmse": metrics.mean_squared_error(targets, predicted, squared=False),
        "r2": metrics.r2_score(targets, predicted),
        "mape": metrics.mean_absolute_percentage_error(targets, predicted),
    }
    outputs = [[value] for value in predicted.tolist()]
    return {"name": name, "task": "regression", "outputs": outputs, "targets": targets.tolist(), "values": values}


def of_several_values(name, predicted, targets):
    scores = {
        "mae": metrics.mean_absolute_error,
        "rmse": lambda *given, **options: metrics.mean_squared_error(*given, squared=False, **options),
        "r2": metrics.r2_score,
        "mape": metrics.mean_absolute_percentage_error,
    }
    values = {score: of(targets, predicted, multioutput="uniform_average") for score, of in scores.items()}
    each = {score: of(targets, predicted, multioutput="raw_values").tolist() for score, of in scores.items()}
    return of_several("regression", name, predicted, targets, values, each)


def of_labels(name, probabilities, targets):
    predicted = (probabilities > 0.5).astype(int)
    average = {"average": "macro", "zero_division": 0}
    scores = {
        "accuracy": lambda t, p, s: metrics.accuracy_score(t, p),
        "precision": lambda t, p, s: metrics.precision_score(t, p, **average),
        "recall": lambda t, p, s: metrics.recall_score(t, p, **average),
        "f1": lambda t, p, s: metrics.f1_score(t, p, **average),
        "roc-auc": lambda t, p, s: metrics.roc_auc_score(t, s),
        "log-loss": lambda t, p, s: metrics.log_loss(t, s, labels=[0, 1]),
    }
    # Each label is two classes of its own.
    columns = list(zip(targets.T, predicted.T, probabilities.T))
    each = {score: [of(*column) for column in columns] for score, of in scores.items()}
    values = {score: float(numpy.mean(all)) for score, all in each.items()}
    assert abs(values["accuracy"] - (1 - metrics.hamming_loss(targets, predicted))) < 1e-15
    assert abs(values["roc-auc"] - metrics.roc_auc_score(targets, probabilities, average="macro")) < 1e-15
    values["exact-match"] = metrics.accuracy_score(targets, predicted)
    return of_several("multi-label", name, probabilities, targets, values, each)


def of_several(task, name, outputs, targets, values, each):
    answers = {"name": name, "task": task, "outputs": outputs.tolist(), "targets": targets.tolist()}
    by_output = [{score: all[j] for score, all in each.items()} for j in range(targets.shape[1])]
    return {**answers, "values": values, "byOutput": by_output}


def shares(random, rows, classes, decimals):
    """Rows of probabilities with this many decimals that add up to 1."""
    steps = 10**decimals
    return random.multinomial(steps, numpy.full(classes, 1 / classes), size=rows) / steps


def make():
    random = numpy.random.default_rng(20240229)
    seven = random.dirichlet(numpy.ones(7), size=30)
    likely = numpy.minimum(4, [random.choice(7, p=row) for row in seven])
    return {
        "cases": [
            of_classes("two classes, one output", shares(random, 40, 2, 1), random.integers(0, 2, 40)),
            of_classes("two classes, two outputs", shares(random, 25, 2, 2), random.integers(0, 2, 25)),
            of_classes("three classes", shares(random, 40, 3, 1), random.integers(0, 3, 40)),
            of_classes("seven classes, two of them never right", seven, likely),
            of_values("values", random.normal(size=20), random.normal(size=20) + 3),
            of_values("large values", 1000 + random.normal(size=9), 1000 + random.normal(size=9)),
        ],
        "several": [
            of_several_values("three values", random.normal(size=(23, 3)), random.normal(size=(23, 3)) + 3),
            of_labels("three labels", random.integers(0, 11, (40, 3)) / 10, random.integers(0, 2, (40, 3))),
        ],
    }

"""landscape.json: eigenvalues of symmetric matrices, and principal planes of paths with where each snapshot lies on them."""
import numpy

SOURCE = f"NumPy {numpy.__version__}"
# Tensors of 3 -> 4 -> 1, one behind the other.
TENSORS = [("dense1.weight", [4, 3]), ("dense1.bias", [4]), ("output.weight", [1, 4]), ("output.bias", [1])]
SIZE = sum(int(numpy.prod(shape)) for _, shape in TENSORS)


def eigen(matrix):
    values, vectors = numpy.linalg.eigh(matrix)
    return {"matrix": matrix.ravel().tolist(), "values": values[::-1].tolist(), "vectors": vectors.T[::-1].ravel().tolist()}


def named(vector):
    tensors, start = [], 0
    for name, shape in TENSORS:
        end = start + int(numpy.prod(shape))
        tensors.append({"name": name, "shape": shape, "data": vector[start:end].tolist()})
        start = end
    return tensors


def path(snapshots, end):
    differences = snapshots - end
    centred = differences - differences.mean(0)
    _, lengths, components = numpy.linalg.svd(centred, full_matrices=False)
    # The run begins on the positive side.
    plane = components[:2] * numpy.where(components[:2] @ differences[0] < 0, -1, 1)[:, None]
    coordinates = differences @ plane.T
    distances = numpy.linalg.norm(differences - coordinates @ plane, axis=1)
    return {
        "snapshots": [named(each) for each in snapshots],
        "end": named(end),
        "directions": [named(each) for each in plane],
        "explained": (lengths[:2] ** 2 / (lengths**2).sum()).tolist(),
        "coordinates": coordinates.tolist(),
        "distances": distances.tolist(),
    }


def make():
    random = numpy.random.default_rng(20181203)
    square = random.normal(size=(9, 9))
    low = random.normal(size=(12, 3))
    matrices = [square + square.T, low @ low.T, numpy.diag([3.0, 1.0, 2.0]), numpy.array([[2.0]])]
    walk = random.normal(size=SIZE) + numpy.cumsum(random.normal(size=(11, SIZE)) * 0.3, axis=0)
    # A path that settles down, far from the weights' origin, so that differences are small beside the weights.
    bend = numpy.exp(-numpy.linspace(0, 4, 23))[:, None] * random.normal(size=SIZE)
    bend = bend + numpy.exp(-numpy.linspace(0, 9, 23))[:, None] * random.normal(size=SIZE)
    bend = 50 + bend + 0.01 * random.normal(size=bend.shape)
    return {
        "eigen": [eigen(matrix) for matrix in matrices],
        "paths": [path(walk, walk[-1]), path(bend, bend[-1]), path(walk[:6], walk[8])],
    }

"""Writes tests/tables: one table in the formats of other programs, as those programs write them.

    pip install pyarrow==25.0.1 openpyxl==3.1.5 numpy
    python3 scripts/tables.py
"""

import datetime
import decimal
import pathlib

import numpy
import openpyxl
import pyarrow
import pyarrow.feather
import pyarrow.parquet

folder = pathlib.Path(__file__).parents[1] / "tests" / "tables"
folder.mkdir(exist_ok=True)

table = pyarrow.table(
    {
        "i": pyarrow.array([1, None, 9007199254740993], pyarrow.int64()),
        "f": pyarrow.array([0.5, float("nan"), None]),
        "h": pyarrow.array(numpy.array([1.5, 2, 65504], "f2")),
        "b": pyarrow.array([True, False, None]),
        "s": pyarrow.array(["é", "x", None]),
        "ls": pyarrow.array(["é", "xx", None], pyarrow.large_string()),
        "d": pyarrow.array(["p", "q", "p"]).dictionary_encode(),
        "day": pyarrow.array([datetime.date(2020, 1, 2), None, datetime.date(1960, 5, 6)]),
        "ts": pyarrow.array(
            [datetime.datetime(2020, 1, 2, 3, 4, 5, 678901), None, datetime.datetime(1960, 1, 1)],
            pyarrow.timestamp("us"),
        ),
        "tsn": pyarrow.array([1577934245678901234, None, -1], pyarrow.timestamp("ns", tz="UTC")),
        "dec": pyarrow.array(
            [decimal.Decimal("1.25"), None, decimal.Decimal("-0.05")], pyarrow.decimal128(10, 2)
        ),
        "t": pyarrow.array(
            [datetime.time(1, 2, 3), None, datetime.time(4, 5, 6, 789)], pyarrow.time64("us")
        ),
        "nul": pyarrow.nulls(3),
        "st": pyarrow.array([{"x": 1, "y": {"z": 1}}, None, {"x": 3, "y": None}]),
        "li": pyarrow.array([[1, 2], [], None]),
        "bin": pyarrow.array([b"\xff", b"a", None]),
        "a": [1, 2, 3],
        "A": [4, 5, 6],
        "__proto__": [7, 8, 9],
    }
)
for codec in ("lz4", "zstd", "uncompressed"):
    pyarrow.feather.write_feather(table, folder / f"types-{codec}.feather", compression=codec)
with pyarrow.ipc.new_stream(folder / "types.arrows", table.schema) as stream:
    stream.write_table(table)
for codec in ("snappy", "brotli"):
    pyarrow.parquet.write_table(table, folder / f"types-{codec}.parquet", compression=codec)
pyarrow.parquet.write_table(
    table.select(["i", "ts"]), folder / "int96.parquet", use_deprecated_int96_timestamps=True
)

book = openpyxl.Workbook()
book.active.title = "Empty"
sheet = book.create_sheet("Data")
sheet.append(["name", "born", "x", "ok", "err", "number as text", "__proto__"])
sheet.append(["Ann", datetime.datetime(2020, 1, 2), 1.5, True, "#N/A", "5", 1])
sheet.append([None] * 7)
sheet.append(["Bob", datetime.datetime(2021, 1, 2, 3, 4, 5), "=1+1", False, "#DIV/0!", "6", 2])
sheet.append([None, None, 3, True, 2, "7", 3])
sheet.merge_cells("A4:A5")
second = book.create_sheet("Second")
second.append(["a"])
second.append([datetime.time(13, 45)])
book.save(folder / "types.xlsx")

"""Turns the rows of onnx.td (llvm-tblgen --dump-json on stdin) into a C++ X-macro table.

Each line is ONNX_ROW(op, category, shape rule, versions...); special ops are ONNX_SPECIAL(op).
"""
import json
import sys


def main():
    records = json.load(sys.stdin)
    for name in sorted(records["!instanceof"]["Onnx_Op"]):
        row = records[name]
        if row["category"] == "special":
            print('ONNX_SPECIAL("%s")' % row["onnxName"])
        else:
            versions = ", ".join(str(v) for v in row["versions"])
            print('ONNX_ROW("%s", "%s", %s, %s)' %
                  (row["onnxName"], row["category"], row["shapeRule"], versions))


main()

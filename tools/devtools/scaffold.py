"""`tools/dev new`: puts the right pieces in the right places, and says what is left to write."""
import re

from devtools import tree

ROWS = "compiler_core/dialect/onnx/ops/{}.td"
STAGES = ("legalize", "optimize", "lower", "codegen")

ASK_SCHEMAS = """
import onnx.defs, sys
print(*sorted(s.since_version for s in onnx.defs.get_all_schemas_with_history()
              if s.name == sys.argv[1] and s.domain == ""))
"""

PASS_HEADER = """// What {camel} does to a module, who calls it, and what holds afterwards.
#ifndef {guard}
#define {guard}

#include "absl/status/status.h"
#include "mlir/IR/BuiltinOps.h"

namespace sinter::{stage} {{

// Rewrites `module` in place. ERRORS: INTERNAL.
absl::Status {camel}(mlir::ModuleOp module);

}}  // namespace sinter::{stage}

#endif  // {guard}
"""

PASS_SOURCE = """#include "compiler_core/{stage}/{name}.h"

namespace sinter::{stage} {{

absl::Status {camel}(mlir::ModuleOp module) {{
  return absl::OkStatus();
}}

}}  // namespace sinter::{stage}
"""

PASS_TEST = """#include "compiler_core/{stage}/{name}.h"

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"

namespace sinter::{stage} {{
namespace {{

TEST({camel}Test, LeavesAnEmptyModuleAlone) {{
  mlir::MLIRContext context;
  auto module = mlir::parseSourceString<mlir::ModuleOp>("module {{}}", &context);
  ASSERT_TRUE(module);
  EXPECT_THAT({camel}(*module), base::IsOk());
  EXPECT_TRUE(module->getBody()->empty());
}}

}}  // namespace
}}  // namespace sinter::{stage}
"""

PASS_BUILD = """
cc_library(
    name = "{name}",
    srcs = ["{name}.cc"],
    hdrs = ["{name}.h"],
    deps = [
        "@llvm//:mlir",
        "@usr//:absl",
    ],
)

cc_test(
    name = "{name}_test",
    size = "small",
    srcs = ["{name}_test.cc"],
    deps = [
        ":{name}",
        "//base:status_matchers",
        "@llvm//:mlir",
        "@usr//:gtest",
    ],
)
"""

TARGET_BUILD = """load("//bazel:embed.bzl", "embed")

package(
    default_visibility = ["//compiler_core/targets:__pkg__"],
    features = ["layering_check"],
)

embed(
    name = "target",
    src = "target.textproto",
)
"""

TARGET_ROW = """# proto-file: proto/sinter/v1/target.proto
# proto-message: sinter.v1.TargetTable
# Where these numbers come from, and how they were measured.
targets {{
  name: "{name}"
  description: "{name}"
  triple: "{triple}"
  cpu: "{cpu}"
  vector_bits: 128
  vector_registers: 16
  tiles {{
    matmul {{ rows: 4 vectors: 2 }}
    convolution {{ rows: 4 vectors: 2 }}
    matmul_aliased {{ rows: 4 vectors: 2 }}
    l1_bytes: 32768
    l2_bytes: 262144
  }}
}}
"""


class Refused(Exception):
    """What keeps a scaffold from being made."""


def _write(name, text):
    path = tree.ROOT / name
    if path.exists():
        raise Refused(f"{name} is there already")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(f"new      {name}")


def _insert(name, line, before):
    """Puts `line` before the first line for which `before` holds."""
    lines = tree.read(name).split("\n")
    at = next((i for i, old in enumerate(lines) if before(old)), None)
    if at is None:
        raise Refused(f"{name}: found no place for `{line.strip()}`")
    lines.insert(at, line)
    (tree.ROOT / name).write_text("\n".join(lines), encoding="utf-8")
    print(f"changed  {name}")


def _camel(name):
    return "".join(word.capitalize() for word in re.split(r"[_-]", name))


def new_op(args):
    table = ROWS.format(args.category)
    if not (tree.ROOT / table).is_file():
        known = sorted(p.stem for p in (tree.ROOT / table).parent.glob("*.td"))
        raise Refused(f"no category `{args.category}`; there are {', '.join(known)}")
    rows = tree.read(table)
    if f'"{args.name}"' in rows:
        raise Refused(f"{table} has a row for `{args.name}`")
    asked = tree.run([str(tree.DEPS / "judges/bin/python"), "-c", ASK_SCHEMAS, args.name], stderr=None)
    versions = args.versions or ", ".join(asked.stdout.split())
    if not versions:
        raise Refused(f"ONNX has no operator `{args.name}` in its default domain")
    row = f'def Onnx_{args.name}Op : {args.row_class}<"{args.name}", [{versions}]>;'
    same = re.compile(rf'^def Onnx_(\w+)Op : {re.escape(args.row_class)}<')
    of_class = [line for line in rows.split("\n") if same.match(line)]
    if not of_class:
        raise Refused(f"{table} has no row of class {args.row_class}")
    later = [line for line in of_class if same.match(line)[1].lower() > args.name.lower()]
    place = later[0] if later else None
    if place:
        _insert(table, row, lambda line: line == place)
    else:
        text = rows.replace(of_class[-1], of_class[-1] + "\n" + row)
        (tree.ROOT / table).write_text(text, encoding="utf-8")
        print(f"changed  {table}")
    print(f"left     check that each version of [{versions}] is meant: one with another meaning needs "
          "code of its own or has to go\n"
          "left     its lowering: a line in the table of compiler_core/legalize/<category>.cc\n"
          "left     its shape rule, if no rule of the class fits: compiler_core/dialect/onnx/shape_rules.h\n"
          f"left     tests/onnx_conformance/run.py --only={args.name.lower()} --update, and look at the difference")


def new_pass(args):
    if args.stage not in STAGES:
        raise Refused(f"no stage `{args.stage}`; there are {', '.join(STAGES)}")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", args.name):
        raise Refused(f"`{args.name}` is not snake_case")
    folder = f"compiler_core/{args.stage}"
    names = {"stage": args.stage, "name": args.name, "camel": _camel(args.name),
             "guard": f"SINTER_COMPILER_CORE_{args.stage}_{args.name}_H_".upper()}
    _write(f"{folder}/{args.name}.h", PASS_HEADER.format(**names))
    _write(f"{folder}/{args.name}.cc", PASS_SOURCE.format(**names))
    _write(f"{folder}/{args.name}_test.cc", PASS_TEST.format(**names))
    with open(tree.ROOT / folder / "BUILD", "a", encoding="utf-8") as build:
        build.write(PASS_BUILD.format(**names))
    print(f"changed  {folder}/BUILD")
    print("left     the first comment of the header: the IR before => after\n"
          f"left     the rewrite, a test for each behaviour, and the call in {folder}/")


def new_target(args):
    folder = "compiler_core/targets/" + re.sub(r"[^a-z0-9]", "_", args.name.lower())
    short = folder.rsplit("/", 1)[1]
    _write(f"{folder}/target.textproto",
           TARGET_ROW.format(name=args.name, triple=args.triple, cpu=args.cpu))
    _write(f"{folder}/BUILD", TARGET_BUILD)
    table, constant = "compiler_core/targets/builtin_targets.cc", "k" + _camel(short)
    _insert(table, f"constexpr char {constant}[] = {{\n#include \"{folder}/target.inc\"\n}};\n",
            lambda line: line == "}  // namespace")
    text = tree.read(table)
    text = re.sub(r"(absl::string_view\(k\w+, sizeof\(k\w+\)\))\}", rf"\1,\n"
                  rf"                                  absl::string_view({constant}, sizeof({constant}))}}", text)
    (tree.ROOT / table).write_text(text, encoding="utf-8")
    _insert("compiler_core/targets/BUILD", f'        "//{folder}:target",',
            lambda line: "@usr//:absl" in line)
    print("left     the numbers of the row, measured; a test that runs a small model on the target")


def add_command(commands):
    parser = commands.add_parser("new", help="scaffold an op, a pass or a target")
    kinds = parser.add_subparsers(dest="kind", required=True)
    op = kinds.add_parser("op", help="a row for an ONNX operator")
    op.add_argument("name", help="as ONNX spells it, e.g. Softsign")
    op.add_argument("category", help="of compiler_core/dialect/onnx/ops/, e.g. elementwise")
    op.add_argument("--row-class", default="Onnx_Unary", help="TableGen class of the row")
    op.add_argument("--versions", default="", help="e.g. '7, 22' (default: all that ONNX has)")
    op.set_defaults(make=new_op)
    new = kinds.add_parser("pass", help="a rewrite of a stage's module")
    new.add_argument("stage", help=", ".join(STAGES))
    new.add_argument("name", help="in snake_case")
    new.set_defaults(make=new_pass)
    target = kinds.add_parser("target", help="a machine to compile for")
    target.add_argument("name", help="e.g. x86-64-v5")
    target.add_argument("--triple", default="x86_64-unknown-linux-gnu")
    target.add_argument("--cpu", default="generic")
    target.set_defaults(make=new_target)
    parser.set_defaults(run=run)


def run(args):
    try:
        args.make(args)
        return 0
    except Refused as refused:
        print(f"tools/dev new: {refused}")
        return 2

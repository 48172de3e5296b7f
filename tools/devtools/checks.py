"""What must hold before a commit. Each check returns its complaints as `file: what` lines."""
import os
import re

from devtools import compdb, formatting, tree

OURS = ("base", "benchmarks", "cache", "client", "codesign", "compiler_core", "dsa", "examples",
        "proto", "runtime", "server", "tests")
MAX_LINES = 600

# Libraries whose headers lie in /usr/include escape Bazel's layering_check. For each: what its
# includes look like, the dependency that a package must declare, and the folders that may use it.
SYSTEM_LIBRARIES = (
    (r"absl/", ("@usr//:absl", "@usr//:grpc"), OURS),
    (r"grpc(pp|\+\+)?/", ("@usr//:grpc",), ("cache", "client", "proto", "server", "tests", "benchmarks")),
    (r"google/protobuf/", ("@usr//:protobuf", "@usr//:grpc", "//proto"), OURS),
    (r"spdlog/", ("@usr//:spdlog",), ("base",)),
    (r"nlohmann/", ("@usr//:json",), ("base", "benchmarks", "client", "compiler_core", "runtime", "server", "tests")),
    (r"CLI/", ("@usr//:cli11",), ("benchmarks", "client", "runtime", "server", "tests")),
    (r"openssl/", ("@usr//:crypto",), ("base", "server")),
    (r"sqlite3\.h", ("@usr//:sqlite",), ("cache", "server")),
    (r"seccomp\.h", ("@usr//:seccomp",), ("server",)),
    (r"httplib\.h", ("@usr//:httplib",), ("server",)),
    (r"(mlir|llvm)(-c)?/", ("@llvm//",), ("benchmarks", "compiler_core", "dsa", "tests")),
    (r"lld/", ("@llvm//",), ("compiler_core",)),
    (r"onnx/", ("@onnx",), ("benchmarks", "compiler_core", "client", "numerics", "reference", "runtime", "server", "tests")),
    (r"(gtest|gmock)/", ("@usr//:gtest",), OURS),
)

# Absolute paths that only one machine has.
MACHINE_PATHS = re.compile(r"(?<![\w.$~{])/(work|home|root|Users|tmp/setup|tmp/bz)/")


def check_headers(names):
    """Include guards spell the path, so that no two headers can share one."""
    for name in names:
        if not name.endswith(".h") or not name.startswith(OURS):
            continue
        guard = re.sub(r"[/.]", "_", "sinter/" + name).upper() + "_"
        text = tree.read(name)
        if f"#ifndef {guard}\n#define {guard}\n" not in text:
            yield f"{name}: wants the include guard {guard}"


def check_includes(names):
    """System libraries are used only where declared, and only in the folders that own them."""
    for name in names:
        if not tree.is_cpp(name) or not name.startswith(tuple(o + "/" for o in OURS)):
            continue
        folder = name.split("/", 1)[0]
        package = os.path.dirname(name)
        while package and not (tree.ROOT / package / "BUILD").is_file():
            package = os.path.dirname(package)
        build = os.path.join(package, "BUILD")
        declared = tree.read(build) if package else ""
        includes = re.findall(r'^#include [<"]([^>"]+)[>"]', tree.read(name), re.M)
        for pattern, labels, folders in SYSTEM_LIBRARIES:
            used = [i for i in includes if re.match(pattern, i)]
            if used and folder not in folders:
                yield f"{name}: {folder}/ may not include <{used[0]}> (ARCHITECTURE.md, arrows)"
            elif used and not any(label in declared for label in labels):
                yield f"{name}: includes <{used[0]}>, but {build} declares no {labels[0]}"


def check_text(names):
    """Plain hygiene."""
    for name in names:
        if name.endswith((".npy", ".onnx", ".pb", ".so", ".png")) or "/corpus/" in name:
            continue
        text = tree.read(name)
        lines = text.split("\n")
        if MACHINE_PATHS.search(text) and name != "tools/devtools/checks.py":
            yield f"{name}: names a path of one machine"
        if "\t" in text and not name.endswith((".tsv", ".go", "Makefile", "LICENSE")):
            yield f"{name}: has a tab"
        if any(line != line.rstrip() for line in lines) and not name.endswith((".tsv", "LICENSE")):
            yield f"{name}: has blanks at the end of a line"
        if text and not text.endswith("\n"):
            yield f"{name}: does not end with a new line"
        code = tree.is_cpp(name) or name.endswith((".py", ".td", ".bzl", ".sh"))
        if code and len(lines) - 1 > MAX_LINES:
            yield f"{name}: {len(lines) - 1} lines; split it (at most {MAX_LINES})"
        if code and re.search(r"\b(TODO|FIXME|XXX)\b(?!\()", text) and "devtools" not in name:
            yield f"{name}: a TODO without an owner"


def check_readmes(names):
    """Every top-level folder says what it is for."""
    for folder in sorted({n.split("/", 1)[0] for n in names if "/" in n}):
        if not folder.startswith(".") and not (tree.ROOT / folder / "README.md").is_file():
            yield f"{folder}/: has no README.md"


def check_links(names):
    """Every relative link of a page leads to a file."""
    for name in names:
        if not name.endswith(".md"):
            continue
        prose = re.sub(r"^(?:    |```).*$", "", tree.read(name), flags=re.M)
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose):
            if "://" in target or target.startswith("mailto:"):
                continue
            if not (tree.ROOT / os.path.dirname(name) / target).exists():
                yield f"{name}: `{target}` leads nowhere"


def check_format(names):
    yield from formatting.clang_format([n for n in names if tree.is_cpp(n)], fix=False)
    yield from formatting.build_files([n for n in names if tree.is_build(n)], fix=False)


def check_graph(_):
    """The build graph loads: every label exists and may be seen by whoever names it."""
    done = tree.run(["bazel", "build", "--nobuild", "//..."])
    if done.returncode:
        yield from (line for line in done.stdout.splitlines() if "ERROR" in line)


def check_tidy(names):
    """clang-tidy over `names`, with the flags that Bazel compiles them with."""
    wanted = [n for n in names if n.endswith(".cc")]
    if not wanted:
        return
    known = {entry["file"] for entry in compdb.write()}
    wanted = [n for n in wanted if n in known]
    if not wanted:
        return
    done = tree.run(["xargs", "-P2", "-n1", "clang-tidy-19", "--quiet", "-p", "."],
                    input="\n".join(wanted), stderr=None)
    for line in done.stdout.splitlines():
        if re.search(r": (error|warning): ", line):
            yield line.replace(str(tree.ROOT) + "/", "")


def add_command(commands):
    parser = commands.add_parser("check", help="what must hold before a commit")
    parser.add_argument("--tidy", choices=("changed", "all", "none"), default="changed",
                        help="which files clang-tidy reads (default: those changed)")
    parser.add_argument("--no-graph", action="store_true", help="leave Bazel out")
    parser.set_defaults(run=run)


def run(args):
    names = tree.tracked()
    steps = [(check_format, names), (check_headers, names), (check_includes, names),
             (check_text, names), (check_readmes, names), (check_links, names)]
    if not args.no_graph:
        steps.append((check_graph, names))
    if args.tidy != "none":
        steps.append((check_tidy, names if args.tidy == "all" else tree.changed()))
    total = 0
    for step, chosen in steps:
        complaints = list(step(chosen))
        total += len(complaints)
        print(f"{step.__name__[len('check_'):]}: " + (f"{len(complaints)} to mend" if complaints else "fine"))
        for complaint in complaints:
            print("  " + complaint)
    return 1 if total else 0

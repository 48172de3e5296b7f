"""clang-format for C++, buildifier for BUILD files."""
import os
import shutil

from devtools import tree

CLANG_FORMAT = "clang-format-19"
BUILDIFIER = "github.com/bazelbuild/buildtools/buildifier@v0.0.0-20260904073137-eaa4d125b423"


def buildifier():
    """-> path of the pinned buildifier, built once where Go is at hand; None where it is not."""
    path = tree.DEPS / "bin" / "buildifier"
    if path.is_file():
        return str(path)
    if not shutil.which("go"):
        return None
    environment = dict(os.environ, GOBIN=str(path.parent), GOFLAGS="-mod=mod")
    done = tree.run(["go", "install", BUILDIFIER], env=environment)
    return str(path) if done.returncode == 0 else None


def clang_format(names, fix):
    """-> the complaints about `names`, empty when all is well or when mended."""
    if not names:
        return []
    how = ["-i"] if fix else ["--dry-run", "-Werror"]
    done = tree.run([CLANG_FORMAT, "--style=file", *how, *names])
    return sorted({line.split(":", 1)[0] + ": not formatted (tools/dev format)"
                   for line in done.stdout.splitlines() if "[-Wclang-format-violations]" in line})


def build_files(names, fix):
    tool = buildifier()
    if tool is None:
        print("buildifier: left out, there is no Go here to build it with")
        return []
    if not names:
        return []
    done = tree.run([tool, "-mode=fix" if fix else "-mode=check", *names])
    return [line for line in done.stdout.splitlines() if line and not fix]


def add_command(commands):
    parser = commands.add_parser("format", help="format the tree in place")
    parser.add_argument("names", nargs="*", metavar="FILE", help="only these files")
    parser.set_defaults(run=run)


def run(args):
    names = args.names or tree.tracked()
    clang_format([n for n in names if tree.is_cpp(n)], fix=True)
    build_files([n for n in names if tree.is_build(n)], fix=True)
    return 0

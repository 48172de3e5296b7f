"""Generated references that are checked in: builds them anew and copies them over."""
import shutil

from devtools import tree

# Target that generates (bazel/golden.bzl) -> file that is checked in.
GOLDENS = {
    "//docs:commands": "docs/reference/commands.md",
    "//docs:diagnostics": "docs/reference/diagnostics.md",
}


def add_command(commands):
    parser = commands.add_parser("update-goldens", help="rewrite checked-in generated files")
    parser.add_argument("names", nargs="*", metavar="FILE", help="only these checked-in files")
    parser.set_defaults(run=run)


def run(args):
    chosen = {t: f for t, f in GOLDENS.items() if not args.names or f in args.names}
    if not chosen:
        print("nothing to update; known: " + ", ".join(sorted(GOLDENS.values())))
        return 2
    done = tree.run(["bazel", "build", *chosen])
    if done.returncode:
        print(done.stdout)
        return 1
    for target, golden in chosen.items():
        made = "bazel-bin/" + target[2:].replace(":", "/") + ".generated"
        shutil.copyfile(tree.ROOT / made, tree.ROOT / golden)
        print(f"{golden}: from {target}")
    return 0

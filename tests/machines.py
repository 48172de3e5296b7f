"""Machines that tests run compiled models on, beside this one: under an emulator, or an older level of
this one's own instructions.

`emulator` and `run` are what a program and its arguments are put behind; `programs` is a folder that has
runtime/tools/*_aarch64 and *_riscv64.
"""
import dataclasses
import pathlib

TOOLS = pathlib.Path(__file__).resolve().parents[1] / "runtime" / "tools"
QEMU = pathlib.Path("/opt/sinter/deps/qemu")  # made by tools/setup


def qemu(arch, cpu):
    return (str(QEMU / f"qemu-{arch}"), "-cpu", cpu, "-L", f"/usr/{arch}-linux-gnu")


@dataclasses.dataclass(frozen=True)
class Machine:
    name: str
    target: str
    emulator: tuple = ()  # none: this machine
    arch: str = ""        # of the programs; none: this machine's
    ending: str = "so"    # of a library

    def program(self, programs, name):
        """-> the command that starts abi_runner or value_runner there."""
        if self.target.startswith("wasm"):
            return ["node", str(TOOLS / "wasm_runner.js"), *(["--values"] if name == "value_runner" else [])]
        return [*self.emulator, str(pathlib.Path(programs) / (f"{name}_{self.arch}" if self.arch else name))]


def arm(name, target, cpu):
    return Machine(name, target, qemu("aarch64", cpu), "aarch64")


def riscv(name, target, bits):
    return Machine(name, target, qemu("riscv64", f"rv64,v=true,vlen={bits}"), "riscv64")


# Code for registers of a width also runs on wider ones.
MACHINES = {machine.name: machine for machine in [
    arm("aarch64-neon", "aarch64-neon", "cortex-a57"),
    arm("aarch64-sve256", "aarch64-sve256", "max,sve-max-vq=2"),
    arm("aarch64-sve512", "aarch64-sve512", "max,sve-max-vq=4"),
    arm("aarch64-sve256-on-512", "aarch64-sve256", "max,sve-max-vq=4"),
    riscv("riscv64-rvv", "riscv64-rvv", 128),
    riscv("riscv64-rvv256", "riscv64-rvv256", 256),
    riscv("riscv64-rvv512", "riscv64-rvv512", 512),
    riscv("riscv64-rvv-on-512", "riscv64-rvv", 512),
    Machine("x86-64-v2", "x86-64-v2"),
    Machine("x86-64-v3", "x86-64-v3"),
    Machine("wasm32-simd128", "wasm32-simd128", ending="wasm"),
]}

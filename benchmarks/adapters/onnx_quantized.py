"""ONNX's integer operators, as a plain one on integers and what those stand for."""
import dataclasses

import numpy as np

import onnx_model
import protocol

SOURCE, WEIGHTS, TARGET = "source", "weights", "target"

# Operator -> (the plain one; where each array, its scale and its zero point are; where the bias).
_INTEGER = {SOURCE: (0, None, 2), WEIGHTS: (1, None, 3)}
_QLINEAR = {SOURCE: (0, 1, 2), WEIGHTS: (3, 4, 5), TARGET: (None, 6, 7)}
PLACES = {"MatMulInteger": ("MatMul", _INTEGER, None), "ConvInteger": ("Conv", _INTEGER, None),
          "QLinearMatMul": ("MatMul", _QLINEAR, None), "QLinearConv": ("Conv", _QLINEAR, 8)}


@dataclasses.dataclass
class Quantization:
    """A number stands for scale * (number - zero point); what is not here is 1 and 0."""
    output_type: np.dtype
    scales: dict = dataclasses.field(default_factory=dict)       # f32, of one or one a channel
    zero_points: dict = dataclasses.field(default_factory=dict)  # i32, of one


def _constant(kernel, place):
    """-> the array at a place of the node, None if there is none. ERRORS: Unsupported."""
    if place is None or place >= len(kernel.inputs) or kernel.inputs[place][1] is None:
        return None
    if not kernel.constants[place]:
        raise protocol.Unsupported(f"{kernel.op} with scales or zero points that are no constants")
    return kernel.inputs[place][1].reshape(-1)


def _zero_point(kernel, place):
    """-> as i32, None where it is zero. ERRORS: Unsupported."""
    found = _constant(kernel, place)
    if found is None or not found.any():
        return None
    if found.size != 1:
        raise protocol.Unsupported(f"{kernel.op} with a zero point for each channel")
    return protocol.aligned(found.astype(np.int32))


def split(kernel):
    """-> (the plain Kernel, its Quantization); a kernel of floats comes back as it is.

    ERRORS: Unsupported if scales or zero points are not known before the first call.
    """
    if kernel.op not in PLACES:
        return kernel, Quantization(kernel.inputs[0][1].dtype)
    plain, places, bias = PLACES[kernel.op]
    made = Quantization(np.dtype(np.int32))
    for role, (_, scale, zero_point) in places.items():
        scale, zero_point_value = _constant(kernel, scale), _zero_point(kernel, zero_point)
        if scale is not None:
            made.scales[role] = protocol.aligned(scale.astype(np.float32))
        if zero_point_value is not None:
            made.zero_points[role] = zero_point_value
    if TARGET in places:
        made.output_type = kernel.inputs[places[TARGET][2]][1].dtype
    kept = [places[SOURCE][0], places[WEIGHTS][0]]
    inputs = [kernel.inputs[place] for place in kept]
    constants = [kernel.constants[place] for place in kept]
    summand = _constant(kernel, bias)
    if summand is not None:
        # It counts in units of the product's scale; libraries add it as what it stands for.
        factor = made.scales[SOURCE] * made.scales[WEIGHTS]
        inputs.append(("bias", protocol.aligned((summand * factor).astype(np.float32))))
        constants.append(True)
    return onnx_model.Kernel(plain, kernel.attributes, inputs, constants, kernel.output), made

"""ONNX Runtime as a subject of convproof: a model of one Conv or ConvTranspose node, made in memory.

    convproof verify --subject onnxruntime
    convproof adapter onnxruntime > mine.py  to edit, then:
    convproof verify --subject 'python3 mine.py' --dialect onnxruntime

Results only, no gradients. Needs onnxruntime and numpy; version 1.31.1 was run.
"""

import json
import os
import sys

import numpy as np
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as state

DIALECTS = ["onnxruntime", "onnx"]
# What ONNX Runtime raises when it does not take a model or an input.
REFUSALS = (state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf,
            state.NotImplemented, state.RuntimeException)
PROVIDERS = ["CPUExecutionProvider"]
OPSET, IR_VERSION = 17, 8
TYPES = {"float32": 1, "uint8": 2, "int8": 3, "uint16": 4, "int16": 5, "int32": 6, "int64": 7,
         "bool": 9, "float16": 10, "float64": 11, "uint32": 12, "uint64": 13}
MAX_SESSIONS = 512

options = ort.SessionOptions()
# Sessions are made by the hundred, and each would start its own threads.
options.intra_op_num_threads = 1
options.log_severity_level = 4
sessions = {}


# Messages of onnx.proto, by their field numbers: a number is a varint, the rest has a length.


def varint(n):
    n, out = n & (1 << 64) - 1, bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes([*out, n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def attribute(name, value):
    """AttributeProto: name 1, i 3, s 4, ints 8, type 20."""
    if isinstance(value, list):
        return field(1, name) + b"".join(field(8, n) for n in value) + field(20, 7)
    if isinstance(value, str):
        return field(1, name) + field(4, value) + field(20, 3)
    return field(1, name) + field(3, value) + field(20, 2)


def value_info(name, dtype, shape=None):
    """ValueInfoProto: name 1, type 2; the type's tensor 1: element 1, shape 2, whose dims 1 have values 1."""
    tensor = field(1, TYPES[dtype])
    if shape is not None:
        tensor += field(2, b"".join(field(1, field(1, n)) for n in shape))
    return field(1, name) + field(2, field(1, tensor))


def model(op_type, words, arrays):
    """ModelProto: ir 1, graph 7, opset 8; graph: node 1, name 2, input 11, output 12."""
    names = [name for name in "xwb" if name in arrays]
    node = b"".join(field(1, name) for name in names) + field(2, "y") + field(4, op_type)
    node += b"".join(field(5, attribute(name, value)) for name, value in words.items())
    graph = field(1, node) + field(2, "one node")
    for name in names:
        graph += field(11, value_info(name, str(arrays[name].dtype), arrays[name].shape))
    graph += field(12, value_info("y", str(arrays["x"].dtype)))
    return field(1, IR_VERSION) + field(7, graph) + field(8, field(1, "") + field(2, OPSET))


def compute(request, arrays):
    if request["role"] != "forward":
        raise Refused("ONNX Runtime has no gradients here")
    if request["dtype"] not in TYPES or any(str(array.dtype) not in TYPES for array in arrays.values()):
        raise Refused("no element type " + request["dtype"])
    made = model("ConvTranspose" if request["op"] == "tconv" else "Conv", request["attributes"], arrays)
    if made not in sessions:
        if len(sessions) >= MAX_SESSIONS:
            sessions.clear()
        sessions[made] = ort.InferenceSession(made, options, providers=PROVIDERS)
    return sessions[made].run(["y"], arrays)[0]

"""Writes the models of this folder. Made once with onnx 1.23.2: python make.py."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def weight(name, shape):
    return numpy_helper.from_array(np.zeros(shape, np.float32), name)


def model(path, height, width, names, up1, reshape):
    x = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, height, width])
    nodes = [
        helper.make_node("Conv", ["image", "w0"], ["a"], name=names[0], strides=[2, 2], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("ConvTranspose", ["b", "w1"], ["c"], name=names[1], **up1),
        helper.make_node("Concat", ["c", "c"], ["d"], axis=1),
        helper.make_node("ConvTranspose", ["d", "w2"], ["e"], name=names[2], strides=[2, 2], auto_pad="SAME_UPPER"),
    ]
    if reshape:
        nodes += [
            helper.make_node("Resize", ["e"], ["f"]),
            helper.make_node("ConvTranspose", ["f", "w3"], ["y"], name=names[3]),
        ]
    y = helper.make_tensor_value_info("y" if reshape else "e", TensorProto.FLOAT, None)
    weights = [weight("w0", [8, 3, 3, 3]), weight("w1", [8, 4, 4, 4]), weight("w2", [8, 2, 5, 5]), weight("w3", [2, 1, 1, 1])]
    graph = helper.make_graph(nodes, "net", [x], [y], weights if reshape else weights[:3])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)]), path)


up1 = dict(strides=[2, 2], pads=[1, 1, 1, 1])
# Free height and width; a node behind an operation whose rule is not known.
model("free.onnx", "height", "width", ["down", "up1", "up2", "head"], up1, True)
# The same net at 32×32, and an export of it that lost the pads of up1, without names.
model("fixed.onnx", 32, 32, ["down", "up1", "up2", ""], up1, False)
model("other.onnx", 32, 32, ["", "", "", ""], dict(strides=[2, 2], pads=[0, 0, 2, 2]), False)

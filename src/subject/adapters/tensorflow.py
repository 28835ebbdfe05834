"""TensorFlow as a subject of convproof: tf.nn.conv{1,2,3}d_transpose.

    convproof verify --subject tensorflow
    convproof adapter tensorflow > mine.py   to edit, then:
    convproof verify --subject 'python3 mine.py' --dialect tensorflow

Gradients are those of tf.GradientTape. Needs tensorflow and numpy. Written after the documentation of
TensorFlow 2; convproof's own tests do not run it.
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

DIALECTS = ["tensorflow"]
# What TensorFlow raises when it does not take an input.
REFUSALS = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, tf.errors.NotFoundError,
            ValueError, TypeError)


def tensor(array, dtype):
    """bfloat16, which NumPy does not have, comes as its bits."""
    return tf.constant(array.view(tf.bfloat16.as_numpy_dtype) if dtype == "bfloat16" else array)


def saved(result):
    array = result.numpy()
    return array.view(np.uint16) if result.dtype == tf.bfloat16 else array


def forward(words, x, w, b):
    rank = len(words["output_shape"]) - 2
    y = getattr(tf.nn, f"conv{rank}d_transpose")(x, w, **words)
    return y if b is None else y + b


def compute(request, arrays):
    words, role, geometry = request["attributes"], request["role"], request["geometry"]
    if "data_format" in words:
        raise Refused("this adapter has its channels last")
    given = {name: tensor(array, request["dtype"]) for name, array in arrays.items()}
    x, w, b, g = (given.get(name) for name in "xwbg")
    if role == "forward":
        return saved(forward(words, x, w, b))
    # A gradient does not depend on the operand that it is the gradient of.
    ins, outs = geometry["in_channels"], geometry["out_channels"]
    x = x if x is not None else tf.zeros([geometry["batch"], *geometry["size"], ins], g.dtype)
    w = w if w is not None else tf.zeros([*geometry["kernel"], outs, ins], g.dtype)
    b = tf.zeros([outs], g.dtype)
    wanted = {"input-gradient": x, "weight-gradient": w, "bias-gradient": b}[role]
    with tf.GradientTape() as tape:
        tape.watch(wanted)
        y = forward(words, x, w, b)
    return saved(tape.gradient(y, wanted, output_gradients=g))

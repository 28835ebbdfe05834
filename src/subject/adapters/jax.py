"""JAX as a subject of convproof: lax.conv_transpose and lax.conv_general_dilated.

    convproof verify --subject jax
    convproof adapter jax > mine.py          to edit, then:
    convproof verify --subject 'python3 mine.py' --dialect jax

Gradients are those of jax.vjp. Needs jax and numpy; version 0.10.2 was run.
"""

import functools
import json
import os
import sys

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
from jax import lax

DIALECTS = ["jax"]
# What JAX raises when it does not take an input.
REFUSALS = (TypeError, ValueError, NotImplementedError)
# Without it float64 is computed in float32.
jax.config.update("jax_enable_x64", True)


def forward(words, x, w, b):
    words = dict(words)
    if isinstance(words["padding"], list):
        words["padding"] = [tuple(pair) for pair in words["padding"]]
    if "dimension_numbers" in words:
        words["dimension_numbers"] = tuple(words["dimension_numbers"])
    general = "window_strides" in words
    y = (lax.conv_general_dilated if general else lax.conv_transpose)(x, w, **words)
    if b is None:
        return y
    # Channels are axis 1, or the last one.
    return y + (b.reshape(-1, *[1] * (y.ndim - 2)) if general else b)


def gradient(words, of):
    """Of x, w or b, by its number."""
    def result(x, w, b, g):
        _, pull = jax.vjp(lambda x, w, b: forward(words, x, w, b), x, w, b)
        return pull(g)[of]
    return result


@functools.lru_cache(maxsize=1024)
def compiled(words, role):
    """Compiled once for each call; jit itself looks at shapes and types."""
    words = json.loads(words)
    if role == "forward":
        return jax.jit(lambda x, w, b: forward(words, x, w, b))
    return jax.jit(gradient(words, {"input-gradient": 0, "weight-gradient": 1, "bias-gradient": 2}[role]))


def compute(request, arrays):
    words, role, geometry = request["attributes"], request["role"], request["geometry"]
    if request["dtype"] == "bfloat16":
        arrays = {name: array.view(ml_dtypes.bfloat16) for name, array in arrays.items()}
    x, w, b, g = (jnp.asarray(arrays[name]) if name in arrays else None for name in "xwbg")
    run = compiled(json.dumps(words, sort_keys=True), role)
    if role == "forward":
        return saved(run(x, w, b))
    if not jnp.issubdtype(g.dtype, jnp.floating):
        raise Refused("gradients of floating-point numbers only")
    # A gradient does not depend on the operand that it is the gradient of.
    batch, size, kernel = geometry["batch"], geometry["size"], geometry["kernel"]
    ins, outs = geometry["in_channels"], geometry["out_channels"]
    if "window_strides" in words:
        data, weight = [batch, ins, *size], [outs, ins // geometry["groups"], *kernel]
    else:
        data, weight = [batch, *size, ins], [*kernel, ins, outs]
    x = x if x is not None else jnp.zeros(data, g.dtype)
    w = w if w is not None else jnp.zeros(weight, g.dtype)
    return saved(run(x, w, jnp.zeros([outs], g.dtype), g))


def saved(result):
    """bfloat16, which NumPy does not have, goes as its bits."""
    result = np.asarray(result)
    return result.view(np.uint16) if result.dtype == ml_dtypes.bfloat16 else result

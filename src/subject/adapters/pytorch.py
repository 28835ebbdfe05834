"""PyTorch as a subject of convproof: F.conv{1,2,3}d, F.conv_transpose{1,2,3}d, nn.ConvTranspose{1,2,3}d.

    convproof verify --subject pytorch
    convproof adapter pytorch > mine.py      to edit, then:
    convproof verify --subject 'python3 mine.py' --dialect pytorch

Gradients are those of autograd. Needs torch and numpy. Written after the documentation of PyTorch 2;
convproof's own tests do not run it.
"""

import json
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

DIALECTS = ["pytorch"]
# What PyTorch raises when it does not take an input.
REFUSALS = (RuntimeError, ValueError, TypeError, IndexError, NotImplementedError)
# "cuda", "mps": where to compute. TF32 and the like are PyTorch's to choose.
DEVICE = "cpu"


def tensor(array, dtype):
    """bfloat16, which NumPy does not have, comes as its bits."""
    if dtype == "bfloat16":
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16).to(DEVICE)
    return torch.from_numpy(array).to(DEVICE)


def array(result):
    result = result.detach().cpu().contiguous()
    if result.dtype == torch.bfloat16:
        return result.view(torch.int16).numpy().view(np.uint16)
    return result.numpy()


def forward(op, rank, words, x, w, b):
    words = dict(words)
    if op == "conv":
        return getattr(F, f"conv{rank}d")(x, w, b, **words)
    size = words.pop("output_size", None)
    if size is None:
        return getattr(F, f"conv_transpose{rank}d")(x, w, b, **words)
    # Only the module finds the output padding by itself.
    groups = words.get("groups", 1)
    module = getattr(torch.nn, f"ConvTranspose{rank}d")
    layer = module(w.shape[0], w.shape[1] * groups, tuple(w.shape[2:]), bias=b is not None, **words)
    layer.weight = torch.nn.Parameter(w, requires_grad=False)
    if b is not None:
        layer.bias = torch.nn.Parameter(b, requires_grad=False)
    return layer(x, output_size=size)


def compute(request, arrays):
    words, role, geometry = request["attributes"], request["role"], request["geometry"]
    rank = len(geometry["size"])
    given = {name: tensor(array, request["dtype"]) for name, array in arrays.items()}
    x, w, b, g = (given.get(name) for name in "xwbg")
    if role == "forward":
        return array(forward(request["op"], rank, words, x, w, b))
    # A gradient does not depend on the operand that it is the gradient of.
    ins, outs, groups = geometry["in_channels"], geometry["out_channels"], geometry["groups"]
    sides = [ins, outs // groups] if request["op"] == "tconv" else [outs, ins // groups]
    zeros = lambda shape: torch.zeros(shape, dtype=g.dtype, device=DEVICE)
    x = x if x is not None else zeros([geometry["batch"], ins, *geometry["size"]])
    w = w if w is not None else zeros([*sides, *geometry["kernel"]])
    if role == "bias-gradient":
        wanted = b = zeros([outs])
    else:
        wanted = x if role == "input-gradient" else w
    wanted.requires_grad_(True)
    words = dict(words)
    if words.pop("output_size", None):
        # The module would detach its weight; its output padding is the geometry's.
        words["output_padding"] = output_padding(words, geometry)
    y = forward(request["op"], rank, words, x, w, b)
    return array(torch.autograd.grad(y, wanted, g)[0])


def output_padding(words, geometry):
    """a = output - (s(in - 1) + d(k - 1) + 1 - 2p), for each axis."""
    each = lambda name, default: words.get(name, [default] * len(geometry["size"]))
    axes = zip(each("stride", 1), each("padding", 0), each("dilation", 1),
               geometry["size"], geometry["kernel"], geometry["output"])
    return [out - (s * (i - 1) + d * (k - 1) + 1 - 2 * p) for s, p, d, i, k, out in axes]

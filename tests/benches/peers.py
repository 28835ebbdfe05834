"""Seconds of the same layers elsewhere: ONNX Runtime in f32, scipy in int64. Run by hand:

    python -m venv venv && venv/bin/pip install numpy scipy onnx onnxruntime
    venv/bin/python tests/benches/peers.py

One thread each. Prints the median of several runs and the rate in products per second, to be put beside
the rows `Cᵀx, integers, 1 thread` of `cargo bench` taken on the same machine in the same minutes.
No test runs this.
"""

import statistics
import time

import numpy as np
import onnx
import onnxruntime
import scipy
import scipy.sparse
from onnx import TensorProto, helper

# name, input, kernel, stride, padding, C_in, C_out
LAYERS = [
    ("D1", 4, 4, 2, 1, 1024, 512),
    ("D2", 8, 4, 2, 1, 512, 256),
    ("D3", 16, 4, 2, 1, 256, 128),
    ("D4", 32, 4, 2, 1, 128, 3),
    ("U2", 32, 2, 2, 0, 512, 256),
    ("F32", 16, 64, 32, 0, 21, 21),
]
# name, input, kernel, stride, padding, output padding: one channel
PLANES = [
    ("G2", 32, 4, 2, 1, 0),
    ("G3", 128, 4, 2, 1, 0),
    ("G4", 64, 16, 8, 0, 0),
    ("G6", 256, 5, 2, 2, 1),
]


def median(run):
    run()
    times, begin = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - begin < 0.5:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def meetings(i, k, s, p, a=0):
    """Pairs of input position and tap of one axis that reach an output."""
    o = s * (i - 1) + k - 2 * p + a
    return sum(0 <= s * n + t - p < o for n in range(i) for t in range(k))


def onnx_layer(i, k, s, p, c_in, c_out):
    rng = np.random.default_rng(1)
    w = rng.integers(-8, 9, (c_in, c_out, k, k)).astype(np.float32)
    x = rng.integers(-8, 9, (1, c_in, i, i)).astype(np.float32)
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"], strides=[s, s], pads=[p] * 4)
    graph = helper.make_graph(
        [node],
        "layer",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [onnx.numpy_helper.from_array(w, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return median(lambda: session.run(None, {"x": x}))


def scipy_plane(i, k, s, p, a):
    o = s * (i - 1) + k - 2 * p + a
    rng = np.random.default_rng(2)
    w = rng.integers(-8, 9, (k, k))
    axis = [(n, s * n + t - p, t) for n in range(i) for t in range(k) if 0 <= s * n + t - p < o]
    at_i, at_o, at_t = map(np.array, zip(*axis))
    rows = (at_o[:, None] * o + at_o[None]).ravel()
    columns = (at_i[:, None] * i + at_i[None]).ravel()
    values = w[at_t[:, None], at_t[None]].ravel()
    matrix = scipy.sparse.csr_array((values, (rows, columns)), shape=(o * o, i * i))
    x = rng.integers(-8, 9, i * i)
    return median(lambda: matrix @ x)


def main():
    print(f"onnxruntime {onnxruntime.__version__}, scipy {scipy.__version__}, numpy {np.__version__}")
    for name, i, k, s, p, c_in, c_out in LAYERS:
        products = meetings(i, k, s, p) ** 2 * c_in * c_out
        seconds = onnx_layer(i, k, s, p, c_in, c_out)
        print(f"{name:4} ONNX Runtime f32 {seconds * 1e3:9.3f} ms {products / seconds / 1e9:7.2f} Gmac/s")
    for name, i, k, s, p, a in PLANES:
        products = meetings(i, k, s, p, a) ** 2
        seconds = scipy_plane(i, k, s, p, a)
        print(f"{name:4} scipy int64, matrix built before {seconds * 1e6:9.1f} µs {products / seconds / 1e9:7.2f} Gmac/s")


if __name__ == "__main__":
    main()

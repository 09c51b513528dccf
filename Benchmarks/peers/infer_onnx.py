"""Answers of ONNX Runtime: MODEL BATCH THREADS [WEIGHTS]; THREADS 0 leaves the choice to it.

The network is torchvision's, exported as PyTorch's documentation says, with ONNX Runtime's own optimizations on (its
default). "logits IN OUT" answers about the float32 pictures of a file.
"""
import sys
import tempfile

import numpy as np
import onnxruntime
import torch
import torchvision

from worker import batch, serve

SIDE = 224


def network(name: str, weights: str | None) -> torch.nn.Module:
    model = getattr(torchvision.models, name.replace("-", "_"))(weights=None)
    if weights:
        model.load_state_dict(torch.load(weights, weights_only=True))
    return model.eval()


def session(model: torch.nn.Module, count: int, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    if threads:
        options.intra_op_num_threads = threads
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        example = torch.randn(count, 3, SIDE, SIDE)
        torch.onnx.export(model, (example,), file.name, input_names=["x"], external_data=False, verbose=False)
        return onnxruntime.InferenceSession(file.name, options, providers=["CPUExecutionProvider"])


def logits(run, count: int, source: str, target: str) -> dict:
    pictures = np.fromfile(source, np.float32).reshape(-1, 3, SIDE, SIDE)
    answers = [run(np.resize(pictures[at:at + count], (count, 3, SIDE, SIDE))) for at in range(0, len(pictures), count)]
    np.concatenate(answers)[:len(pictures)].tofile(target)
    return {"count": len(pictures)}


def main() -> None:
    name, count, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    own = session(network(name, sys.argv[4] if len(sys.argv) > 4 else None), count, threads)
    pictures = np.ascontiguousarray(batch()[0][:count])

    def run(x):
        return own.run(None, {"x": x})[0]

    serve({"engine": f"ONNX Runtime {onnxruntime.__version__}", "threads": threads}, lambda: run(pictures), count,
          lambda source, target: logits(run, count, source, target))


main()

"""Answers of PyTorch: MODEL PRECISION BATCH [WEIGHTS], channels-last, in inference mode."""
import sys

import torch
import torchvision

from worker import batch, serve

name, precision, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(2)
model = getattr(torchvision.models, name.replace("-", "_"))(weights=None)
if len(sys.argv) > 4:
    model.load_state_dict(torch.load(sys.argv[4], weights_only=True))
model = model.eval().to(memory_format=torch.channels_last)
x = torch.from_numpy(batch()[0][:count]).contiguous(memory_format=torch.channels_last)


def step() -> None:
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
        model(x).float().numpy()


serve({"engine": f"PyTorch {torch.__version__}", "threads": torch.get_num_threads()}, step, count)

"""Small weight files as PyTorch writes them, and what they hold. Run: python weight_files.py (torch 2.13, safetensors)."""
import collections
import json
import pathlib

import torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
torch.manual_seed(0)
base = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 8 - 1
state = collections.OrderedDict(
    plain=base,
    transposed=base.t(),                      # strides (1, 6)
    window=base[1:3, 2:5],                    # offset and strides into a shared storage
    scalar=torch.tensor(3.5),
    empty=torch.zeros(0, 3),
    half=torch.tensor([0.5, -2.25, 65504.0, 6e-8]).half(),
    brain=torch.tensor([1.5, -3.0]).bfloat16(),
    double=torch.tensor([0.1], dtype=torch.float64),
    steps=torch.tensor([7, -9]),
    parameter=torch.nn.Parameter(torch.tensor([1.0, 2.0])),
)
wrapped = collections.OrderedDict(("module." + k, v) for k, v in state.items())
torch.save(state, here / "zip.pth")
torch.save({"epoch": torch.tensor(3), "best": 91.5, "state_dict": wrapped, "optimizer": {"lr": [0.1]}}, here / "legacy.pth",
           _use_new_zipfile_serialization=False)
save_file({k: v.detach().contiguous() for k, v in state.items()}, here / "plain.safetensors", {"made": "by torch"})
json.dump({k: {"shape": list(v.shape), "values": v.detach().double().flatten().tolist()} for k, v in state.items()},
          open(here / "weight_files.json", "w"), indent=1)

"""Weights for a network that nobody has trained here: MODEL FILE. Random ones, with norms that have seen pictures."""
import sys

import torch
import torchvision

torch.manual_seed(0)
model = getattr(torchvision.models, sys.argv[1].replace("-", "_"))(weights=None).train()
with torch.no_grad():
    for _ in range(20):
        model(torch.randn(4, 3, 96, 96))
torch.save(model.state_dict(), sys.argv[2])

"""Makes the checkpoints beside it: python3 make.py (PyTorch 1.13 was used)."""
import os
import pathlib

import torch

here = pathlib.Path(__file__).parent
torch.manual_seed(9)
WIDTH, PATCH, PLACES, FRAMES = 16, 16, 4, 8


def some(*shape):
    return (torch.randn(*shape) * 0.05).half()


def linear(state, name, inputs, outputs):
    state[name + ".weight"], state[name + ".bias"] = some(outputs, inputs), some(outputs)


def norm(state, name):
    state[name + ".weight"], state[name + ".bias"] = 1 + some(WIDTH), some(WIDTH)


# The names of the authors' file (3D-CSL: a TimeSformer with divided attention), one block of it.
model = {"cls_token": some(1, 1, WIDTH), "pos_embed": some(1, 1 + PLACES, WIDTH), "time_embed": some(1, FRAMES, WIDTH)}
model["patch_embed.proj.weight"], model["patch_embed.proj.bias"] = some(WIDTH, 3, PATCH, PATCH), some(WIDTH)
for name in ("norm1", "temporal_norm1", "norm2"):
    norm(model, "blocks.0." + name)
for name in ("attn", "temporal_attn"):
    linear(model, f"blocks.0.{name}.qkv", WIDTH, 3 * WIDTH)
    linear(model, f"blocks.0.{name}.proj", WIDTH, WIDTH)
linear(model, "blocks.0.temporal_fc", WIDTH, WIDTH)
linear(model, "blocks.0.mlp.fc1", WIDTH, 4 * WIDTH)
linear(model, "blocks.0.mlp.fc2", 4 * WIDTH, WIDTH)
norm(model, "norm")
linear(model, "head", WIDTH, 2)
named = {"feature_extractor.model." + name: tensor for name, tensor in model.items()}
torch.save({"epoch": 7, "state_dict": named}, here / "tiny-3d-csl.pth")

# The same names with other weights, without one entry, and with a block of a very high number.
torch.save({"state_dict": {name: tensor + 1 for name, tensor in named.items()}}, here / "other-weights.pth")
torch.save({"state_dict": {name: tensor for name, tensor in named.items() if "mlp.fc2" not in name}}, here / "incomplete.pth")
torch.save({"state_dict": {**named, "feature_extractor.model.blocks.2000000000.norm1.bias": some(WIDTH)}}, here / "many-blocks.pth")

torch.save({"fc.weight": some(2, 3), "fc.bias": some(2)}, here / "another-network.pth")
torch.save({"fc.weight": some(2, 3)}, here / "legacy.pth", _use_new_zipfile_serialization=False)


class Malicious:
    def __reduce__(self):
        return os.system, ("touch hijacked",)


torch.save({"state_dict": named["feature_extractor.model.cls_token"], "more": Malicious()}, here / "malicious.pth")

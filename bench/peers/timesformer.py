"""TimeSformer-small, 8 frames of 224 x 224, divided attention, in plain PyTorch: what bench compares Sosia's own with.

The steps are those of the published code (facebookresearch/TimeSformer, vit.py): one sequence of class token and patches, rearranged and copied
for each attention. Commands, one a line; each is answered by one line:
  version BATCH        -> that of PyTorch
  forward|step BATCH   -> WALL CPU (seconds) of a forward without a graph, or of a training step (AdamW), of so many clips
"""
import os
import sys
import time

import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.scale = heads, (width // heads) ** -0.5
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        if hasattr(torch.nn.functional, "scaled_dot_product_attention"):  # PyTorch 2's own, which is faster
            y = torch.nn.functional.scaled_dot_product_attention(q, k, v)
            return self.proj(y.transpose(1, 2).reshape(b, n, c))
        weights = ((q @ k.transpose(-2, -1)) * self.scale).softmax(dim=-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(b, n, c))


class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1, self.act, self.fc2 = nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


def drop_path(x, rate, training):
    if rate == 0 or not training:
        return x
    kept = x.new_empty((x.shape[0],) + (1,) * (x.ndim - 1)).bernoulli_(1 - rate)
    return x.div(1 - rate) * kept


class Block(nn.Module):
    def __init__(self, width, heads, rate):
        super().__init__()
        self.rate = rate
        self.temporal_norm1, self.temporal_attn, self.temporal_fc = nn.LayerNorm(width, eps=1e-6), Attention(width, heads), nn.Linear(width, width)
        self.norm1, self.attn = nn.LayerNorm(width, eps=1e-6), Attention(width, heads)
        self.norm2, self.mlp = nn.LayerNorm(width, eps=1e-6), Mlp(width)

    def forward(self, x, b, t):
        places, width = (x.shape[1] - 1) // t, x.shape[2]

        patches = x[:, 1:]
        r = self.temporal_attn(self.temporal_norm1(patches.reshape(b * places, t, width)))
        r = self.temporal_fc(drop_path(r, self.rate, self.training).reshape(b, places * t, width))
        patches = patches + r

        first = x[:, 0:1]
        classes = first.repeat(1, t, 1).reshape(b * t, 1, width)
        frames = patches.reshape(b, places, t, width).permute(0, 2, 1, 3).reshape(b * t, places, width)
        r = drop_path(self.attn(self.norm1(torch.cat((classes, frames), 1))), self.rate, self.training)
        classes = r[:, 0].reshape(b, t, width).mean(1, keepdim=True)
        r = r[:, 1:].reshape(b, t, places, width).permute(0, 2, 1, 3).reshape(b, places * t, width)
        x = torch.cat((first, patches), 1) + torch.cat((classes, r), 1)
        return x + drop_path(self.mlp(self.norm2(x)), self.rate, self.training)


class TimeSformer(nn.Module):
    def __init__(self, width=384, depth=12, heads=6, frames=8, size=224, patch=16, rate=0.1):
        super().__init__()
        places = (size // patch) ** 2
        self.proj = nn.Conv2d(3, width, patch, patch)
        self.cls_token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.pos_embed = nn.Parameter(torch.randn(1, 1 + places, width) * 0.02)
        self.time_embed = nn.Parameter(torch.zeros(1, frames, width))
        self.blocks = nn.ModuleList(Block(width, heads, rate * i / (depth - 1)) for i in range(depth))
        self.norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, clips):
        b, c, t, h, w = clips.shape
        x = self.proj(clips.permute(0, 2, 1, 3, 4).reshape(b * t, c, h, w)).flatten(2).transpose(1, 2)
        x = torch.cat((self.cls_token.expand(b * t, -1, -1), x), 1) + self.pos_embed
        first = x[:b, 0:1]
        places, width = x.shape[1] - 1, x.shape[2]
        x = x[:, 1:].reshape(b, t, places, width).permute(0, 2, 1, 3).reshape(b * places, t, width) + self.time_embed
        x = torch.cat((first, x.reshape(b, places * t, width)), 1)
        for block in self.blocks:
            x = block(x, b, t)
        return self.norm(x)[:, 0]


def timed(what):
    wall, cpu = time.perf_counter(), time.process_time()
    what()
    return time.perf_counter() - wall, time.process_time() - cpu


def main():
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    torch.manual_seed(1)
    network = TimeSformer()
    clips = torch.randn(0)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-4, weight_decay=1e-4)

    def forward():
        network.eval()
        with torch.no_grad():
            network(clips)

    def step():
        network.train()
        optimiser.zero_grad()
        network(clips).square().mean().backward()
        optimiser.step()

    for line in sys.stdin:
        command, batch = line.split()
        if len(clips) != int(batch):
            clips = torch.randn(int(batch), 3, 8, 224, 224)
        if command == "version":
            print(torch.__version__, flush=True)
        else:
            print(*timed(forward if command == "forward" else step), flush=True)


if __name__ == "__main__":
    main()

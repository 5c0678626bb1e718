"""A training step of 3D-CSL's second stage on a raw pack, in plain PyTorch: what bench compares Sosia's own with.

The step is the one of Sosia: clips read ahead by a thread; anchor, copy and mirrored copy; multi-similarity loss with
memory and miner, the ranked triplet; gradients clipped at 40; AdamW. Commands, one a line; each is answered by one line:
  options JSON -> ready: pack, width, depth, heads, patch, side, frames, batch, rate (frames a second of the pack), interval (seconds), memory, device, bfloat16
  version 1    -> that of PyTorch
  step N       -> WALL CPU WAITED LOSS: seconds of N steps, of them waiting for data; the last loss
"""
import json
import os
import queue
import sys
import threading
import time

import numpy as np
import torch

from timesformer import TimeSformer


class Pack:
    def __init__(self, folder):
        with open(os.path.join(folder, "index"), encoding="utf-8") as lines:
            self.videos = [json.loads(line) for line in lines]
        self.frames = np.memmap(os.path.join(folder, "frames"), np.uint8, "r")

    def clip(self, random, options):
        """T frames, the window in the middle: T x side x side x 3."""
        video = self.videos[random.integers(len(self.videos))]
        h, w, side = video["height"], video["width"], options["side"]
        frames = self.frames[video["offset"]:video["offset"] + video["bytes"]][-video["frames"] * h * w * 3:].reshape(-1, h, w, 3)
        step = min(options["interval"] * options["rate"], (len(frames) - 1) / (options["frames"] - 1))
        start = random.uniform(0, len(frames) - 1 - step * (options["frames"] - 1))
        times = np.clip(np.round(start + step * np.arange(options["frames"])).astype(int), 0, len(frames) - 1)
        top, left = (h - side) // 2, (w - side) // 2
        return frames[times, top:top + side, left:left + side], self.videos.index(video)


class Memory:
    def __init__(self, size, width, device):
        self.rows, self.labels = torch.zeros(size, width, device=device), torch.zeros(size, dtype=torch.long, device=device)
        self.next = self.written = 0

    def compare(self, z, labels):
        size = len(self.rows)
        places = (self.next + torch.arange(len(z), device=z.device)) % size
        self.rows[places], self.labels[places] = z.detach(), labels
        self.next, self.written = (self.next + len(z)) % size, min(self.written + len(z), size)
        every = torch.arange(size, device=z.device)
        valid, own = every < self.written, every == places[:, None]
        same = labels[:, None] == self.labels[None]
        return z @ self.rows.clone().T, same & valid, ~same & valid, own


def multi_similarity(s, positive, negative, own, epsilon=0.3):
    fixed = s.detach()
    hardest_negative = fixed.masked_fill(~negative, -torch.inf).amax(1, keepdim=True)
    hardest_positive = fixed.masked_fill(~positive, torch.inf).amin(1, keepdim=True)
    positive = positive & (fixed - epsilon < hardest_negative) & ~own
    negative = negative & (fixed + epsilon > hardest_positive)

    def log_one_plus_sum(x, chosen):
        zero = torch.zeros(len(x), 1, device=x.device)
        return torch.cat((x.masked_fill(~chosen, -torch.inf), zero), 1).logsumexp(1)

    return (log_one_plus_sum(-2 * (s - 0.5), positive) / 2 + log_one_plus_sum(50 * (s - 0.5), negative) / 50).mean()


class Training:
    def __init__(self, options):
        self.options, self.device = options, torch.device(options["device"])
        self.pack, self.random = Pack(options["pack"]), np.random.default_rng(1)
        torch.manual_seed(1)
        self.network = TimeSformer(options["width"], options["depth"], options["heads"], options["frames"], options["side"], options["patch"]).to(self.device)
        self.memory = Memory(options["memory"], options["width"], self.device)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=1e-4, weight_decay=1e-4)
        self.batches = queue.Queue(2)
        threading.Thread(target=self.load, daemon=True).start()

    def load(self):
        while True:
            clips, labels = zip(*(self.pack.clip(self.random, self.options) for _ in range(self.options["batch"])))
            self.batches.put((torch.from_numpy(np.stack(clips)), torch.tensor(labels)))

    def step(self):
        started = time.perf_counter()
        clips, labels = self.batches.get()
        waited = time.perf_counter() - started
        anchor = clips.to(self.device).permute(0, 4, 1, 2, 3).float() / 255  # N x 3 x T x H x W
        flipped = anchor.flip(4)
        views = (torch.stack((anchor, anchor, flipped), 1).flatten(0, 1) - 0.5) / 0.5
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.options["bfloat16"]):
            z = self.network(views)
        z = torch.nn.functional.normalize(z.float(), dim=1)
        ms = multi_similarity(*self.memory.compare(z, labels.to(self.device).repeat_interleave(3)))
        a, p, f = z.view(-1, 3, z.shape[1]).unbind(1)
        loss = ms + ((a * f).sum(1) - (a * p).sum(1) + 0.1).relu().mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 40)
        self.optimiser.step()
        self.optimiser.zero_grad()
        return waited, loss.item()


def main():
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    training = None
    for line in sys.stdin:
        command, argument = line.split(maxsplit=1)
        if command == "version":
            print(torch.__version__, flush=True)
            continue
        if command == "options":
            training = Training(json.loads(argument))
            print("ready", flush=True)
            continue
        wall, cpu, waited, loss = time.perf_counter(), time.process_time(), 0.0, 0.0
        for _ in range(int(argument)):
            wait, loss = training.step()
            waited += wait
        if training.device.type == "cuda":
            torch.cuda.synchronize()
        print(time.perf_counter() - wall, time.process_time() - cpu, waited, loss, flush=True)


if __name__ == "__main__":
    main()

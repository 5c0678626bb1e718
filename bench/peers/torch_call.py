"""One small operator from Python, for `Sosia.Bench torch`: each line of stdin is answered by the seconds of `torch.add(x, y)` of
4 x 4 floats, the best of many short batches, on the clock and of CPU time.
"""
import sys
import time

import torch

BATCH, BATCHES = 1000, 300
x, y = torch.ones(4, 4), torch.ones(4, 4)
add = torch.add


def batch():
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(BATCH):
        add(x, y)
    return time.perf_counter() - wall, time.process_time() - cpu


torch.set_num_threads(1)
for line in sys.stdin:
    times = [batch() for _ in range(BATCHES)]
    print(min(wall for wall, _ in times) / BATCH, min(cpu for _, cpu in times) / BATCH, flush=True)

# Makes optimisers.json: trajectories of PyTorch's own optimisers, for OptimiserTests. Made by PyTorch 1.13:
#   python3 optimisers.py > optimisers.json
import json

import torch

torch.set_num_threads(1)
random = torch.Generator().manual_seed(9)
shapes = {"a": [3], "b.weight": [2, 2], "c": [1]}
steps = 10


def draw(shape, dtype):
    return torch.randn(shape, generator=random, dtype=torch.float64).to(dtype)


def run(optimiser, dtype, groups, clip=None, **settings):
    parameters = {name: torch.nn.Parameter(draw(shape, dtype)) for name, shape in shapes.items()}
    start = {name: p.detach().flatten().tolist() for name, p in parameters.items()}
    made = optimiser([{"params": [parameters[name] for name in group["names"]], **group["own"]} for group in groups], foreach=True, **settings)
    trajectory = []
    for step in range(steps):
        # c has no gradient in steps 0, 1 and 5: its own count of steps lags behind.
        gradients = {name: draw(shape, dtype) for name, shape in shapes.items() if name != "c" or step not in (0, 1, 5)}
        given = {name: g.flatten().tolist() for name, g in gradients.items()}  # before they are clipped
        for name, p in parameters.items():
            p.grad = gradients[name].clone() if name in gradients else None
        norm = float(torch.nn.utils.clip_grad_norm_(list(parameters.values()), clip)) if clip else None
        made.step()
        trajectory.append({"gradients": given, "norm": norm, "parameters": {name: p.detach().flatten().tolist() for name, p in parameters.items()}})
    return {"optimiser": optimiser.__name__, "type": str(dtype)[6:], "groups": groups, "clip": clip, "settings": settings, "start": start, "steps": trajectory}


one = [{"names": list(shapes), "own": {}}]
two = [{"names": ["a", "c"], "own": {"lr": 0.3, "weight_decay": 0.2}}, {"names": ["b.weight"], "own": {}}]
double, single = torch.float64, torch.float32
print(json.dumps({"shapes": shapes, "runs": [
    run(torch.optim.SGD, double, one, lr=0.1),
    run(torch.optim.SGD, double, one, lr=0.1, momentum=0.9, weight_decay=0.05),
    run(torch.optim.SGD, double, one, lr=0.1, momentum=0.8, dampening=0.3),
    run(torch.optim.SGD, double, two, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    run(torch.optim.SGD, single, two, lr=0.1, momentum=0.9, clip=1.5),
    run(torch.optim.AdamW, double, one),
    run(torch.optim.AdamW, double, one, lr=0.05, betas=[0.8, 0.95], eps=1e-4, weight_decay=0.3),
    run(torch.optim.AdamW, double, two, lr=0.1, weight_decay=0, clip=0.5),
    run(torch.optim.AdamW, single, two, lr=0.01),
]}, separators=(",", ":")))

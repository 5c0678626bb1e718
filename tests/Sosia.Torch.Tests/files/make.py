"""Makes the files of this folder; made once with PyTorch 1.13.0 and NumPy, Python 3.11 (Debian 12's python3-torch): python3 make.py"""
import argparse
import json
import os
import pathlib
import struct

import numpy
import torch

torch.manual_seed(0)


def ramp(*shape, dtype=torch.float32):
    count = int(numpy.prod(shape))
    return torch.arange(count).reshape(shape).to(dtype)


# A plain state dict, parameters and buffers: every tensor counts up from zero.
network = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
state = network.state_dict()
for tensor in state.values():
    tensor.copy_(ramp(*tensor.shape))
torch.save(state, 'state.pth')
torch.save(state, 'legacy.pth', _use_new_zipfile_serialization=False)
for protocol in (3, 4, 5):
    torch.save(state, f'protocol{protocol}.pth', pickle_protocol=protocol)

# A checkpoint of training.
optimizer = torch.optim.AdamW(network.parameters(), lr=0.125)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [2, 4])
network(torch.ones(4, 3)).sum().backward()
optimizer.step()
for tensor in state.values():
    tensor.copy_(ramp(*tensor.shape))
torch.save({
    'epoch': 3,
    'model': {'module': state},
    'optimizer': optimizer.state_dict(),
    'scheduler': scheduler.state_dict(),
    'args': argparse.Namespace(lr=0.125, name='été', output=pathlib.PurePosixPath('/data/out'), resume=None, amp=True),
    'best': numpy.float64(0.75),
    'seen': numpy.int64(-5),
    'large': -2 ** 70,
    'kept': {1},
    'frozen': frozenset([2]),
    'bytes': b'\x00\xff',
    'shape': torch.Size([2, 3]),
    'dtype': torch.bfloat16,
    'device': torch.device('cuda', 1),
    'history': [(1, 0.5), (2, 0.25)],
}, 'training.pth')

# Every type of element.
types = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.complex64, torch.complex128]
torch.save({str(dtype)[6:]: ramp(2, 3, dtype=dtype) for dtype in types} | {'bool': torch.tensor([True, False, True])}, 'types.pth')

# Views of one storage, and tensors at the edge.
whole = ramp(3, 4)
torch.save({
    'whole': whole, 'again': whole, 'turned': whole.t(), 'columns': whole[:, 1:3], 'row': whole[1], 'every second': whole[::2, ::2],
    'cube': ramp(2, 3, 4).permute(2, 0, 1), 'repeated': whole[:, :1].expand(3, 5), 'scalar': torch.tensor(7), 'empty': torch.empty(0, 3), 'channels last': ramp(1, 2, 2, 3).contiguous(memory_format=torch.channels_last),
}, 'views.pth')
torch.save([torch.nn.Parameter(ramp(2, 2)), torch.nn.Parameter(ramp(3), requires_grad=False)], 'parameters.pth')


class Command:
    def __reduce__(self):
        return os.system, ('touch this-file-must-never-be-there',)


torch.save({'weight': ramp(2), 'extra': Command()}, 'command.pth')
torch.save(torch.nn.Linear(1, 1), 'module.pth')
torch.jit.script(torch.nn.ReLU()).save('script.pth')

# Written by the rules of the format, in the order of its reference implementation.
tensors = [('b', 'F64', numpy.arange(2.0)), ('a', 'F32', numpy.arange(6, dtype='f4').reshape(2, 3)), ('z', 'F32', numpy.array(7, 'f4')), ('h', 'F16', numpy.ones((0, 4), 'f2')),
           ('é"\n', 'U8', numpy.array([1, 2, 3], 'u1')), ('flags', 'BOOL', numpy.array([True, False]))]
header, end = {'__metadata__': {'format': 'pt', 'made by': 'hand'}}, 0
for name, dtype, values in tensors:
    header[name] = {'dtype': dtype, 'shape': list(values.shape), 'data_offsets': [end, end + values.nbytes]}
    end += values.nbytes
text = json.dumps(header, ensure_ascii=False, separators=(',', ':')).encode()
text += b' ' * (-len(text) % 8)
with open('example.safetensors', 'wb') as file:
    file.write(struct.pack('<Q', len(text)) + text + b''.join(values.tobytes() for _, _, values in tensors))

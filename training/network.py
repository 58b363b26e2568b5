"""The networks: small, fully convolutional, and written to a file that package glyph reads.

File: "RNW1", uint32 length of a JSON header, the header, then for each layer its
weights [out][in][kh][kw] and biases [out], all float32, all little-endian. Batch
normalisation is folded into the weights.
"""
import json
import struct

import numpy as np
import torch
from torch import nn

torch.backends.mkldnn.deterministic = True


class Net(nn.Module):
    """Layers are (out, kernel height, kernel width, pool height, pool width, padding height)."""

    def __init__(self, layers, classes, channels=1, norm=True):
        super().__init__()
        self.spec, parts, self.norm = [], [], norm
        c = channels
        for out, kh, kw, ph, pw, pad in layers:
            parts.append(nn.Conv2d(c, out, (kh, kw), padding=(pad, kw // 2), bias=not norm))
            parts += [nn.BatchNorm2d(out), nn.ReLU()] if norm else [nn.ReLU()]
            if (ph, pw) != (1, 1):
                parts.append(nn.MaxPool2d((ph, pw)))
            self.spec.append(dict(out=out, kh=kh, kw=kw, ph=ph, pw=pw, pad=pad, relu=True))
            c = out
        self.body = nn.Sequential(*parts)
        self.head = nn.Conv2d(c, classes, 1)
        self.spec.append(dict(out=classes, kh=1, kw=1, ph=1, pw=1, pad=0, relu=False))

    def forward(self, x):
        return self.head(self.body(x))

    def folded(self):
        """Weights and biases of each layer with the normalisation folded in."""
        out, convs, norms = [], [m for m in self.body if isinstance(m, nn.Conv2d)], [m for m in self.body if isinstance(m, nn.BatchNorm2d)]
        if not self.norm:
            return [(m.weight.detach().numpy(), m.bias.detach().numpy()) for m in convs + [self.head]]
        for conv, norm in zip(convs, norms):
            k = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            out.append((conv.weight * k[:, None, None, None], norm.bias - norm.running_mean * k))
        out.append((self.head.weight, self.head.bias))
        return [(w.detach().numpy(), b.detach().numpy()) for w, b in out]

    def save(self, path, alphabet, half=False):
        head = json.dumps(dict(alphabet=alphabet, layers=self.spec, half=half), ensure_ascii=False).encode()
        kind = "<f2" if half else "<f4"
        with open(path, "wb") as f:
            f.write(b"RNW1" + struct.pack("<I", len(head)) + head)
            for w, b in self.folded():
                f.write(np.ascontiguousarray(w, kind).tobytes() + np.ascontiguousarray(b, kind).tobytes())

    def load(self, path):
        """Takes the weights of a saved network; this one must have been made without normalisation."""
        data = open(path, "rb").read()
        n = struct.unpack("<I", data[4:8])[0]
        kind, at = ("<f2" if json.loads(data[8:8 + n])["half"] else "<f4"), 8 + n
        for m in [m for m in self.body if isinstance(m, nn.Conv2d)] + [self.head]:
            for p in (m.weight, m.bias):
                v = np.frombuffer(data, kind, p.numel(), at).astype(np.float32)
                at += p.numel() * int(kind[2])
                p.data.copy_(torch.from_numpy(v).view_as(p))

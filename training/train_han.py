"""Trains the network that reads Chinese names.

The place of each character is known because we drew it, so each step of the
strip has a class and plain cross-entropy suffices; reading is then the same as
for the number network.
"""
import argparse
import math
import multiprocessing
import time

import numpy as np
import torch
from torch import nn

import han_lines
import lines
from network import Net

LAYERS = [(16, 3, 3, 2, 2, 1), (32, 3, 3, 2, 2, 1), (64, 3, 3, 2, 2, 1), (128, 3, 3, 2, 1, 1), (192, 2, 3, 1, 1, 0)]
WIDTH, BATCH = 448, 32


def draw(seed):
    """One batch; it depends on its seed alone, whichever process draws it."""
    rng = lines.seeded(seed)
    pairs = [han_lines.han_line(rng, WIDTH) for _ in range(BATCH)]
    return np.stack([a for a, _ in pairs])[:, None], np.stack([t for _, t in pairs]).astype(np.int64)


def evaluate(net, seed, batches=6):
    """Share of characters whose step has the right class, first and among the first five."""
    net.eval()
    right = first5 = count = 0
    with torch.no_grad():
        for i in range(batches):
            x, t = draw(seed + i)
            y, t = net(torch.from_numpy(x)).squeeze(2), torch.from_numpy(t)
            keep = t > 0
            top = y.permute(0, 2, 1)[keep].topk(5).indices
            right += int((top[:, 0] == t[keep]).sum())
            first5 += int((top == t[keep][:, None]).any(1).sum())
            count += int(keep.sum())
    net.train()
    return right / count, first5 / count


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--seed", type=int, default=20252)
    p.add_argument("--steps", type=int, default=2600)
    p.add_argument("--rate", type=float, default=2.5e-3)
    p.add_argument("--start", help="weights to go on from, at a lower rate")
    p.add_argument("--workers", type=int, default=1)
    p.add_argument("--out", default="han.rnw")
    o = p.parse_args()
    torch.manual_seed(o.seed)
    torch.set_num_threads(1)
    start, mean, n = time.time(), 0.0, 0
    net = Net(LAYERS, len(han_lines.ALPHABET) + 1, norm=not o.start)
    if o.start:
        net.load(o.start)
    print("weights", sum(w.size + b.size for w, b in net.folded()), "characters", len(han_lines.ALPHABET), flush=True)
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    with multiprocessing.Pool(o.workers) as pool:
        for step, (x, t) in enumerate(pool.imap(draw, (o.seed * 1000003 + i for i in range(o.steps)))):
            for group in opt.param_groups:
                group["lr"] = o.rate * min(1, (step + 1) / 150) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / o.steps)))
            t = torch.from_numpy(t)
            features = net.body(torch.from_numpy(x)).squeeze(2).permute(0, 2, 1)
            keep = (t > 0) | ((t == 0) & (torch.arange(t.numel()).view_as(t) % 3 == step % 3))
            y = net.head(features[keep][:, :, None, None])[:, :, 0, 0]
            loss = nn.functional.cross_entropy(y, t[keep], label_smoothing=0.02)
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            opt.step()
            mean, n = mean + float(loss), n + 1
            if (step + 1) % 50 == 0:
                print(f"step {step + 1} of {o.steps} loss {mean / n:.3f} {time.time() - start:.0f} s", flush=True)
                mean, n = 0.0, 0
            if (step + 1) % 250 == 0 or step + 1 == o.steps:
                print("right %.3f, among five %.3f" % evaluate(net, 7_000_000), flush=True)
                net.save(o.out, han_lines.ALPHABET, half=True)


if __name__ == "__main__":
    main()

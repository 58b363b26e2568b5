"""Trains the network that reads numbers, dates and machine-readable lines."""
import argparse
import math
import multiprocessing
import time

import numpy as np
import torch
from torch import nn

import lines
from network import Net

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<年月日至长期.-/"
LAYERS = [(12, 3, 3, 2, 2, 1), (24, 3, 3, 2, 2, 1), (48, 3, 3, 2, 1, 1), (64, 3, 3, 2, 1, 1), (96, 2, 3, 1, 1, 0), (96, 1, 3, 1, 1, 0)]
NARROW, WIDE = 384, 704


def chunk(args):
    """Draws one part of the bank; each part has a seed of its own, so the bank does not depend on the order."""
    seed, count, wide = args
    rng, out = lines.seeded(seed), []
    for _ in range(count):
        kind = "mrz" if wide else rng.choices(["uscc", "id", "date", "other"], [62, 12, 20, 6])[0]
        a, text = lines.number_line(rng, kind, WIDE if wide else NARROW)
        out.append((np.clip((a + 0.5) * 127, 0, 255).astype(np.uint8), text))
    return out


def bank(seed, count, wide, workers):
    parts = [(seed * 100003 + i * 2 + wide, min(250, count - 250 * i), wide) for i in range((count + 249) // 250)]
    with multiprocessing.Pool(workers) as pool:
        return [x for part in pool.imap(chunk, parts) for x in part]


def shake(a, g):
    """Cheap variation on each visit: shift, contrast, noise."""
    dx = int(g.integers(-8, 9))
    a = np.roll(a, dx, axis=1)
    if dx > 0:
        a[:, :dx] = a[:, dx:dx + 1]
    elif dx < 0:
        a[:, dx:] = a[:, dx - 1:dx]
    a = a * g.uniform(0.8, 1.15) + g.uniform(-0.06, 0.06)
    if g.random() < 0.3:
        a = a + g.normal(0, g.uniform(0.01, 0.08), a.shape).astype(np.float32)
    return a


def batches(data, size, g):
    order = g.permutation(len(data))
    for i in range(0, len(order) - size + 1, size):
        part = [data[j] for j in order[i:i + size]]
        x = np.stack([shake(a.astype(np.float32) / 127 - 0.5, g) for a, _ in part])[:, None]
        yield torch.from_numpy(x.astype(np.float32)), [t for _, t in part]


def encode(texts):
    flat = [ALPHABET.index(c) + 1 for t in texts for c in t]
    return torch.tensor(flat), torch.tensor([len(t) for t in texts])


def best_path(logits):
    """Greedy reading: the best class of each step, repeats and blanks dropped."""
    out = []
    for row in logits.argmax(1).squeeze(1).numpy():
        text, last = "", 0
        for k in row:
            if k != last and k:
                text += ALPHABET[k - 1]
            last = k
        out.append(text)
    return out


def evaluate(net, data):
    net.eval()
    good = {}
    with torch.no_grad():
        for i in range(0, len(data), 50):
            part = data[i:i + 50]
            x = torch.from_numpy(np.stack([a for a, _ in part]).astype(np.float32) / 127 - 0.5)[:, None]
            for (_, t), r in zip(part, best_path(net(x))):
                kind = "date" if "年" in t else "wide" if x.shape[-1] == WIDE else "number" if len(t) == 18 else "other"
                n, k = good.get(kind, (0, 0))
                good[kind] = (n + 1, k + (r == t))
    net.train()
    return {k: f"{b}/{a}" for k, (a, b) in sorted(good.items())}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--seed", type=int, default=20251)
    p.add_argument("--lines", type=int, default=32000)
    p.add_argument("--epochs", type=int, default=7)
    p.add_argument("--workers", type=int, default=1)
    p.add_argument("--out", default="numbers.rnw")
    o = p.parse_args()
    torch.manual_seed(o.seed)
    torch.set_num_threads(1)
    g = np.random.default_rng(o.seed)
    start = time.time()
    narrow, wide = bank(o.seed, o.lines, False, o.workers), bank(o.seed, o.lines // 8, True, o.workers)
    test = bank(o.seed + 1, 1000, False, o.workers), bank(o.seed + 1, 200, True, o.workers)
    print(f"drawn in {time.time() - start:.0f} s", flush=True)
    net = Net(LAYERS, len(ALPHABET) + 1)
    print("weights", sum(w.size + b.size for w, b in net.folded()))
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    loss_of = nn.CTCLoss(zero_infinity=True)
    total, step = o.epochs * (len(narrow) // 48 + len(wide) // 24), 0
    for epoch in range(o.epochs):
        a, b = batches(narrow, 48, g), batches(wide, 24, g)
        mean, n, done = 0.0, 0, False
        while not done:
            done = True
            for source, repeat in ((a, 4), (b, 1)):
                for _ in range(repeat):
                    item = next(source, None)
                    if item is None:
                        break
                    done = False
                    x, texts = item
                    for group in opt.param_groups:
                        group["lr"] = 2e-3 * min(1, (step + 1) / 200) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1, step / total))))
                    logp = net(x).squeeze(2).permute(2, 0, 1).log_softmax(2)
                    target, lengths = encode(texts)
                    loss = loss_of(logp, target, torch.full((len(texts),), logp.shape[0]), lengths)
                    opt.zero_grad()
                    loss.backward()
                    nn.utils.clip_grad_norm_(net.parameters(), 5.0)
                    opt.step()
                    mean, n, step = mean + float(loss), n + 1, step + 1
                    if step % 100 == 0:
                        print(f"step {step} of {total} loss {mean / n:.4f} {time.time() - start:.0f} s", flush=True)
        print(f"epoch {epoch + 1} loss {mean / n:.4f} {evaluate(net, test[0])} {evaluate(net, test[1])}", flush=True)
        net.save(o.out, ALPHABET)


if __name__ == "__main__":
    main()

"""Modules that import_test.py imports."""
import math

import torch
from torch import nn


class Mlp(nn.Module):
    """Layer norm, a residual sum and a hidden layer four times as wide."""

    def __init__(self, n=64):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(16, n), nn.ReLU(), nn.LayerNorm(n), nn.Linear(n, 4 * n), nn.GELU(),
                                    nn.Dropout(0.1), nn.Linear(4 * n, n))
        self.head = nn.Linear(n, 10)

    def forward(self, x):
        return self.head(self.layers[0](x) + self.layers(x))


class Block(nn.Module):
    """A causal transformer block written out: packed queries, keys and values, heads by view and transpose."""

    def __init__(self, n=32, heads=4, tied=False):
        super().__init__()
        self.heads = heads
        self.embed = nn.Embedding(50, n)
        self.pos = nn.Parameter(torch.randn(1, 8, n))
        self.norm, self.norm2 = nn.LayerNorm(n), nn.LayerNorm(n)
        self.qkv, self.out = nn.Linear(n, 3 * n, bias=False), nn.Linear(n, n)
        self.mlp = nn.Sequential(nn.Linear(n, 4 * n), nn.GELU(), nn.Linear(4 * n, n))
        self.head = nn.Linear(n, 50, bias=False)
        if tied:
            self.head.weight = self.embed.weight
        self.register_buffer("mask", torch.tril(torch.ones(8, 8)))

    def forward(self, tokens):
        B, T = tokens.shape
        h = self.embed(tokens) + self.pos[:, :T]
        q, k, v = self.qkv(self.norm(h)).chunk(3, dim=-1)
        q, k, v = (x.view(B, T, self.heads, -1).transpose(1, 2) for x in (q, k, v))
        s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        s = s.masked_fill(self.mask[:T, :T] == 0, float("-inf"))
        h = h + self.out((torch.softmax(s, -1) @ v).transpose(1, 2).reshape(B, T, -1))
        return self.head(h + self.mlp(self.norm2(h)))


class Packed(nn.Module):
    """Heads by a reshape of five axes, as in vision transformers."""

    def __init__(self, n=32, heads=4):
        super().__init__()
        self.heads = heads
        self.embed, self.qkv, self.proj, self.head = nn.Linear(5, n), nn.Linear(n, 3 * n), nn.Linear(n, n), nn.Linear(n, 3)

    def forward(self, x):
        B, T, _ = x.shape
        h = torch.tanh(self.embed(x))
        q, k, v = self.qkv(h).reshape(B, T, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        a = (q @ k.transpose(-2, -1) * (q.size(-1) ** -0.5)).softmax(dim=-1)
        return self.head((h + self.proj((a @ v).transpose(1, 2).flatten(2)))[:, 0])


class MultiHead(nn.Module):
    def __init__(self, n=32):
        super().__init__()
        self.embed, self.position = nn.Linear(5, n), nn.Embedding(8, n)
        self.attn = nn.MultiheadAttention(n, 2, batch_first=True)
        self.head = nn.Linear(n, 3)

    def forward(self, x):
        h = self.embed(x) + self.position(torch.arange(x.shape[1]))
        o, _ = self.attn(h, h, h, need_weights=False)
        return self.head((h + o).mean(1))


class Residual(nn.Module):
    """All of one width, so that the program with the module's own entries is the module."""

    def __init__(self, n=24):
        super().__init__()
        self.flatten, self.a, self.norm = nn.Flatten(), nn.Linear(16, n), nn.LayerNorm(n)
        self.b, self.c = nn.Linear(n, n), nn.Linear(n, 3, bias=False)
        nn.init.normal_(self.norm.weight), nn.init.normal_(self.norm.bias)

    def forward(self, x):
        h = self.a(self.flatten(x))
        plain = torch.nn.functional.layer_norm(h, h.shape[-1:])
        return self.c(torch.sigmoid(h) * 2 - self.b(self.norm(h)) / 3 + plain)


class Attention(nn.Module):
    """Logits are divided by the width, as the program's are."""

    def __init__(self, n=24):
        super().__init__()
        self.a, self.q, self.k, self.v = nn.Linear(4, n), nn.Linear(n, n), nn.Linear(n, n), nn.Linear(n, n)
        self.b = nn.Linear(n, 2, bias=False)

    def forward(self, x):
        h = torch.tanh(self.a(x))
        s = 4 * torch.bmm(self.q(h), self.k(h).transpose(1, 2)) / h.shape[-1]
        h = h + torch.bmm(torch.nn.functional.softmax(s, dim=-1), self.v(h))
        return self.b(h[:, -1])


class Tokens(nn.Module):
    """A tied table, whose scores are divided by the width as the program's are; positions; a mean over tokens."""

    def __init__(self, n=24):
        super().__init__()
        self.embed, self.position, self.a = nn.Embedding(9, n), nn.Embedding(6, n), nn.Linear(n, n)

    def forward(self, tokens):
        h = self.embed(tokens) + self.position(torch.arange(tokens.shape[1]))
        h = torch.tanh(self.a(h)).mean(dim=1)
        return nn.functional.linear(h, self.embed.weight) / h.shape[-1]


class Score(nn.Module):
    """One number."""

    def __init__(self, n=24):
        super().__init__()
        self.a, self.b = nn.Linear(16, n), nn.Linear(n, 1)

    def forward(self, x):
        return self.b(nn.functional.gelu(self.a(x))).squeeze(-1)


class Recurrent(nn.Module):
    def __init__(self, n=32):
        super().__init__()
        self.inner, self.gru, self.head = nn.Linear(5, n), nn.GRU(n, n, batch_first=True), nn.Linear(n, 3)

    def forward(self, x):
        return self.head(self.gru(self.inner(x))[0])


class Cumulative(nn.Module):
    def __init__(self, n=32):
        super().__init__()
        self.inner, self.head = nn.Linear(5, n), nn.Linear(n, 3)

    def forward(self, x):
        return self.head(torch.cumsum(self.inner(x), 1))


class Encoder(nn.Module):
    def __init__(self, n=32):
        super().__init__()
        self.inner = nn.Linear(5, n)

    def forward(self, x):
        return torch.relu(self.inner(x))

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


class Sequence1d(nn.Module):
    """Convolutions over positions: strides, padding, dilation, groups, every channel by itself; pooling; a mean over positions."""

    def __init__(self, n=24):
        super().__init__()
        self.first = nn.Conv1d(3, n, 3, stride=2, padding=1)
        self.second, self.wide = nn.Conv1d(n, n, 3, padding="same", dilation=2), nn.Conv1d(n, 2 * n, 1, bias=False)
        self.groups, self.own = nn.Conv1d(2 * n, 2 * n, 3, padding=1, groups=2), nn.Conv1d(n, n, 2, groups=n)
        self.pool, self.drop, self.most = nn.AvgPool1d(3, stride=1, padding=1), nn.Dropout(0.5), nn.MaxPool1d(2)
        self.mean, self.head = nn.AdaptiveAvgPool1d(1), nn.Linear(2 * n, 3, bias=False)

    def forward(self, x):
        h = self.drop(torch.relu(self.first(x)))
        h = self.most(self.own(self.pool(torch.tanh(self.second(h)))))
        h = torch.relu(self.groups(torch.relu(self.wide(h))))
        return self.head(torch.flatten(self.mean(h), 1))


class Image(nn.Module):
    """The same over two dimensions."""

    def __init__(self, n=24):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(2, n, 3, stride=2, padding=1), nn.ReLU(), nn.AvgPool2d(2, stride=1),
                                    nn.Conv2d(n, n, 2, groups=n), nn.Conv2d(n, n, (1, 1)), nn.MaxPool2d(2, stride=1))
        self.mean, self.head = nn.AdaptiveAvgPool2d((1, 1)), nn.Linear(n, 3, bias=False)

    def forward(self, x):
        h = self.layers(x)
        return self.head(self.mean(h).flatten(1) + h.mean(dim=(2, 3)))


class Flattened(nn.Module):
    """No pooling: the last weight takes every position by itself. A convolution of channels in groups, tokens first."""

    def __init__(self, n=24):
        super().__init__()
        self.up, self.groups, self.down = nn.Conv1d(3, 2 * n, 1), nn.Conv1d(2 * n, 2 * n, 3, groups=2), nn.Conv1d(2 * n, n, 2)
        self.gru, self.flat = nn.GRU(n, n), nn.Linear(3 * n, 3, bias=False)

    def forward(self, x):
        h = torch.tanh(self.down(torch.relu(self.groups(torch.relu(self.up(x))))))
        h = self.gru(h.permute(2, 0, 1))[0].permute(1, 2, 0)
        return self.flat(torch.flatten(h, 1))


class Functions(nn.Module):
    """Convolutions and pooling as functions."""

    def __init__(self, n=24):
        super().__init__()
        self.first, self.second = nn.Parameter(torch.randn(n, 2, 3)), nn.Parameter(torch.randn(n, n, 2) / 5)
        self.shift, self.head = nn.Parameter(torch.randn(n)), nn.Linear(n, 3, bias=False)

    def forward(self, x):
        functional = torch.nn.functional
        h = torch.tanh(functional.conv1d(x, self.first, self.shift, padding=1))
        h = functional.avg_pool1d(functional.max_pool1d(h, 2, stride=1), 3)
        h = functional.conv1d(h, self.second, dilation=2)
        return self.head(functional.adaptive_avg_pool1d(h, 1).squeeze(-1))


class Recurrent(nn.Module):
    """Two layers of gated units, both directions of a long short-term memory, and a cell step by step."""

    def __init__(self, n=24):
        super().__init__()
        self.gru, self.lstm = nn.GRU(5, n, num_layers=2, batch_first=True), nn.LSTM(n, n, bidirectional=True, batch_first=True)
        self.inner, self.rnn, self.cell = nn.Linear(2 * n, n), nn.RNN(n, n, batch_first=True), nn.GRUCell(n, n)
        self.memory, self.head = nn.LSTMCell(n, n, bias=False), nn.Linear(n, 3, bias=False)

    def forward(self, x):
        states, ends = self.gru(x)
        out, (last, kept) = self.lstm(states)
        h, _ = self.rnn(torch.tanh(self.inner(out)))
        state = torch.zeros(x.shape[0], h.shape[-1], dtype=x.dtype)
        memory = None
        for t in range(x.shape[1]):
            state = self.cell(h[:, t], state)
            memory = self.memory(state, memory)
        return self.head(memory[0] + ends[-1] + last[1] * kept[0])


class Joined(nn.Module):
    """Vectors and tokens one after the other, and products by their letters."""

    def __init__(self, n=24):
        super().__init__()
        self.start = nn.Parameter(torch.randn(1, 1, n))
        self.a, self.b, self.both = nn.Linear(4, n), nn.Linear(4, n), nn.Linear(2 * n, n)
        self.weight, self.head = nn.Parameter(torch.randn(n, n) / 5), nn.Linear(n, 3, bias=False)

    def forward(self, x):
        h = torch.tanh(self.both(torch.cat([self.a(x), torch.sin(self.b(x))], dim=-1)))
        h = torch.cat([self.start.expand(x.shape[0], -1, -1), h], dim=1)
        q = torch.einsum("bti,oi->bto", h, self.weight)
        s = torch.softmax(torch.einsum("bqn,bkn->bqk", q, h) / h.shape[-1], dim=-1)
        return self.head(torch.einsum("bqk,bkn->bqn", s, h)[:, 0])


class Normalised(nn.Module):
    def __init__(self, n=32):
        super().__init__()
        self.inner, self.norm, self.head = nn.Linear(5, n), nn.BatchNorm1d(n), nn.Linear(n, 3)

    def forward(self, x):
        return self.head(self.norm(self.inner(x)))


class Upwards(nn.Module):
    def __init__(self, n=32):
        super().__init__()
        self.inner, self.up, self.head = nn.Conv1d(2, n, 3), nn.ConvTranspose1d(n, n, 2), nn.Linear(n, 3)

    def forward(self, x):
        return self.head(self.up(self.inner(x)).mean(-1))


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

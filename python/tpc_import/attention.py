"""Attention as torch has it in one piece: torch.nn.MultiheadAttention and scaled_dot_product_attention."""
from dataclasses import replace

from tpc_import.errors import ImportFailure
from tpc_import.pointwise import masked, softmax
from tpc_import.products import linear, matmul
from tpc_import.shapes import chunks, joined, split, transposed


def scaled_dot_product(program, hint, query, key, value, is_masked):
    logits = replace(matmul(program, hint + "_logits", query, transposed(key, -1, -2)), summed=0)
    if is_masked:
        masked(program, logits)
    return matmul(program, hint, softmax(program, hint + "_attention", logits, -1), value)


def multi_head(program, hint, module, name, query, key, value, is_masked):
    if query is not key or key is not value:
        raise ImportFailure("attention to other tokens than one's own")
    if not module.batch_first or module.bias_k is not None or module.in_proj_weight is None:
        raise ImportFailure("expected batch_first = True, and queries, keys and values of the same size")
    bias = None if module.in_proj_bias is None else (f"{name}.in_proj_bias", module.in_proj_bias)
    size, heads = module.embed_dim, module.num_heads
    packed = linear(program, hint + "_in", query, (f"{name}.in_proj_weight", module.in_proj_weight), bias)
    pieces = [transposed(split(piece, [heads, size // heads]), 1, 2) for piece in chunks(packed, 3, [size] * 3)]
    mixed = scaled_dot_product(program, hint, *pieces, is_masked)
    out = module.out_proj
    out_bias = None if out.bias is None else (f"{name}.out_proj.bias", out.bias)
    merged = joined(transposed(mixed, 1, 2), 1)
    return linear(program, hint + "_out", merged, (f"{name}.out_proj.weight", out.weight), out_bias)

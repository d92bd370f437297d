"""The models of the steps in PyTorch: BERT with its masked-language-modelling head, or a classifier, and product-key memories.

Written for speed on a CPU as far as eager PyTorch goes: fused attention, one product and one top-k for both halves of the
memory's queries, the head only where a token is masked. One product for queries, keys and values together was tried and
is slower at these sizes: its gradient has to be put together from three.
"""
import torch
import torch.nn.functional as F
from torch import nn


class Memory(nn.Module):
    """A product-key memory; its values are an EmbeddingBag with sparse or dense gradients."""

    def __init__(self, d, heads, sub_keys, neighbours, query_width, sparse):
        super().__init__()
        self.heads, self.n, self.k = heads, sub_keys, neighbours
        self.query = nn.Linear(d, heads * query_width)
        self.norm = nn.BatchNorm1d(heads * query_width)
        self.keys = nn.Parameter(torch.empty(heads, 2, sub_keys, query_width // 2))
        self.values = nn.EmbeddingBag(sub_keys**2, d, mode="sum", sparse=sparse)

    def forward(self, x):  # (R, d)
        rows = x.size(0)
        q = self.norm(self.query(x)).view(rows, 2 * self.heads, -1).transpose(0, 1)  # (2H, R, dk/2)
        scores = q @ self.keys.flatten(0, 1).transpose(1, 2)  # (2H, R, n)
        best, index = scores.topk(self.k)
        best, index = best.view(self.heads, 2, rows, self.k), index.view(self.heads, 2, rows, self.k)
        sums = (best[:, 0].unsqueeze(3) + best[:, 1].unsqueeze(2)).flatten(2)  # (H, R, k²)
        slots = (index[:, 0].unsqueeze(3) * self.n + index[:, 1].unsqueeze(2)).flatten(2)
        best, pairs = sums.topk(self.k)  # (H, R, k)
        ids = slots.gather(2, pairs).transpose(0, 1).reshape(rows, -1)  # (R, H·k)
        weights = best.softmax(-1).transpose(0, 1).reshape(rows, -1)
        return self.values(ids, per_sample_weights=weights)


class Layer(nn.Module):
    """Post-norm: attention, then the feed-forward block and, where there is one, a residual memory."""

    def __init__(self, c, memory):
        super().__init__()
        d = c["hidden_size"]
        self.heads = c["num_attention_heads"]
        self.query, self.key, self.value = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)
        self.attended = nn.Linear(d, d)
        self.attention_norm = nn.LayerNorm(d, c["layer_norm_eps"])
        self.up = nn.Linear(d, c["intermediate_size"])
        self.down = nn.Linear(c["intermediate_size"], d)
        self.norm = nn.LayerNorm(d, c["layer_norm_eps"])
        self.memory = memory

    def forward(self, x, mask, real):
        batch, length, d = x.shape
        q, k, v = (linear(x).view(batch, length, self.heads, -1).transpose(1, 2)  # (B, heads, S, width) each
                   for linear in (self.query, self.key, self.value))
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).reshape(batch, length, d)
        h = self.attention_norm(x + self.attended(seen))
        sum = h + self.down(F.gelu(self.up(h)))
        if self.memory is not None:
            flat = h.view(-1, d)
            if real is None:
                read = self.memory(flat)
            else:
                read = torch.zeros_like(flat).index_copy(0, real, self.memory(flat.index_select(0, real)))
            sum = sum + read.view(batch, length, d)
        return self.norm(sum)


class Bert(nn.Module):
    """The encoder. `c` is a Hugging Face config.json, with the memory of Mneme's."""

    def __init__(self, c, sparse):
        super().__init__()
        d, m = c["hidden_size"], c.get("mneme_memory")
        if m and (m["mode"], m["query_norm"]) != ("residual", "batch"):
            raise SystemExit(f"model.py: a memory with {m} was asked for, and only mode residual with query_norm batch is here.")
        self.words = nn.Embedding(c["vocab_size"], d, padding_idx=c["pad_token_id"])
        self.positions = nn.Embedding(c["max_position_embeddings"], d)
        self.types = nn.Embedding(c["type_vocab_size"], d)
        self.norm = nn.LayerNorm(d, c["layer_norm_eps"])
        sizes = m and (m["heads"], m["sub_keys"], m["neighbours"], m["query_width"])
        self.layers = nn.ModuleList(
            Layer(c, Memory(d, *sizes, sparse) if m and i in m["layers"] else None) for i in range(c["num_hidden_layers"]))

    def encode(self, ids, real):
        """ids (B, S); real (B, S) bool, or None where every token is -> (B, S, d)"""
        x = self.words(ids) + (self.positions.weight[: ids.size(1)] + self.types.weight[0])
        x = self.norm(x)
        mask = None if real is None else real[:, None, None, :]
        rows = None if real is None else real.view(-1).nonzero().squeeze(1)  # (R)
        for layer in self.layers:
            x = layer(x, mask, rows)
        return x

    @torch.no_grad()
    def load(self, saved):
        """Takes weights with Hugging Face's names, and `….memory.…` for a memory."""
        state = self.state_dict()
        for ours, theirs in [("words", "word_embeddings"), ("positions", "position_embeddings"),
                             ("types", "token_type_embeddings"), ("norm", "LayerNorm")]:
            _take(state, ours, saved, f"bert.embeddings.{theirs}")
        for i in range(len(self.layers)):
            to, at = f"layers.{i}", f"bert.encoder.layer.{i}"
            for ours, theirs in [("query", "attention.self.query"), ("key", "attention.self.key"),
                                 ("value", "attention.self.value"), ("attended", "attention.output.dense"),
                                 ("attention_norm", "attention.output.LayerNorm"), ("up", "intermediate.dense"),
                                 ("down", "output.dense"), ("norm", "output.LayerNorm"), ("memory", "memory")]:
                _take(state, f"{to}.{ours}", saved, f"{at}.{theirs}")
        for ours, theirs in self.HEAD:
            _take(state, ours, saved, theirs)
        if saved or state:
            raise SystemExit(f"model.py: the saved weights have the unexpected {sorted(saved)} and lack {sorted(state)}.")


class BertForMaskedLM(Bert):
    HEAD = [("transform", "cls.predictions.transform.dense"), ("transform_norm", "cls.predictions.transform.LayerNorm"),
            ("bias", "cls.predictions.bias")]

    def __init__(self, c, sparse):
        super().__init__(c, sparse)
        d = c["hidden_size"]
        self.transform = nn.Linear(d, d)
        self.transform_norm = nn.LayerNorm(d, c["layer_norm_eps"])
        self.bias = nn.Parameter(torch.empty(c["vocab_size"]))

    def forward(self, ids, real, positions):
        """positions (M) -> logits (M, vocabulary)"""
        x = self.encode(ids, real)
        x = x.view(-1, x.size(-1)).index_select(0, positions)
        return F.linear(self.transform_norm(F.gelu(self.transform(x))), self.words.weight, self.bias)


class BertForSequenceClassification(Bert):
    HEAD = [("pooler", "bert.pooler.dense"), ("classifier", "classifier")]

    def __init__(self, c, sparse):
        super().__init__(c, sparse)
        d = c["hidden_size"]
        self.pooler, self.classifier = nn.Linear(d, d), nn.Linear(d, len(c["id2label"]))

    def forward(self, ids, real, positions):
        """-> logits (B, classes), of each sequence's first token"""
        return self.classifier(self.pooler(self.encode(ids, real)[:, 0]).tanh())


def _take(state, ours, saved, theirs):
    """Copies every saved tensor of that name, or below it, and ticks it off on both sides."""
    for name in [name for name in saved if name == theirs or name.startswith(theirs + ".")]:
        state.pop(ours + name[len(theirs):]).copy_(saved.pop(name))

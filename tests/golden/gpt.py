"""gpt/: a small GPT-2 with its answers in double, for make.py."""
import torch
import torch.nn.functional as F
from transformers import GPT2Config, GPT2LMHeadModel

from checkpoints import perturbed


def write(out, save):
    torch.manual_seed(31)
    model = perturbed(GPT2LMHeadModel(GPT2Config(
        vocab_size=60, n_positions=16, n_embd=24, n_layer=2, n_head=3, n_inner=48, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
        attn_implementation="eager"))).eval()
    model.save_pretrained(out)
    (out / "model.safetensors").chmod(0o644)
    (out / "generation_config.json").unlink()
    model.double()
    ids = torch.randint(0, 60, (3, 12))
    mask = torch.tensor([[1] * 12, [1] * 9 + [0] * 3, [1] * 5 + [0] * 7])
    answer = model(ids, attention_mask=mask)
    left = torch.tensor([[1] * 12, [0] * 3 + [1] * 9, [1] * 4 + [0] * 2 + [1] * 6])  # padding before, and within
    # its own loss is computed in float32
    loss = F.cross_entropy(answer.logits[:, :-1].reshape(-1, 60), torch.where(mask == 1, ids, -100)[:, 1:].reshape(-1), ignore_index=-100)
    loss.backward()
    save(out / "expected_f64.safetensors", {
        "input_ids": ids, "attention_mask": mask, "logits": answer.logits, "left_mask": left,
        "left_logits": model(ids, attention_mask=left).logits, "loss": loss,
        **{f"grad.{name}": p.grad for name, p in model.named_parameters()}})

"""checkpoints/: small models in every form that Hugging Face's files come in, for make.py."""
import json

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (BertConfig, BertForMaskedLM, BertModel, PreTrainedTokenizerFast, RobertaConfig, RobertaForMaskedLM, pipeline)

SENTENCES = ["the quick brown fox jumps over the lazy dog", "a memory of keys and values", "Hello, world! naïve café",
             "product keys find the values of a memory", "the memory is a table of values"]


def perturbed(model):
    with torch.no_grad():  # fresh biases are 0 and fresh LayerNorm weights 1, which would hide a missing term
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return model


def bert_forms(out, source):
    """The model of bert/ as PyTorch saves it, with TensorFlow's names, in parts, in half precision, and without its head."""
    config = BertConfig.from_pretrained(source)
    state = load_file(str(source / "model.safetensors"))

    def folder(name):
        (out / name).mkdir(parents=True, exist_ok=True)
        config.save_pretrained(out / name)
        return out / name

    tied = dict(state)
    tied["cls.predictions.decoder.weight"] = tied["bert.embeddings.word_embeddings.weight"]  # one storage, two names
    tied["cls.predictions.decoder.bias"] = tied["cls.predictions.bias"]
    tied["bert.embeddings.position_ids"] = torch.arange(20).view(1, 20)
    torch.save(tied, folder("bert-bin") / "pytorch_model.bin")

    old = {name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): t for name, t in state.items()}
    old["bert.pooler.dense.weight"], old["bert.pooler.dense.bias"] = torch.eye(24), torch.zeros(24)
    old["cls.seq_relationship.weight"], old["cls.seq_relationship.bias"] = torch.zeros(2, 24), torch.zeros(2)
    old["bert.encoder.layer.0.attention.self.query.weight"] = state["bert.encoder.layer.0.attention.self.query.weight"].t().contiguous().t()
    torch.save(old, folder("bert-tensorflow-names") / "pytorch_model.bin")

    model = BertForMaskedLM.from_pretrained(source)
    model.save_pretrained(folder("bert-sharded"), max_shard_size="20KB")
    model.half().save_pretrained(folder("bert-float16"))
    torch.manual_seed(11)
    BertModel.from_pretrained(source).save_pretrained(folder("bert-base"))  # with a pooler, without the head


def training(out, save):
    """A checkpoint as training scripts write it, tensors among numbers, lists and types, and its tensors alone."""
    model = torch.nn.Linear(3, 2)
    with torch.no_grad():
        model.weight.copy_(torch.arange(6.0).view(2, 3) / 8)
        model.bias.copy_(torch.tensor([0.5, -0.25]))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.125)
    model(torch.tensor([[1.0, -2.0, 0.5]])).sum().backward()
    optimizer.step()
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 3)
    settings = {"lr": 0.125, "dtype": torch.float32, "device": torch.device("cpu"), "shape": model.weight.shape, "seed": 2**70, "note": None}
    torch.save({"epoch": 3, "model": model.state_dict(), "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(),
                "settings": settings, "best": [True, 0.5, {"weight": model.weight.detach().t()}]}, out / "training.bin")
    state = {f"optimizer.state.{i}.{name}": t for i, of in optimizer.state_dict()["state"].items() for name, t in of.items()}
    save(out / "training.safetensors", state | {f"model.{name}": t for name, t in model.state_dict().items()}
         | {"best.2.weight": model.weight.detach().t().contiguous()})


def views(out, save):
    """Tensors whose storage is not what they are: a negation left to the reader, and nothing at all of a storage."""
    z = torch.tensor([1 + 2j, -3 + 0.5j, 0.25 - 4j])
    torch.save({"negative": z.conj().imag, "rows": z.conj().imag.expand(1, 3), "empty": torch.empty(3).as_strided((0,), (1,), 100)}, out / "views.bin")
    save(out / "views.safetensors", {"negative": -z.imag, "rows": -z.imag.view(1, 3), "empty": torch.empty(0)})
    torch.save({"expanded": torch.ones(1).expand(4)}, out / "expanded.bin")


def byte_level_bpe():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=330, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(SENTENCES * 3, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", sep_token="</s>", cls_token="<s>", unk_token="<unk>",
        pad_token="<pad>", mask_token="<mask>")


def roberta(out, save, save_json):
    """A RoBERTa with its tokenizer, its answers in double, and what transformers' fill-mask pipeline says."""
    tokenizer = byte_level_bpe()
    torch.manual_seed(12)
    model = perturbed(RobertaForMaskedLM(RobertaConfig(
        vocab_size=len(tokenizer), hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=48,
        max_position_embeddings=34, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, layer_norm_eps=1e-5, attn_implementation="eager"))).eval()
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    batch = tokenizer(SENTENCES[:3], padding=True, return_tensors="pt")
    with torch.no_grad():
        logits = model.double()(batch["input_ids"], batch["attention_mask"]).logits
    save(out / "expected_f64.safetensors", {
        "input_ids": batch["input_ids"], "attention_mask": batch["attention_mask"], "logits": logits})
    model.float()
    fill = pipeline("fill-mask", model=model, tokenizer=tokenizer, top_k=4)
    texts = ["the quick <mask> fox", "Hello, <mask>! the <mask> of values"]
    save_json(out / "expected.json", {
        "sentences": [{"text": s, "ids": tokenizer(s, add_special_tokens=False)["input_ids"]} for s in SENTENCES],
        "fill_mask": [{"text": t, "masks": [[{"id": p["token"], "token": p["token_str"].strip(), "probability": p["score"]} for p in mask]
                                            for mask in ([found] if isinstance(found[0], dict) else found)]}
                      for t in texts for found in [fill(t)]]})


def write(out, bert, save, save_json):
    bert_forms(out, bert)
    roberta(out / "roberta", save, save_json)
    with torch.random.fork_rng():
        training(out, save)
        views(out, save)
    for path in out.rglob("*.safetensors"):
        path.chmod(0o644)

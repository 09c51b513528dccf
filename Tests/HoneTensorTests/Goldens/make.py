"""Goldens of HoneTensor's operations: values and gradients by PyTorch 2.13, float32.

    python make.py > operations.json

Each case has inputs, the output, the cotangent fed to the output, and the inputs' gradients under it.
"""
import json, sys
import torch
import torch.nn.functional as F

torch.manual_seed(20)
cases = {}


def rounded(t):
    return [float(f"{v:.8g}") for v in t.detach().reshape(-1).double().tolist()]


def stored(t):
    kind = "int64" if t.dtype == torch.int64 else "float32"
    return {"shape": list(t.shape), "values": t.reshape(-1).tolist() if kind == "int64" else rounded(t), "dtype": kind}


def case(name, function, *inputs):
    inputs = [t.clone().requires_grad_(t.is_floating_point()) for t in inputs]
    output = function(*inputs)
    entry = {"inputs": [stored(t) for t in inputs]}
    if output.requires_grad:
        cotangent = torch.randn(output.shape)
        gradients = torch.autograd.grad(output, [t for t in inputs if t.requires_grad], cotangent, allow_unused=True)
        entry["cotangent"] = stored(cotangent)
        entry["gradients"] = [stored(g) if g is not None else None for g in gradients]
    output = output.long() if output.dtype == torch.bool else output
    entry["output"] = stored(output.detach())
    cases[name] = entry


n, u = torch.randn, lambda *s: torch.rand(*s) * 0.8 + 0.1
x, y, p, q = n(3, 4), n(3, 4), u(3, 4), u(3, 4)
for name, f in {
    "neg": torch.neg, "exp": torch.exp, "square": torch.square, "abs": torch.abs, "sin": torch.sin, "cos": torch.cos,
    "erf": torch.erf, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "silu": F.silu, "mish": F.mish,
    "softplus": F.softplus, "logSigmoid": F.logsigmoid, "leakyRelu": lambda t: F.leaky_relu(t, 0.2), "elu": F.elu,
    "gelu": F.gelu, "geluTanh": lambda t: F.gelu(t, approximate="tanh"), "addScalar": lambda t: t + 2.5,
    "subScalar": lambda t: t - 2.5, "mulScalar": lambda t: t * -1.5, "divScalar": lambda t: t / 3, "rsub": lambda t: 1 - t,
    "powScalar": lambda t: t**3, "clamp": lambda t: t.clamp(-0.5, 0.6), "floor": torch.floor, "ceil": torch.ceil,
    "round": torch.round, "sign": torch.sign, "softmax": lambda t: t.softmax(1), "logSoftmax": lambda t: t.log_softmax(0),
    "cumsum": lambda t: t.cumsum(1), "sum": lambda t: t.sum(), "sumAxis": lambda t: t.sum(0, keepdim=True),
    "mean": lambda t: t.mean((0, 1)), "variance": lambda t: t.var(1), "variancePopulation": lambda t: t.var((0, 1), correction=0),
    "max": lambda t: t.amax(1), "min": lambda t: t.amin(()), "norm": lambda t: t.norm(), "normOne": lambda t: t.norm(1, dim=1),
    "logSumExp": lambda t: t.logsumexp(1), "argmax": lambda t: t.argmax(1), "argmin": lambda t: t.argmin(0),
    "topk": lambda t: t.topk(2)[0], "topkIndices": lambda t: t.topk(2)[1], "sort": lambda t: t.sort(0, descending=True)[0],
    "reshape": lambda t: t.reshape(2, -1), "permute": lambda t: t.permute(1, 0), "transpose": lambda t: t.transpose(0, 1),
    "unsqueeze": lambda t: t.unsqueeze(1), "narrow": lambda t: t.narrow(1, 1, 2), "select": lambda t: t.select(0, 2),
    "flip": lambda t: t.flip(0, 1), "roll": lambda t: t.roll(1, 1), "padConstant": lambda t: F.pad(t, (1, 2, 0, 1), value=0.5),
    "padReflect": lambda t: F.pad(t[None], (2, 1), mode="reflect"), "padReplicate": lambda t: F.pad(t[None], (2, 1), mode="replicate"),
    "diagonal": lambda t: torch.diag(t), "isPositive": lambda t: t > 0, "atLeast": lambda t: t >= 0.1, "below": lambda t: t < 0.1,
}.items():
    case(name, f, x)
for name, f in {"log": torch.log, "log1p": torch.log1p, "sqrt": torch.sqrt, "rsqrt": torch.rsqrt,
                "reciprocal": torch.reciprocal, "erfinv": torch.erfinv}.items():
    case(name, f, p)
for name, f in {"relu6": F.relu6, "hardSwish": F.hardswish, "hardSigmoid": F.hardsigmoid}.items():
    case(name, f, n(3, 4) * 4)
for name, f in {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "maximum": torch.maximum, "minimum": torch.minimum,
                "gt": torch.gt, "le": torch.le, "lerp": lambda a, b: a.lerp(b, 0.3)}.items():
    case(name, f, x, y)
case("div", torch.div, x, p)
case("pow", torch.pow, p, y)
case("broadcast", torch.mul, n(3, 1, 4), n(2, 1))
case("where", lambda a, b: torch.where(a > 0, a, b), x, y)
case("matmul", torch.matmul, n(2, 3, 4), n(4, 5))
case("cat", lambda a, b: torch.cat([a, b], 1), x, y)
case("stack", lambda a, b: torch.stack([a, b], 0), x, y)
case("expand", lambda t: t.expand(3, 4), n(3, 1))
case("squeeze", lambda t: t.squeeze(1), n(3, 1, 2))
case("flatten", lambda t: t.flatten(1), n(2, 3, 2))
case("indexSelect", lambda t, i: t.index_select(1, i), x, torch.tensor([3, 0, 3]))
case("gather", lambda t, i: t.gather(1, i), x, torch.tensor([[0, 1], [3, 3], [2, 0]]))
case("scatter", lambda t, i, s: t.scatter(1, i, s), x, torch.tensor([[0, 1], [3, 2], [2, 0]]), n(3, 2))
case("oneHot", lambda i: F.one_hot(i, 4), torch.tensor([1, 3, 0]))

image = n(2, 4, 6, 5)
case("conv2d", lambda i, w, b: F.conv2d(i, w, b), image, n(3, 4, 3, 3) * 0.3, n(3))
case("conv2dStride", lambda i, w: F.conv2d(i, w, None, (2, 1), (1, 2), (1, 2)), image, n(3, 4, 3, 3) * 0.3)
case("conv2dGroups", lambda i, w: F.conv2d(i, w, None, 1, 1, 1, 4), image, n(4, 1, 3, 3))
case("conv2dDepthwiseStride", lambda i, w, b: F.conv2d(i, w, b, 2, 1, 1, 18), n(2, 18, 7, 6), n(18, 1, 3, 3), n(18))
case("conv2dDepthwiseWide", lambda i, w: F.conv2d(i, w, None, (2, 3), (2, 0), 1, 3), n(1, 3, 9, 8), n(3, 1, 5, 4))
case("linear", F.linear, n(3, 5), n(2, 5), n(2))
case("linearNoBias", F.linear, n(2, 3, 5), n(2, 5))
mean, variance = n(4), u(4)
case("batchNormTraining", lambda i, w, b: F.batch_norm(i, None, None, w, b, True), image, n(4), n(4))
case("batchNorm", lambda i, w, b, m, v: F.batch_norm(i, m.detach(), v.detach(), w, b, False), image, n(4), n(4), mean, variance)
case("layerNorm", lambda i, w, b: F.layer_norm(i, (5,), w, b), image, n(5), n(5))
case("groupNorm", lambda i, w, b: F.group_norm(i, 2, w, b), image, n(4), n(4))
case("maxPool2d", lambda i: F.max_pool2d(i, 2), image)
case("maxPool2dPadded", lambda i: F.max_pool2d(i, 3, 2, 1, ceil_mode=True), image)
case("avgPool2d", lambda i: F.avg_pool2d(i, (2, 3), 1, (1, 0), count_include_pad=False), image)
case("adaptiveAvgPool2d", lambda i: F.adaptive_avg_pool2d(i, (3, 2)), image)
case("adaptiveMaxPool2d", lambda i: F.adaptive_max_pool2d(i, 1), image)
case("nearest", lambda i: F.interpolate(i, (9, 4)), image)
case("bilinear", lambda i: F.interpolate(i, (9, 4), mode="bilinear"), image)
case("bicubic", lambda i: F.interpolate(i, (9, 4), mode="bicubic"), image)
case("bilinearAntialias", lambda i: F.interpolate(i, (3, 3), mode="bilinear", antialias=True), image)
case("embedding", lambda w, i: F.embedding(i, w), n(5, 3), torch.tensor([[4, 0], [1, 1]]))
case("attention", lambda a, b, c: F.scaled_dot_product_attention(a, b, c), n(2, 2, 3, 4), n(2, 2, 5, 4), n(2, 2, 5, 4))
case("attentionCausal", lambda a, b, c: F.scaled_dot_product_attention(a, b, c, is_causal=True), n(1, 2, 3, 4), n(1, 2, 3, 4), n(1, 2, 3, 4))

labels = torch.tensor([1, 3, 0])
case("crossEntropy", F.cross_entropy, x, labels)
case("crossEntropySmooth", lambda a, t, w: F.cross_entropy(a, t, w.detach(), label_smoothing=0.1), x, labels, u(4))
case("crossEntropySoft", lambda a, t: F.cross_entropy(a, t.detach(), reduction="none"), x, n(3, 4).softmax(1))
case("binaryCrossEntropy", lambda a, t: F.binary_cross_entropy_with_logits(a, t.detach()), x, u(3, 4))
case("binaryCrossEntropyWeighted", lambda a, t, w: F.binary_cross_entropy_with_logits(a, t.detach(), pos_weight=w.detach(), reduction="sum"), x, u(3, 4), u(4) * 3)
case("nll", F.nll_loss, x, labels)
case("mse", F.mse_loss, x, y)
case("smoothL1", lambda a, b: F.smooth_l1_loss(a, b, beta=0.5), x, y)
case("klDiv", lambda a, t: F.kl_div(a.log_softmax(1), t.detach(), reduction="sum"), x, n(3, 4).softmax(1))

spd = n(4, 4)
spd = spd @ spd.T + 2 * torch.eye(4)
case("eigh", lambda a: torch.linalg.eigh((a + a.T) / 2)[0], spd)
case("svd", lambda a: torch.linalg.svd(a, full_matrices=False)[1], x)
case("qr", lambda a: torch.linalg.qr(a)[1].abs(), n(4, 3))
case("cholesky", torch.linalg.cholesky, spd)
case("solve", torch.linalg.solve, spd, n(4, 2))
case("leastSquares", lambda a, b: torch.linalg.lstsq(a, b)[0], n(5, 3), n(5, 2))


def optimizer(name, make, steps=5):
    """Three parameters, gradients drawn per step; the parameters after each step."""
    parameters = [n(3, 2), n(4), n(2, 2, 2)]
    leaves = [t.clone().requires_grad_() for t in parameters]
    run = make(leaves)
    gradients, after = [], []
    for _ in range(steps):
        drawn = [n(t.shape) for t in leaves]
        for leaf, g in zip(leaves, drawn):
            leaf.grad = g.clone()
        run.step()
        gradients.append([stored(g) for g in drawn])
        after.append([stored(t) for t in leaves])
    optimizers[name] = {"parameters": [stored(t) for t in parameters], "gradients": gradients, "after": after}


optimizers = {}
o = torch.optim
optimizer("adam", lambda ps: o.Adam(ps, lr=0.01))
optimizer("adamDecay", lambda ps: o.Adam(ps, lr=0.01, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1))
optimizer("adamw", lambda ps: o.AdamW(ps, lr=0.01, weight_decay=0.1))
optimizer("sgd", lambda ps: o.SGD(ps, lr=0.1, weight_decay=0.01))
optimizer("momentum", lambda ps: o.SGD(ps, lr=0.1, momentum=0.9))
optimizer("nesterov", lambda ps: o.SGD(ps, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01))
optimizer("rmsprop", lambda ps: o.RMSprop(ps, lr=0.01))
optimizer("rmspropMomentum", lambda ps: o.RMSprop(ps, lr=0.01, momentum=0.9, weight_decay=0.1))

json.dump({"torch": torch.__version__, "operations": cases, "optimizers": optimizers}, sys.stdout, separators=(",", ":"))

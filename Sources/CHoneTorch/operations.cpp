// Elementwise operations, reductions, shapes and linear algebra.

#include "bridge.hpp"

using namespace hone;

#define HT_UNARY(name) \
  ht_tensor *ht_##name(ht_tensor *x, ht_error **error) { HT_RETURN(at::name(of(x)), x); }
#define HT_BINARY(name) \
  ht_tensor *ht_##name(ht_tensor *x, ht_tensor *y, ht_error **error) { HT_RETURN(at::name(of(x), of(y)), x, y); }
#define HT_SCALAR(name)                                                     \
  ht_tensor *ht_##name##_scalar(ht_tensor *x, double y, ht_error **error) { \
    HT_RETURN(at::name(of(x), scalarFor(of(x).scalar_type(), y)), x);                     \
  }
HT_UNARY_OPERATIONS(HT_UNARY)
HT_BINARY_OPERATIONS(HT_BINARY)
HT_SCALAR_OPERATIONS(HT_SCALAR)

ht_tensor *ht_matmul(ht_tensor *x, ht_tensor *y, ht_error **error) {
  HT_DO(x, y) {
    auto product = at::matmul(of(x), of(y));
    countMultiplyAdds(double(product.numel()) * of(x).size(-1));
    return wrap(product);
  };
}
ht_tensor *ht_gelu(ht_tensor *x, bool approximate, ht_error **error) {
  HT_RETURN(approximate ? at::gelu(of(x), "tanh") : hone::gelu(of(x)), x);
}
ht_tensor *ht_leaky_relu(ht_tensor *x, double slope, ht_error **error) { HT_RETURN(at::leaky_relu(of(x), slope), x); }
ht_tensor *ht_elu(ht_tensor *x, double alpha, ht_error **error) { HT_RETURN(at::elu(of(x), alpha), x); }
ht_tensor *ht_where(ht_tensor *condition, ht_tensor *x, ht_tensor *y, ht_error **error) {
  HT_RETURN(at::where(of(condition), of(x), of(y)), condition, x, y);
}
ht_tensor *ht_lerp(ht_tensor *x, ht_tensor *y, double weight, ht_error **error) {
  HT_RETURN(at::lerp(of(x), of(y), weight), x, y);
}
ht_tensor *ht_softmax(ht_tensor *x, ht_int axis, ht_error **error) { HT_RETURN(at::softmax(of(x), axis), x); }
ht_tensor *ht_log_softmax(ht_tensor *x, ht_int axis, ht_error **error) { HT_RETURN(at::log_softmax(of(x), axis), x); }
ht_tensor *ht_cumsum(ht_tensor *x, ht_int axis, ht_error **error) { HT_RETURN(at::cumsum(of(x), axis), x); }

ht_tensor *ht_sum(ht_tensor *x, const ht_int *axes, ht_int count, bool keep, ht_error **error) {
  HT_RETURN(at::sum(of(x), axesOrAll(axes, count), keep), x);
}
ht_tensor *ht_mean(ht_tensor *x, const ht_int *axes, ht_int count, bool keep, ht_error **error) {
  HT_RETURN(at::mean(of(x), axesOrAll(axes, count), keep), x);
}
ht_tensor *ht_variance(ht_tensor *x, const ht_int *axes, ht_int count, ht_int correction, bool keep, ht_error **error) {
  HT_RETURN(at::var(of(x), axesOrAll(axes, count), at::Scalar(int64_t(correction)), keep), x);
}
ht_tensor *ht_amax(ht_tensor *x, const ht_int *axes, ht_int count, bool keep, ht_error **error) {
  HT_RETURN(at::amax(of(x), ints(axes, count), keep), x);
}
ht_tensor *ht_amin(ht_tensor *x, const ht_int *axes, ht_int count, bool keep, ht_error **error) {
  HT_RETURN(at::amin(of(x), ints(axes, count), keep), x);
}
ht_tensor *ht_norm(ht_tensor *x, double order, const ht_int *axes, ht_int count, bool keep, ht_error **error) {
  HT_RETURN(at::linalg_vector_norm(of(x), order, axesOrAll(axes, count), keep), x);
}
ht_tensor *ht_logsumexp(ht_tensor *x, const ht_int *axes, ht_int count, bool keep, ht_error **error) {
  HT_DO(x) {
    std::vector<int64_t> all;
    for (int64_t i = 0; count == 0 && i < of(x).dim(); i++) all.push_back(i);
    return wrap(at::logsumexp(of(x), count == 0 ? at::IntArrayRef(all) : ints(axes, count), keep));
  };
}
ht_tensor *ht_argmax(ht_tensor *x, ht_int axis, ht_error **error) { HT_RETURN(at::argmax(of(x), axis), x); }
ht_tensor *ht_argmin(ht_tensor *x, ht_int axis, ht_error **error) { HT_RETURN(at::argmin(of(x), axis), x); }
ht_tensor *ht_topk(ht_tensor *x, ht_int k, ht_int axis, bool largest, ht_tensor **indices, ht_error **error) {
  HT_DO(x) {
    auto [values, places] = at::topk(of(x), k, axis, largest, /*sorted=*/true);
    *indices = wrap(places);
    return wrap(values);
  };
}
ht_tensor *ht_sort(ht_tensor *x, ht_int axis, bool descending, ht_tensor **indices, ht_error **error) {
  HT_DO(x) {
    auto [values, places] = at::sort(of(x), /*stable=*/true, axis, descending);
    *indices = wrap(places);
    return wrap(values);
  };
}

ht_tensor *ht_reshape(ht_tensor *x, const ht_int *shape, ht_int rank, ht_error **error) {
  HT_RETURN(at::reshape(of(x), ints(shape, rank)), x);
}
ht_tensor *ht_flatten(ht_tensor *x, ht_int start, ht_int end, ht_error **error) {
  HT_RETURN(at::flatten(of(x), start, end), x);
}
ht_tensor *ht_permute(ht_tensor *x, const ht_int *axes, ht_int count, ht_error **error) {
  HT_RETURN(at::permute(of(x), ints(axes, count)), x);
}
ht_tensor *ht_transpose(ht_tensor *x, ht_int a, ht_int b, ht_error **error) {
  HT_RETURN(at::transpose(of(x), a, b), x);
}
ht_tensor *ht_squeeze(ht_tensor *x, ht_int axis, ht_error **error) { HT_RETURN(at::squeeze(of(x), axis), x); }
ht_tensor *ht_unsqueeze(ht_tensor *x, ht_int axis, ht_error **error) { HT_RETURN(at::unsqueeze(of(x), axis), x); }
ht_tensor *ht_expand(ht_tensor *x, const ht_int *shape, ht_int rank, ht_error **error) {
  HT_RETURN(of(x).expand(ints(shape, rank)), x);
}
ht_tensor *ht_cat(ht_tensor *const *tensors, ht_int count, ht_int axis, ht_error **error) {
  HT_RETURN(at::cat(list(tensors, count), axis), count > 0 ? tensors[0] : nullptr, count > 1 ? tensors[1] : nullptr);
}
ht_tensor *ht_stack(ht_tensor *const *tensors, ht_int count, ht_int axis, ht_error **error) {
  HT_RETURN(at::stack(list(tensors, count), axis), count > 0 ? tensors[0] : nullptr, count > 1 ? tensors[1] : nullptr);
}
ht_tensor *ht_narrow(ht_tensor *x, ht_int axis, ht_int start, ht_int length, ht_error **error) {
  HT_RETURN(at::narrow(of(x), axis, start, length), x);
}
ht_tensor *ht_select(ht_tensor *x, ht_int axis, ht_int index, ht_error **error) {
  HT_RETURN(at::select(of(x), axis, index), x);
}
ht_tensor *ht_index_select(ht_tensor *x, ht_int axis, ht_tensor *indices, ht_error **error) {
  HT_RETURN(at::index_select(of(x), axis, of(indices)), x, indices);
}
ht_tensor *ht_gather(ht_tensor *x, ht_int axis, ht_tensor *indices, ht_error **error) {
  HT_RETURN(at::gather(of(x), axis, of(indices)), x, indices);
}
ht_tensor *ht_scatter(ht_tensor *x, ht_int axis, ht_tensor *indices, ht_tensor *source, ht_error **error) {
  HT_RETURN(at::scatter(of(x), axis, of(indices), of(source)), x, indices, source);
}
ht_tensor *ht_one_hot(ht_tensor *x, ht_int classes, ht_error **error) { HT_RETURN(at::one_hot(of(x), classes), x); }
ht_tensor *ht_flip(ht_tensor *x, const ht_int *axes, ht_int count, ht_error **error) {
  HT_RETURN(at::flip(of(x), ints(axes, count)), x);
}
ht_tensor *ht_roll(ht_tensor *x, ht_int shift, ht_int axis, ht_error **error) {
  HT_RETURN(at::roll(of(x), {shift}, {axis}), x);
}
ht_tensor *ht_pad(ht_tensor *x, const ht_int *amounts, ht_int count, ht_padding mode, double value, ht_error **error) {
  HT_DO(x) {
    if (mode == HT_PAD_CONSTANT) return wrap(at::constant_pad_nd(of(x), ints(amounts, count), value));
    return wrap(at::pad(of(x), ints(amounts, count), mode == HT_PAD_REFLECT ? "reflect" : "replicate"));
  };
}

ht_tensor *ht_eigh(ht_tensor *x, ht_tensor **vectors, ht_error **error) {
  HT_DO(x) {
    auto [values, found] = at::linalg_eigh(of(x));
    *vectors = wrap(found);
    return wrap(values);
  };
}
ht_tensor *ht_svd(ht_tensor *x, ht_tensor **u, ht_tensor **vh, ht_error **error) {
  HT_DO(x) {
    auto [left, values, right] = at::linalg_svd(of(x), /*full_matrices=*/false);
    *u = wrap(left);
    *vh = wrap(right);
    return wrap(values);
  };
}
ht_tensor *ht_qr(ht_tensor *x, ht_tensor **r, ht_error **error) {
  HT_DO(x) {
    auto [q, triangle] = at::linalg_qr(of(x));
    *r = wrap(triangle);
    return wrap(q);
  };
}
ht_tensor *ht_cholesky(ht_tensor *x, ht_error **error) { HT_RETURN(at::linalg_cholesky(of(x)), x); }
ht_tensor *ht_solve(ht_tensor *x, ht_tensor *y, ht_error **error) { HT_RETURN(at::linalg_solve(of(x), of(y)), x, y); }
ht_tensor *ht_lstsq(ht_tensor *x, ht_tensor *y, ht_error **error) {
  HT_RETURN(std::get<0>(at::linalg_lstsq(of(x), of(y))), x, y);
}

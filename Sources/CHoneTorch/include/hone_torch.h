#ifndef HONE_TORCH_H
#define HONE_TORCH_H

// The whole of libtorch that Hone uses, as plain C.
//
// Every function that can fail takes `ht_error **error` last; on failure it stores an error there (free it with
// `ht_error_free`) and returns NULL or zero. Tensors are handles owned by the caller; free them with `ht_free`.
// A tensor argument may be NULL only where the comment says "or NULL". Lists are a pointer and a count.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ht_tensor ht_tensor;
typedef struct ht_error ht_error;
typedef struct ht_packed ht_packed;
typedef struct ht_lane ht_lane;
typedef struct ht_graph ht_graph;
typedef ptrdiff_t ht_int;

typedef enum {
  HT_FLOAT32, HT_FLOAT64, HT_BFLOAT16, HT_FLOAT16, HT_INT64, HT_INT32, HT_UINT8, HT_BOOL, HT_OTHER_DTYPE
} ht_dtype;
typedef enum { HT_CPU, HT_CUDA, HT_MPS, HT_PRIVATE } ht_device_kind;
typedef struct { ht_device_kind kind; int32_t index; } ht_device;
typedef enum {
  HT_SHAPE_ERROR, HT_DTYPE_ERROR, HT_MEMORY_ERROR, HT_DEVICE_ERROR, HT_IO_ERROR, HT_INTERNAL_ERROR
} ht_code;
typedef enum { HT_NONE, HT_MEAN, HT_SUM } ht_reduction;
typedef enum { HT_NO_CURVE, HT_RELU, HT_RELU6, HT_SILU, HT_HARD_SWISH, HT_GELU } ht_curve;
typedef enum { HT_CONTIGUOUS, HT_CHANNELS_LAST } ht_format;
typedef enum { HT_NEAREST, HT_BILINEAR, HT_BICUBIC } ht_interpolation;
typedef enum { HT_PAD_CONSTANT, HT_PAD_REFLECT, HT_PAD_REPLICATE } ht_padding;

// Errors.
ht_code ht_error_code(const ht_error *error);
const char *ht_error_operation(const ht_error *error);
const char *ht_error_message(const ht_error *error);
ht_int ht_error_operands(const ht_error *error);
ht_int ht_error_rank(const ht_error *error, ht_int operand);
ht_int ht_error_size(const ht_error *error, ht_int operand, ht_int axis);
void ht_error_free(ht_error *error);

// The engine: one call of `ht_start` before anything else; thread counts belong to the calling thread.
void ht_start(void);
void ht_set_threads(ht_int count);
ht_int ht_threads(void);
ht_int ht_loop_threads(void);  // that loops of the shim's own run on, counted by running one
// Runs `body(data)` here while the other threads of the pool sleep; else they spin for a while after every operation.
void ht_rest(void (*body)(void *), void *data);
const char *ht_version(void);
const char *ht_cpu_capability(void);
bool ht_fast_bfloat16(void);
ht_int ht_live_tensors(void);
ht_int ht_cuda_count(void);
bool ht_mps_available(void);
bool ht_private_available(void);  // whether another library has added a device of its own
void ht_synchronize(ht_device device);

// Memory of tensors; nothing is known of a device before its first.
ht_int ht_current_bytes(ht_device device);
ht_int ht_peak_bytes(ht_device device);
void ht_reset_peak(ht_device device);
void ht_trim(ht_device device);

// Memory of CPU tensors that is kept for the next ones, and for whoever fills batches.
ht_int ht_cached_bytes(void);
void ht_set_cache_limit(ht_int bytes);
void *ht_allocate(ht_int bytes);
void ht_deallocate(void *memory);

// Batches on their way to a device while it computes: memory that it reads by itself (from any thread; ordinary memory
// where it has none), and a stream beside the one that computes. What was sent last is received before more is sent.
void *ht_allocate_pinned(ht_int bytes, ht_device device);
void ht_deallocate_pinned(void *memory);
ht_lane *ht_lane_make(ht_device device, ht_error **error);
ht_tensor *ht_lane_send(ht_lane *lane, ht_tensor *x, ht_error **error);
void ht_lane_receive(ht_lane *lane, ht_tensor *x, ht_error **error);
void ht_lane_free(ht_lane *lane);

// Work of a device that is recorded and replayed: what is asked of it between `begin` and `end`, by the calling thread and
// those that it waits for, in the same memory. `ht_graphs` is how a device does it; its functions may throw.
typedef struct {
  void *(*begin)(ht_int device);
  void (*end)(void *graph);
  void (*replay)(void *graph);
  void (*free)(void *graph);
} ht_graphs;
void ht_offer_graphs(ht_device_kind kind, const ht_graphs *graphs);
bool ht_records_graphs(ht_device_kind kind);
ht_graph *ht_graph_begin(ht_device device, ht_error **error);
void ht_graph_end(ht_graph *graph, ht_error **error);
void ht_graph_replay(ht_graph *graph, ht_error **error);
void ht_graph_free(ht_graph *graph);

// Modes of the calling thread; each returns the former state.
bool ht_set_gradients(bool enabled);
typedef struct { bool enabled; ht_dtype dtype; } ht_autocast;
ht_autocast ht_current_autocast(ht_device_kind kind);
ht_autocast ht_begin_autocast(ht_device_kind kind, ht_autocast wanted);
void ht_end_autocast(ht_device_kind kind, ht_autocast former);

// Times of the calling thread's operations between the two, each with its part of the backward pass, the multiplications
// with an addition that it does, and the bytes that it has to move at least.
typedef struct {
  const char *operation, *shapes;  // they live as long as `take`
  double forward_seconds, forward_multiply_adds, forward_bytes, backward_seconds, backward_multiply_adds, backward_bytes;
  double result_bytes;
} ht_timed;
void ht_begin_profile(void);
void ht_end_profile(void *context, void (*take)(void *context, const ht_timed *call));

// Making tensors.
ht_tensor *ht_full(const ht_int *shape, ht_int rank, double value, ht_dtype dtype, ht_device device, ht_error **error);
ht_tensor *ht_arange(double start, double end, double step, ht_dtype dtype, ht_device device, ht_error **error);
ht_tensor *ht_eye(ht_int size, ht_dtype dtype, ht_device device, ht_error **error);
ht_tensor *ht_copying(const void *bytes, const ht_int *shape, ht_int rank, ht_dtype dtype, ht_error **error);
ht_tensor *ht_adopting(void *bytes, const ht_int *shape, ht_int rank, ht_dtype dtype, void *context,
                       void (*release)(void *context, void *bytes), ht_error **error);
ht_tensor *ht_uniform(const ht_int *shape, ht_int rank, double low, double high, uint64_t seed, ht_dtype dtype,
                      ht_device device, ht_error **error);
ht_tensor *ht_normal(const ht_int *shape, ht_int rank, double mean, double deviation, uint64_t seed, ht_dtype dtype,
                     ht_device device, ht_error **error);
ht_tensor *ht_bernoulli(const ht_int *shape, ht_int rank, double chance, uint64_t seed, ht_dtype dtype,
                        ht_device device, ht_error **error);
void ht_free(ht_tensor *x);

// Reading tensors.
ht_int ht_rank(ht_tensor *x);
ht_int ht_size(ht_tensor *x, ht_int axis);
ht_int ht_count(ht_tensor *x);
ht_dtype ht_dtype_of(ht_tensor *x);
ht_device ht_device_of(ht_tensor *x);
bool ht_is_format(ht_tensor *x, ht_format format);
bool ht_requires_gradient(ht_tensor *x);
bool ht_shares_memory(ht_tensor *x, ht_tensor *y);
double ht_item(ht_tensor *x, ht_error **error);
void ht_copy_out(ht_tensor *x, ht_dtype dtype, void *bytes, ht_int capacity, ht_error **error);

// Changing what a tensor is.
ht_tensor *ht_to_dtype(ht_tensor *x, ht_dtype dtype, ht_error **error);
ht_tensor *ht_to_device(ht_tensor *x, ht_device device, ht_error **error);
ht_tensor *ht_to_format(ht_tensor *x, ht_format format, ht_error **error);
ht_tensor *ht_detach(ht_tensor *x, ht_error **error);
ht_tensor *ht_clone(ht_tensor *x, ht_error **error);
ht_tensor *ht_leaf(ht_tensor *x, bool gradient, ht_error **error);
void ht_assign(ht_tensor *x, ht_tensor *value, ht_error **error);  // in place

// Gradients.
void ht_backward(ht_tensor *x, ht_tensor *gradient /* or NULL */, bool keep, ht_error **error);
void ht_gradients(ht_tensor *x, ht_tensor *const *inputs, ht_int count, bool differentiable, ht_tensor **results,
                  ht_error **error);
ht_tensor *ht_gradient(ht_tensor *x, ht_error **error);  // NULL when there is none
void ht_set_gradient(ht_tensor *x, ht_tensor *gradient /* or NULL */, ht_error **error);

// Elementwise.
#define HT_UNARY_OPERATIONS(X)                                                                                     \
  X(neg) X(exp) X(log) X(log1p) X(sqrt) X(rsqrt) X(square) X(reciprocal) X(abs) X(sign) X(floor) X(ceil) X(round)  \
  X(sin) X(cos) X(erf) X(erfinv) X(sigmoid) X(tanh) X(relu) X(relu6) X(silu) X(mish) X(hardswish) X(hardsigmoid)   \
  X(softplus) X(log_sigmoid) X(isnan) X(isfinite) X(logical_not) X(diag)
#define HT_BINARY_OPERATIONS(X)                                                                                    \
  X(add) X(sub) X(mul) X(div) X(pow) X(maximum) X(minimum) X(eq) X(ne) X(gt) X(ge) X(lt) X(le) X(logical_and)      \
  X(logical_or)
#define HT_SCALAR_OPERATIONS(X) \
  X(add) X(sub) X(mul) X(div) X(pow) X(eq) X(ne) X(gt) X(ge) X(lt) X(le) X(clamp_min) X(clamp_max) X(rsub)
#define HT_DECLARE_UNARY(name) ht_tensor *ht_##name(ht_tensor *x, ht_error **error);
#define HT_DECLARE_BINARY(name) ht_tensor *ht_##name(ht_tensor *x, ht_tensor *y, ht_error **error);
#define HT_DECLARE_SCALAR(name) ht_tensor *ht_##name##_scalar(ht_tensor *x, double y, ht_error **error);
HT_UNARY_OPERATIONS(HT_DECLARE_UNARY)
HT_BINARY_OPERATIONS(HT_DECLARE_BINARY)
HT_SCALAR_OPERATIONS(HT_DECLARE_SCALAR)

ht_tensor *ht_matmul(ht_tensor *x, ht_tensor *y, ht_error **error);
ht_tensor *ht_gelu(ht_tensor *x, bool approximate, ht_error **error);
ht_tensor *ht_leaky_relu(ht_tensor *x, double slope, ht_error **error);
ht_tensor *ht_elu(ht_tensor *x, double alpha, ht_error **error);
ht_tensor *ht_where(ht_tensor *condition, ht_tensor *x, ht_tensor *y, ht_error **error);
ht_tensor *ht_lerp(ht_tensor *x, ht_tensor *y, double weight, ht_error **error);
ht_tensor *ht_softmax(ht_tensor *x, ht_int axis, ht_error **error);
ht_tensor *ht_log_softmax(ht_tensor *x, ht_int axis, ht_error **error);
ht_tensor *ht_cumsum(ht_tensor *x, ht_int axis, ht_error **error);

// Reductions; no axes means all.
ht_tensor *ht_sum(ht_tensor *x, const ht_int *axes, ht_int count, bool keep, ht_error **error);
ht_tensor *ht_mean(ht_tensor *x, const ht_int *axes, ht_int count, bool keep, ht_error **error);
ht_tensor *ht_variance(ht_tensor *x, const ht_int *axes, ht_int count, ht_int correction, bool keep, ht_error **error);
ht_tensor *ht_amax(ht_tensor *x, const ht_int *axes, ht_int count, bool keep, ht_error **error);
ht_tensor *ht_amin(ht_tensor *x, const ht_int *axes, ht_int count, bool keep, ht_error **error);
ht_tensor *ht_norm(ht_tensor *x, double order, const ht_int *axes, ht_int count, bool keep, ht_error **error);
ht_tensor *ht_logsumexp(ht_tensor *x, const ht_int *axes, ht_int count, bool keep, ht_error **error);
ht_tensor *ht_argmax(ht_tensor *x, ht_int axis, ht_error **error);
ht_tensor *ht_argmin(ht_tensor *x, ht_int axis, ht_error **error);
ht_tensor *ht_topk(ht_tensor *x, ht_int k, ht_int axis, bool largest, ht_tensor **indices, ht_error **error);
ht_tensor *ht_sort(ht_tensor *x, ht_int axis, bool descending, ht_tensor **indices, ht_error **error);

// Shapes and indices.
ht_tensor *ht_reshape(ht_tensor *x, const ht_int *shape, ht_int rank, ht_error **error);
ht_tensor *ht_flatten(ht_tensor *x, ht_int start, ht_int end, ht_error **error);
ht_tensor *ht_permute(ht_tensor *x, const ht_int *axes, ht_int count, ht_error **error);
ht_tensor *ht_transpose(ht_tensor *x, ht_int a, ht_int b, ht_error **error);
ht_tensor *ht_squeeze(ht_tensor *x, ht_int axis, ht_error **error);
ht_tensor *ht_unsqueeze(ht_tensor *x, ht_int axis, ht_error **error);
ht_tensor *ht_expand(ht_tensor *x, const ht_int *shape, ht_int rank, ht_error **error);
ht_tensor *ht_cat(ht_tensor *const *list, ht_int count, ht_int axis, ht_error **error);
ht_tensor *ht_stack(ht_tensor *const *list, ht_int count, ht_int axis, ht_error **error);
ht_tensor *ht_narrow(ht_tensor *x, ht_int axis, ht_int start, ht_int length, ht_error **error);
ht_tensor *ht_select(ht_tensor *x, ht_int axis, ht_int index, ht_error **error);
ht_tensor *ht_index_select(ht_tensor *x, ht_int axis, ht_tensor *indices, ht_error **error);
ht_tensor *ht_gather(ht_tensor *x, ht_int axis, ht_tensor *indices, ht_error **error);
ht_tensor *ht_scatter(ht_tensor *x, ht_int axis, ht_tensor *indices, ht_tensor *source, ht_error **error);
ht_tensor *ht_one_hot(ht_tensor *x, ht_int classes, ht_error **error);
ht_tensor *ht_flip(ht_tensor *x, const ht_int *axes, ht_int count, ht_error **error);
ht_tensor *ht_roll(ht_tensor *x, ht_int shift, ht_int axis, ht_error **error);
ht_tensor *ht_pad(ht_tensor *x, const ht_int *amounts, ht_int count, ht_padding mode, double value, ht_error **error);

// Layers. `pairs` are height, width.
ht_tensor *ht_conv2d(ht_tensor *x, ht_tensor *weight, ht_tensor *bias /* or NULL */, const ht_int stride[2],
                     const ht_int padding[2], const ht_int dilation[2], ht_int groups, ht_error **error);
ht_tensor *ht_linear(ht_tensor *x, ht_tensor *weight, ht_tensor *bias /* or NULL */, ht_error **error);
ht_tensor *ht_batch_norm(ht_tensor *x, ht_tensor *weight /* or NULL */, ht_tensor *bias /* or NULL */,
                         ht_tensor *mean /* or NULL */, ht_tensor *variance /* or NULL */, bool training,
                         double momentum, double epsilon, ht_tensor *addend /* or NULL */, ht_curve curve,
                         ht_error **error);  // curve(norm(x) + addend)
ht_tensor *ht_layer_norm(ht_tensor *x, const ht_int *shape, ht_int rank, ht_tensor *weight /* or NULL */,
                         ht_tensor *bias /* or NULL */, double epsilon, ht_error **error);
ht_tensor *ht_group_norm(ht_tensor *x, ht_int groups, ht_tensor *weight /* or NULL */, ht_tensor *bias /* or NULL */,
                         double epsilon, ht_error **error);
ht_tensor *ht_max_pool2d(ht_tensor *x, const ht_int kernel[2], const ht_int stride[2], const ht_int padding[2],
                         bool ceiling, ht_error **error);
ht_tensor *ht_avg_pool2d(ht_tensor *x, const ht_int kernel[2], const ht_int stride[2], const ht_int padding[2],
                         bool ceiling, bool counts_padding, ht_error **error);
ht_tensor *ht_adaptive_avg_pool2d(ht_tensor *x, const ht_int size[2], ht_error **error);
ht_tensor *ht_adaptive_max_pool2d(ht_tensor *x, const ht_int size[2], ht_error **error);
ht_tensor *ht_dropout(ht_tensor *x, double chance, bool features, uint64_t seed, ht_error **error);
ht_tensor *ht_interpolate(ht_tensor *x, const ht_int size[2], ht_interpolation mode, bool antialias, ht_error **error);
ht_tensor *ht_embedding(ht_tensor *weight, ht_tensor *indices, ht_error **error);
ht_tensor *ht_attention(ht_tensor *query, ht_tensor *key, ht_tensor *value, ht_tensor *mask /* or NULL */, bool causal,
                        ht_error **error);

// Convolution, bias, ReLU and, where asked, 2×2 max-pool in one; fast on the CPU, the same everywhere.
ht_tensor *ht_conv_relu_pool(ht_tensor *x, ht_tensor *weight, ht_tensor *bias, const ht_int stride[2],
                             const ht_int padding[2], bool pools, ht_error **error);

// factors · x + addend, a factor for each channel; in the type of x.
ht_tensor *ht_scaled_sum(ht_tensor *x, ht_tensor *factors, ht_tensor *addend, ht_error **error);

// A convolution for inference, whose weight is laid out once for each way that inputs of some size and type ask for.
ht_packed *ht_pack(ht_tensor *weight, ht_tensor *bias /* or NULL */, const ht_int stride[2], const ht_int padding[2],
                   ht_int groups, ht_error **error);
ht_tensor *ht_packed_conv2d(ht_tensor *x, ht_packed *convolution, ht_tensor *addend /* or NULL */, ht_curve curve,
                            ht_error **error);  // curve(convolution(x) + addend)
// curve(project(slid(depthwise(expanded(expand(x))))) + addend), the curves by their names' sides: an inverted residual.
ht_tensor *ht_packed_bottleneck(ht_tensor *x, ht_packed *expand, ht_curve expanded, ht_packed *depthwise, ht_curve slid,
                                ht_packed *project, ht_tensor *addend /* or NULL */, ht_curve curve, ht_error **error);
void ht_packed_free(ht_packed *convolution);
// Likewise a dense layer.
typedef struct ht_packed_dense ht_packed_dense;
ht_packed_dense *ht_pack_dense(ht_tensor *weight, ht_tensor *bias /* or NULL */, ht_error **error);
ht_tensor *ht_packed_linear(ht_tensor *x, ht_packed_dense *dense, ht_error **error);
void ht_packed_dense_free(ht_packed_dense *dense);

// Losses.
ht_tensor *ht_cross_entropy(ht_tensor *x, ht_tensor *target, ht_tensor *weight /* or NULL */, double smoothing,
                            ht_reduction reduction, ht_error **error);
ht_tensor *ht_binary_cross_entropy(ht_tensor *x, ht_tensor *target, ht_tensor *weight /* or NULL */,
                                   ht_tensor *positive_weight /* or NULL */, ht_reduction reduction, ht_error **error);
ht_tensor *ht_nll(ht_tensor *x, ht_tensor *target, ht_tensor *weight /* or NULL */, ht_reduction reduction,
                  ht_error **error);
ht_tensor *ht_mse(ht_tensor *x, ht_tensor *target, ht_reduction reduction, ht_error **error);
ht_tensor *ht_smooth_l1(ht_tensor *x, ht_tensor *target, double beta, ht_reduction reduction, ht_error **error);
ht_tensor *ht_kl_div(ht_tensor *x, ht_tensor *target, bool log_target, ht_reduction reduction, ht_error **error);

// Whole lists at once, in place: what optimizers do. All lists have `count` tensors of matching shapes.
void ht_adam(ht_tensor *const *parameters, ht_tensor *const *gradients, ht_tensor *const *means,
             ht_tensor *const *squares, ht_tensor *const *largest /* or NULL */, ht_tensor *const *steps, ht_int count,
             double rate, double beta1, double beta2, double epsilon, double decay, bool decoupled, ht_error **error);
void ht_sgd(ht_tensor *const *parameters, ht_tensor *const *gradients, ht_tensor *const *velocities /* or NULL */,
            ht_int count, double rate, double momentum, double dampening, double decay, bool nesterov, bool first,
            ht_error **error);
void ht_rmsprop(ht_tensor *const *parameters, ht_tensor *const *gradients, ht_tensor *const *squares,
                ht_tensor *const *velocities /* or NULL */, ht_int count, double rate, double smoothing, double epsilon,
                double decay, double momentum, ht_error **error);
// Running means x of gradients · scale, and of their squares: mean ← β₁·mean + (1 − β₁)·g, square likewise of g².
void ht_average_moments(ht_tensor *const *x, ht_tensor *const *squares, ht_tensor *const *gradients, ht_int count,
                        double beta1, double beta2, double scale, ht_error **error);
// Adan's: running means x of gradients, of their changes since `former`, which becomes the gradients, and of the squares
// of gradients + β₂ · changes.
void ht_average_ahead(ht_tensor *const *x, ht_tensor *const *changes, ht_tensor *const *squares,
                      ht_tensor *const *former, ht_tensor *const *gradients, ht_int count, double beta1, double beta2,
                      double beta3, ht_error **error);
// x ← kept · x + scale · y; gives Σ |x|
double ht_accumulate_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, double kept, double scale,
                          ht_error **error);
// x ← x + scale · y ÷ (√squares · factor + epsilon)
void ht_add_root_quotient_list(ht_tensor *const *x, ht_tensor *const *y, ht_tensor *const *squares, ht_int count,
                               double scale, double factor, double epsilon, ht_error **error);
void ht_lerp_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, double weight, ht_error **error);
void ht_add_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, double scale, ht_error **error);
void ht_add_sign_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, double scale, ht_error **error);
void ht_add_product_list(ht_tensor *const *x, ht_tensor *const *y, ht_tensor *const *z, ht_int count, double scale,
                         ht_error **error);
void ht_add_quotient_list(ht_tensor *const *x, ht_tensor *const *y, ht_tensor *const *z, ht_int count, double scale,
                          ht_error **error);
void ht_mul_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, ht_error **error);
void ht_div_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, ht_error **error);
void ht_maximum_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, ht_error **error);
void ht_copy_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, ht_error **error);
void ht_shift_list(ht_tensor *const *x, ht_int count, double amount, ht_error **error);
void ht_scale_list(ht_tensor *const *x, ht_int count, double scale, ht_error **error);
void ht_scale_each(ht_tensor *const *x, ht_int count, const double *scales, ht_error **error);
void ht_clamp_list(ht_tensor *const *x, ht_int count, double limit, ht_error **error);
void ht_clamp_min_list(ht_tensor *const *x, ht_int count, double limit, ht_error **error);
void ht_center_list(ht_tensor *const *x, ht_int count, ht_error **error);  // filters' means to 0; vectors stay
void ht_agree_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, ht_error **error);  // 0 where signs differ
void ht_clip_units(ht_tensor *const *x, ht_tensor *const *y, ht_int count, double limit, double epsilon,
                   ht_error **error);  // each filter of x to `limit` of y's norm
double ht_norm_list(ht_tensor *const *x, ht_int count, double order, ht_error **error);
double ht_dot_difference_list(ht_tensor *const *x, ht_tensor *const *y, ht_tensor *const *z, ht_int count,
                              ht_error **error);  // Σ x · (y − z)
double ht_clip_norm_list(ht_tensor *const *x, ht_int count, double limit, ht_error **error);
void ht_norms(ht_tensor *const *x, ht_int count, double *norms, ht_error **error);

// Whole lists, made anew.
void ht_clone_list(ht_tensor *const *x, ht_int count, ht_tensor **results, ht_error **error);
// scale · x ÷ (√squares · factor + epsilon)
void ht_root_quotient_list(ht_tensor *const *x, ht_tensor *const *squares, ht_int count, double scale, double factor,
                           double epsilon, ht_tensor **results, ht_error **error);
void ht_sqrt_list(ht_tensor *const *x, ht_int count, ht_tensor **results, ht_error **error);
void ht_sign_list(ht_tensor *const *x, ht_int count, ht_tensor **results, ht_error **error);
void ht_abs_list(ht_tensor *const *x, ht_int count, ht_tensor **results, ht_error **error);
void ht_mean_list(ht_tensor *const *x, ht_int count, ht_int axis, ht_tensor **results, ht_error **error);
void ht_matmul_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, ht_tensor **results, ht_error **error);
// The nearest orthogonal matrices, by `steps` of m ← a·m + b·(m mᵀ)m + c·(m mᵀ)²m; filters are rows.
void ht_orthogonal_list(ht_tensor *const *x, ht_int count, ht_int steps, double a, double b, double c, ht_dtype dtype,
                        ht_tensor **results, ht_error **error);

// Linear algebra.
ht_tensor *ht_eigh(ht_tensor *x, ht_tensor **vectors, ht_error **error);
ht_tensor *ht_svd(ht_tensor *x, ht_tensor **u, ht_tensor **vh, ht_error **error);
ht_tensor *ht_qr(ht_tensor *x, ht_tensor **r, ht_error **error);
ht_tensor *ht_cholesky(ht_tensor *x, ht_error **error);
ht_tensor *ht_solve(ht_tensor *x, ht_tensor *y, ht_error **error);
ht_tensor *ht_lstsq(ht_tensor *x, ht_tensor *y, ht_error **error);

#ifdef __cplusplus
}
#endif
#endif

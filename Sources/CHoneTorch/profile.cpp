// Times of the shim's calls, each with its part of the backward pass.
//
// Nodes of the graph are numbered as they are made, so that what the backward pass runs can be told apart by the call that
// made it.

#include "profile.hpp"

#include <ATen/SequenceNumber.h>
#include <ATen/record_function.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "bridge.hpp"

namespace hone {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Row {
  std::string operation, shapes;
  double began = now();
  uint64_t firstNode = at::sequence_number::peek(), endNode = firstNode;
  double operandBytes = 0, gradientBytes = 0;
  bool passesOn = false;               // a gradient to its first operand
  const c10::StorageImpl *source = nullptr;  // the first operand's memory
  ht_timed times{};
};

struct Profile {
  std::vector<Row> rows;
  at::CallbackHandle callback = 0;
  std::unique_ptr<Profile> outer;  // waits until this one ends

  /// Who made this node of the graph; null when nobody did who was timed.
  Row *maker(int64_t node) {
    auto isLater = [](uint64_t number, const Row &row) { return number < row.firstNode; };
    auto next = node < 0 ? rows.begin() : std::upper_bound(rows.begin(), rows.end(), uint64_t(node), isLater);
    if (next == rows.begin()) return nullptr;
    auto &row = *std::prev(next);
    return uint64_t(node) < row.endNode ? &row : nullptr;
  }
};

thread_local std::unique_ptr<Profile> profile;

std::string text(at::IntArrayRef shape) {
  std::string text;
  for (auto size : shape) text += (text.empty() ? "" : "×") + std::to_string(size);
  return text.empty() ? "number" : text;
}

/// The operation's name; convolutions differ by their kernels.
std::string named(const char *function, const std::vector<const ht_tensor *> &operands) {
  std::string name = std::string(function).substr(3);  // "ht_"
  if (name.rfind("conv", 0) != 0 || operands.size() < 2 || of(operands[1]).dim() != 4) return name;
  auto &weight = of(operands[1]);
  bool isDepthwise = weight.size(1) == 1 && of(operands[0]).size(1) > 1;
  return name + " " + text(weight.sizes().slice(2)) + (isDepthwise ? " depthwise" : "");
}

const c10::StorageImpl *memory(const at::Tensor &x) {
  return x.has_storage() ? x.storage().unsafeGetStorageImpl() : nullptr;
}

Row begun(const char *function, std::initializer_list<const ht_tensor *> all) {
  std::vector<const ht_tensor *> operands;
  std::copy_if(all.begin(), all.end(), std::back_inserter(operands), [](auto *x) { return x && x->value.defined(); });
  Row row;
  row.operation = named(function, operands);
  for (auto *operand : operands) {
    auto &x = operand->value;
    row.shapes += (row.shapes.empty() ? "" : " ") + text(x.sizes());
    row.operandBytes += x.nbytes();
    if (x.requires_grad()) row.gradientBytes += x.nbytes();
  }
  if (!operands.empty()) {
    row.passesOn = operands[0]->value.requires_grad();
    row.source = memory(operands[0]->value);
  }
  row.began = now();
  return row;
}

struct NodeTime : at::ObserverContext {
  double began = now();
};

std::unique_ptr<at::ObserverContext> beginNode(const at::RecordFunction &) { return std::make_unique<NodeTime>(); }

/// A backward pass reads the result's gradient and the operands once more, and writes the operands' gradients.
void endNode(const at::RecordFunction &node, at::ObserverContext *context) {
  Row *row = profile ? profile->maker(node.seqNr()) : nullptr;
  if (!row) return;
  row->times.backward_seconds += now() - static_cast<NodeTime *>(context)->began;
  row->times.backward_multiply_adds = row->times.forward_multiply_adds * (row->passesOn ? 2 : 1);
  if (row->times.forward_bytes > 0) row->times.backward_bytes = row->times.forward_bytes + row->gradientBytes;
}

}  // namespace

Span::Span(const char *function, std::initializer_list<const ht_tensor *> operands) : isTimed(profile != nullptr) {
  if (isTimed) profile->rows.push_back(begun(function, operands));
}

Span::~Span() {
  if (!isTimed) return;
  auto &row = profile->rows.back();
  row.times.forward_seconds = now() - row.began;
  row.endNode = at::sequence_number::peek();
}

ht_tensor *Span::giving(ht_tensor *result) const {
  if (!isTimed) return result;
  auto &row = profile->rows.back();
  bool isView = row.source && memory(result->value) == row.source;  // which moves nothing
  row.times.result_bytes = isView ? 0 : result->value.nbytes();
  row.times.forward_bytes = isView ? 0 : row.operandBytes + row.times.result_bytes;
  return result;
}

void countMultiplyAdds(double count) {
  if (profile && !profile->rows.empty()) profile->rows.back().times.forward_multiply_adds += count;
}

}  // namespace hone

using namespace hone;

void ht_begin_profile(void) {
  auto begun = std::make_unique<Profile>();
  begun->outer = std::move(profile);
  profile = std::move(begun);
  auto nodes = at::RecordFunctionCallback(beginNode, endNode).scopes({at::RecordScope::BACKWARD_FUNCTION});
  profile->callback = at::addThreadLocalCallback(nodes);
}

void ht_end_profile(void *context, void (*take)(void *context, const ht_timed *call)) {
  if (!profile) return;
  at::removeCallback(profile->callback);
  for (auto &row : profile->rows) {
    row.times.operation = row.operation.c_str();
    row.times.shapes = row.shapes.c_str();
    take(context, &row.times);
  }
  profile = std::move(profile->outer);
}

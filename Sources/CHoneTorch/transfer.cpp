// Batches on their way to a device: from memory that it reads by itself, on a stream beside the one that computes.

#include <ATen/Context.h>
#include <ATen/detail/AcceleratorHooksInterface.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <mutex>
#include <unordered_map>

#include "bridge.hpp"

namespace hone {
namespace {

/// Memory that devices read by themselves, until it is given back.
class Pinned {
 public:
  void *take(size_t bytes, at::DeviceType type) {
    auto data = at::globalContext().getAcceleratorHooksInterface(type).getPinnedMemoryAllocator()->allocate(bytes);
    void *memory = data.get();
    std::lock_guard lock(mutex);
    held.emplace(memory, std::move(data));
    return memory;
  }

  bool give(void *memory) {
    std::unique_lock lock(mutex);
    auto found = held.find(memory);
    if (found == held.end()) return false;
    auto data = std::move(found->second);
    held.erase(found);
    lock.unlock();
    return true;
  }

 private:
  std::mutex mutex;
  std::unordered_map<void *, at::DataPtr> held;
};

Pinned &pinned() {
  static auto *shared = new Pinned;
  return *shared;
}

}  // namespace
}  // namespace hone

using namespace hone;

struct ht_lane {
  explicit ht_lane(at::Device device)
      : guard(device.type()), stream(guard.getStreamFromGlobalPool(device)), sent(device.type()) {}

  const c10::impl::VirtualGuardImpl guard;
  const c10::Stream stream;
  c10::Event sent;

  at::Tensor send(const at::Tensor &x) {
    const c10::StreamGuard beside(stream);
    auto result = x.to(stream.device(), /*non_blocking=*/true);
    sent.record(stream);
    return result;
  }

  void receive(const at::Tensor &x) {
    const auto current = guard.getStream(stream.device());
    sent.block(current);
    guard.recordDataPtrOnStream(x.storage().data_ptr(), current);
  }
};

void *ht_allocate_pinned(ht_int bytes, ht_device device) {
  if (device.kind == HT_MPS) return ht_allocate(bytes);  // what its allocator gives is not for the processor to write to
  try {
    return pinned().take(bytes < 1 ? 1 : size_t(bytes), deviceOf(device).type());
  } catch (...) {  // no such memory, or no more of it: the ordinary one does, more slowly
    return ht_allocate(bytes);
  }
}
void ht_deallocate_pinned(void *memory) {
  if (!pinned().give(memory)) ht_deallocate(memory);
}

ht_lane *ht_lane_make(ht_device device, ht_error **error) {
  HT_DO() { return new ht_lane(deviceOf(device)); };
}
ht_tensor *ht_lane_send(ht_lane *lane, ht_tensor *x, ht_error **error) { HT_RETURN(lane->send(of(x)), x); }
void ht_lane_receive(ht_lane *lane, ht_tensor *x, ht_error **error) {
  HT_DO(x) { lane->receive(of(x)); };
}
void ht_lane_free(ht_lane *lane) { delete lane; }

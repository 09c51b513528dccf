// A caching allocator for CPU tensors.
//
// glibc gives every large activation back to the kernel and faults it in again, page by page, at each step: half of
// the time of a training step. Here blocks of a megabyte and more lie on 2 MB boundaries, ask for huge pages, and are
// kept for the next request of their size class. Smaller ones go to the system's malloc.

#include "memory.hpp"

#include "bridge.hpp"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <unordered_map>

#ifdef __APPLE__
#include <malloc/malloc.h>
#define malloc_usable_size malloc_size
#else
#include <malloc.h>
#endif

namespace hone {
namespace {

constexpr size_t huge = size_t(2) << 20;
constexpr size_t smallest = size_t(1) << 20;  // below: the system's malloc
constexpr size_t alignment = 64;

size_t roundUp(size_t bytes, size_t step) { return (bytes + step - 1) / step * step; }

/// Whole huge pages; beyond 16 of them in steps of an eighth of the power of two below, so that near sizes share.
size_t sizeClass(size_t bytes) {
  size_t step = huge;
  while (step * 16 < bytes) step *= 2;
  return roundUp(bytes, step);
}

size_t physicalBytes() {
  long pages = sysconf(_SC_PHYS_PAGES);
  return pages > 0 ? size_t(pages) * size_t(sysconf(_SC_PAGESIZE)) : size_t(4) << 30;
}

/// Bytes the kernel could give without swapping; "plenty" where it does not say.
size_t availableBytes() {
  std::ifstream file("/proc/meminfo");
  std::string key, unit;
  size_t value;
  while (file >> key >> value) {
    if (key == "MemAvailable:") return value * 1024;
    std::getline(file, unit);
  }
  return SIZE_MAX;
}

void *mapHuge(size_t bytes) {
  size_t whole = bytes + huge;
  void *raw = mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (raw == MAP_FAILED) return nullptr;
  auto start = reinterpret_cast<uintptr_t>(raw);
  auto block = roundUp(start, huge);
  if (block > start) munmap(raw, block - start);
  if (start + whole > block + bytes) munmap(reinterpret_cast<void *>(block + bytes), start + whole - block - bytes);
#ifdef MADV_HUGEPAGE
  madvise(reinterpret_cast<void *>(block), bytes, MADV_HUGEPAGE);
#endif
  return reinterpret_cast<void *>(block);
}

class Cache {
 public:
  void *take(size_t bytes) { return bytes < smallest ? takeSmall(bytes) : takeLarge(sizeClass(bytes)); }

  void give(void *block) {
    if (!block) return;
    if (reinterpret_cast<uintptr_t>(block) % huge == 0 && giveLarge(block)) return;
    count(-ptrdiff_t(malloc_usable_size(block)));
    free(block);
  }

  void trim(size_t keep = 0) {
    std::lock_guard lock(mutex);
    trimLocked(keep);
  }

  void setLimit(size_t bytes) {
    std::lock_guard lock(mutex);
    limit = bytes;
    trimLocked(limit);
  }

  size_t cachedBytes() {
    std::lock_guard lock(mutex);
    return cached;
  }

  size_t currentBytes() { return current.load(); }
  size_t peakBytes() { return peak.load(); }
  void resetPeak() { peak.store(current.load()); }

 private:
  std::mutex mutex;
  std::multimap<size_t, void *> idle;  // by size class
  std::unordered_map<void *, size_t> busy;
  size_t cached = 0;
  size_t limit = physicalBytes() / 2;
  std::atomic<size_t> current{0}, peak{0};

  void count(ptrdiff_t bytes) {
    size_t now = current.fetch_add(bytes) + bytes;
    size_t top = peak.load();
    while (now > top && !peak.compare_exchange_weak(top, now)) {
    }
  }

  void *takeSmall(size_t bytes) {
    void *block = nullptr;
    if (posix_memalign(&block, alignment, bytes) != 0) {
      trim();
      if (posix_memalign(&block, alignment, bytes) != 0) return nullptr;
    }
    count(malloc_usable_size(block));
    return block;
  }

  void *takeLarge(size_t bytes) {
    std::lock_guard lock(mutex);
    auto found = idle.lower_bound(bytes);
    void *block;
    if (found != idle.end() && found->first <= bytes + bytes / 4) {
      bytes = found->first;
      block = found->second;
      cached -= bytes;
      idle.erase(found);
    } else {
      block = fresh(bytes);
      if (!block) return nullptr;
    }
    busy.emplace(block, bytes);
    count(bytes);
    return block;
  }

  /// New memory from the kernel; under pressure what lies idle goes back first.
  void *fresh(size_t bytes) {
    if (cached > 0 && availableBytes() < bytes + physicalBytes() / 16) trimLocked(0);
    void *block = mapHuge(bytes);
    if (block) return block;
    trimLocked(0);
    return mapHuge(bytes);
  }

  bool giveLarge(void *block) {
    std::lock_guard lock(mutex);
    auto found = busy.find(block);
    if (found == busy.end()) return false;
    size_t bytes = found->second;
    busy.erase(found);
    count(-ptrdiff_t(bytes));
    idle.emplace(bytes, block);
    cached += bytes;
    if (cached > limit) trimLocked(limit);
    return true;
  }

  void trimLocked(size_t keep) {
    while (cached > keep) {
      auto largest = std::prev(idle.end());
      munmap(largest->second, largest->first);
      cached -= largest->first;
      idle.erase(largest);
    }
  }
};

/// Never destroyed: tensors in static storage may outlive every other object.
Cache &cache() {
  static Cache *shared = new Cache;
  return *shared;
}

void release(void *block) { cache().give(block); }

struct HugePageAllocator final : c10::Allocator {
  c10::DataPtr allocate(size_t bytes) override {
    if (bytes == 0) return {nullptr, nullptr, &release, c10::kCPU};
    void *block = cache().take(bytes);
    TORCH_CHECK_WITH(OutOfMemoryError, block, "out of memory: ", bytes, " bytes were asked for, ",
                     cache().currentBytes(), " are in use");
    return {block, block, &release, c10::kCPU};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void *target, const void *source, size_t bytes) const override {
    default_copy_data(target, source, bytes);
  }
};

}  // namespace

void installAllocator() {
  static auto *allocator = new HugePageAllocator;
  c10::SetCPUAllocator(allocator, /*priority=*/100);
}

}  // namespace hone

using namespace hone;

namespace {

/// The allocator of a graphics card; none for the processor, and where none was needed yet.
c10::DeviceAllocator *cardMemory(ht_device device) {
  if (device.kind == HT_CPU) return nullptr;
  try {
    auto *allocator = c10::getDeviceAllocator(deviceOf(device).type());
    return allocator->initialized() ? allocator : nullptr;
  } catch (...) {
    return nullptr;
  }
}

/// Bytes that tensors on a card hold: element 0 of a statistic counts all of them.
c10::CachingAllocator::Stat cardBytes(c10::DeviceAllocator &card, ht_device device) {
  return card.getDeviceStats(static_cast<c10::DeviceIndex>(device.index)).allocated_bytes[0];
}

}  // namespace

ht_int ht_current_bytes(ht_device device) {
  if (auto *card = cardMemory(device)) return cardBytes(*card, device).current;
  return device.kind == HT_CPU ? cache().currentBytes() : 0;
}
ht_int ht_peak_bytes(ht_device device) {
  if (auto *card = cardMemory(device)) return cardBytes(*card, device).peak;
  return device.kind == HT_CPU ? cache().peakBytes() : 0;
}
ht_int ht_cached_bytes(void) { return cache().cachedBytes(); }
void ht_reset_peak(ht_device device) {
  if (auto *card = cardMemory(device)) return card->resetPeakStats(static_cast<c10::DeviceIndex>(device.index));
  if (device.kind == HT_CPU) cache().resetPeak();
}
void ht_trim(ht_device device) {
  if (auto *card = cardMemory(device)) return card->emptyCache();
  if (device.kind == HT_CPU) cache().trim();
}
void ht_set_cache_limit(ht_int bytes) { cache().setLimit(bytes < 0 ? 0 : size_t(bytes)); }
void *ht_allocate(ht_int bytes) { return cache().take(bytes < 1 ? 1 : size_t(bytes)); }
void ht_deallocate(void *memory) { cache().give(memory); }

// Loops of our own on the engine's threads.

#include "parallel.hpp"

#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <thread>

#include "bridge.hpp"

namespace hone {
namespace {

using Region = void (*)(void *);
/// What compilers turn `#pragma omp parallel` into, in the OpenMP library that libtorch has loaded: a second one, ours,
/// would bring threads of its own that fight with libtorch's for the cores.
using Fork = void (*)(Region, void *, unsigned threads, unsigned flags);

Fork fork() {
  static const auto found = reinterpret_cast<Fork>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
  return found;
}

}  // namespace

void onEveryThread(Region region, void *data) {
  bool alone = !fork() || at::get_num_threads() == 1 || at::in_parallel_region();
  alone ? region(data) : fork()(region, data, 0, 0);
}

Shares::Shares(int64_t count, int64_t least) : count(count), threads(at::get_num_threads()) {
  constexpr int64_t mostPerThread = 16;
  this->least = std::max(least, count / (mostPerThread * threads));
}

bool Shares::take(int64_t &begin, int64_t &end) {
  std::lock_guard lock(mutex);
  begin = next;
  end = next = std::min(count, begin + std::max(least, (count - begin) / (2 * threads)));
  return begin < end;
}

}  // namespace hone

ht_int ht_loop_threads(void) {
  std::atomic<ht_int> threads{0};
  hone::onEveryThread([](void *data) { ++*static_cast<std::atomic<ht_int> *>(data); }, &threads);
  return threads;
}

void ht_rest(void (*body)(void *), void *data) {
  struct Rest {
    void (*body)(void *);
    void *data;
    std::thread::id caller = std::this_thread::get_id();
    std::mutex mutex;
    std::condition_variable ended;
    bool isOver = false;
  } rest{body, data};
  hone::onEveryThread(
      [](void *shared) {
        auto &rest = *static_cast<Rest *>(shared);
        if (std::this_thread::get_id() == rest.caller) {
          rest.body(rest.data);
          std::lock_guard lock(rest.mutex);
          rest.isOver = true;
          rest.ended.notify_all();
        } else {
          std::unique_lock lock(rest.mutex);
          rest.ended.wait(lock, [&] { return rest.isOver; });
        }
      },
      &rest);
}

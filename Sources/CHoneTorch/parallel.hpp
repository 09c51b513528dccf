#pragma once
// Loops of our own on the engine's threads.

#include <cstdint>
#include <exception>
#include <mutex>

namespace hone {

/// Runs `region(data)` once on every thread of libtorch's pool, on this one alone where there is no pool to join.
void onEveryThread(void (*region)(void *), void *data);

/// Work that threads take share by share, as they come: large shares first, so that they are few, and small ones at last,
/// so that all threads end at about the same time.
class Shares {
 public:
  Shares(int64_t count, int64_t least);
  /// The next share; false when there is none left.
  bool take(int64_t &begin, int64_t &end);

 private:
  std::mutex mutex;
  const int64_t count, threads;
  int64_t next = 0, least;
};

/// Calls `body(begin, end)` for parts of `0..<count`, each of at least `least` items but the last.
///
/// `at::parallel_for` in a header runs serially unless the compiler brings the OpenMP that libtorch itself was built with.
template <class Body>
void parallel(int64_t count, int64_t least, const Body &body) {
  struct Work {
    Shares shares;
    const Body &body;
    std::mutex mutex;
    std::exception_ptr failure;
  } work{{count, least}, body, {}, {}};
  onEveryThread(
      [](void *data) {
        auto &work = *static_cast<Work *>(data);
        try {
          for (int64_t begin, end; work.shares.take(begin, end);) work.body(begin, end);
        } catch (...) {
          std::lock_guard lock(work.mutex);
          work.failure = std::current_exception();
        }
      },
      &work);
  if (work.failure) std::rethrow_exception(work.failure);
}

}  // namespace hone

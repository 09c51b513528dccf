// CUDA graphs, by libtorch's own class: a recording has memory of its own, so that what it made lies where it lay.

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>

#include <memory>
#include <optional>

#include "include/hone_cuda.h"

namespace {

struct Graph {
  at::cuda::CUDAGraph graph;
  std::optional<c10::cuda::CUDAStreamGuard> recording;
};

Graph &graphOf(void *graph) { return *static_cast<Graph *>(graph); }

void *begin(ht_int device) {
  const auto index = static_cast<c10::DeviceIndex>(device);
  c10::cuda::getCurrentCUDAStream(index).synchronize();  // a recording may not wait for what was begun before it
  auto made = std::make_unique<Graph>();
  made->recording.emplace(c10::cuda::getStreamFromPool(/*isHighPriority=*/false, index));
  // Relaxed: the loader's threads ask for memory meanwhile.
  made->graph.capture_begin({0, 0}, cudaStreamCaptureModeRelaxed);
  return made.release();
}

void end(void *graph) {
  struct Back {
    std::optional<c10::cuda::CUDAStreamGuard> &recording;
    ~Back() { recording.reset(); }
  } const back{graphOf(graph).recording};  // to the usual stream, however it ends
  graphOf(graph).graph.capture_end();
}

void replay(void *graph) { graphOf(graph).graph.replay(); }

void release(void *graph) { delete static_cast<Graph *>(graph); }

constexpr ht_graphs graphs{begin, end, replay, release};

}  // namespace

const ht_graphs *hone_cuda_graphs(void) { return &graphs; }

// Work of a device, recorded once and done again without the processor's part. How a device does that is offered by others:
// by CHoneCUDA, a library of its own that is opened when a CUDA card is first asked, and by whoever adds a device.

#include <dlfcn.h>

#include <array>
#include <atomic>
#include <mutex>

#include "bridge.hpp"

namespace hone {
namespace {

std::array<std::atomic<const ht_graphs *>, HT_PRIVATE + 1> offered{};

/// Opens the library that records for CUDA: beside the program or wherever the system looks.
void openCUDA() {
  Dl_info self{};
  std::string folder;
  if (dladdr(reinterpret_cast<void *>(&openCUDA), &self) && self.dli_fname) {
    folder = self.dli_fname;
    folder.resize(folder.rfind('/') == std::string::npos ? 0 : folder.rfind('/') + 1);
  }
  for (const auto &path : {folder + "libhone_cuda.so", std::string("libhone_cuda.so")}) {
    void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) continue;
    using Offer = const ht_graphs *(*)();
    if (auto offer = reinterpret_cast<Offer>(dlsym(library, "hone_cuda_graphs"))) offered[HT_CUDA] = offer();
    return;
  }
}

const ht_graphs *graphsOf(ht_device_kind kind) {
  static std::once_flag once;
  if (kind == HT_CUDA && !offered[kind]) std::call_once(once, openCUDA);
  return offered[kind];
}

}  // namespace
}  // namespace hone

using namespace hone;

struct ht_graph {
  ht_graph(const ht_graphs &ways, ht_int device) : ways(ways), recording(ways.begin(device)) {}
  ~ht_graph() { ways.free(recording); }
  ht_graph(const ht_graph &) = delete;

  const ht_graphs &ways;
  void *const recording;
};

void ht_offer_graphs(ht_device_kind kind, const ht_graphs *graphs) { offered[kind] = graphs; }
bool ht_records_graphs(ht_device_kind kind) { return graphsOf(kind) != nullptr; }

ht_graph *ht_graph_begin(ht_device device, ht_error **error) {
  HT_DO() {
    const auto *ways = graphsOf(device.kind);
    TORCH_CHECK(ways, "nothing is there that records what this device does");
    return new ht_graph(*ways, device.index);
  };
}
void ht_graph_end(ht_graph *graph, ht_error **error) {
  HT_DO() { graph->ways.end(graph->recording); };
}
void ht_graph_replay(ht_graph *graph, ht_error **error) {
  HT_DO() { graph->ways.replay(graph->recording); };
}
void ht_graph_free(ht_graph *graph) { delete graph; }

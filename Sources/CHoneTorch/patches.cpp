// Convolutions whose windows lie side by side: the first layer of a transformer, the halvings of ConvNeXt.
//
// Each window is read once, so that they are one matrix product. libtorch's gradients of them take up to twenty times
// longer than that.

#include "bridge.hpp"
#include "loops.hpp"

namespace hone {

bool arePatches(const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding,
                at::IntArrayRef dilation, int64_t groups) {
  if (x.dim() != 4 || weight.dim() != 4 || !x.is_cpu() || groups != 1 || x.size(1) != weight.size(1)) return false;
  for (int axis : {0, 1}) {
    int64_t side = weight.size(2 + axis);
    if (side < 2 || stride[axis] != side || padding[axis] != 0 || dilation[axis] != 1 || x.size(2 + axis) < side)
      return false;
  }
  return true;
}

at::Tensor patchProducts(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  int64_t height = weight.size(2), width = weight.size(3), rows = x.size(2) / height, columns = x.size(3) / width;
  auto whole = x.narrow(2, 0, rows * height).narrow(3, 0, columns * width).to(computeType(x));
  auto patches = whole.permute({0, 2, 3, 1}).reshape({x.size(0), rows, height, columns, width, x.size(1)});
  auto lined = patches.permute({0, 1, 3, 2, 4, 5}).reshape({x.size(0) * rows * columns, height * width * x.size(1)});
  auto matrix = weight.permute({0, 2, 3, 1}).reshape({weight.size(0), -1});
  return at::linear(lined, matrix, bias).view({x.size(0), rows, columns, weight.size(0)}).permute({0, 3, 1, 2});
}

}  // namespace hone

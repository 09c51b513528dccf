#pragma once

namespace hone {

/// Makes libtorch take CPU memory from Hone's caching allocator. Once, before any tensor exists.
void installAllocator();

}  // namespace hone

// Hits grouped by the row that they hit.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace mneme::cpu {

// The upper 32 bits of an item are the row, the lower 32 the hit's place in ids. Sorted, so the hits of a row are together and in
// the order of the tokens: what is summed over them does not depend on threads.
struct HitsByRow {
    std::vector<uint64_t> items; // N
    std::vector<int64_t> starts; // U + 1: where the hits of each distinct row begin, ascending by row

    int64_t rows() const { return static_cast<int64_t>(starts.size()) - 1; }
    int64_t row(int64_t u) const { return static_cast<int64_t>(items[starts[u]] >> 32); }
};

// ids int32 or int64, any shape, contiguous. A stable radix sort on the bits of K.
// Throws an IndexError that names the first id outside 0 to K - 1, and where it is.
HitsByRow hits_by_row(const char* op, const at::Tensor& ids, int64_t K);

// Throws as hits_by_row does.
void check_ids_inside(const char* op, const at::Tensor& ids, int64_t K);

}  // namespace mneme::cpu

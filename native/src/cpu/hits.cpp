#include "hits.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <array>

namespace mneme::cpu {

namespace {

constexpr int64_t GRAIN = 16384; // items below which another thread costs more than it saves
constexpr int MOST_BITS = 11; // of a digit: 2^11 counters stay in the first cache

[[noreturn]] void fail_outside(const char* op, const at::Tensor& ids, int64_t at, int64_t id, int64_t K) {
    std::vector<int64_t> place(ids.dim());
    for (int64_t i = ids.dim() - 1; i >= 0; i--) {
        place[i] = at % ids.size(i);
        at /= ids.size(i);
    }
    TORCH_CHECK_INDEX(
        false, op, ": id ", id, " at ", at::IntArrayRef(place), " is outside the table of ", K, " rows. Give ids from 0 to ", K - 1, ".");
}

template <class Id>
void check_inside(const char* op, const at::Tensor& ids, int64_t K) {
    const Id* id = ids.const_data_ptr<Id>();
    int64_t N = ids.numel();
    std::atomic<bool> outside = false;
    at::parallel_for(0, N, 4 * GRAIN, [&](int64_t begin, int64_t end) {
        bool any = false; // unsigned, so that one comparison finds negative ids too
        for (int64_t i = begin; i < end; i++) {
            any |= static_cast<uint64_t>(static_cast<int64_t>(id[i])) >= static_cast<uint64_t>(K);
        }
        if (any) {
            outside = true;
        }
    });
    if (outside) {
        int64_t at = std::find_if(id, id + N, [&](Id each) { return each < 0 || each >= K; }) - id;
        fail_outside(op, ids, at, id[at], K);
    }
}

// One pass of the radix sort: stable by the digit (item >> shift) & (2^bits - 1).
void sort_by_digit(const std::vector<uint64_t>& from, std::vector<uint64_t>& to, int shift, int bits) {
    auto N = static_cast<int64_t>(from.size());
    int64_t bins = int64_t(1) << bits, chunks = std::clamp<int64_t>(N / GRAIN, 1, at::get_num_threads());
    int64_t length = (N + chunks - 1) / chunks;
    std::vector<int64_t> places(chunks * bins, 0);
    auto digit = [&](uint64_t item) { return static_cast<int64_t>(item >> shift) & (bins - 1); };
    auto each_chunk = [&](auto&& body) {
        at::parallel_for(0, chunks, 1, [&](int64_t begin, int64_t end) {
            for (int64_t chunk = begin; chunk < end; chunk++) {
                body(places.data() + chunk * bins, chunk * length, std::min(N, (chunk + 1) * length));
            }
        });
    };
    each_chunk([&](int64_t* count, int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; i++) {
            count[digit(from[i])]++;
        }
    });
    int64_t place = 0;
    for (int64_t bin = 0; bin < bins; bin++) {
        for (int64_t chunk = 0; chunk < chunks; chunk++) {
            int64_t count = places[chunk * bins + bin];
            places[chunk * bins + bin] = place;
            place += count;
        }
    }
    each_chunk([&](int64_t* place, int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; i++) {
            to[place[digit(from[i])]++] = from[i];
        }
    });
}

}  // namespace

void check_ids_inside(const char* op, const at::Tensor& ids, int64_t K) {
    AT_DISPATCH_INDEX_TYPES(ids.scalar_type(), "ids", [&] { check_inside<index_t>(op, ids, K); });
}

HitsByRow hits_by_row(const char* op, const at::Tensor& ids, int64_t K) {
    check_ids_inside(op, ids, K);
    int64_t N = ids.numel();
    HitsByRow hits;
    hits.items.resize(N);
    AT_DISPATCH_INDEX_TYPES(ids.scalar_type(), "ids", [&] {
        const index_t* id = ids.const_data_ptr<index_t>();
        at::parallel_for(0, N, GRAIN, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; i++) {
                hits.items[i] = (static_cast<uint64_t>(id[i]) << 32) | static_cast<uint32_t>(i);
            }
        });
    });
    int bits = 0;
    while ((int64_t(1) << bits) < K) {
        bits++;
    }
    int passes = (bits + MOST_BITS - 1) / MOST_BITS;
    std::vector<uint64_t> other(N);
    for (int pass = 0, shift = 32; pass < passes; pass++) {
        int width = (bits - (shift - 32) + passes - pass - 1) / (passes - pass);
        sort_by_digit(hits.items, other, shift, width);
        hits.items.swap(other);
        shift += width;
    }
    for (int64_t i = 0; i < N; i++) {
        if (i == 0 || (hits.items[i] >> 32) != (hits.items[i - 1] >> 32)) {
            hits.starts.push_back(i);
        }
    }
    hits.starts.push_back(N);
    return hits;
}

}  // namespace mneme::cpu

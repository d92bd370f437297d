// Groups hits by the row that they hit: a stable radix sort of (row, hit) on the bits of K, then where each distinct row begins.
//
// How many distinct rows there are stays on the device: waiting for it would stall the host, and could not be captured in a graph.
#include "device.h"

#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_scan.cuh>

namespace mneme::cuda {

namespace {

constexpr int THREADS = 256;

// Hits outside the table become hits of the row K.
__global__ void number_kernel(Ids ids, int64_t N, int64_t K, uint32_t* rows, uint32_t* hits, FaultSink fault) {
    int64_t i = static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x;
    if (i < N) {
        int64_t id = id_at(ids, i);
        bool bad = outside(id, K);
        if (bad) {
            report(fault, id);
        }
        rows[i] = static_cast<uint32_t>(bad ? K : id);
        hits[i] = static_cast<uint32_t>(i);
    }
}

// 1 where a row's hits begin. Summed up, it numbers the segments from 1.
__global__ void mark_kernel(const uint32_t* rows, int64_t N, uint32_t* marks) {
    int64_t i = static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x;
    if (i < N) {
        marks[i] = i == 0 || rows[i] != rows[i - 1];
    }
}

__global__ void starts_kernel(const uint32_t* rows, const uint32_t* segments, int64_t N, int64_t K, uint32_t* starts, uint32_t* counts) {
    int64_t i = static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x;
    if (i >= N) {
        return;
    }
    if (i == 0 || rows[i] != rows[i - 1]) {
        starts[segments[i] - 1] = static_cast<uint32_t>(i);
    }
    if (i == N - 1) {
        starts[segments[i]] = static_cast<uint32_t>(N);
        counts[0] = segments[i] - (rows[i] == K ? 1 : 0);
        counts[1] = segments[i];
    }
}

int bits_for(int64_t K) {
    int bits = 1;
    while (bits < 32 && (int64_t(1) << bits) <= K) { // K itself is a key too
        bits++;
    }
    return bits;
}

// The parts of the buffer, each at a multiple of 256 bytes.
struct Layout {
    size_t rows, hits, segments, starts, counts, scratch, end;
    size_t scratch_bytes;

    Layout(int64_t N, int64_t K) {
        size_t sort_bytes = 0, scan_bytes = 0;
        const uint32_t* none = nullptr;
        uint32_t* out = nullptr;
        cub::DeviceRadixSort::SortPairs(
            nullptr, sort_bytes, none, out, none, out, static_cast<uint32_t>(N), 0, bits_for(K), cudaStream_t(nullptr));
        cub::DeviceScan::InclusiveSum(nullptr, scan_bytes, none, out, static_cast<uint32_t>(N), cudaStream_t(nullptr));
        scratch_bytes = sort_bytes > scan_bytes ? sort_bytes : scan_bytes;
        end = 0;
        rows = take(N * sizeof(uint32_t));
        hits = take(N * sizeof(uint32_t));
        segments = take(N * sizeof(uint32_t));
        starts = take((N + 1) * sizeof(uint32_t));
        counts = take(2 * sizeof(uint32_t));
        scratch = take(scratch_bytes);
    }

    size_t take(size_t bytes) {
        size_t begin = end;
        end += (bytes + 255) / 256 * 256;
        return begin;
    }
};

}  // namespace

size_t hits_bytes(int64_t N, int64_t K) { return Layout(N, K).end; }

cudaError_t group_hits(Ids ids, int64_t N, int64_t K, void* buffer, Hits* result, FaultSink fault, cudaStream_t stream) {
    Layout layout(N, K);
    auto part = [&](size_t offset) { return reinterpret_cast<uint32_t*>(static_cast<char*>(buffer) + offset); };
    uint32_t *rows = part(layout.rows), *hits = part(layout.hits), *counts = part(layout.counts);
    uint32_t *segments = part(layout.segments), *starts = part(layout.starts); // until the sort is done, its input
    auto blocks = static_cast<unsigned>((N + THREADS - 1) / THREADS);
    size_t scratch_bytes = layout.scratch_bytes;

    number_kernel<<<blocks, THREADS, 0, stream>>>(ids, N, K, segments, starts, fault);
    cudaError_t status = cub::DeviceRadixSort::SortPairs(
        part(layout.scratch), scratch_bytes, static_cast<const uint32_t*>(segments), rows, static_cast<const uint32_t*>(starts), hits,
        static_cast<uint32_t>(N), 0, bits_for(K), stream);
    if (status != cudaSuccess) {
        return status;
    }
    mark_kernel<<<blocks, THREADS, 0, stream>>>(rows, N, segments);
    scratch_bytes = layout.scratch_bytes;
    status = cub::DeviceScan::InclusiveSum(
        part(layout.scratch), scratch_bytes, static_cast<const uint32_t*>(segments), segments, static_cast<uint32_t>(N), stream);
    if (status != cudaSuccess) {
        return status;
    }
    starts_kernel<<<blocks, THREADS, 0, stream>>>(rows, segments, N, K, starts, counts);
    *result = {rows, hits, segments, starts, counts, N};
    return cudaGetLastError();
}

}  // namespace mneme::cuda

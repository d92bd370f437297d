// Selects the k best of the n² sums of one score of each half, without making the sums: a block for each token and head.
//
// First the k best of each half, by half of the threads each; then the k best of the staircase (portable.h), at most Σ floor(k/a) sums
// of those. The same search does both. A score and its index make one integer key (sort_key), and no two keys are equal, so there is one
// answer, the lower index first among equal scores, whatever the order in which threads run.
//
// The search finds the k-th largest key digit by digit from the top, 8 bits at a time: a histogram of the next digit of the keys that
// begin as the k-th largest does says what its digit is. It ends as soon as all keys with the digits so far are among the k: after two or
// three digits where scores are not equal. Keys at least as large as those digits are the k best; they are sorted in shared memory.
#include "device.h"

namespace mneme::cuda {

namespace {

constexpr int THREADS = 256, WARPS = THREADS / 32, HALF = THREADS / 2;
constexpr int BINS = 256; // of a digit

template <class Real> struct KeyOf;
template <> struct KeyOf<float> { using Type = uint64_t; };
template <> struct KeyOf<double> { using Type = unsigned __int128; }; // of which 96 bits are used

template <class Key> constexpr int KEY_BITS = sizeof(Key) == 8 ? 64 : 96;

__device__ __forceinline__ uint64_t key_of(float score, uint32_t index) { return sort_key(order_key(score), index); }

__device__ __forceinline__ unsigned __int128 key_of(double score, uint32_t index) {
    uint64_t order = static_cast<uint64_t>(order_key(score)) ^ (uint64_t(1) << 63);
    return (static_cast<unsigned __int128>(order) << 32) | (0xffffffffu - index);
}

template <class Key>
__device__ __forceinline__ uint32_t index_of(Key key) { return index_of_sort_key(static_cast<uint64_t>(key)); }

// What the threads of one search share.
template <class Key>
struct Search {
    Key prefix; // the digits of the k-th largest key that are known, 0 below
    uint32_t need; // how many of the keys with these digits are among the k
    uint32_t found;
    bool open; // whether more keys than those have them
    uint32_t counts[BINS];
};

// By one whole warp: takes the digit of the k-th largest key from the counts. Whether the search is still open, in one lane, and false
// in the others. Lane l looks at the bins 255 - 8l down to 248 - 8l.
template <class Key>
__device__ bool take_digit(Search<Key>& search, int shift, int lane) {
    constexpr int MINE = BINS / 32;
    uint32_t counts[MINE], sum = 0;
#pragma unroll
    for (int j = 0; j < MINE; j++) {
        counts[j] = search.counts[BINS - 1 - (MINE * lane + j)];
        sum += counts[j];
    }
    uint32_t upto = sum;
#pragma unroll
    for (int offset = 1; offset < 32; offset *= 2) {
        uint32_t before = __shfl_up_sync(FULL_WARP, upto, offset);
        upto += lane >= offset ? before : 0;
    }
    uint32_t above = upto - sum, need = search.need;
    bool open = false;
    __syncwarp(); // all lanes have read `need`
#pragma unroll
    for (int j = 0; j < MINE; j++) {
        if (above < need && need <= above + counts[j]) { // true once, in one lane
            search.prefix |= static_cast<Key>(BINS - 1 - (MINE * lane + j)) << shift;
            search.need = need - above;
            search.open = open = need - above < counts[j];
        }
        above += counts[j];
    }
    return open;
}

// Bitonic, largest first; P is a power of two. Barriers of a block: all its threads call this together, with the same P.
template <class Key>
__device__ void sort_descending(Key* keys, uint32_t P, uint32_t thread, uint32_t threads) {
    for (uint32_t size = 2; size <= P; size *= 2) {
        for (uint32_t stride = size / 2; stride > 0; stride /= 2) {
            for (uint32_t t = thread; t < P / 2; t += threads) {
                uint32_t low = 2 * t - (t & (stride - 1)), high = low + stride;
                Key a = keys[low], b = keys[high];
                if ((a < b) == ((low & size) == 0)) {
                    keys[low] = b;
                    keys[high] = a;
                }
            }
            if (P <= 64) {
                __syncwarp(); // up to 32 pairs: one warp has them all
            } else {
                __syncthreads();
            }
        }
    }
}

// The k largest of the m keys key(0) to key(m - 1), descending, to best[0 .. k); m >= k. best has room for P, the power of two from k
// on. All threads of the block call this together, for one search or one for each half of them. A barrier comes before the first look at a
// key; the caller needs one before it looks at best.
template <class Key, class KeyAt>
__device__ void top(
    const KeyAt& key, uint32_t m, uint32_t k, uint32_t P, uint32_t thread, uint32_t threads, Search<Key>& search, Key* best) {
    if (thread == 0) {
        search.prefix = 0;
        search.need = k;
        search.found = 0;
        search.open = true;
    }
    for (int shift = KEY_BITS<Key> - 8; shift >= 0; shift -= 8) {
        for (uint32_t i = thread; i < BINS; i += threads) {
            search.counts[i] = 0;
        }
        __syncthreads();
        const bool open = search.open;
        if (open) {
            const Key prefix = search.prefix;
            for (uint32_t i = thread; i < m; i += threads) {
                Key each = key(i);
                if (shift + 8 == KEY_BITS<Key> || (each ^ prefix) >> (shift + 8) == 0) {
                    atomicAdd(&search.counts[static_cast<uint32_t>(each >> shift) % BINS], 1u);
                }
            }
        }
        __syncthreads();
        bool still = false;
        if (open && thread < 32) {
            still = take_digit(search, shift, static_cast<int>(thread));
        }
        if (!__syncthreads_or(still)) { // while either half's search is open, both go on
            break;
        }
    }
    const Key prefix = search.prefix;
    for (uint32_t i = thread; i < m; i += threads) {
        Key each = key(i);
        if (each >= prefix) {
            best[atomicAdd(&search.found, 1u)] = each;
        }
    }
    for (uint32_t i = k + thread; i < P; i += threads) {
        best[i] = 0; // below every key
    }
    __syncthreads();
    sort_descending(best, P, thread, threads);
}

template <class Real>
__global__ void __launch_bounds__(THREADS) select_kernel(
    const Real* __restrict__ subscores, SubscoreStrides strides, int64_t H, uint32_t n, uint32_t k, uint32_t P, uint32_t candidates,
    Real* __restrict__ scores, Real* __restrict__ weights, void* __restrict__ ids, bool wide) {
    using Key = typename KeyOf<Real>::Type;
    extern __shared__ __align__(16) unsigned char shared[];
    Key* best = reinterpret_cast<Key*>(shared); // (2, P)
    Real* half_scores = reinterpret_cast<Real*>(best + 2 * P); // (2, k), descending
    uint32_t* slots = reinterpret_cast<uint32_t*>(half_scores + 2 * k); // (2, k), their sub-keys
    uint32_t* pairs = slots + 2 * k; // (candidates): ranks a << 16 | b, counted from 0
    __shared__ Search<Key> searches[2];
    __shared__ uint32_t listed;

    const uint32_t half = threadIdx.x / HALF, thread = threadIdx.x % HALF, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const Real* row = subscores + blockIdx.x / H * strides.token + blockIdx.x % H * strides.head + half * strides.half;
    if (threadIdx.x == 0) {
        listed = 0;
    }
    top<Key>([=](uint32_t i) { return key_of(row[i], i); }, n, k, P, thread, HALF, searches[half], best + half * P);
    __syncthreads();
    for (uint32_t r = thread; r < k; r += HALF) {
        uint32_t slot = index_of(best[half * P + r]);
        slots[half * k + r] = slot;
        half_scores[half * k + r] = row[slot]; // a NaN's key does not tell which it was
    }
    // As numbers, pairs are ordered by a, then b, as candidates are. In what order they are listed is of no consequence.
    for (uint32_t a = warp; a < k; a += WARPS) {
        for (uint32_t b = lane; b < k / (a + 1); b += 32) {
            pairs[atomicAdd(&listed, 1u)] = a << 16 | b;
        }
    }
    auto sum = [=](uint32_t pair) { return half_scores[pair >> 16] + half_scores[k + (pair & 0xffff)]; };
    top<Key>([=](uint32_t c) { return key_of(sum(pairs[c]), pairs[c]); }, candidates, k, P, threadIdx.x, THREADS, searches[0], best);
    __syncthreads();

    const int64_t at = static_cast<int64_t>(blockIdx.x) * k;
    for (uint32_t r = threadIdx.x; r < k; r += THREADS) {
        uint32_t pair = index_of(best[r]);
        int64_t id = static_cast<int64_t>(slots[pair >> 16]) * n + slots[k + (pair & 0xffff)];
        if (wide) {
            static_cast<int64_t*>(ids)[at + r] = id;
        } else {
            static_cast<int32_t*>(ids)[at + r] = static_cast<int32_t>(id);
        }
        if (scores != nullptr) {
            scores[at + r] = sum(pair);
        }
    }
    if (weights != nullptr && warp == 0) { // softmax, in an order that does not depend on threads
        Real most = sum(index_of(best[0])), total = 0;
        for (uint32_t r = lane; r < k; r += 32) {
            total += exp(sum(index_of(best[r])) - most);
        }
        total = warp_sum(total);
        for (uint32_t r = lane; r < k; r += 32) {
            weights[at + r] = exp(sum(index_of(best[r])) - most) / total;
        }
    }
}

}  // namespace

template <class Real>
cudaError_t select(const Real* subscores, SubscoreStrides strides, int64_t tokens, int64_t H, int64_t n, int64_t k, Real* scores,
                   Real* weights, void* ids, bool wide, cudaStream_t stream) {
    if (tokens * H == 0) {
        return cudaSuccess;
    }
    uint32_t P = 1;
    while (P < k) {
        P *= 2;
    }
    auto candidates = static_cast<uint32_t>(staircase_size(static_cast<int32_t>(k)));
    size_t bytes = 2 * P * sizeof(typename KeyOf<Real>::Type) + 2 * k * (sizeof(Real) + sizeof(uint32_t)) + candidates * sizeof(uint32_t);
    if (bytes > 40 << 10) { // with what the kernel has itself more than the 48 KiB that a block gets without asking
        cudaError_t status = cudaFuncSetAttribute(
            select_kernel<Real>, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes));
        if (status != cudaSuccess) {
            return status;
        }
    }
    select_kernel<Real><<<static_cast<unsigned>(tokens * H), THREADS, bytes, stream>>>(
        subscores, strides, H, static_cast<uint32_t>(n), static_cast<uint32_t>(k), P, candidates, scores, weights, ids, wide);
    return cudaGetLastError();
}

template cudaError_t select(
    const float*, SubscoreStrides, int64_t, int64_t, int64_t, int64_t, float*, float*, void*, bool, cudaStream_t);
template cudaError_t select(
    const double*, SubscoreStrides, int64_t, int64_t, int64_t, int64_t, double*, double*, void*, bool, cudaStream_t);

}  // namespace mneme::cuda

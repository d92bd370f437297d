// The backward pass of a weighted bag, from hits that are grouped by row: the gradient of a row is Σ w·g over its hits, where g is the
// gradient of the hit's bag, and the gradient of a hit's weight is <g, V[row]>.
//
// One warp takes the hits of a row. It reads the row once, walks over the hits, of which g mostly comes from the cache, and hands the
// sum on while value and sum are in registers (rows.h): to Adam, so that no gradient is ever written, or to a buffer.
//
// A row may have most of the hits. So the sorted hits are cut into windows of WINDOW, and where a row's hits cross a cut, each window's
// part is summed by a warp of its own into a partial row. A window has at most two such parts: that of a row that began before it, and that
// of a row that goes on after it. A second kernel adds the parts in order. Hits of a row are in the order of the tokens and no float is
// added atomically: equal inputs give equal bits.
#include "rows.h"

namespace mneme::cuda {

namespace {

constexpr int64_t WINDOW = 256; // the parts take 2·N/256 rows of D: with 128 hits a bag as much as the gradient (B, D)

__host__ __device__ constexpr int64_t windows_of(int64_t N) { return (N + WINDOW - 1) / WINDOW; }

// Sorted hits begin to end, of one row.
struct Piece {
    int64_t begin, end, segment;
    int64_t slot; // of the partial row, or -1 where these are all the row's hits
};

// Whether warp `index` has a piece. The first `segments` warps are for rows whose hits are in one window, the others two for each window.
__device__ __forceinline__ bool find_piece(const Hits& hits, int64_t index, int64_t segments, Piece& piece) {
    if (index < segments) {
        if (index >= hits.counts[1]) {
            return false;
        }
        piece = {hits.starts[index], hits.starts[index + 1], index, -1};
        return piece.begin / WINDOW == (piece.end - 1) / WINDOW;
    }
    int64_t window = (index - segments) / 2, side = (index - segments) % 2;
    int64_t from = window * WINDOW, to = from + WINDOW < hits.N ? from + WINDOW : hits.N;
    int64_t segment = static_cast<int64_t>(hits.segments[side == 0 ? from : to - 1]) - 1;
    int64_t begin = hits.starts[segment], end = hits.starts[segment + 1];
    piece = {begin > from ? begin : from, end < to ? end : to, segment, 2 * window + side};
    return side == 0 ? begin < from : begin >= from && end > to;
}

// Adds up the piece's hits in the tile that begins at column `begin`. Lane l has the l-th of 32 hits at a time, which the warp goes
// through. With `products`, also the weights' gradients, to which a tile after the first adds.
template <int PARTS, class Value, class Real>
__device__ __forceinline__ Tile<Real, PARTS> walk(
    const Backward<Value, Real>& pass, const Piece& piece, int64_t begin, int lane, const Tile<Real, PARTS>& value, bool products) {
    constexpr int AHEAD = PARTS <= 2 ? 4 : PARTS <= 4 ? 2 : 1; // rows of g in flight
    Tile<Real, PARTS> sum{};
    for (int64_t at = piece.begin; at < piece.end; at += 32) {
        const int some = static_cast<int>(piece.end - at < 32 ? piece.end - at : 32);
        uint32_t hit = 0, bag = 0;
        Real weight = 0, mine = 0;
        if (lane < some) {
            hit = pass.hits.hits[at + lane];
            bag = hit / static_cast<uint32_t>(pass.per_bag);
            weight = pass.weights[hit];
        }
#pragma unroll AHEAD
        for (int i = 0; i < some; i++) {
            const Real w = __shfl_sync(FULL_WARP, weight, i);
            const Real* row = pass.grad + static_cast<int64_t>(__shfl_sync(FULL_WARP, bag, i)) * pass.D;
            const Tile<Real, PARTS> g = load_tile<Real, PARTS>(row, begin, pass.D, lane);
            Real product = 0;
#pragma unroll
            for (int j = 0; j < PARTS; j++) {
#pragma unroll
                for (int c = 0; c < 4; c++) {
                    sum.part[j].at[c] += w * g.part[j].at[c];
                    product += g.part[j].at[c] * value.part[j].at[c];
                }
            }
            if (products) {
                product = warp_sum(product);
                mine = lane == i ? product : mine;
            }
        }
        if (products && lane < some) {
            pass.weight_grads[hit] = begin == 0 ? mine : pass.weight_grads[hit] + mine;
        }
    }
    return sum;
}

// What becomes of rows' gradients: each is written to `out`, at its number among the distinct rows if `rows` is given, which then gets the
// row, and at the row itself if not; without `out` they update the table.
template <class Value, class Real>
struct Ending {
    Real* out;
    int64_t* rows;
    AdamTable<Value, Real> table;

    // By one warp: where the gradient of distinct row u goes, or null.
    __device__ __forceinline__ Real* place(int64_t u, int64_t row, int64_t D, int lane) const {
        if (rows != nullptr && lane == 0) {
            rows[u] = row;
        }
        return out == nullptr ? nullptr : out + (rows != nullptr ? u : row) * D;
    }
};

// PARTS·128 columns are a tile. ONE_TILE: D is no more than that.
template <int PARTS, bool ONE_TILE, class Value, class Real>
__global__ void __launch_bounds__(WARPS * 32, BLOCKS_FOR<PARTS, Real>) pieces_kernel(
    Backward<Value, Real> pass, Ending<Value, Real> ending, int64_t segments, int64_t pieces) {
    const int lane = threadIdx.x % 32;
    const int64_t index = static_cast<int64_t>(blockIdx.x) * WARPS + threadIdx.x / 32;
    Piece piece;
    if (index >= pieces || !find_piece(pass.hits, index, segments, piece)) {
        return; // whole warps: the kernel has no barrier of a block
    }
    const int64_t row = pass.hits.rows[piece.begin];
    if (row >= pass.K) { // hits outside the table
        for (int64_t at = piece.begin + lane; pass.weight_grads != nullptr && at < piece.end; at += 32) {
            pass.weight_grads[pass.hits.hits[at]] = static_cast<Real>(NAN);
        }
        return;
    }
    Real* out = piece.slot < 0 ? ending.place(piece.segment, row, pass.D, lane) : pass.partials + piece.slot * pass.D;
    finish_row<PARTS, ONE_TILE>(
        out, ending.table, pass.values, row, pass.D, lane, [&](int64_t begin, const Tile<Real, PARTS>& value, bool again) {
            return walk(pass, piece, begin, lane, value, pass.weight_grads != nullptr && !again);
        });
}

// A warp for each window: adds up the partial rows of the row, if any, that begins in it and goes on after it.
template <int PARTS, class Value, class Real>
__global__ void __launch_bounds__(WARPS * 32, BLOCKS_FOR<PARTS, Real>) crossing_kernel(Backward<Value, Real> pass, Ending<Value, Real> ending) {
    const int lane = threadIdx.x % 32;
    const int64_t window = static_cast<int64_t>(blockIdx.x) * WARPS + threadIdx.x / 32;
    if (window >= windows_of(pass.hits.N)) {
        return;
    }
    Piece first;
    if (!find_piece(pass.hits, 2 * window + 1, 0, first) || pass.hits.rows[first.begin] >= pass.K) {
        return;
    }
    const int64_t row = pass.hits.rows[first.begin], D = pass.D;
    const int64_t last = (pass.hits.starts[first.segment + 1] - int64_t(1)) / WINDOW; // where the row's hits end
    finish_row<PARTS, false>(
        ending.place(first.segment, row, D, lane), ending.table, pass.values, row, D, lane,
        [&](int64_t begin, const Tile<Real, PARTS>&, bool) {
            auto sum = load_tile<Real, PARTS>(static_cast<const Real*>(pass.partials) + first.slot * D, begin, D, lane);
#pragma unroll 2
            for (int64_t w = window + 1; w <= last; w++) {
                auto part = load_tile<Real, PARTS>(static_cast<const Real*>(pass.partials) + 2 * w * D, begin, D, lane);
#pragma unroll
                for (int j = 0; j < PARTS; j++) {
#pragma unroll
                    for (int c = 0; c < 4; c++) {
                        sum.part[j].at[c] += part.part[j].at[c];
                    }
                }
            }
            return sum;
        });
}

template <int PARTS, bool ONE_TILE, class Value, class Real>
void launch_pieces(const Backward<Value, Real>& pass, const Ending<Value, Real>& ending, cudaStream_t stream) {
    // No more distinct rows than hits, nor than rows and one for the hits outside the table.
    int64_t segments = pass.hits.N < pass.K + 1 ? pass.hits.N : pass.K + 1, pieces = segments + 2 * windows_of(pass.hits.N);
    pieces_kernel<PARTS, ONE_TILE><<<static_cast<unsigned>((pieces + WARPS - 1) / WARPS), WARPS * 32, 0, stream>>>(
        pass, ending, segments, pieces);
}

template <class Value, class Real>
cudaError_t launch(const Backward<Value, Real>& pass, const Ending<Value, Real>& ending, cudaStream_t stream) {
    int64_t parts = (pass.D + PART_COLUMNS - 1) / PART_COLUMNS;
    if constexpr (sizeof(Real) == 8) { // for comparisons: one kernel for all widths
        launch_pieces<4, false>(pass, ending, stream);
    } else if (parts > 8) {
        launch_pieces<4, false>(pass, ending, stream);
    } else if (parts > 6) {
        launch_pieces<8, true>(pass, ending, stream);
    } else if (parts > 4) {
        launch_pieces<6, true>(pass, ending, stream);
    } else if (parts > 2) {
        launch_pieces<4, true>(pass, ending, stream);
    } else {
        launch_pieces<2, true>(pass, ending, stream);
    }
    crossing_kernel<4><<<static_cast<unsigned>((windows_of(pass.hits.N) + WARPS - 1) / WARPS), WARPS * 32, 0, stream>>>(pass, ending);
    return cudaGetLastError();
}

}  // namespace

int64_t partial_rows(int64_t N) { return 2 * windows_of(N); }

template <class Value, class Real>
cudaError_t backward_adam(const Backward<Value, Real>& pass, const AdamTable<Value, Real>& table, cudaStream_t stream) {
    cudaError_t status = prepare_adam(table, stream);
    return status != cudaSuccess ? status : launch<Value, Real>(pass, {nullptr, nullptr, table}, stream);
}

template <class Value, class Real>
cudaError_t backward_compact(const Backward<Value, Real>& pass, Real* grads, int64_t* rows, cudaStream_t stream) {
    return launch<Value, Real>(pass, {grads, rows, {}}, stream);
}

template <class Real>
cudaError_t backward_dense(const Backward<Real, Real>& pass, Real* out, cudaStream_t stream) {
    return launch<Real, Real>(pass, {out, nullptr, {}}, stream);
}

template cudaError_t backward_adam(const Backward<float, float>&, const AdamTable<float, float>&, cudaStream_t);
template cudaError_t backward_adam(const Backward<Bfloat16, float>&, const AdamTable<Bfloat16, float>&, cudaStream_t);
template cudaError_t backward_adam(const Backward<double, double>&, const AdamTable<double, double>&, cudaStream_t);
template cudaError_t backward_compact(const Backward<float, float>&, float*, int64_t*, cudaStream_t);
template cudaError_t backward_compact(const Backward<Bfloat16, float>&, float*, int64_t*, cudaStream_t);
template cudaError_t backward_compact(const Backward<double, double>&, double*, int64_t*, cudaStream_t);
template cudaError_t backward_dense(const Backward<float, float>&, float*, cudaStream_t);
template cudaError_t backward_dense(const Backward<double, double>&, double*, cudaStream_t);

}  // namespace mneme::cuda

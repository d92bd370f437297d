// What a warp does with one row once it has the row's gradient: Adam's update in place, or storing the gradient.
//
// A warp takes a row in tiles of PARTS·128 columns: lane l has columns 128·j + 4·l to 128·j + 4·l + 3 of a tile for each part j, so each
// access of the warp is contiguous. Columns from D on are 0 and never touched. Where a row is one tile, it stays in registers from the
// first read to the last write.
#pragma once

#include "device.h"

#include <cmath>

namespace mneme::cuda {

constexpr int PART_COLUMNS = 128;
constexpr int WARPS = 4; // of a block, which never wait for each other

// Blocks that a multiprocessor is to hold at least: up to 128 registers a thread, 168 for wide rows, 255 for double.
template <int PARTS, class Real> constexpr int BLOCKS_FOR = sizeof(Real) == 8 ? 2 : PARTS <= 4 ? 4 : 3;

template <class Real, int PARTS>
struct Tile {
    Pack<Real, 4> part[PARTS];
};

__device__ __forceinline__ int64_t column_of(int64_t begin, int part, int lane) { return begin + part * PART_COLUMNS + lane * 4; }

template <class Real, int PARTS, class Value>
__device__ __forceinline__ Tile<Real, PARTS> load_tile(const Value* row, int64_t begin, int64_t D, int lane) {
    Tile<Real, PARTS> tile;
#pragma unroll
    for (int j = 0; j < PARTS; j++) {
        tile.part[j] = column_of(begin, j, lane) < D ? widened<4>(row + column_of(begin, j, lane)) : Pack<Real, 4>{};
    }
    return tile;
}

template <class Real, int PARTS>
__device__ __forceinline__ void store_tile(Real* row, int64_t begin, int64_t D, int lane, const Tile<Real, PARTS>& tile) {
#pragma unroll
    for (int j = 0; j < PARTS; j++) {
        if (column_of(begin, j, lane) < D) {
            store(row + column_of(begin, j, lane), tile.part[j]);
        }
    }
}

// What the rows of an update have in common, computed once for all of them: two powers in double are dear. Where bias corrections count a
// row's own updates, its step size is computed by its warp.
template <class Real>
struct Prepared {
    AdamStep<Real> common;
    double lr;
    int64_t t;
    bool valid; // a step below 1 was reported, and changes nothing
};

// Fills table.prepared (adam.cu).
template <class Value, class Real>
cudaError_t prepare_adam(const AdamTable<Value, Real>& table, cudaStream_t stream);

template <class Real, int PARTS>
__device__ __forceinline__ Real sum_of_squares(const Tile<Real, PARTS>& tile) {
    Real sum = 0;
#pragma unroll
    for (int j = 0; j < PARTS; j++) {
#pragma unroll
        for (int c = 0; c < 4; c++) {
            sum += tile.part[j].at[c] * tile.part[j].at[c];
        }
    }
    return sum;
}

// The row-wise second moment takes in the mean of g², of which every lane has a part. Returns its root.
template <class Value, class Real>
__device__ __forceinline__ Real row_wise_root(const AdamTable<Value, Real>& table, const AdamStep<Real>& step, int64_t row, int64_t D,
                                              Real squares, int lane) {
    Real mean = warp_sum(squares) / static_cast<Real>(D), second = 0;
    if (lane == 0) {
        second = table.exp_avg_sq[row];
        take_in(second, mean, step.keep2);
        table.exp_avg_sq[row] = second;
    }
    return sqrt(__shfl_sync(FULL_WARP, second, 0));
}

template <class Real>
__device__ __forceinline__ void store_rounded(Real* to, const Pack<Real, 4>& from, int64_t, int64_t, int64_t, uint64_t) {
    store(to, from);
}

// A block of random bits is for 8 columns, and four are here: its first two words, or its last two.
__device__ __forceinline__ void store_rounded(
    Bfloat16* to, const Pack<float, 4>& from, int64_t row, int64_t column, int64_t t, uint64_t seed) {
    Random128 random = rounding_bits(row, static_cast<uint32_t>(column / 8), t, seed);
    bool upper = column % 8 != 0;
    uint32_t bits[2] = {upper ? random.word[2] : random.word[0], upper ? random.word[3] : random.word[1]};
    Pack<uint32_t, 2> words;
#pragma unroll
    for (int i = 0; i < 2; i++) {
        uint32_t first = stochastic_bfloat16(from.at[2 * i], bits[i]), second = stochastic_bfloat16(from.at[2 * i + 1], bits[i] >> 16);
        words.at[i] = first | second << 16;
    }
    store(reinterpret_cast<uint32_t*>(to), words);
}

// A tile of a row, of which the gradient and the value are here. root: of a row-wise second moment.
template <class Value, class Real, int PARTS>
__device__ __forceinline__ void update_tile(
    const AdamTable<Value, Real>& table, const AdamStep<Real>& step, int64_t t, int64_t row, int64_t begin, int64_t D, int lane,
    const Tile<Real, PARTS>& gradient, const Tile<Real, PARTS>& value, Real root) {
    Tile<Real, PARTS> first = load_tile<Real, PARTS>(table.exp_avg + row * D, begin, D, lane), second{};
    if (!table.row_wise) {
        second = load_tile<Real, PARTS>(table.exp_avg_sq + row * D, begin, D, lane);
    }
#pragma unroll
    for (int j = 0; j < PARTS; j++) {
        Pack<Real, 4> updated;
#pragma unroll
        for (int c = 0; c < 4; c++) {
            Real g = gradient.part[j].at[c], &m = first.part[j].at[c], &v = second.part[j].at[c];
            take_in(m, g, step.keep1);
            if (!table.row_wise) {
                take_in(v, g * g, step.keep2);
            }
            updated.at[c] = adam_weight(value.part[j].at[c], m, table.row_wise ? root : sqrt(v), step);
        }
        int64_t column = column_of(begin, j, lane);
        if (column < D) {
            store_rounded(table.values + row * D + column, updated, row, column, t, table.rates.seed);
        }
    }
    store_tile(table.exp_avg + row * D, begin, D, lane, first);
    if (!table.row_wise) {
        store_tile(table.exp_avg_sq + row * D, begin, D, lane, second);
    }
}

// By one whole warp: writes a row's gradient to `out`, or where that is null updates the row. gradient(begin, value, again) is the
// gradient in the tile that begins at that column, given the values there; `again` says that it was asked for before. values may be
// null where rows are not updated: then value is 0.
template <int PARTS, bool ONE_TILE, class Value, class Real, class Gradient>
__device__ __forceinline__ void finish_row(
    Real* out, const AdamTable<Value, Real>& table, const Value* values, int64_t row, int64_t D, int lane, const Gradient& gradient) {
    const auto* prepared = static_cast<const Prepared<Real>*>(table.prepared);
    const bool update = out == nullptr && prepared->valid;
    int32_t updates = 0;
    Real step_size = 0;
    if (update) {
        updates = lane == 0 ? counted_update(table.row_steps[row]) : 0;
        step_size = table.rates.per_row
            ? static_cast<Real>(adam_step_size(prepared->lr, table.rates, __shfl_sync(FULL_WARP, updates, 0))) : prepared->common.step_size;
    }
    auto value_at = [&](int64_t begin) {
        return values == nullptr ? Tile<Real, PARTS>{} : load_tile<Real, PARTS>(values + row * D, begin, D, lane);
    };
    Real root = 0;
    const bool twice = !ONE_TILE && update && table.row_wise; // the whole row's gradient comes before its first update
    if (twice) {
        Real squares = 0;
        for (int64_t begin = 0; begin < D; begin += PARTS * PART_COLUMNS) {
            squares += sum_of_squares(gradient(begin, value_at(begin), false));
        }
        root = row_wise_root(table, prepared->common, row, D, squares, lane);
    }
    for (int64_t begin = 0; begin < (ONE_TILE ? 1 : D); begin += PARTS * PART_COLUMNS) {
        const Tile<Real, PARTS> value = value_at(begin), sum = gradient(begin, value, twice);
        if (out != nullptr) {
            store_tile(out, begin, D, lane, sum);
        } else if (update) {
            AdamStep<Real> step = prepared->common;
            step.step_size = step_size;
            if (ONE_TILE && table.row_wise) {
                root = row_wise_root(table, step, row, D, sum_of_squares(sum), lane);
            }
            update_tile(table, step, prepared->t, row, begin, D, lane, sum, value, root);
        }
    }
    if (update && lane == 0) {
        table.row_steps[row] = updates;
    }
}

}  // namespace mneme::cuda
